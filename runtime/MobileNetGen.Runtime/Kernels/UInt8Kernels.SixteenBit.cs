using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// 1×1 convolutions whose weights were packed so that products can be added in 16 bits: four vpmaddubsw, three vpaddw, and only then one vpmaddwd and one
/// vpaddd to 32 bits, where the plain exact forms multiply half as many bytes an instruction. The packer proves, weight by weight, that no activations can
/// overflow them, so the results are the plain kernels' in every bit. A panel, of 16 outputs, is: the numbers of its batches of four, of two and of one
/// entry, and zero; for each entry, in the order of the batches, its group of four input channels (all that 16-bit, padded to a multiple of 64 bytes); for
/// each entry its weights, [16][4], less their zero point. An input's group may be in several entries, which are then added.
/// </summary>
public static unsafe partial class UInt8Kernels
{
    private const int SixteenBitTile = 7;
    private const int EntryBytes = 4 * Lanes;
    private const int HeaderWords = 4;

    /// <summary>A 1×1 convolution.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">The output.</param>
    /// <param name="weights">A panel for each block of outputs.</param>
    /// <param name="channels">Bias, multiplier and shift of each block of outputs.</param>
    /// <param name="entries">Entries of the panel that has most.</param>
    /// <param name="width">Columns.</param>
    /// <param name="outputBlocks">Output channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="r">How sums become bytes; the weights' zero point is 0.</param>
    public static void PointwiseSixteenBit(FeatureMap<byte> input, FeatureMap<byte> output, sbyte* weights, int* channels, int entries, int width, int outputBlocks,
        int firstRow, int rowCount, Requantization r)
        => ConvolveSixteenBit(input, output, default, weights, channels, entries, width, outputBlocks, firstRow, rowCount, r, default);

    /// <summary>A 1×1 convolution and the addition that ends a residual bottleneck. The convolution's requantised byte is the left operand.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">The output; it may be the residual's own memory.</param>
    /// <param name="weights">A panel for each block of outputs.</param>
    /// <param name="channels">Bias, multiplier and shift of each block of outputs.</param>
    /// <param name="entries">Entries of the panel that has most.</param>
    /// <param name="width">Columns.</param>
    /// <param name="outputBlocks">Output channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="r">How the convolution's sums become bytes; the weights' zero point is 0.</param>
    /// <param name="residual">The right operand.</param>
    /// <param name="add">How the two are added.</param>
    public static void PointwiseAddSixteenBit(FeatureMap<byte> input, FeatureMap<byte> output, sbyte* weights, int* channels, int entries, int width, int outputBlocks,
        int firstRow, int rowCount, Requantization r, FeatureMap<byte> residual, QuantizedAdd add)
        => ConvolveSixteenBit(input, output, residual, weights, channels, entries, width, outputBlocks, firstRow, rowCount, r, add);

