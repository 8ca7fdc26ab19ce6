using System;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Windows up to 7×7 over some channels of a block, in single precision as the 3×3 ones. Weights are converted once, and so is each row of the input, into a ring of as many rows as a window
/// has; then one weight after the other meets all pixels of a tile.
/// </summary>
public static unsafe partial class UInt8Kernels
{
    /// <summary>Side of the largest such window.</summary>
    private const int MostWindow = 7;

    /// <summary>Numbers in the ring of converted rows, which stays in the first-level cache.</summary>
    private const int RingNumbers = 7168;

    /// <summary>Rows of a block.</summary>
    /// <param name="input">The input.</param>
    /// <param name="source">From a row's start to the first window.</param>
    /// <param name="output">The output.</param>
    /// <param name="target">From a row's start to the first output.</param>
    /// <param name="weights">The block's.</param>
    /// <param name="rescaling">The block's.</param>
    /// <param name="kernel">Side of the square window.</param>
    /// <param name="stride">Step of the window.</param>
    /// <param name="padTop">Halo rows above that the first output row sees.</param>
    /// <param name="width">Output columns.</param>
    /// <param name="firstRow">The first output row.</param>
    /// <param name="rowCount">How many output rows.</param>
    /// <param name="r">How sums become bytes.</param>
    /// <param name="sums">[width][16], where the sums of a single row go instead, if they are not rescaled here.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void DepthwiseOfAnySize<TVector, TScale>(FeatureMap<byte> input, nint source, FeatureMap<byte> output, nint target, short* weights, int* rescaling, int kernel, int stride, int padTop,
        int width, int firstRow, int rowCount, in Requantization r, int* sums = null)
        where TVector : struct, IInt32Vector<TVector>
        where TScale : struct, IByteScale<TScale, TVector>
    {
        float* taps = stackalloc float[MostWindow * MostWindow * Lanes], ring = stackalloc float[RingNumbers + Lanes];
        ring = (float*)(((nint)ring + 63) & ~63);
        int most = (RingNumbers / (kernel * TVector.Count) - kernel) / stride + 1;
        for (int lane = 0; lane < Lanes; lane += TVector.Count)
        {
            for (int i = 0; i < kernel * kernel; i++)
                TVector.ToSingle(weights + i * Lanes + lane).Store((int*)(taps + i * TVector.Count));
            for (int x = 0; x < width; x += most)
            {
                var rows = new ConvertedRows(ring, taps, kernel, stride, Math.Min(most, width - x), TVector.Count, sums + x * Lanes + lane);
                nint column = source + (nint)x * stride * Lanes + lane;
                for (int y = firstRow, next = firstRow * stride - padTop; y < firstRow + rowCount; y++)
                {
                    int top = y * stride - padTop;
                    for (next = Math.Max(next, top); next < top + kernel; next++)
                        Convert<TVector>(input.Row(next) + column, rows.Slot(next), rows.Inputs);
                    DepthwiseRow<TVector, TScale>(rows, top, rescaling + lane, r, output.Row(y) + target + (nint)x * Lanes + lane);
                }
            }
        }
    }

    /// <summary>The same over a block that has no single precision, some columns of a row at a time. Such blocks are rare, so that input rows are converted anew for each.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void DepthwiseSums<TVector>(FeatureMap<byte> input, nint source, FeatureMap<byte> output, nint target, short* weights, int* rescaling, int kernel, int stride, int padTop,
        int width, int firstRow, int rowCount, in Requantization r) where TVector : struct, IInt32Vector<TVector>
    {
        const int MostColumns = 64;
        int* sums = stackalloc int[MostColumns * Lanes], corrections = stackalloc int[MostColumns];
        new Span<int>(corrections, MostColumns).Clear();
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            byte* row = output.Row(y) + target;
            for (int x = 0; x < width; x += MostColumns, row += MostColumns * Lanes)
            {
                int columns = Math.Min(width - x, MostColumns);
                DepthwiseOfAnySize<TVector, SumsOfWindows<TVector>>(input, source + (nint)x * stride * Lanes, output, target, weights, rescaling, kernel, stride, padTop, columns, y, 1, r, sums);
                Requantize.Store<TVector>(sums, corrections, 1, columns, rescaling, &row, 0, r);
            }
        }
    }

    /// <summary>The last rows of an input, in single precision, and the weights that they meet.</summary>
    private readonly struct ConvertedRows(float* ring, float* taps, int kernel, int stride, int columns, int lanes, int* sums)
    {
        /// <summary>[kernel][kernel][lanes].</summary>
        public float* Taps => taps;

        public int Kernel => kernel;

        public int Stride => stride;

        /// <summary>Output columns.</summary>
        public int Columns => columns;

        /// <summary>Input columns.</summary>
        public int Inputs => (columns - 1) * stride + kernel;

        /// <summary>Numbers of a row.</summary>
        public int Length => Inputs * lanes;

        /// <summary>Behind the last row.</summary>
        public float* End => ring + kernel * Length;

        /// <summary>Where an input row is; the first may lie above row 0, though by less than a window.</summary>
        public float* Slot(int row) => ring + (row + kernel) % kernel * Length;

        public float* Start => ring;

        /// <summary>Where the sums of the first output go, if they are not rescaled.</summary>
        public int* Sums => sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Convert<TVector>(byte* pixels, float* target, int count) where TVector : struct, IInt32Vector<TVector>
    {
        for (int i = 0; i < count; i++, pixels += Lanes, target += TVector.Count)
            TVector.ToSingle(pixels).Store((int*)target);
    }

    /// <summary>A row of outputs, in tiles of one width of which the last may begin earlier, so that it writes some again. Few widths, as each is another method to compile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DepthwiseRow<TVector, TScale>(in ConvertedRows rows, int top, int* rescaling, in Requantization r, byte* output)
        where TVector : struct, IInt32Vector<TVector> where TScale : struct, IByteScale<TScale, TVector>
    {
        int columns = rows.Columns;
        if (rows.Stride > 2 || columns < 4)
            DepthwiseTiles<TVector, N1, N1, TScale>(rows, top, rescaling, r, output);
        else if (columns % 7 == 0 && rows.Stride == 1)
            DepthwiseTiles<TVector, N7, N1, TScale>(rows, top, rescaling, r, output);
        else if (columns % 7 == 0)
            DepthwiseTiles<TVector, N7, N2, TScale>(rows, top, rescaling, r, output);
        else if (rows.Stride == 1)
            DepthwiseTiles<TVector, N4, N1, TScale>(rows, top, rescaling, r, output);
        else
            DepthwiseTiles<TVector, N4, N2, TScale>(rows, top, rescaling, r, output);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void DepthwiseTiles<TVector, TPixels, TStride, TScale>(in ConvertedRows rows, int top, int* rescaling, in Requantization r, byte* output)
        where TVector : struct, IInt32Vector<TVector> where TPixels : unmanaged, IConstant where TStride : unmanaged, IConstant where TScale : struct, IByteScale<TScale, TVector>
    {
        TScale scale = TScale.Load(rescaling, r);
        int kernel = rows.Kernel, length = rows.Length, last = rows.Columns - sizeof(TPixels);
        float* first = rows.Slot(top), start = rows.Start, end = rows.End;
        for (int x = 0; x < rows.Columns; x += sizeof(TPixels))
        {
            x = Math.Min(x, last);
            TVector a0 = TScale.Begin(rescaling), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0;
            float* row = first, tap = rows.Taps;
            for (int i = 0; i < kernel; i++)
            {
                float* p = row + x * rows.Stride * TVector.Count;
                for (float* behind = p + kernel * TVector.Count; p < behind; p += TVector.Count, tap += TVector.Count)
                {
                    TVector weight = TVector.Load(tap);
                    a0 = TVector.MultiplyAdd(TVector.Load(p), weight, a0);
                    if (sizeof(TPixels) > 1)
                    {
                        a1 = TVector.MultiplyAdd(TVector.Load(p + sizeof(TStride) * TVector.Count), weight, a1);
                        a2 = TVector.MultiplyAdd(TVector.Load(p + 2 * sizeof(TStride) * TVector.Count), weight, a2);
                        a3 = TVector.MultiplyAdd(TVector.Load(p + 3 * sizeof(TStride) * TVector.Count), weight, a3);
                    }
                    if (sizeof(TPixels) > 4)
                    {
                        a4 = TVector.MultiplyAdd(TVector.Load(p + 4 * sizeof(TStride) * TVector.Count), weight, a4);
                        a5 = TVector.MultiplyAdd(TVector.Load(p + 5 * sizeof(TStride) * TVector.Count), weight, a5);
                        a6 = TVector.MultiplyAdd(TVector.Load(p + 6 * sizeof(TStride) * TVector.Count), weight, a6);
                    }
                }
                row += length;
                if (row == end)
                    row = start;
            }

            if (typeof(TScale) == typeof(SumsOfWindows<TVector>))
            {
                int* sums = rows.Sums + x * Lanes;
                scale.Scale(a0).Store(sums);
                if (sizeof(TPixels) > 1)
                {
                    scale.Scale(a1).Store(sums + Lanes);
                    scale.Scale(a2).Store(sums + 2 * Lanes);
                    scale.Scale(a3).Store(sums + 3 * Lanes);
                }
                if (sizeof(TPixels) > 4)
                {
                    scale.Scale(a4).Store(sums + 4 * Lanes);
                    scale.Scale(a5).Store(sums + 5 * Lanes);
                    scale.Scale(a6).Store(sums + 6 * Lanes);
                }
                continue;
            }

            byte* pixel = output + x * Lanes;
            if (sizeof(TPixels) == 1)
                scale.Store(a0, a0, a0, a0, pixel, pixel, pixel, pixel);
            else
                scale.Store(a0, a1, a2, a3, pixel, pixel + Lanes, pixel + 2 * Lanes, pixel + 3 * Lanes);
            if (sizeof(TPixels) > 4)
                scale.Store(a4, a5, a6, a6, pixel + 4 * Lanes, pixel + 5 * Lanes, pixel + 6 * Lanes, pixel + 6 * Lanes);
        }
    }
}
