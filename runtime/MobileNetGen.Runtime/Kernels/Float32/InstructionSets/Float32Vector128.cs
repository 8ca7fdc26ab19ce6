using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.Wasm;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Any machine. On Arm64, where multiplication and addition are always fused, this is AdvSimd.</summary>
internal readonly unsafe struct Float32Vector128 : IFloat32Vector<Vector128<float>>
{
    public static int TilePixels => AdvSimd.Arm64.IsSupported ? 8 : 6;

    public static int RowPixels => AdvSimd.Arm64.IsSupported ? 10 : 12;

    public static bool PrefetchesWeights => false;

    public static bool PairsInputs => false;

    public static bool HasStem => false;

    public static bool SharesLoads => AdvSimd.Arm64.IsSupported;

    public static bool HasElements => AdvSimd.Arm64.IsSupported;

    public static int Inputs => 1;

    public static int WeightLanes => BlobLayout.Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Create(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadWeights(float* weights) => *(Vector128<float>*)weights;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadOutputs(float* outputs) => *(Vector128<float>*)outputs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> AddOutputs(Vector128<float> sums, float* outputs) => sums + *(Vector128<float>*)outputs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> left, Vector128<float> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Subtract(Vector128<float> left, Vector128<float> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> left, Vector128<float> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Divide(Vector128<float> left, Vector128<float> right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Max(Vector128<float> left, Vector128<float> right) => Vector128.MaxNative(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Min(Vector128<float> left, Vector128<float> right) => Vector128.MinNative(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> left, Vector128<float> right, Vector128<float> sum) => MultiplyAddEstimate(left, right, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(float* value, Vector128<float> weights, Vector128<float> sum) => MultiplyAddEstimate(weights, Vector128.Create(*value), sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd(float* value, Vector128<float> weightsA, Vector128<float> weightsB, ref Vector128<float> sumA, ref Vector128<float> sumB)
    {
        Vector128<float> values = Vector128.Create(*value);
        sumA = MultiplyAddEstimate(values, weightsA, sumA);
        sumB = MultiplyAddEstimate(values, weightsB, sumB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(float* pixels, int first, Vector128<float> left, Vector128<float> centre, Vector128<float> right, Vector128<float> sum)
        => MultiplyAddEstimate(*(Vector128<float>*)(pixels + (first + 32)), right, MultiplyAddEstimate(*(Vector128<float>*)(pixels + (first + 16)), centre, MultiplyAddEstimate(*(Vector128<float>*)(pixels + first), left, sum)));

    // A clamp without a call more to inline.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TActivation>(Vector128<float> sums, Vector128<float> first, Vector128<float> second, float* target) where TActivation : struct, IFloat32Activation
        => *(Vector128<float>*)target = typeof(TActivation) == typeof(Float32Clamp) ? Vector128.MinNative(Vector128.MaxNative(sums, first), second) : TActivation.Apply<Float32Vector128, Vector128<float>>(sums, first, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Normalize(byte* values, Vector128<float> mean, Vector128<float> std)
        => (Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(values)).AsByte())).AsInt32()) - mean) / std;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Scale(Vector128<float> value, Vector128<float> exponent) => value * ((Vector128.ConvertToInt32Native(Vector128.MaxNative(exponent, Vector128.Create(-127f))) + Vector128.Create(127)) << 23).AsSingle();

    // WebAssembly has no fused instruction, and its runtime would call a function for each lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> MultiplyAddEstimate(Vector128<float> left, Vector128<float> right, Vector128<float> sum) =>
        PackedSimd.IsSupported ? (left * right) + sum : Vector128.MultiplyAddEstimate(left, right, sum);
}