    /// <summary>In strips of pixels that meet one panel after the other, as in <see cref="Convolve"/>.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ConvolveSixteenBit(FeatureMap<byte> input, FeatureMap<byte> output, FeatureMap<byte> residual, sbyte* weights, int* channels, int entries,
        int width, int outputBlocks, int firstRow, int rowCount, in Requantization r, in QuantizedAdd add)
    {
        const int CachedWeightBytes = 200 * 1024, ShortStrip = 112, LongStrip = 224;
        int left = width * rowCount;
        int strip = Math.Min(left, (long)entries * EntryBytes * outputBlocks > CachedWeightBytes ? LongStrip : ShortStrip);
        byte** pixels = stackalloc byte*[strip + Spare];
        byte** outputs = stackalloc byte*[strip + Spare];
        byte** residuals = stackalloc byte*[strip + Spare];
        byte** addends = stackalloc byte*[strip + Spare];
        byte* addend = stackalloc byte[strip * Lanes];
        int* corrections = stackalloc int[strip];
        int* sums = stackalloc int[(strip + Spare) * Lanes];
        int* offsets = stackalloc int[entries + Vector256<int>.Count];
        new Span<int>(corrections, strip).Clear();
        FillPointers(addends, strip, addend, Lanes);

        for (int y = firstRow, x = 0, count; left > 0; left -= count)
        {
            count = Math.Min(left, strip);
            for (int first = 0, run; first < count; first += run)
            {
                run = Math.Min(count - first, width - x);
                FillPointers(pixels + first, run, input.Row(y) + (nint)x * Lanes, Lanes);
                FillPointers(outputs + first, run, output.Row(y) + (nint)x * Lanes, Lanes);
                if (residual.Origin != null)
                    FillPointers(residuals + first, run, residual.Row(y) + (nint)x * Lanes, Lanes);
                x += run;
                if (x == width)
                {
                    x = 0;
                    y++;
                }
            }

            // What is missing in the last tile is the last pixel once more, computed and not stored.
            FillPointers(pixels + count, Spare, pixels[count - 1], 0);
            (int large, int small) = AvxVnni.IsSupported && !Avx512BW.IsSupported ? Split(count) : SplitSixteenBit(count);
            sbyte* panel = weights;
            for (int block = 0; block < outputBlocks; block++)
            {
                int* parameters = channels + block * Requantize.ChannelInts;
                var batches = new SixteenBitBatches(panel, input.BlockStride, offsets);
                panel = batches.End;
                TilesSixteenBit(large, small, pixels, batches, parameters, sums);
                nint offset = (nint)block * output.BlockStride;
                if (residual.Origin == null)
                {
                    Requantize.Store(sums, corrections, count, parameters, outputs, offset, r);
                }
                else
                {
                    Requantize.Store(sums, corrections, count, parameters, addends, 0, r);
                    Requantize.Add(addend, residuals, (nint)block * residual.BlockStride, outputs, offset, count, Lanes, add);
                }
            }
        }
    }

    /// <summary>Tiles of seven pixels, and of four after them, with few to spare. From 18 pixels on there are none: 4 · 2n ≡ n modulo 7.</summary>
    private static (int Large, int Small) SplitSixteenBit(int pixels)
    {
        int small = 2 * pixels % SixteenBitTile;
        if (small * SmallTile <= pixels)
            return ((pixels - small * SmallTile) / SixteenBitTile, small);
        int rest = pixels % SixteenBitTile;
        return rest <= SmallTile ? (pixels / SixteenBitTile, 1) : (pixels / SixteenBitTile + 1, 0);
    }

    private static void TilesSixteenBit(int large, int small, byte** pixels, in SixteenBitBatches batches, int* bias, int* sums)
    {
        if (Avx512BW.IsSupported)
            Tiles<Vector512<int>, SixteenBitVector512>(large, small, pixels, batches, bias, sums);
        else if (AvxVnni.IsSupported)
            EntriesAvxVnni(large, small, pixels, batches, bias, sums);
        else if (Avx2.IsSupported)
            Tiles<Vector256<int>, SixteenBitVector256>(large, small, pixels, batches, bias, sums);
        else
            Tiles<Vector128<int>, SixteenBitVector128>(large, small, pixels, batches, bias, sums);
    }

    private static void Tiles<TVector, TOperations>(int large, int small, byte** pixels, in SixteenBitBatches batches, int* bias, int* sums)
        where TVector : struct
        where TOperations : struct, ISixteenBitVector<TVector>
    {
        for (int output = 0; output < Lanes; output += TOperations.Outputs)
        {
            SixteenBitBatches part = batches.From(output);
            Tiles7<TVector, TOperations>(large, pixels, part, bias + output, sums + output);
            if (small > 0)
                Tiles4<TVector, TOperations>(small, pixels + large * SixteenBitTile, part, bias + output, sums + large * SixteenBitTile * Lanes + output);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles7<TVector, TOperations>(int tiles, byte** pixels, in SixteenBitBatches batches, int* bias, int* sums)
        where TVector : struct
        where TOperations : struct, ISixteenBitVector<TVector>
    {
        for (; tiles > 0; tiles--, pixels += 7, sums += 7 * Lanes)
        {
            sbyte* weights = batches.Weights;
            int* offset = batches.Offsets;
            byte* p0 = pixels[0], p1 = pixels[1], p2 = pixels[2], p3 = pixels[3], p4 = pixels[4], p5 = pixels[5], p6 = pixels[6];
            TVector a0 = TOperations.Load(bias), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0;
            for (int* end = batches.Fours; offset < end; offset += 4, weights += 4 * EntryBytes)
            {
                nint i = offset[0], j = offset[1], k = offset[2], l = offset[3];
                TVector wi = TOperations.Load(weights), wj = TOperations.Load(weights + EntryBytes);
                TVector wk = TOperations.Load(weights + 2 * EntryBytes), wl = TOperations.Load(weights + 3 * EntryBytes);
                a0 = Four<TVector, TOperations>(a0, p0 + i, p0 + j, p0 + k, p0 + l, wi, wj, wk, wl);
                a1 = Four<TVector, TOperations>(a1, p1 + i, p1 + j, p1 + k, p1 + l, wi, wj, wk, wl);
                a2 = Four<TVector, TOperations>(a2, p2 + i, p2 + j, p2 + k, p2 + l, wi, wj, wk, wl);
                a3 = Four<TVector, TOperations>(a3, p3 + i, p3 + j, p3 + k, p3 + l, wi, wj, wk, wl);
                a4 = Four<TVector, TOperations>(a4, p4 + i, p4 + j, p4 + k, p4 + l, wi, wj, wk, wl);
                a5 = Four<TVector, TOperations>(a5, p5 + i, p5 + j, p5 + k, p5 + l, wi, wj, wk, wl);
                a6 = Four<TVector, TOperations>(a6, p6 + i, p6 + j, p6 + k, p6 + l, wi, wj, wk, wl);
            }
            for (int* end = batches.Twos; offset < end; offset += 2, weights += 2 * EntryBytes)
            {
                nint i = offset[0], j = offset[1];
                TVector wi = TOperations.Load(weights), wj = TOperations.Load(weights + EntryBytes);
                a0 = Two<TVector, TOperations>(a0, p0 + i, p0 + j, wi, wj);
                a1 = Two<TVector, TOperations>(a1, p1 + i, p1 + j, wi, wj);
                a2 = Two<TVector, TOperations>(a2, p2 + i, p2 + j, wi, wj);
                a3 = Two<TVector, TOperations>(a3, p3 + i, p3 + j, wi, wj);
                a4 = Two<TVector, TOperations>(a4, p4 + i, p4 + j, wi, wj);
                a5 = Two<TVector, TOperations>(a5, p5 + i, p5 + j, wi, wj);
                a6 = Two<TVector, TOperations>(a6, p6 + i, p6 + j, wi, wj);
            }
            for (int* end = batches.Ones; offset < end; offset++, weights += EntryBytes)
            {
                nint i = *offset;
                TVector w = TOperations.Load(weights);
                a0 = One<TVector, TOperations>(a0, p0 + i, w);
                a1 = One<TVector, TOperations>(a1, p1 + i, w);
                a2 = One<TVector, TOperations>(a2, p2 + i, w);
                a3 = One<TVector, TOperations>(a3, p3 + i, w);
                a4 = One<TVector, TOperations>(a4, p4 + i, w);
                a5 = One<TVector, TOperations>(a5, p5 + i, w);
                a6 = One<TVector, TOperations>(a6, p6 + i, w);
            }

            TOperations.Store(a0, sums);
            TOperations.Store(a1, sums + 1 * Lanes);
            TOperations.Store(a2, sums + 2 * Lanes);
            TOperations.Store(a3, sums + 3 * Lanes);
            TOperations.Store(a4, sums + 4 * Lanes);
            TOperations.Store(a5, sums + 5 * Lanes);
            TOperations.Store(a6, sums + 6 * Lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles4<TVector, TOperations>(int tiles, byte** pixels, in SixteenBitBatches batches, int* bias, int* sums)
        where TVector : struct
        where TOperations : struct, ISixteenBitVector<TVector>
    {
        for (; tiles > 0; tiles--, pixels += 4, sums += 4 * Lanes)
        {
            sbyte* weights = batches.Weights;
            int* offset = batches.Offsets;
            byte* p0 = pixels[0], p1 = pixels[1], p2 = pixels[2], p3 = pixels[3];
            TVector a0 = TOperations.Load(bias), a1 = a0, a2 = a0, a3 = a0;
            for (int* end = batches.Fours; offset < end; offset += 4, weights += 4 * EntryBytes)
            {
                nint i = offset[0], j = offset[1], k = offset[2], l = offset[3];
                TVector wi = TOperations.Load(weights), wj = TOperations.Load(weights + EntryBytes);
                TVector wk = TOperations.Load(weights + 2 * EntryBytes), wl = TOperations.Load(weights + 3 * EntryBytes);
                a0 = Four<TVector, TOperations>(a0, p0 + i, p0 + j, p0 + k, p0 + l, wi, wj, wk, wl);
                a1 = Four<TVector, TOperations>(a1, p1 + i, p1 + j, p1 + k, p1 + l, wi, wj, wk, wl);
                a2 = Four<TVector, TOperations>(a2, p2 + i, p2 + j, p2 + k, p2 + l, wi, wj, wk, wl);
                a3 = Four<TVector, TOperations>(a3, p3 + i, p3 + j, p3 + k, p3 + l, wi, wj, wk, wl);
            }
            for (int* end = batches.Twos; offset < end; offset += 2, weights += 2 * EntryBytes)
            {
                nint i = offset[0], j = offset[1];
                TVector wi = TOperations.Load(weights), wj = TOperations.Load(weights + EntryBytes);
                a0 = Two<TVector, TOperations>(a0, p0 + i, p0 + j, wi, wj);
                a1 = Two<TVector, TOperations>(a1, p1 + i, p1 + j, wi, wj);
                a2 = Two<TVector, TOperations>(a2, p2 + i, p2 + j, wi, wj);
                a3 = Two<TVector, TOperations>(a3, p3 + i, p3 + j, wi, wj);
            }
            for (int* end = batches.Ones; offset < end; offset++, weights += EntryBytes)
            {
                nint i = *offset;
                TVector w = TOperations.Load(weights);
                a0 = One<TVector, TOperations>(a0, p0 + i, w);
                a1 = One<TVector, TOperations>(a1, p1 + i, w);
                a2 = One<TVector, TOperations>(a2, p2 + i, w);
                a3 = One<TVector, TOperations>(a3, p3 + i, w);
            }

            TOperations.Store(a0, sums);
            TOperations.Store(a1, sums + 1 * Lanes);
            TOperations.Store(a2, sums + 2 * Lanes);
            TOperations.Store(a3, sums + 3 * Lanes);
        }
    }

    /// <summary>A batch of four entries for a pixel, added as a tree.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Four<TVector, TOperations>(TVector sum, byte* i, byte* j, byte* k, byte* l, TVector wi, TVector wj, TVector wk, TVector wl)
        where TVector : struct
        where TOperations : struct, ISixteenBitVector<TVector>
        => TOperations.Accumulate(sum, TOperations.Add(
            TOperations.Add(TOperations.Multiply(TOperations.Broadcast(i), wi), TOperations.Multiply(TOperations.Broadcast(j), wj)),
            TOperations.Add(TOperations.Multiply(TOperations.Broadcast(k), wk), TOperations.Multiply(TOperations.Broadcast(l), wl))));

    /// <summary>A batch of one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector One<TVector, TOperations>(TVector sum, byte* i, TVector w)
        where TVector : struct
        where TOperations : struct, ISixteenBitVector<TVector>
        => TOperations.Accumulate(sum, TOperations.Multiply(TOperations.Broadcast(i), w));

    /// <summary>A batch of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Two<TVector, TOperations>(TVector sum, byte* i, byte* j, TVector wi, TVector wj)
        where TVector : struct
        where TOperations : struct, ISixteenBitVector<TVector>
        => TOperations.Accumulate(sum, TOperations.Add(TOperations.Multiply(TOperations.Broadcast(i), wi), TOperations.Multiply(TOperations.Broadcast(j), wj)));

    /// <summary>The batches of a panel, or of some of its outputs.</summary>
    private readonly struct SixteenBitBatches
    {
        /// <summary>Reads a panel's head.</summary>
        /// <param name="panel">The panel.</param>
        /// <param name="blockStride">From one block of the input to the next.</param>
        /// <param name="offsets">Room for the offsets of its entries, and up to seven more.</param>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public SixteenBitBatches(sbyte* panel, int blockStride, int* offsets)
        {
            var head = (ushort*)panel;
            int fours = 4 * head[0], twos = 2 * head[1], count = fours + twos + head[2];
            Offsets = offsets;
            Fours = offsets + fours;
            Twos = Fours + twos;
            Ones = offsets + count;
            Weights = panel + (2 * (HeaderWords + count) + EntryBytes - 1) / EntryBytes * EntryBytes;
            End = Weights + (nint)count * EntryBytes;

            // A block holds four groups. What is read behind the last one is padding or weights.
            for (int i = 0; i < count; i += Vector256<int>.Count)
            {
                (Vector128<uint> lower, Vector128<uint> upper) = Vector128.Widen(Vector128.Load(head + HeaderWords + i));
                Vector256<int> group = Vector256.Create(lower, upper).AsInt32();
                ((group >> 2) * blockStride + ((group & Vector256.Create(3)) << 2)).Store(offsets + i);
            }
        }

        private SixteenBitBatches(in SixteenBitBatches all, int output)
        {
            this = all;
            Weights += 4 * output;
        }

        /// <summary>Where each entry's activations lie from a pixel of block 0.</summary>
        public int* Offsets { get; }

        /// <summary>End of the offsets of batches of four, which come first.</summary>
        public int* Fours { get; }

        /// <summary>End of those of batches of two.</summary>
        public int* Twos { get; }

        /// <summary>End of those of batches of one.</summary>
        public int* Ones { get; }

        /// <summary>The first entry's.</summary>
        public sbyte* Weights { get; }

        /// <summary>The next panel.</summary>
        public sbyte* End { get; }

        /// <summary>The same for the outputs from one on.</summary>
        public SixteenBitBatches From(int output) => new(this, output);
    }
}
