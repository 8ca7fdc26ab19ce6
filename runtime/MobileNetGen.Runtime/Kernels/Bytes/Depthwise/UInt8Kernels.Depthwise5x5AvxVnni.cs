using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// 5×5 windows over a block with vpdpbusd, where a block's weights are bytes. The upper four rows of an input column are one operand, [row 0 … row 3] for each channel, which five windows
/// share; of the last row four neighbours are another, and the next window's has the fifth of them: seven products of four for 25 weights. Operands are written first, then multiplied.
/// A vector holds four channels of two neighbouring pixels, a quad: as bytes are transposed by interleaving them, sums become bytes by packing them, without a permutation.
/// </summary>
public static unsafe partial class UInt8Kernels
{
    /// <summary>Operands of an output: five columns of four rows, and two of the last row.</summary>
    private const int Operands5x5 = 7;

    /// <summary>Output columns whose operands are in memory at once.</summary>
    private const int Columns5x5 = 32;

    /// <summary>Bytes of a quad's operands of one kind: at stride 2 of every other column.</summary>
    private const int Quad5x5 = (Columns5x5 + 4) * Lanes;

    /// <summary>Quads of a block.</summary>
    private const int Quads = 4;

    /// <summary>Where a row's operands of odd columns begin, those of the last row, and the next row: [even columns, odd columns, last row][quad][column][4 channels][4].</summary>
    private const int Odd5x5 = Quads * Quad5x5, Last5x5 = 2 * Odd5x5, Row5x5 = 3 * Odd5x5;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Depthwise5x5AvxVnni<TScale>(FeatureMap<byte> input, nint source, FeatureMap<byte> output, nint target, short* weights, int* rescaling, int stride, int padTop,
        int width, int firstRow, int rowCount, in Requantization r)
        where TScale : struct, IByteScale<TScale, Int32Vector256>
    {
        sbyte* operands = stackalloc sbyte[Quads * Operands5x5 * Vector256<sbyte>.Count];
        byte* buffers = stackalloc byte[2 * Row5x5 + 63];
        buffers = (byte*)(((nint)buffers + 63) & ~63);
        int* numbers = stackalloc int[Quads * RescalingLayout.Length];
        Transpose5x5(weights, stride, operands);
        for (int quad = 0; quad < Quads; quad++)
        {
            // For both pixels of a vector.
            for (int i = 0; i <= RescalingLayout.Offset; i += Lanes)
                Avx2.BroadcastVector128ToVector256(rescaling + i + 4 * quad).Store(numbers + quad * RescalingLayout.Length + i);
        }
        for (int x = 0, columns; x < width; x += columns)
        {
            // No fewer than a tile remain.
            columns = width - x <= Columns5x5 ? width - x : Math.Min(Columns5x5, width - x - DepthwiseTile);
            nint column = source + (nint)x * stride * Lanes;
            Prepare5x5(input, column, firstRow * stride - padTop, stride, columns, buffers);
            for (int y = firstRow; y < firstRow + rowCount; y++)
            {
                // A row's operands are written well before they are read: what is read while it is still being written takes long.
                byte* row = buffers + (y - firstRow) % 2 * Row5x5, next = buffers + (y + 1 - firstRow) % 2 * Row5x5, pixels = output.Row(y) + target + (nint)x * Lanes;
                if (y + 1 < firstRow + rowCount)
                    Prepare5x5(input, column, (y + 1) * stride - padTop, stride, columns, next);
                if (stride == 1)
                    Row5x5AvxVnni<N1, TScale>(row, operands, columns, numbers, r, pixels);
                else
                    Row5x5AvxVnni<N2, TScale>(row, operands, columns, numbers, r, pixels);
            }
        }
    }

    /// <summary>The operands of a row of outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Prepare5x5(FeatureMap<byte> input, nint column, int top, int stride, int columns, byte* row)
    {
        byte* row0 = input.Row(top) + column, row1 = input.Row(top + 1) + column, row2 = input.Row(top + 2) + column, row3 = input.Row(top + 3) + column, row4 = input.Row(top + 4) + column;
        if (stride == 1)
        {
            TransposeNeighbours(row0, row1, row2, row3, columns + 4, row);
            TransposeNeighbours(row4, row4 + Lanes, row4 + 2 * Lanes, row4 + 3 * Lanes, columns + 1, row + Last5x5);
        }
        else
        {
            TransposeEveryOther(row0, row1, row2, row3, row3, columns + 2, row);
            TransposeEveryOther(row0 + Lanes, row1 + Lanes, row2 + Lanes, row3 + Lanes, row3 + Lanes, columns + 1, row + Odd5x5);

            // Where the window ends there may be no neighbour any more; the weight of the last is then 0.
            TransposeEveryOther(row4, row4 + Lanes, row4 + 2 * Lanes, row4 + 3 * Lanes, row4 + 2 * Lanes, columns + 1, row + Last5x5);
        }
    }

