using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// 3×3 windows over a block with vpdpbusd, where a block's weights are bytes. Four neighbouring pixels, which are 64 bytes, are transposed to [x … x + 3] for
/// each channel: their product with [w₀ w₁ w₂ 0] belongs to one window and, at stride 1, that with [0 w₀ w₁ w₂] to the next. What remains of a row is a whole
/// tile too, which begins earlier and writes some outputs again: so nothing beyond the halo is read. .NET 10 has the instruction at 256 bits, half a block:
/// of the letters, k, m and a are for the lower eight channels, l, n and b for the upper ones.
/// </summary>
public static unsafe partial class UInt8Kernels
{
    /// <summary>The narrowest output, a tile.</summary>
    private const int DepthwiseTile = 4;

    /// <summary>Whether the weights of a block are bytes. Those of a uint8 network need not be, less their zero point; its largest ones mostly are not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool AreBytes(short* weights, int taps)
    {
        Vector256<short> half = Vector256.Create((short)128), bits = Vector256<short>.Zero;
        for (int i = 0; i < taps; i++)
            bits |= Vector256.Load(weights + i * Lanes) + half;
        return (bits & Vector256.Create(unchecked((short)0xFF00))) == Vector256<short>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Depthwise3x3AvxVnni<TScale>(FeatureMap<byte> input, nint source, FeatureMap<byte> output, nint target, short* weights, int* rescaling, int stride, int padTop,
        int width, int firstRow, int rowCount, in Requantization r)
        where TScale : struct, IBlockScale<TScale>
    {
        int paired = stride == 1 ? rowCount & ~1 : 0;
        if (paired > 0)
            DepthwiseRowPairsAvxVnni<TScale>(input, source, output, target, weights, rescaling, padTop, width, firstRow, paired, r);
        if (paired == rowCount)
            return;
        if (stride == 1)
            DepthwiseRowsAvxVnni<N1, TScale>(input, source, output, target, weights, rescaling, padTop, width, firstRow + paired, rowCount - paired, r);
        else
            DepthwiseRowsAvxVnni<N2, TScale>(input, source, output, target, weights, rescaling, padTop, width, firstRow, rowCount, r);
    }

    /// <summary>Rows at stride 1, an even number of them, in tiles of two rows and two columns: four rows of the input serve two of the output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DepthwiseRowPairsAvxVnni<TScale>(FeatureMap<byte> input, nint source, FeatureMap<byte> output, nint target, short* weights, int* rescaling, int padTop,
        int width, int firstRow, int rowCount, in Requantization r)
        where TScale : struct, IBlockScale<TScale>
    {
        TScale scale = TScale.Load(rescaling, r);
        Vector256<int> lowerBias = Vector256.Load(rescaling), upperBias = Vector256.Load(rescaling + 8);
        WindowRow(weights, out Vector256<int> lower, out Vector256<int> upper);
        Vector256<sbyte> k0 = lower.AsSByte(), l0 = upper.AsSByte(), m0 = (lower << 8).AsSByte(), n0 = (upper << 8).AsSByte();
        WindowRow(weights + 3 * Lanes, out lower, out upper);
        Vector256<sbyte> k1 = lower.AsSByte(), l1 = upper.AsSByte(), m1 = (lower << 8).AsSByte(), n1 = (upper << 8).AsSByte();
        WindowRow(weights + 6 * Lanes, out lower, out upper);
        Vector256<sbyte> k2 = lower.AsSByte(), l2 = upper.AsSByte(), m2 = (lower << 8).AsSByte(), n2 = (upper << 8).AsSByte();
        Vector512<byte> order = PixelsByChannels;
        for (int y = firstRow; y < firstRow + rowCount; y += 2)
        {
            int top = y - padTop;
            byte* p0 = input.Row(top) + source, p1 = input.Row(top + 1) + source, p2 = input.Row(top + 2) + source, p3 = input.Row(top + 3) + source;
            byte* output0 = output.Row(y) + target, output1 = output.Row(y + 1) + target;
            for (int column = 0; column < width; column += 2)
            {
                column = Math.Min(column, width - 2);
                nint x = (nint)column * Lanes;
                Vector256<int> a0 = lowerBias, b0 = upperBias, a1 = a0, b1 = b0, a2 = a0, b2 = b0, a3 = a0, b3 = b0;
                FourPixels(p0 + x, order, out Vector256<byte> lowerPixels, out Vector256<byte> upperPixels);
                AddTwo(lowerPixels, upperPixels, k0, l0, m0, n0, ref a0, ref b0, ref a1, ref b1);
                FourPixels(p1 + x, order, out lowerPixels, out upperPixels);
                AddTwo(lowerPixels, upperPixels, k1, l1, m1, n1, ref a0, ref b0, ref a1, ref b1);
                AddTwo(lowerPixels, upperPixels, k0, l0, m0, n0, ref a2, ref b2, ref a3, ref b3);
                FourPixels(p2 + x, order, out lowerPixels, out upperPixels);
                AddTwo(lowerPixels, upperPixels, k2, l2, m2, n2, ref a0, ref b0, ref a1, ref b1);
                AddTwo(lowerPixels, upperPixels, k1, l1, m1, n1, ref a2, ref b2, ref a3, ref b3);
                FourPixels(p3 + x, order, out lowerPixels, out upperPixels);
                AddTwo(lowerPixels, upperPixels, k2, l2, m2, n2, ref a2, ref b2, ref a3, ref b3);
                scale.Store(a0, b0, a1, b1, a2, b2, a3, b3, output0 + x, output0 + x + Lanes, output1 + x, output1 + x + Lanes);
            }
        }
    }

