using System;
using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Brings a map into the order of its definition.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Flattening
{
    private const int Lanes = BlobLayout.Lanes;

    /// <summary>A map as one vector: row after row, in a row pixel after pixel, and of a pixel channel after channel.</summary>
    /// <param name="input">The map, in blocks of 16 channels; what fills the last block is left out.</param>
    /// <param name="output">[height · width · channels], with zeros up to the next multiple of 16.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">Channels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Flatten<T>(FeatureMap<T> input, T* output, int height, int width, int channels) where T : unmanaged
    {
        int whole = channels / Lanes, rest = channels % Lanes;
        T* target = output;
        for (int y = 0; y < height; y++)
        {
            T* pixel = input.Row(y);
            for (int x = 0; x < width; x++, pixel += Lanes)
            {
                T* block = pixel;
                for (int i = 0; i < whole; i++, block += input.BlockStride, target += Lanes)
                    Unsafe.CopyBlockUnaligned(target, block, (uint)(Lanes * sizeof(T)));
                for (int lane = 0; lane < rest; lane++)
                    *target++ = block[lane];
            }
        }

        while ((target - output) % Lanes != 0)
            *target++ = default;
    }
}
