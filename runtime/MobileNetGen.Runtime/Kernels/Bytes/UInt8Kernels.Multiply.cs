using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>Multiplies every channel of a map by a factor of its own.</summary>
    /// <param name="map">The map.</param>
    /// <param name="factors">[blocks][16].</param>
    /// <param name="output">The products; it may be the map's own memory.</param>
    /// <param name="width">Columns.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="multiply">Zero points, scale and clamp.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(FeatureMap<byte> map, byte* factors, FeatureMap<byte> output, int width, int blocks, int firstRow, int rowCount, QuantizedMultiply multiply)
        => ByteMachine.Run(new Products(map, factors, output, width, blocks, firstRow, rowCount, multiply));

    private readonly struct Products(FeatureMap<byte> map, byte* factors, FeatureMap<byte> output, int width, int blocks, int firstRow, int rowCount, QuantizedMultiply multiply) : IByteKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TVector>() where TVector : struct, IInt32Vector<TVector>
        {
            for (int y = firstRow; y < firstRow + rowCount; y++)
            {
                byte* source = map.Row(y), target = output.Row(y);
                for (int block = 0; block < blocks; block++, source += map.BlockStride, target += output.BlockStride)
                {
                    byte* blockFactors = factors + block * Lanes;
                    if (multiply.IsSinglePrecision)
                        SinglePrecision.Multiply<TVector>(source, blockFactors, target, width, multiply);
                    else
                        for (int i = 0; i < width * Lanes; i++)
                            target[i] = Requantize.Multiply(source[i], blockFactors[i % Lanes], multiply);
                }
            }
        }
    }
}
