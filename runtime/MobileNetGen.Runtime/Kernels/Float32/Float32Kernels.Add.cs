using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>Adds two maps of one shape.</summary>
    /// <param name="left">One map.</param>
    /// <param name="right">The other.</param>
    /// <param name="output">The sum; it may be the memory of either.</param>
    /// <param name="width">Columns.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="activation">What is applied to the sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<TActivation>(FeatureMap<float> left, FeatureMap<float> right, FeatureMap<float> output, int width, int blocks, int firstRow, int rowCount, TActivation activation)
        where TActivation : struct, IFloat32Activation
        => Float32Machine.Run(new Addition<TActivation>(left, right, output, width, blocks, firstRow, rowCount, activation));

    private readonly struct Addition<TActivation>(FeatureMap<float> left, FeatureMap<float> right, FeatureMap<float> output, int width, int blocks, int firstRow, int rowCount, TActivation activation)
        : IFloat32Kernel where TActivation : struct, IFloat32Activation
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, THalf, TVector>() where TSimd : struct, IFloat32Vector<TVector> where THalf : struct, IFloat32Sums<TVector> where TVector : unmanaged
        {
            TVector first = TSimd.Create(activation.First), second = TSimd.Create(activation.Second);
            for (int y = firstRow; y < firstRow + rowCount; y++)
            {
                float* a = left.Row(y), b = right.Row(y), sum = output.Row(y);
                for (int block = 0; block < blocks; block++, a += left.BlockStride, b += right.BlockStride, sum += output.BlockStride)
                {
                    int count = width * Lanes;
                    for (int i = 0; i < count; i += sizeof(TVector) / sizeof(float))
                        TSimd.Store<TActivation>(TSimd.Add(*(TVector*)(a + i), *(TVector*)(b + i)), first, second, sum + i);
                }
            }
        }
    }
}