    /// <summary>The weights in the order of the operands, [quad][operand], each for both pixels of a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose5x5(short* weights, int stride, sbyte* operands)
    {
        for (int j = 0; j < 5; j++)
            Transpose(Tap(weights, j), Tap(weights, 5 + j), Tap(weights, 10 + j), Tap(weights, 15 + j), (byte*)operands + j * 32, Operands5x5 * 32);
        Vector256<byte> fifth = Tap(weights, 24), none = Vector256<byte>.Zero;
        Transpose(Tap(weights, 20), Tap(weights, 21), Tap(weights, 22), Tap(weights, 23), (byte*)operands + 5 * 32, Operands5x5 * 32);
        Transpose(none, none, stride == 1 ? none : fifth, stride == 1 ? fifth : none, (byte*)operands + 6 * 32, Operands5x5 * 32);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<byte> Tap(short* weights, int tap)
        {
            Vector128<byte> bytes = Sse2.PackSignedSaturate(Vector128.Load(weights + tap * Lanes), Vector128.Load(weights + tap * Lanes + 8)).AsByte();
            return Vector256.Create(bytes, bytes);
        }
    }

    /// <summary>Operands of neighbouring columns, [quad][column][4 channels][4].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeNeighbours(byte* row0, byte* row1, byte* row2, byte* row3, int columns, byte* operands)
    {
        for (int i = 0; i < columns; i += 2)
        {
            nint x = (nint)Math.Min(i, columns - 2) * Lanes;
            Transpose(Vector256.Load(row0 + x), Vector256.Load(row1 + x), Vector256.Load(row2 + x), Vector256.Load(row3 + x), operands + x, Quad5x5);
        }
    }

    /// <summary>Operands of every other column.</summary>
    /// <param name="row0">The first byte of operands.</param>
    /// <param name="row1">The second.</param>
    /// <param name="row2">The third.</param>
    /// <param name="row3">The fourth.</param>
    /// <param name="lastRow3">What is in its place in the last column.</param>
    /// <param name="columns">How many, at least 2.</param>
    /// <param name="operands">[quad][column][4 channels][4].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeEveryOther(byte* row0, byte* row1, byte* row2, byte* row3, byte* lastRow3, int columns, byte* operands)
    {
        for (int i = 0; i < columns; i += 2)
        {
            nint first = Math.Min(i, columns - 2), x = first * 2 * Lanes;
            byte* next3 = first + 2 < columns ? row3 : lastRow3;
            Transpose(
                Vector256.Create(Vector128.Load(row0 + x), Vector128.Load(row0 + x + 2 * Lanes)), Vector256.Create(Vector128.Load(row1 + x), Vector128.Load(row1 + x + 2 * Lanes)),
                Vector256.Create(Vector128.Load(row2 + x), Vector128.Load(row2 + x + 2 * Lanes)), Vector256.Create(Vector128.Load(row3 + x), Vector128.Load(next3 + x + 2 * Lanes)),
                operands + first * Lanes, Quad5x5);
        }
    }

    /// <summary>Two pixels of four rows to four quads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(Vector256<byte> a, Vector256<byte> b, Vector256<byte> c, Vector256<byte> d, byte* target, nint quad)
    {
        Vector256<short> ab = Avx2.UnpackLow(a, b).AsInt16(), cd = Avx2.UnpackLow(c, d).AsInt16();
        Avx2.UnpackLow(ab, cd).AsByte().Store(target);
        Avx2.UnpackHigh(ab, cd).AsByte().Store(target + quad);
        ab = Avx2.UnpackHigh(a, b).AsInt16();
        cd = Avx2.UnpackHigh(c, d).AsInt16();
        Avx2.UnpackLow(ab, cd).AsByte().Store(target + 2 * quad);
        Avx2.UnpackHigh(ab, cd).AsByte().Store(target + 3 * quad);
    }

