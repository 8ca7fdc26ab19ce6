using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>
    /// Σ x over each window, what the weights' zero point is multiplied by. It takes in the lanes that only pad the last group of four: their
    /// weights are the zero point itself, so that they add to both sums alike.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Correct(in ByteConvolution c, in ByteStrip strip, int* offsets)
    {
        int zeroPoint = c.Requantization.WeightZeroPoint;
        if (zeroPoint == 0)
            return;

        var window = new ConvolutionWindow(c.Kernel, c.Lanes, c.Groups, c.Input.BlockStride);
        int* corrections = strip.Corrections;
        for (int row = 0; row < strip.Rows; row++)
        {
            byte* pixel = strip.Inputs[row];
            int* end = corrections + strip.Width;
            if (Avx512BW.IsSupported && c.Step == Lanes && window.Rows == 1 && window.BlockGroups == 4)
            {
                for (; corrections <= end - 4; corrections += 4, pixel += 4 * Lanes)
                    (zeroPoint * SumFourPixels(pixel, window.Groups, window.BlockStride)).Store(corrections);
            }
            else if (AvxVnni.IsSupported && AreRunsReadable(c.Step, window))
            {
                for (; corrections < end - 4; corrections += 4, pixel += 4 * c.Step)
                    (zeroPoint * SumFourRuns(pixel, c.Step, offsets, window)).Store(corrections);
            }
            for (; corrections < end; corrections++, pixel += c.Step)
                *corrections = zeroPoint * SumWindow(pixel, offsets, window);
        }
    }

    /// <summary>Whether 16 bytes can be read from where a window's rows begin if another window follows: where rows are runs, and the next window's reach as far.</summary>
    private static bool AreRunsReadable(int step, in ConvolutionWindow window)
    {
        int run = 4 * window.Groups;
        return window.Columns == 1 && window.Groups == window.BlockGroups && run <= 16 && step <= run && step + run >= 16;
    }

    /// <summary>Σ x over four windows whose rows are runs of at most 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> SumFourRuns(byte* pixel, int step, int* offsets, in ConvolutionWindow window)
    {
        Vector128<sbyte> ones = Vector128.LessThan(Vector128<sbyte>.Indices, Vector128.Create((sbyte)(4 * window.Groups))) & Vector128<sbyte>.One;
        Vector128<int> a = default, b = default, c = default, d = default;
        for (int row = 0; row < window.Rows; row++, offsets += window.Columns * window.Groups)
        {
            byte* start = pixel + *offsets;
            a = AvxVnni.MultiplyWideningAndAdd(a, Vector128.Load(start), ones);
            b = AvxVnni.MultiplyWideningAndAdd(b, Vector128.Load(start + step), ones);
            c = AvxVnni.MultiplyWideningAndAdd(c, Vector128.Load(start + 2 * step), ones);
            d = AvxVnni.MultiplyWideningAndAdd(d, Vector128.Load(start + 3 * step), ones);
        }
        return Ssse3.HorizontalAdd(Ssse3.HorizontalAdd(a, b), Ssse3.HorizontalAdd(c, d));
    }

    /// <summary>Σ x of four pixels that lie together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> SumFourPixels(byte* pixel, int groups, nint blockStride)
    {
        Vector512<ulong> total = Vector512<ulong>.Zero;
        for (; groups >= 4; groups -= 4, pixel += blockStride)
            total += Avx512BW.SumAbsoluteDifferences(Vector512.Load(pixel), Vector512<byte>.Zero).AsUInt64();
        if (groups > 0)
        {
            Vector512<uint> used = Vector512.LessThan(Vector512.Create(0u, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3), Vector512.Create((uint)groups));
            total += Avx512BW.SumAbsoluteDifferences(Vector512.Load(pixel) & used.AsByte(), Vector512<byte>.Zero).AsUInt64();
        }
        Vector256<int> halves = Avx512F.ConvertToVector256Int32(total);
        return Avx2.PermuteVar8x32(Avx2.HorizontalAdd(halves, halves), Vector256.Create(0, 1, 4, 5, 0, 1, 4, 5)).GetLower();
    }

    /// <summary>Σ x over one window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int SumWindow(byte* pixel, int* offsets, in ConvolutionWindow window)
    {
        Vector128<int> sums = Vector128<int>.Zero;
        for (int row = 0; row < window.Rows; row++, offsets += window.Columns * window.Groups)
        {
            for (int column = 0; column < window.Columns; column++)
            {
                byte* block = pixel + *offsets + column * window.ColumnStep;
                for (int remaining = window.Groups; remaining > 0; remaining -= window.BlockGroups, block += window.BlockStride)
                {
                    byte* p = block, end = block + 4 * (nint)Math.Min(remaining, window.BlockGroups);
                    for (; end - p >= 16; p += 16)
                        sums += SumAdjacent(Vector128.Load(p));
                    if (end - p >= 8)
                    {
                        sums += SumAdjacent(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(p)).AsByte());
                        p += 8;
                    }
                    if (p < end)
                        sums += SumAdjacent(Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(p)).AsByte());
                }
            }
        }
        return Vector128.Sum(sums);
    }

    /// <summary>Sums of bytes in 32-bit lanes, in any distribution.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> SumAdjacent(Vector128<byte> values)
    {
        if (Sse2.IsSupported)
            return Sse2.SumAbsoluteDifferences(values, Vector128<byte>.Zero).AsInt32();
        (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(values);
        (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(lower + upper);
        return (a + b).AsInt32();
    }
}
