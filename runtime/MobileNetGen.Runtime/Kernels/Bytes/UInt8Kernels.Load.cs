using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>Pixels or raw input bytes to the network's input: v = b ^ flip, then table[v] where there is a table.</summary>
    /// <param name="values">[height][width][channels], row 0.</param>
    /// <param name="output">The input map; padding lanes become 0.</param>
    /// <param name="lanes">Elements of an output pixel in a block.</param>
    /// <param name="channels">Channels of the values.</param>
    /// <param name="width">Columns.</param>
    /// <param name="firstRow">The first row to convert.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="flip">0, or 0x80 to store signed bytes as unsigned ones.</param>
    /// <param name="table">256 bytes that requantise the input, or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadPixels(byte* values, FeatureMap<byte> output, int lanes, int channels, int width, int firstRow, int rowCount, byte flip, byte* table)
    {
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            byte* source = values + (nint)y * width * channels;
            byte* row = output.Row(y);
            if (lanes == 4 && channels == 3 && table == null)
            {
                uint flips = flip * 0x010101u;
                int x = 0;

                // Four pixels are 12 of the 16 bytes read.
                for (; x <= width - 6; x += 4, source += 12)
                {
                    Vector128<byte> spread = Vector128.Shuffle(Vector128.Load(source), Vector128.Create((byte)0, 1, 2, 255, 3, 4, 5, 255, 6, 7, 8, 255, 9, 10, 11, 255));
                    (spread ^ Vector128.Create(flips).AsByte()).Store(row + x * 4);
                }
                for (; x < width; x++, source += 3)
                    Unsafe.WriteUnaligned(row + x * 4, (source[0] | (uint)source[1] << 8 | (uint)source[2] << 16) ^ flips);
                continue;
            }

            for (int first = 0; first < channels; first += lanes, row += output.BlockStride)
            {
                for (int x = 0; x < width; x++)
                {
                    for (int lane = 0; lane < lanes; lane++)
                    {
                        byte value = 0;
                        if (first + lane < channels)
                        {
                            value = (byte)(source[x * channels + first + lane] ^ flip);
                            if (table != null)
                                value = table[value];
                        }
                        row[x * lanes + lane] = value;
                    }
                }
            }
        }
    }

    /// <summary>
    /// Real values to the network's input, quantised as TensorFlow Lite's AffineQuantize does: round(value / scale), halves away from zero,
    /// plus the zero point, clamped to a byte. NaN becomes the zero point.
    /// </summary>
    /// <param name="values">[height][width][channels], row 0.</param>
    /// <param name="output">The input map; padding lanes become 0.</param>
    /// <param name="lanes">Elements of an output pixel in a block.</param>
    /// <param name="channels">Channels of the values.</param>
    /// <param name="width">Columns.</param>
    /// <param name="firstRow">The first row to convert.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="scale">Scale of the input, positive.</param>
    /// <param name="zeroPoint">Zero point of the unsigned input.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadValues(float* values, FeatureMap<byte> output, int lanes, int channels, int width, int firstRow, int rowCount, float scale, int zeroPoint)
    {
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            float* source = values + (nint)y * width * channels;
            byte* row = output.Row(y);
            for (int first = 0; first < channels; first += lanes, row += output.BlockStride)
            {
                for (int x = 0; x < width; x++)
                {
                    for (int lane = 0; lane < lanes; lane++)
                        row[x * lanes + lane] = first + lane < channels ? Quantize(source[x * channels + first + lane], scale, zeroPoint) : (byte)0;
                }
            }
        }
    }

    private static byte Quantize(float value, float scale, int zeroPoint)
    {
        float rounded = MathF.Round(value / scale, MidpointRounding.AwayFromZero);

        // Clamped before the conversion too: a large value plus the zero point must not wrap around. The conversion turns NaN into 0.
        return (byte)Math.Clamp((int)Math.Clamp(rounded, -1024, 1024) + zeroPoint, 0, 255);
    }
}
