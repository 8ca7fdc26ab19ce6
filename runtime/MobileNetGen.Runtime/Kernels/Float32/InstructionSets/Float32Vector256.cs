using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>AVX2 with FMA.</summary>
internal readonly unsafe struct Float32Vector256 : IFloat32Vector<Vector256<float>>
{
    public static int TilePixels => 6;

    public static int RowPixels => 12;

    public static bool PrefetchesWeights => false;

    public static bool PairsInputs => false;

    public static bool HasStem => false;

    public static int Inputs => 1;

    public static int WeightLanes => BlobLayout.Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Create(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadWeights(float* weights) => *(Vector256<float>*)weights;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadOutputs(float* outputs) => *(Vector256<float>*)outputs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> AddOutputs(Vector256<float> sums, float* outputs) => sums + *(Vector256<float>*)outputs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> left, Vector256<float> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Subtract(Vector256<float> left, Vector256<float> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> left, Vector256<float> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Divide(Vector256<float> left, Vector256<float> right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Max(Vector256<float> left, Vector256<float> right) => Avx.Max(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Min(Vector256<float> left, Vector256<float> right) => Avx.Min(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> left, Vector256<float> right, Vector256<float> sum) => Fma.MultiplyAdd(left, right, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(float* value, Vector256<float> weights, Vector256<float> sum) => Fma.MultiplyAdd(weights, Vector256.Create(*value), sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd(float* value, Vector256<float> weightsA, Vector256<float> weightsB, ref Vector256<float> sumA, ref Vector256<float> sumB)
    {
        Vector256<float> values = Vector256.Create(*value);
        sumA = Fma.MultiplyAdd(values, weightsA, sumA);
        sumB = Fma.MultiplyAdd(values, weightsB, sumB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(float* pixels, int first, Vector256<float> left, Vector256<float> centre, Vector256<float> right, Vector256<float> sum)
        => Fma.MultiplyAdd(*(Vector256<float>*)(pixels + (first + 32)), right, Fma.MultiplyAdd(*(Vector256<float>*)(pixels + (first + 16)), centre, Fma.MultiplyAdd(*(Vector256<float>*)(pixels + first), left, sum)));

    // A clamp without a call more to inline.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TActivation>(Vector256<float> sums, Vector256<float> first, Vector256<float> second, float* target) where TActivation : struct, IFloat32Activation
        => *(Vector256<float>*)target = typeof(TActivation) == typeof(Float32Clamp) ? Avx.Min(Avx.Max(sums, first), second) : TActivation.Apply<Float32Vector256, Vector256<float>>(sums, first, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Normalize(byte* values, Vector256<float> mean, Vector256<float> std)
        => (Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(values)) - mean) / std;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Scale(Vector256<float> value, Vector256<float> exponent) => value * ((Avx.ConvertToVector256Int32(Avx.Max(exponent, Vector256.Create(-127f))) + Vector256.Create(127)) << 23).AsSingle();
}