    /// <summary>A row of outputs, in tiles of four, of which the last may begin earlier and write some again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Row5x5AvxVnni<TStride, TScale>(byte* operands, sbyte* weights, int columns, int* rescaling, in Requantization r, byte* output)
        where TStride : unmanaged, IConstant where TScale : struct, IByteScale<TScale, Int32Vector256>
    {
        Vector256<byte> min = Vector256.Create(r.Min), max = Vector256.Create(r.Max);
        for (int i = 0; i < columns; i += DepthwiseTile)
        {
            nint x = (nint)Math.Min(i, columns - DepthwiseTile) * Lanes;
            Quad5x5AvxVnni<TStride, TScale>(operands + x, weights, rescaling, r, out Vector256<int> a0, out Vector256<int> b0);
            Quad5x5AvxVnni<TStride, TScale>(operands + x + Quad5x5, weights + Operands5x5 * 32, rescaling + RescalingLayout.Length, r, out Vector256<int> a1, out Vector256<int> b1);
            Quad5x5AvxVnni<TStride, TScale>(operands + x + 2 * Quad5x5, weights + 2 * Operands5x5 * 32, rescaling + 2 * RescalingLayout.Length, r, out Vector256<int> a2, out Vector256<int> b2);
            Quad5x5AvxVnni<TStride, TScale>(operands + x + 3 * Quad5x5, weights + 3 * Operands5x5 * 32, rescaling + 3 * RescalingLayout.Length, r, out Vector256<int> a3, out Vector256<int> b3);
            Vector256<byte> first = Avx2.PackUnsignedSaturate(Avx2.PackSignedSaturate(a0, a1), Avx2.PackSignedSaturate(a2, a3));
            Vector256<byte> second = Avx2.PackUnsignedSaturate(Avx2.PackSignedSaturate(b0, b1), Avx2.PackSignedSaturate(b2, b3));
            Avx2.Min(Avx2.Max(first, min), max).Store(output + x);
            Avx2.Min(Avx2.Max(second, min), max).Store(output + x + 2 * Lanes);
        }
    }

    /// <summary>Four channels of four outputs, rescaled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quad5x5AvxVnni<TStride, TScale>(byte* even, sbyte* weights, int* rescaling, in Requantization r, out Vector256<int> a, out Vector256<int> b)
        where TStride : unmanaged, IConstant where TScale : struct, IByteScale<TScale, Int32Vector256>
    {
        // How far right an operand is of the first: at stride 1 all columns are among the even ones.
        const int Pixel = BlobLayout.Lanes;
        bool isOne = sizeof(TStride) == 1;
        byte* odd = even + Odd5x5, last = even + Last5x5;
        Vector256<sbyte> w0 = Vector256.Load(weights), w1 = Vector256.Load(weights + 32), w2 = Vector256.Load(weights + 64), w3 = Vector256.Load(weights + 96);
        Vector256<sbyte> w4 = Vector256.Load(weights + 128), w5 = Vector256.Load(weights + 160), w6 = Vector256.Load(weights + 192);
        a = Vector256.Load(rescaling);
        b = a;
        a = AvxVnni.MultiplyWideningAndAdd(a, Vector256.Load(even), w0);
        a = AvxVnni.MultiplyWideningAndAdd(a, Vector256.Load(isOne ? even + Pixel : odd), w1);
        Vector256<byte> shared = Vector256.Load(even + (isOne ? 2 : 1) * Pixel);
        a = AvxVnni.MultiplyWideningAndAdd(a, shared, w2);
        if (isOne)
            b = AvxVnni.MultiplyWideningAndAdd(b, shared, w0);
        shared = Vector256.Load(isOne ? even + 3 * Pixel : odd + Pixel);
        a = AvxVnni.MultiplyWideningAndAdd(a, shared, w3);
        if (isOne)
            b = AvxVnni.MultiplyWideningAndAdd(b, shared, w1);
        shared = Vector256.Load(even + (isOne ? 4 : 2) * Pixel);
        a = AvxVnni.MultiplyWideningAndAdd(a, shared, w4);
        b = AvxVnni.MultiplyWideningAndAdd(b, shared, isOne ? w2 : w0);
        if (!isOne)
        {
            b = AvxVnni.MultiplyWideningAndAdd(b, Vector256.Load(odd + 2 * Pixel), w1);
            b = AvxVnni.MultiplyWideningAndAdd(b, Vector256.Load(even + 3 * Pixel), w2);
        }
        b = AvxVnni.MultiplyWideningAndAdd(b, Vector256.Load(isOne ? even + 5 * Pixel : odd + 3 * Pixel), w3);
        b = AvxVnni.MultiplyWideningAndAdd(b, Vector256.Load(even + (isOne ? 6 : 4) * Pixel), w4);
        a = AvxVnni.MultiplyWideningAndAdd(a, Vector256.Load(last), w5);
        a = AvxVnni.MultiplyWideningAndAdd(a, Vector256.Load(last + Pixel), w6);
        b = AvxVnni.MultiplyWideningAndAdd(b, Vector256.Load(last + 2 * Pixel), w5);
        b = AvxVnni.MultiplyWideningAndAdd(b, Vector256.Load(last + 3 * Pixel), w6);

        TScale scale = TScale.Load(rescaling, r);
        Vector256<int> origin = Vector256.Create(SinglePrecision.Origin).AsInt32();
        a = scale.Scale(new(a)).Value - origin;
        b = scale.Scale(new(b)).Value - origin;
    }
}
