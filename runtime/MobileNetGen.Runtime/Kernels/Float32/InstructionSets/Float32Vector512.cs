using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>AVX-512.</summary>
internal readonly unsafe struct Float32Vector512 : IFloat32Vector<Vector512<float>>
{
    public static int TilePixels => 14;

    public static int RowPixels => 14;

    public static bool PrefetchesWeights => true;

    public static bool PairsInputs => true;

    public static bool HasStem => true;

    public static int Inputs => 1;

    public static int WeightLanes => BlobLayout.Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Create(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadWeights(float* weights) => *(Vector512<float>*)weights;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadOutputs(float* outputs) => *(Vector512<float>*)outputs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> AddOutputs(Vector512<float> sums, float* outputs) => sums + *(Vector512<float>*)outputs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> left, Vector512<float> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> left, Vector512<float> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> left, Vector512<float> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Divide(Vector512<float> left, Vector512<float> right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Max(Vector512<float> left, Vector512<float> right) => Avx512F.Max(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Min(Vector512<float> left, Vector512<float> right) => Avx512F.Min(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> left, Vector512<float> right, Vector512<float> sum) => Avx512F.FusedMultiplyAdd(left, right, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(float* value, Vector512<float> weights, Vector512<float> sum) => Avx512F.FusedMultiplyAdd(weights, Vector512.Create(*value), sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd(float* value, Vector512<float> weightsA, Vector512<float> weightsB, ref Vector512<float> sumA, ref Vector512<float> sumB)
    {
        Vector512<float> values = Vector512.Create(*value);
        sumA = Avx512F.FusedMultiplyAdd(values, weightsA, sumA);
        sumB = Avx512F.FusedMultiplyAdd(values, weightsB, sumB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(float* pixels, int first, Vector512<float> left, Vector512<float> centre, Vector512<float> right, Vector512<float> sum)
        => Avx512F.FusedMultiplyAdd(*(Vector512<float>*)(pixels + (first + 32)), right, Avx512F.FusedMultiplyAdd(*(Vector512<float>*)(pixels + (first + 16)), centre, Avx512F.FusedMultiplyAdd(*(Vector512<float>*)(pixels + first), left, sum)));

    // A clamp without a call more to inline.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TActivation>(Vector512<float> sums, Vector512<float> first, Vector512<float> second, float* target) where TActivation : struct, IFloat32Activation
        => *(Vector512<float>*)target = typeof(TActivation) == typeof(Float32Clamp) ? Avx512F.Min(Avx512F.Max(sums, first), second) : TActivation.Apply<Float32Vector512, Vector512<float>>(sums, first, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Normalize(byte* values, Vector512<float> mean, Vector512<float> std)
        => (Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(values))) - mean) / std;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Scale(Vector512<float> value, Vector512<float> exponent) => Avx512F.Scale(value, exponent);
}