    /// <summary>Rows one by one, in tiles of four columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DepthwiseRowsAvxVnni<TStride, TScale>(FeatureMap<byte> input, nint source, FeatureMap<byte> output, nint target, short* weights, int* rescaling, int padTop,
        int width, int firstRow, int rowCount, in Requantization r)
        where TStride : struct, IConstant
        where TScale : struct, IBlockScale<TScale>
    {
        TScale scale = TScale.Load(rescaling, r);
        Vector256<int> lowerBias = Vector256.Load(rescaling), upperBias = Vector256.Load(rescaling + 8);
        WindowRow(weights, out Vector256<int> lower, out Vector256<int> upper);
        Vector256<sbyte> k0 = lower.AsSByte(), l0 = upper.AsSByte(), m0 = (lower << 8).AsSByte(), n0 = (upper << 8).AsSByte();
        WindowRow(weights + 3 * Lanes, out lower, out upper);
        Vector256<sbyte> k1 = lower.AsSByte(), l1 = upper.AsSByte(), m1 = (lower << 8).AsSByte(), n1 = (upper << 8).AsSByte();
        WindowRow(weights + 6 * Lanes, out lower, out upper);
        Vector256<sbyte> k2 = lower.AsSByte(), l2 = upper.AsSByte(), m2 = (lower << 8).AsSByte(), n2 = (upper << 8).AsSByte();

        // At stride 2 a tile's last window may end where the halo does: what is loaded for it begins a pixel before it.
        Vector512<byte> order = PixelsByChannels, lastOrder = order + Vector512.Create((byte)Lanes);
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            int top = y * TStride.Value - padTop;
            byte* p0 = input.Row(top) + source, p1 = input.Row(top + 1) + source, p2 = input.Row(top + 2) + source;
            byte* pixel = output.Row(y) + target;
            for (int column = 0; column < width; column += 4)
            {
                column = Math.Min(column, width - 4);
                nint x = (nint)column * Lanes;
                Vector256<int> a0 = lowerBias, b0 = upperBias, a1 = a0, b1 = b0, a2 = a0, b2 = b0, a3 = a0, b3 = b0;
                if (TStride.Value == 1)
                {
                    AddTwo(p0 + x, order, k0, l0, m0, n0, ref a0, ref b0, ref a1, ref b1);
                    AddTwo(p0 + x + 2 * Lanes, order, k0, l0, m0, n0, ref a2, ref b2, ref a3, ref b3);
                    AddTwo(p1 + x, order, k1, l1, m1, n1, ref a0, ref b0, ref a1, ref b1);
                    AddTwo(p1 + x + 2 * Lanes, order, k1, l1, m1, n1, ref a2, ref b2, ref a3, ref b3);
                    AddTwo(p2 + x, order, k2, l2, m2, n2, ref a0, ref b0, ref a1, ref b1);
                    AddTwo(p2 + x + 2 * Lanes, order, k2, l2, m2, n2, ref a2, ref b2, ref a3, ref b3);
                }
                else
                {
                    AddOne(p0 + 2 * x, order, k0, l0, ref a0, ref b0);
                    AddOne(p0 + 2 * x + 2 * Lanes, order, k0, l0, ref a1, ref b1);
                    AddOne(p0 + 2 * x + 4 * Lanes, order, k0, l0, ref a2, ref b2);
                    AddOne(p0 + 2 * x + 5 * Lanes, lastOrder, k0, l0, ref a3, ref b3);
                    AddOne(p1 + 2 * x, order, k1, l1, ref a0, ref b0);
                    AddOne(p1 + 2 * x + 2 * Lanes, order, k1, l1, ref a1, ref b1);
                    AddOne(p1 + 2 * x + 4 * Lanes, order, k1, l1, ref a2, ref b2);
                    AddOne(p1 + 2 * x + 5 * Lanes, lastOrder, k1, l1, ref a3, ref b3);
                    AddOne(p2 + 2 * x, order, k2, l2, ref a0, ref b0);
                    AddOne(p2 + 2 * x + 2 * Lanes, order, k2, l2, ref a1, ref b1);
                    AddOne(p2 + 2 * x + 4 * Lanes, order, k2, l2, ref a2, ref b2);
                    AddOne(p2 + 2 * x + 5 * Lanes, lastOrder, k2, l2, ref a3, ref b3);
                }
                scale.Store(a0, b0, a1, b1, a2, b2, a3, b3, pixel + x, pixel + x + Lanes, pixel + x + 2 * Lanes, pixel + x + 3 * Lanes);
            }
        }
    }

    /// <summary>[w₀ w₁ w₂ 0] of a row of the window for each channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WindowRow(short* weights, out Vector256<int> lower, out Vector256<int> upper)
    {
        Vector256<short> low = Vector256.Create((short)255);
        Vector256<short> first = (Vector256.Load(weights) & low) | (Vector256.Load(weights + Lanes) << 8), last = Vector256.Load(weights + 2 * Lanes) & low;
        Vector256<int> even = Avx2.UnpackLow(first, last).AsInt32(), odd = Avx2.UnpackHigh(first, last).AsInt32();
        lower = Avx2.Permute2x128(even, odd, 0x20);
        upper = Avx2.Permute2x128(even, odd, 0x31);
    }

    /// <summary>The bytes of four pixels, channel by channel.</summary>
    private static Vector512<byte> PixelsByChannels
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(
            (byte)0, 16, 32, 48, 1, 17, 33, 49, 2, 18, 34, 50, 3, 19, 35, 51, 4, 20, 36, 52, 5, 21, 37, 53, 6, 22, 38, 54, 7, 23, 39, 55,
            8, 24, 40, 56, 9, 25, 41, 57, 10, 26, 42, 58, 11, 27, 43, 59, 12, 28, 44, 60, 13, 29, 45, 61, 14, 30, 46, 62, 15, 31, 47, 63);
    }

    /// <summary>A byte of each of four pixels for each channel. Only AVX-512 VBMI, which does it in one instruction, needs the order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourPixels(byte* pixels, Vector512<byte> order, out Vector256<byte> lower, out Vector256<byte> upper)
    {
        if (Avx512Vbmi.IsSupported)
        {
            Vector512<byte> transposed = Avx512Vbmi.PermuteVar64x8(Vector512.Load(pixels), order);
            lower = transposed.GetLower();
            upper = transposed.GetUpper();
        }
        else
        {
            lower = FourHalfPixels(pixels);
            upper = FourHalfPixels(pixels + 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> FourHalfPixels(byte* pixels)
    {
        // The same eight channels in both halves: at the end one keeps the first four of them, the other the rest.
        Vector256<byte> p = Vector256.Create(*(long*)pixels).AsByte(), q = Vector256.Create(*(long*)(pixels + Lanes)).AsByte();
        Vector256<byte> r = Vector256.Create(*(long*)(pixels + 2 * Lanes)).AsByte(), s = Vector256.Create(*(long*)(pixels + 3 * Lanes)).AsByte();
        Vector256<short> pq = Avx2.UnpackLow(p, q).AsInt16(), rs = Avx2.UnpackLow(r, s).AsInt16();
        return Avx2.Blend(Avx2.UnpackLow(pq, rs).AsInt32(), Avx2.UnpackHigh(pq, rs).AsInt32(), 0b1111_0000).AsByte();
    }

    /// <summary>Adds a row of a window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddOne(byte* pixels, Vector512<byte> order, Vector256<sbyte> k, Vector256<sbyte> l, ref Vector256<int> a, ref Vector256<int> b)
    {
        FourPixels(pixels, order, out Vector256<byte> lower, out Vector256<byte> upper);
        a = AvxVnni.MultiplyWideningAndAdd(a, lower, k);
        b = AvxVnni.MultiplyWideningAndAdd(b, upper, l);
    }

    /// <summary>Adds a row of two windows side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTwo(byte* pixels, Vector512<byte> order, Vector256<sbyte> k, Vector256<sbyte> l, Vector256<sbyte> m, Vector256<sbyte> n,
        ref Vector256<int> a0, ref Vector256<int> b0, ref Vector256<int> a1, ref Vector256<int> b1)
    {
        FourPixels(pixels, order, out Vector256<byte> lower, out Vector256<byte> upper);
        AddTwo(lower, upper, k, l, m, n, ref a0, ref b0, ref a1, ref b1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTwo(Vector256<byte> lower, Vector256<byte> upper, Vector256<sbyte> k, Vector256<sbyte> l, Vector256<sbyte> m, Vector256<sbyte> n,
        ref Vector256<int> a0, ref Vector256<int> b0, ref Vector256<int> a1, ref Vector256<int> b1)
    {
        a0 = AvxVnni.MultiplyWideningAndAdd(a0, lower, k);
        b0 = AvxVnni.MultiplyWideningAndAdd(b0, upper, l);
        a1 = AvxVnni.MultiplyWideningAndAdd(a1, lower, m);
        b1 = AvxVnni.MultiplyWideningAndAdd(b1, upper, n);
    }
}
