using System;
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
    {
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            for (int block = 0; block < blocks; block++)
            {
                byte* source = map.Row(y) + (nint)block * map.BlockStride, target = output.Row(y) + (nint)block * output.BlockStride;
                for (int i = 0; i < width * Lanes; i++)
                    target[i] = Requantize.Multiply(source[i], factors[block * Lanes + i % Lanes], multiply);
            }
        }
    }
}
