using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>
    /// Register tiles, each <typeparamref name="TPixels"/> pixels of some outputs of a block: those in some columns of a strip's rows. The JIT compiles this text once for every
    /// arithmetic, number of pixels and step in use, and drops the pixels beyond it. It is long and regular because sums stay in registers only as locals. Even numbers
    /// are the first half of a tile's pixels, odd ones the second half, which may lie in another row.
    /// </summary>
    /// <typeparam name="TSums">The arithmetic.</typeparam>
    /// <typeparam name="TPixels">1 … 14.</typeparam>
    /// <typeparam name="TStep">From a pixel's window to that of the next, so that addressing modes reach them all; 0 for that of the strip.</typeparam>
    /// <param name="strip">The strip.</param>
    /// <param name="place">Which of its pixels.</param>
    /// <param name="panel">The weights of the outputs.</param>
    /// <param name="bias">What their sums begin with.</param>
    /// <param name="target">Where their bytes go; without it, the strip gets the sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles<TSums, TPixels, TStep>(in ByteStrip strip, in TilePlace place, in BytePanel panel, int* bias, in ByteTarget target)
        where TSums : struct, IByteSums<TSums> where TPixels : unmanaged, IConstant where TStep : struct, IConstant
    {
        bool isDirect = HasTargets<TSums>() && ByteTarget.Pays(sizeof(TPixels));
        nint step = TStep.Value > 0 ? TStep.Value : strip.Step;
        int columns = place.Columns, firstHalf = (columns + 1) / 2;
        for (int row = place.FirstRow; row < place.EndRow; row += place.Rows)
        {
            nint pixel = row * strip.Width + place.Column, halfPixels = firstHalf, half = firstHalf * step;
            if (place.Rows == 2)
            {
                halfPixels = strip.Width;
                half = (nint)(strip.Inputs[row + 1] - strip.Inputs[row]);
            }
            byte* first = strip.Inputs[row] + place.Column * step;
            int* sums = strip.Sums + pixel * Lanes + panel.Lane, halfSums = sums + halfPixels * Lanes;
            byte* bytes = null, halfBytes = null;
            if (isDirect && target.IsPresent)
            {
                bytes = target.Pixel(row, place.Column);
                halfBytes = place.Rows == 2 ? target.Pixel(row + 1, place.Column) : bytes + firstHalf * Lanes;
            }
            for (int tile = 0; tile < place.Tiles; tile++, first += columns * step, sums += columns * Lanes, halfSums += columns * Lanes)
            {
                sbyte* weights = panel.Weights;
                int* entry = panel.Offsets;
                TSums a0 = TSums.Load(bias), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0, a8 = a0, a9 = a0, a10 = a0, a11 = a0, a12 = a0, a13 = a0;
                for (int* end = panel.Fours; TSums.IsSixteenBit && entry < end; entry += 4, weights += 4 * BlobLayout.Entry)
                {
                    byte* i = first + entry[0], j = first + entry[1], k = first + entry[2], l = first + entry[3];
                    TSums wi = TSums.Load(weights), wj = TSums.Load(weights + BlobLayout.Entry), wk = TSums.Load(weights + 2 * BlobLayout.Entry), wl = TSums.Load(weights + 3 * BlobLayout.Entry);
                    a0 = TSums.AddFour(a0, 0, i, j, k, l, wi, wj, wk, wl);
                    if (sizeof(TPixels) > 2)
                        a2 = TSums.AddFour(a2, step, i, j, k, l, wi, wj, wk, wl);
                    if (sizeof(TPixels) > 4)
                        a4 = TSums.AddFour(a4, 2 * step, i, j, k, l, wi, wj, wk, wl);
                    if (sizeof(TPixels) > 6)
                        a6 = TSums.AddFour(a6, 3 * step, i, j, k, l, wi, wj, wk, wl);
                    if (sizeof(TPixels) > 8)
                        a8 = TSums.AddFour(a8, 4 * step, i, j, k, l, wi, wj, wk, wl);
                    if (sizeof(TPixels) > 10)
                        a10 = TSums.AddFour(a10, 5 * step, i, j, k, l, wi, wj, wk, wl);
                    if (sizeof(TPixels) > 12)
                        a12 = TSums.AddFour(a12, 6 * step, i, j, k, l, wi, wj, wk, wl);
                    i += half;
                    j += half;
                    k += half;
                    l += half;
                    if (sizeof(TPixels) > 1)
                        a1 = TSums.AddFour(a1, 0, i, j, k, l, wi, wj, wk, wl);
                    if (sizeof(TPixels) > 3)
                        a3 = TSums.AddFour(a3, step, i, j, k, l, wi, wj, wk, wl);
                    if (sizeof(TPixels) > 5)
                        a5 = TSums.AddFour(a5, 2 * step, i, j, k, l, wi, wj, wk, wl);
                    if (sizeof(TPixels) > 7)
                        a7 = TSums.AddFour(a7, 3 * step, i, j, k, l, wi, wj, wk, wl);
                    if (sizeof(TPixels) > 9)
                        a9 = TSums.AddFour(a9, 4 * step, i, j, k, l, wi, wj, wk, wl);
                    if (sizeof(TPixels) > 11)
                        a11 = TSums.AddFour(a11, 5 * step, i, j, k, l, wi, wj, wk, wl);
                    if (sizeof(TPixels) > 13)
                        a13 = TSums.AddFour(a13, 6 * step, i, j, k, l, wi, wj, wk, wl);
                }
                for (int* end = panel.Threes; TSums.HasThrees && entry < end; entry += 3, weights += 3 * BlobLayout.Entry)
                {
                    byte* i = first + entry[0], j = first + entry[1], k = first + entry[2];
                    TSums wi = TSums.Load(weights), wj = TSums.Load(weights + BlobLayout.Entry), wk = TSums.Load(weights + 2 * BlobLayout.Entry);
                    a0 = TSums.AddThree(a0, 0, i, j, k, wi, wj, wk);
                    if (sizeof(TPixels) > 2)
                        a2 = TSums.AddThree(a2, step, i, j, k, wi, wj, wk);
                    if (sizeof(TPixels) > 4)
                        a4 = TSums.AddThree(a4, 2 * step, i, j, k, wi, wj, wk);
                    if (sizeof(TPixels) > 6)
                        a6 = TSums.AddThree(a6, 3 * step, i, j, k, wi, wj, wk);
                    if (sizeof(TPixels) > 8)
                        a8 = TSums.AddThree(a8, 4 * step, i, j, k, wi, wj, wk);
                    if (sizeof(TPixels) > 10)
                        a10 = TSums.AddThree(a10, 5 * step, i, j, k, wi, wj, wk);
                    if (sizeof(TPixels) > 12)
                        a12 = TSums.AddThree(a12, 6 * step, i, j, k, wi, wj, wk);
                    i += half;
                    j += half;
                    k += half;
                    if (sizeof(TPixels) > 1)
                        a1 = TSums.AddThree(a1, 0, i, j, k, wi, wj, wk);
                    if (sizeof(TPixels) > 3)
                        a3 = TSums.AddThree(a3, step, i, j, k, wi, wj, wk);
                    if (sizeof(TPixels) > 5)
                        a5 = TSums.AddThree(a5, 2 * step, i, j, k, wi, wj, wk);
                    if (sizeof(TPixels) > 7)
                        a7 = TSums.AddThree(a7, 3 * step, i, j, k, wi, wj, wk);
                    if (sizeof(TPixels) > 9)
                        a9 = TSums.AddThree(a9, 4 * step, i, j, k, wi, wj, wk);
                    if (sizeof(TPixels) > 11)
                        a11 = TSums.AddThree(a11, 5 * step, i, j, k, wi, wj, wk);
                    if (sizeof(TPixels) > 13)
                        a13 = TSums.AddThree(a13, 6 * step, i, j, k, wi, wj, wk);
                }
                for (int* end = panel.Twos; TSums.IsSixteenBit && entry < end; entry += 2, weights += 2 * BlobLayout.Entry)
                {
                    byte* i = first + entry[0], j = first + entry[1];
                    TSums wi = TSums.Load(weights), wj = TSums.Load(weights + BlobLayout.Entry);
                    a0 = TSums.AddTwo(a0, 0, i, j, wi, wj);
                    if (sizeof(TPixels) > 2)
                        a2 = TSums.AddTwo(a2, step, i, j, wi, wj);
                    if (sizeof(TPixels) > 4)
                        a4 = TSums.AddTwo(a4, 2 * step, i, j, wi, wj);
                    if (sizeof(TPixels) > 6)
                        a6 = TSums.AddTwo(a6, 3 * step, i, j, wi, wj);
                    if (sizeof(TPixels) > 8)
                        a8 = TSums.AddTwo(a8, 4 * step, i, j, wi, wj);
                    if (sizeof(TPixels) > 10)
                        a10 = TSums.AddTwo(a10, 5 * step, i, j, wi, wj);
                    if (sizeof(TPixels) > 12)
                        a12 = TSums.AddTwo(a12, 6 * step, i, j, wi, wj);
                    i += half;
                    j += half;
                    if (sizeof(TPixels) > 1)
                        a1 = TSums.AddTwo(a1, 0, i, j, wi, wj);
                    if (sizeof(TPixels) > 3)
                        a3 = TSums.AddTwo(a3, step, i, j, wi, wj);
                    if (sizeof(TPixels) > 5)
                        a5 = TSums.AddTwo(a5, 2 * step, i, j, wi, wj);
                    if (sizeof(TPixels) > 7)
                        a7 = TSums.AddTwo(a7, 3 * step, i, j, wi, wj);
                    if (sizeof(TPixels) > 9)
                        a9 = TSums.AddTwo(a9, 4 * step, i, j, wi, wj);
                    if (sizeof(TPixels) > 11)
                        a11 = TSums.AddTwo(a11, 5 * step, i, j, wi, wj);
                    if (sizeof(TPixels) > 13)
                        a13 = TSums.AddTwo(a13, 6 * step, i, j, wi, wj);
                }
                for (int* end = panel.Ones; entry < end; entry++, weights += BlobLayout.Entry)
                {
                    byte* i = first + entry[0];
                    TSums wi = TSums.Load(weights);
                    a0 = TSums.AddOne(a0, 0, i, wi);
                    if (sizeof(TPixels) > 2)
                        a2 = TSums.AddOne(a2, step, i, wi);
                    if (sizeof(TPixels) > 4)
                        a4 = TSums.AddOne(a4, 2 * step, i, wi);
                    if (sizeof(TPixels) > 6)
                        a6 = TSums.AddOne(a6, 3 * step, i, wi);
                    if (sizeof(TPixels) > 8)
                        a8 = TSums.AddOne(a8, 4 * step, i, wi);
                    if (sizeof(TPixels) > 10)
                        a10 = TSums.AddOne(a10, 5 * step, i, wi);
                    if (sizeof(TPixels) > 12)
                        a12 = TSums.AddOne(a12, 6 * step, i, wi);
                    i += half;
                    if (sizeof(TPixels) > 1)
                        a1 = TSums.AddOne(a1, 0, i, wi);
                    if (sizeof(TPixels) > 3)
                        a3 = TSums.AddOne(a3, step, i, wi);
                    if (sizeof(TPixels) > 5)
                        a5 = TSums.AddOne(a5, 2 * step, i, wi);
                    if (sizeof(TPixels) > 7)
                        a7 = TSums.AddOne(a7, 3 * step, i, wi);
                    if (sizeof(TPixels) > 9)
                        a9 = TSums.AddOne(a9, 4 * step, i, wi);
                    if (sizeof(TPixels) > 11)
                        a11 = TSums.AddOne(a11, 5 * step, i, wi);
                    if (sizeof(TPixels) > 13)
                        a13 = TSums.AddOne(a13, 6 * step, i, wi);
                }

                if (isDirect && target.IsPresent)
                {
                    target.Store(a0, a2, a4, a6, (sizeof(TPixels) + 1) / 2, bytes);
                    if (sizeof(TPixels) > 8)
                        target.Store(a8, a10, a12, a12, (sizeof(TPixels) + 1) / 2 - 4, bytes + 4 * Lanes);
                    if (sizeof(TPixels) > 1)
                        target.Store(a1, a3, a5, a7, sizeof(TPixels) / 2, halfBytes);
                    if (sizeof(TPixels) > 9)
                        target.Store(a9, a11, a13, a13, sizeof(TPixels) / 2 - 4, halfBytes + 4 * Lanes);
                    bytes += columns * Lanes;
                    halfBytes += columns * Lanes;
                    continue;
                }

                a0.Store(sums);
                if (sizeof(TPixels) > 2)
                    a2.Store(sums + 1 * Lanes);
                if (sizeof(TPixels) > 4)
                    a4.Store(sums + 2 * Lanes);
                if (sizeof(TPixels) > 6)
                    a6.Store(sums + 3 * Lanes);
                if (sizeof(TPixels) > 8)
                    a8.Store(sums + 4 * Lanes);
                if (sizeof(TPixels) > 10)
                    a10.Store(sums + 5 * Lanes);
                if (sizeof(TPixels) > 12)
                    a12.Store(sums + 6 * Lanes);
                if (sizeof(TPixels) > 1)
                    a1.Store(halfSums);
                if (sizeof(TPixels) > 3)
                    a3.Store(halfSums + 1 * Lanes);
                if (sizeof(TPixels) > 5)
                    a5.Store(halfSums + 2 * Lanes);
                if (sizeof(TPixels) > 7)
                    a7.Store(halfSums + 3 * Lanes);
                if (sizeof(TPixels) > 9)
                    a9.Store(halfSums + 4 * Lanes);
                if (sizeof(TPixels) > 11)
                    a11.Store(halfSums + 5 * Lanes);
                if (sizeof(TPixels) > 13)
                    a13.Store(halfSums + 6 * Lanes);
            }
        }
    }

    /// <summary>Whether tiles can make bytes of sums: what takes them has all 16 outputs of a block in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HasTargets<TSums>()
        where TSums : struct, IByteSums<TSums>
        => Avx512BW.IsSupported && TSums.Count == Lanes;
}
