using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// AVX-512: half a block, 8 outputs, each in two neighbouring lanes, of which one sums the products of even inputs and the other those of odd ones. So a vector
/// holds the weights of two inputs, whose values are broadcast together.
/// </summary>
internal readonly unsafe struct Float32PairSums512 : IFloat32Sums<Vector512<float>>
{
    public static int Inputs => 2;

    public static int WeightLanes => BlobLayout.HalfLanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Create(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadWeights(float* weights)
        => Avx512F.PermuteVar16x32(Vector512.Load(weights), Vector512.Create(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadOutputs(float* outputs) => Avx512F.ConvertToVector512UInt64(Vector256.Load((uint*)outputs)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> AddOutputs(Vector512<float> sums, float* outputs) => sums + LoadOutputs(outputs);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(float* values, Vector512<float> weights, Vector512<float> sums)
        => Avx512F.FusedMultiplyAdd(weights, Vector512.Create(Unsafe.ReadUnaligned<double>(values)).AsSingle(), sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TActivation>(Vector512<float> sums, Vector512<float> first, Vector512<float> second, float* target) where TActivation : struct, IFloat32Activation
    {
        Vector512<float> outputs = sums + (sums.AsUInt64() >>> 32).AsSingle();
        outputs = typeof(TActivation) == typeof(Float32Clamp) ? Avx512F.Min(Avx512F.Max(outputs, first), second) : TActivation.Apply<Float32Vector512, Vector512<float>>(outputs, first, second);
        *(Vector512<float>*)target = Avx512F.ConvertToVector256UInt32(outputs.AsUInt64()).ToVector512().AsSingle();
    }
}
