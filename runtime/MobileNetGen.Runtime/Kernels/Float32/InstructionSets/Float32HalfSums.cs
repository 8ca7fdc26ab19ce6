using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Half a block, 8 outputs, in one vector or in two, one after the other.</summary>
/// <typeparam name="TSimd">The instruction set.</typeparam>
/// <typeparam name="TVector">Its vector, of 4 or 8 floats.</typeparam>
internal readonly unsafe struct Float32HalfSums<TSimd, TVector> : IFloat32Sums<TVector>
    where TSimd : struct, IFloat32Sums<TVector> where TVector : unmanaged
{
    public static int Inputs => 1;

    public static int WeightLanes => BlobLayout.HalfLanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Create(float value) => TSimd.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector LoadWeights(float* weights) => TSimd.LoadWeights(weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector LoadOutputs(float* outputs) => TSimd.LoadOutputs(outputs);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector AddOutputs(TVector sums, float* outputs) => TSimd.AddOutputs(sums, outputs);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector MultiplyAdd(float* values, TVector weights, TVector sums) => TSimd.MultiplyAdd(values, weights, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TActivation>(TVector sums, TVector first, TVector second, float* target) where TActivation : struct, IFloat32Activation
    {
        TSimd.Store<TActivation>(sums, first, second, target);
        *(TVector*)(target + WeightLanes) = default;
    }
}
