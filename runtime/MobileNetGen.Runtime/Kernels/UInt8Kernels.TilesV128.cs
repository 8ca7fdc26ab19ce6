using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>
    /// Four pixels, half a block of outputs. Four input channels at a time: a weight vector holds them for four outputs, so that its even and its
    /// odd bytes, widened, meet the pixel's even and odd bytes and every 32-bit lane is one output.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles4x8V128(int tiles, byte** pixels, int pixelStride, in ConvolutionWindow window, sbyte* panel, int* bias, int* sums)
    {
        Vector128<short> evenBytes = Vector128.Create((short)0x00FF);
        for (; tiles > 0; tiles--, pixels += 4, sums += 4 * Lanes)
        {
            sbyte* weights = panel;
            Vector128<int> a0 = Vector128.Load(bias), b0 = Vector128.Load(bias + 4);
            Vector128<int> a1 = a0, b1 = b0;
            Vector128<int> a2 = a0, b2 = b0;
            Vector128<int> a3 = a0, b3 = b0;
            for (int row = 0; row < window.Rows; row++)
            {
                byte** starts = pixels + row * pixelStride;
                byte* p0 = starts[0], p1 = starts[1], p2 = starts[2], p3 = starts[3];
                for (int column = 0; column < window.Columns; column++)
                {
                    nint start = column * window.ColumnStep;
                    for (int remaining = window.Groups; remaining > 0; remaining -= window.BlockGroups, start += window.BlockStride)
                    {
                        nint end = start + 4 * (nint)Math.Min(remaining, window.BlockGroups);
                        for (nint k = start; k < end; k += 4, weights += 4 * Lanes)
                        {
                            Vector128<short> w0 = Vector128.Load(weights).AsInt16(), w1 = Vector128.Load(weights + 16).AsInt16();
                            Vector128<short> even0 = (w0 << 8) >> 8, odd0 = w0 >> 8;
                            Vector128<short> even1 = (w1 << 8) >> 8, odd1 = w1 >> 8;

                            Vector128<short> values = Broadcast4V128(p0 + k);
                            Vector128<short> even = values & evenBytes, odd = values >>> 8;
                            a0 += MultiplyAddAdjacent(even, even0) + MultiplyAddAdjacent(odd, odd0);
                            b0 += MultiplyAddAdjacent(even, even1) + MultiplyAddAdjacent(odd, odd1);

                            values = Broadcast4V128(p1 + k);
                            even = values & evenBytes;
                            odd = values >>> 8;
                            a1 += MultiplyAddAdjacent(even, even0) + MultiplyAddAdjacent(odd, odd0);
                            b1 += MultiplyAddAdjacent(even, even1) + MultiplyAddAdjacent(odd, odd1);

                            values = Broadcast4V128(p2 + k);
                            even = values & evenBytes;
                            odd = values >>> 8;
                            a2 += MultiplyAddAdjacent(even, even0) + MultiplyAddAdjacent(odd, odd0);
                            b2 += MultiplyAddAdjacent(even, even1) + MultiplyAddAdjacent(odd, odd1);

                            values = Broadcast4V128(p3 + k);
                            even = values & evenBytes;
                            odd = values >>> 8;
                            a3 += MultiplyAddAdjacent(even, even0) + MultiplyAddAdjacent(odd, odd0);
                            b3 += MultiplyAddAdjacent(even, even1) + MultiplyAddAdjacent(odd, odd1);
                        }
                    }
                }
            }

            a0.Store(sums);
            b0.Store(sums + 4);
            a1.Store(sums + 16);
            b1.Store(sums + 20);
            a2.Store(sums + 32);
            b2.Store(sums + 36);
            a3.Store(sums + 48);
            b3.Store(sums + 52);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Broadcast4V128(byte* pixel) => Vector128.Create(Unsafe.ReadUnaligned<int>(pixel)).AsInt16();
}
