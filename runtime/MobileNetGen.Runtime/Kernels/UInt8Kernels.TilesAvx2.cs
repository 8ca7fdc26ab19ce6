using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>Four pixels. vpmaddubsw could saturate; so bytes are widened, the even and the odd ones of each group of four apart, and nothing can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles4Avx2(int tiles, byte** pixels, int pixelStride, in ConvolutionWindow window, sbyte* panel, int* bias, int* sums)
    {
        Vector256<short> evenBytes = Vector256.Create((short)0x00FF);
        for (; tiles > 0; tiles--, pixels += 4, sums += 4 * Lanes)
        {
            sbyte* weights = panel;
            Vector256<int> a0 = Vector256.Load(bias), b0 = Vector256.Load(bias + 8);
            Vector256<int> a1 = a0, b1 = b0;
            Vector256<int> a2 = a0, b2 = b0;
            Vector256<int> a3 = a0, b3 = b0;
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
                            Vector256<short> w = Vector256.Load(weights).AsInt16();
                            Vector256<short> evenA = (w << 8) >> 8, oddA = w >> 8;
                            w = Vector256.Load(weights + 32).AsInt16();
                            Vector256<short> evenB = (w << 8) >> 8, oddB = w >> 8;

                            Vector256<short> x = Broadcast4V256(p0 + k).AsInt16();
                            Vector256<short> even = x & evenBytes, odd = x >>> 8;
                            a0 += Avx2.MultiplyAddAdjacent(even, evenA) + Avx2.MultiplyAddAdjacent(odd, oddA);
                            b0 += Avx2.MultiplyAddAdjacent(even, evenB) + Avx2.MultiplyAddAdjacent(odd, oddB);

                            x = Broadcast4V256(p1 + k).AsInt16();
                            even = x & evenBytes;
                            odd = x >>> 8;
                            a1 += Avx2.MultiplyAddAdjacent(even, evenA) + Avx2.MultiplyAddAdjacent(odd, oddA);
                            b1 += Avx2.MultiplyAddAdjacent(even, evenB) + Avx2.MultiplyAddAdjacent(odd, oddB);

                            x = Broadcast4V256(p2 + k).AsInt16();
                            even = x & evenBytes;
                            odd = x >>> 8;
                            a2 += Avx2.MultiplyAddAdjacent(even, evenA) + Avx2.MultiplyAddAdjacent(odd, oddA);
                            b2 += Avx2.MultiplyAddAdjacent(even, evenB) + Avx2.MultiplyAddAdjacent(odd, oddB);

                            x = Broadcast4V256(p3 + k).AsInt16();
                            even = x & evenBytes;
                            odd = x >>> 8;
                            a3 += Avx2.MultiplyAddAdjacent(even, evenA) + Avx2.MultiplyAddAdjacent(odd, oddA);
                            b3 += Avx2.MultiplyAddAdjacent(even, evenB) + Avx2.MultiplyAddAdjacent(odd, oddB);
                        }
                    }
                }
            }

            StoreSums(a0, b0, sums);
            StoreSums(a1, b1, sums + 1 * Lanes);
            StoreSums(a2, b2, sums + 2 * Lanes);
            StoreSums(a3, b3, sums + 3 * Lanes);
        }
    }
}
