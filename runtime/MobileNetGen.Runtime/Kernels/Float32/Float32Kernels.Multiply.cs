using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>Multiplies every channel of a map by a factor of its own.</summary>
    /// <param name="map">The map.</param>
    /// <param name="factors">[blocks][16].</param>
    /// <param name="output">The products; it may be the map's own memory.</param>
    /// <param name="width">Columns.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(FeatureMap<float> map, float* factors, FeatureMap<float> output, int width, int blocks, int firstRow, int rowCount)
        => Float32Machine.Run(new Products(map, factors, output, width, blocks, firstRow, rowCount));

    private readonly struct Products(FeatureMap<float> map, float* factors, FeatureMap<float> output, int width, int blocks, int firstRow, int rowCount) : IFloat32Kernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, THalf, TVector>() where TSimd : struct, IFloat32Vector<TVector> where THalf : struct, IFloat32Sums<TVector> where TVector : unmanaged
        {
            int lanes = sizeof(TVector) / sizeof(float), count = width * Lanes;
            for (int y = firstRow; y < firstRow + rowCount; y++)
            {
                float* source = map.Row(y), target = output.Row(y);
                for (int block = 0; block < blocks; block++, source += map.BlockStride, target += output.BlockStride)
                {
                    for (int lane = 0; lane < Lanes; lane += lanes)
                    {
                        TVector factor = *(TVector*)(factors + block * Lanes + lane);
                        for (int i = lane; i < count; i += Lanes)
                            *(TVector*)(target + i) = TSimd.Multiply(*(TVector*)(source + i), factor);
                    }
                }
            }
        }
    }
}
