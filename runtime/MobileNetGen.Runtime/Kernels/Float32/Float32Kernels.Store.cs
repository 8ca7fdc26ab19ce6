using System;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>Rows of a map as callers get them: pixel by pixel, channel by channel.</summary>
    /// <param name="map">The map.</param>
    /// <param name="values">[height][width][channels], row 0.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="firstRow">The first row to store.</param>
    /// <param name="rowCount">How many rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StoreValues(FeatureMap<float> map, float* values, int width, int channels, int firstRow, int rowCount)
    {
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            float* block = map.Row(y);
            for (int first = 0; first < channels; first += Lanes, block += map.BlockStride)
            {
                uint bytes = (uint)Math.Min(Lanes, channels - first) * sizeof(float);
                float* target = values + (nint)y * width * channels + first;
                for (int x = 0; x < width; x++, target += channels)
                    Unsafe.CopyBlockUnaligned(target, block + x * Lanes, bytes);
            }
        }
    }
}
