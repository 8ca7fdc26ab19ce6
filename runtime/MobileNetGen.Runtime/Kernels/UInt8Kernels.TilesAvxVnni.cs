using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Tiles of convolutions with vpdpbusd, four products an output at a time. .NET 10 has it at 256 bits: a block of 16 outputs is two vectors, and the
/// accumulators must lie in ymm0 … 15. <c>AvxVnni.V512</c> of .NET 11 makes it one: these tiles are the only code that changes.
/// </summary>
public static unsafe partial class UInt8Kernels
{
    /// <summary>Seven pixels: 14 accumulators in ymm0 … 15, weights and pixels beyond, which needs AVX-512's 32 registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles7AvxVnni(int tiles, byte** pixels, int pixelStride, in ConvolutionWindow window, sbyte* panel, int* bias, int* sums,
        int* corrections, byte** outputs, nint offset, in SinglePrecision<ByteVector512> scale)
    {
        for (; tiles > 0; tiles--, pixels += 7, sums += 7 * Lanes)
        {
            sbyte* weights = panel;
            Vector256<int> a0 = Vector256.Load(bias), b0 = Vector256.Load(bias + 8);
            Vector256<int> a1 = a0, b1 = b0;
            Vector256<int> a2 = a0, b2 = b0;
            Vector256<int> a3 = a0, b3 = b0;
            Vector256<int> a4 = a0, b4 = b0;
            Vector256<int> a5 = a0, b5 = b0;
            Vector256<int> a6 = a0, b6 = b0;
            for (int row = 0; row < window.Rows; row++)
            {
                byte** starts = pixels + row * pixelStride;
                byte* p0 = starts[0], p1 = starts[1], p2 = starts[2], p3 = starts[3];
                byte* p4 = starts[4], p5 = starts[5], p6 = starts[6];
                for (int column = 0; column < window.Columns; column++)
                {
                    nint start = column * window.ColumnStep;
                    for (int remaining = window.Groups; remaining > 0; remaining -= window.BlockGroups, start += window.BlockStride)
                    {
                        nint end = start + 4 * (nint)Math.Min(remaining, window.BlockGroups);
                        for (nint k = start; k < end; k += 4, weights += 4 * Lanes)
                        {
                            Vector256<sbyte> wa = Vector256.Load(weights), wb = Vector256.Load(weights + 32);
                            Vector256<byte> x = Broadcast4V256(p0 + k);
                            a0 = AvxVnni.MultiplyWideningAndAdd(a0, x, wa);
                            b0 = AvxVnni.MultiplyWideningAndAdd(b0, x, wb);
                            x = Broadcast4V256(p1 + k);
                            a1 = AvxVnni.MultiplyWideningAndAdd(a1, x, wa);
                            b1 = AvxVnni.MultiplyWideningAndAdd(b1, x, wb);
                            x = Broadcast4V256(p2 + k);
                            a2 = AvxVnni.MultiplyWideningAndAdd(a2, x, wa);
                            b2 = AvxVnni.MultiplyWideningAndAdd(b2, x, wb);
                            x = Broadcast4V256(p3 + k);
                            a3 = AvxVnni.MultiplyWideningAndAdd(a3, x, wa);
                            b3 = AvxVnni.MultiplyWideningAndAdd(b3, x, wb);
                            x = Broadcast4V256(p4 + k);
                            a4 = AvxVnni.MultiplyWideningAndAdd(a4, x, wa);
                            b4 = AvxVnni.MultiplyWideningAndAdd(b4, x, wb);
                            x = Broadcast4V256(p5 + k);
                            a5 = AvxVnni.MultiplyWideningAndAdd(a5, x, wa);
                            b5 = AvxVnni.MultiplyWideningAndAdd(b5, x, wb);
                            x = Broadcast4V256(p6 + k);
                            a6 = AvxVnni.MultiplyWideningAndAdd(a6, x, wa);
                            b6 = AvxVnni.MultiplyWideningAndAdd(b6, x, wb);
                        }
                    }
                }
            }

            if (outputs != null)
            {
                scale.Store(
                    Sum(a0, b0, corrections), Sum(a1, b1, corrections + 1), Sum(a2, b2, corrections + 2), Sum(a3, b3, corrections + 3),
                    outputs[0] + offset, outputs[1] + offset, outputs[2] + offset, outputs[3] + offset);
                ByteVector512 last = Sum(a6, b6, corrections + 6);
                scale.Store(
                    Sum(a4, b4, corrections + 4), Sum(a5, b5, corrections + 5), last, last,
                    outputs[4] + offset, outputs[5] + offset, outputs[6] + offset, outputs[6] + offset);
                outputs += 7;
                corrections += 7;
                continue;
            }

            StoreSums(a0, b0, sums);
            StoreSums(a1, b1, sums + 1 * Lanes);
            StoreSums(a2, b2, sums + 2 * Lanes);
            StoreSums(a3, b3, sums + 3 * Lanes);
            StoreSums(a4, b4, sums + 4 * Lanes);
            StoreSums(a5, b5, sums + 5 * Lanes);
            StoreSums(a6, b6, sums + 6 * Lanes);
        }
    }

    /// <summary>Six pixels, what 16 registers hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles6AvxVnni(int tiles, byte** pixels, int pixelStride, in ConvolutionWindow window, sbyte* panel, int* bias, int* sums)
    {
        for (; tiles > 0; tiles--, pixels += 6, sums += 6 * Lanes)
        {
            sbyte* weights = panel;
            Vector256<int> a0 = Vector256.Load(bias), b0 = Vector256.Load(bias + 8);
            Vector256<int> a1 = a0, b1 = b0;
            Vector256<int> a2 = a0, b2 = b0;
            Vector256<int> a3 = a0, b3 = b0;
            Vector256<int> a4 = a0, b4 = b0;
            Vector256<int> a5 = a0, b5 = b0;
            for (int row = 0; row < window.Rows; row++)
            {
                byte** starts = pixels + row * pixelStride;
                byte* p0 = starts[0], p1 = starts[1], p2 = starts[2], p3 = starts[3];
                byte* p4 = starts[4], p5 = starts[5];
                for (int column = 0; column < window.Columns; column++)
                {
                    nint start = column * window.ColumnStep;
                    for (int remaining = window.Groups; remaining > 0; remaining -= window.BlockGroups, start += window.BlockStride)
                    {
                        nint end = start + 4 * (nint)Math.Min(remaining, window.BlockGroups);
                        for (nint k = start; k < end; k += 4, weights += 4 * Lanes)
                        {
                            Vector256<sbyte> wa = Vector256.Load(weights), wb = Vector256.Load(weights + 32);
                            Vector256<byte> x = Broadcast4V256(p0 + k);
                            a0 = AvxVnni.MultiplyWideningAndAdd(a0, x, wa);
                            b0 = AvxVnni.MultiplyWideningAndAdd(b0, x, wb);
                            x = Broadcast4V256(p1 + k);
                            a1 = AvxVnni.MultiplyWideningAndAdd(a1, x, wa);
                            b1 = AvxVnni.MultiplyWideningAndAdd(b1, x, wb);
                            x = Broadcast4V256(p2 + k);
                            a2 = AvxVnni.MultiplyWideningAndAdd(a2, x, wa);
                            b2 = AvxVnni.MultiplyWideningAndAdd(b2, x, wb);
                            x = Broadcast4V256(p3 + k);
                            a3 = AvxVnni.MultiplyWideningAndAdd(a3, x, wa);
                            b3 = AvxVnni.MultiplyWideningAndAdd(b3, x, wb);
                            x = Broadcast4V256(p4 + k);
                            a4 = AvxVnni.MultiplyWideningAndAdd(a4, x, wa);
                            b4 = AvxVnni.MultiplyWideningAndAdd(b4, x, wb);
                            x = Broadcast4V256(p5 + k);
                            a5 = AvxVnni.MultiplyWideningAndAdd(a5, x, wa);
                            b5 = AvxVnni.MultiplyWideningAndAdd(b5, x, wb);
                        }
                    }
                }
            }

            StoreSums(a0, b0, sums);
            StoreSums(a1, b1, sums + 1 * Lanes);
            StoreSums(a2, b2, sums + 2 * Lanes);
            StoreSums(a3, b3, sums + 3 * Lanes);
            StoreSums(a4, b4, sums + 4 * Lanes);
            StoreSums(a5, b5, sums + 5 * Lanes);
        }
    }

    /// <summary>Four pixels, where few are left: as fast as fewer would be, for eight chains of additions hide their latency.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles4AvxVnni(int tiles, byte** pixels, int pixelStride, in ConvolutionWindow window, sbyte* panel, int* bias, int* sums,
        int* corrections, byte** outputs, nint offset, in SinglePrecision<ByteVector512> scale)
    {
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
                            Vector256<sbyte> wa = Vector256.Load(weights), wb = Vector256.Load(weights + 32);
                            Vector256<byte> x = Broadcast4V256(p0 + k);
                            a0 = AvxVnni.MultiplyWideningAndAdd(a0, x, wa);
                            b0 = AvxVnni.MultiplyWideningAndAdd(b0, x, wb);
                            x = Broadcast4V256(p1 + k);
                            a1 = AvxVnni.MultiplyWideningAndAdd(a1, x, wa);
                            b1 = AvxVnni.MultiplyWideningAndAdd(b1, x, wb);
                            x = Broadcast4V256(p2 + k);
                            a2 = AvxVnni.MultiplyWideningAndAdd(a2, x, wa);
                            b2 = AvxVnni.MultiplyWideningAndAdd(b2, x, wb);
                            x = Broadcast4V256(p3 + k);
                            a3 = AvxVnni.MultiplyWideningAndAdd(a3, x, wa);
                            b3 = AvxVnni.MultiplyWideningAndAdd(b3, x, wb);
                        }
                    }
                }
            }

            if (outputs != null)
            {
                scale.Store(
                    Sum(a0, b0, corrections), Sum(a1, b1, corrections + 1), Sum(a2, b2, corrections + 2), Sum(a3, b3, corrections + 3),
                    outputs[0] + offset, outputs[1] + offset, outputs[2] + offset, outputs[3] + offset);
                outputs += 4;
                corrections += 4;
                continue;
            }

            StoreSums(a0, b0, sums);
            StoreSums(a1, b1, sums + 1 * Lanes);
            StoreSums(a2, b2, sums + 2 * Lanes);
            StoreSums(a3, b3, sums + 3 * Lanes);
        }
    }

    /// <summary>One pixel, four blocks of outputs: a fully connected layer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x4AvxVnni(byte* pixel, int groups, sbyte* weights, nint panel, int* channels, int* sums)
    {
        int* bias0 = SinglePrecision.Bias(channels), bias1 = SinglePrecision.Bias(channels + Channels.Length);
        int* bias2 = SinglePrecision.Bias(channels + 2 * Channels.Length), bias3 = SinglePrecision.Bias(channels + 3 * Channels.Length);
        Vector256<int> a0 = Vector256.Load(bias0), b0 = Vector256.Load(bias0 + 8);
        Vector256<int> a1 = Vector256.Load(bias1), b1 = Vector256.Load(bias1 + 8);
        Vector256<int> a2 = Vector256.Load(bias2), b2 = Vector256.Load(bias2 + 8);
        Vector256<int> a3 = Vector256.Load(bias3), b3 = Vector256.Load(bias3 + 8);
        sbyte* w0 = weights, w1 = w0 + panel, w2 = w1 + panel, w3 = w2 + panel;
        for (byte* end = pixel + 4 * groups; pixel < end; pixel += 4, w0 += 64, w1 += 64, w2 += 64, w3 += 64)
        {
            Vector256<byte> x = Broadcast4V256(pixel);
            a0 = AvxVnni.MultiplyWideningAndAdd(a0, x, Vector256.Load(w0));
            b0 = AvxVnni.MultiplyWideningAndAdd(b0, x, Vector256.Load(w0 + 32));
            a1 = AvxVnni.MultiplyWideningAndAdd(a1, x, Vector256.Load(w1));
            b1 = AvxVnni.MultiplyWideningAndAdd(b1, x, Vector256.Load(w1 + 32));
            a2 = AvxVnni.MultiplyWideningAndAdd(a2, x, Vector256.Load(w2));
            b2 = AvxVnni.MultiplyWideningAndAdd(b2, x, Vector256.Load(w2 + 32));
            a3 = AvxVnni.MultiplyWideningAndAdd(a3, x, Vector256.Load(w3));
            b3 = AvxVnni.MultiplyWideningAndAdd(b3, x, Vector256.Load(w3 + 32));
        }

        StoreSums(a0, b0, sums);
        StoreSums(a1, b1, sums + Lanes);
        StoreSums(a2, b2, sums + 2 * Lanes);
        StoreSums(a3, b3, sums + 3 * Lanes);
    }

    /// <summary>The sums of a pixel's 16 channels, less what is to be subtracted from them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ByteVector512 Sum(Vector256<int> lower, Vector256<int> upper, int* correction)
        => new(lower.ToVector512Unsafe().WithUpper(upper) - Vector512.Create(*correction));

    /// <summary>In one store where it is read with one load: two stores would not be forwarded to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreSums(Vector256<int> lower, Vector256<int> upper, int* sums)
    {
        if (Avx512F.IsSupported)
        {
            lower.ToVector512Unsafe().WithUpper(upper).Store(sums);
        }
        else
        {
            lower.Store(sums);
            upper.Store(sums + 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Broadcast4V256(byte* pixel) => Vector256.Create(Unsafe.ReadUnaligned<int>(pixel)).AsByte();
}
