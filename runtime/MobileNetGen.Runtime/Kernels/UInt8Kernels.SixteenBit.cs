using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Convolutions whose weights were packed so that products can be added in 16 bits: four vpmaddubsw, three vpaddw, and only then one vpmaddwd and one
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
        => ConvolveSixteenBit(input, output, default, weights, channels, entries, 1, 1, 0, 0, width, outputBlocks, firstRow, rowCount, r, default);

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
        => ConvolveSixteenBit(input, output, residual, weights, channels, entries, 1, 1, 0, 0, width, outputBlocks, firstRow, rowCount, r, add);

    /// <summary>A convolution of the network's input, whose pixels are four bytes: a group is a pixel of the window, row by row.</summary>
    /// <param name="input">The input; its halo is the input's zero point.</param>
    /// <param name="output">The output.</param>
    /// <param name="weights">A panel for each block of outputs.</param>
    /// <param name="channels">What each block of outputs is requantised with.</param>
    /// <param name="kernel">Side of the square window.</param>
    /// <param name="stride">Step of the window, the same in both directions.</param>
    /// <param name="padTop">Halo rows above that the first output row sees.</param>
    /// <param name="padLeft">Halo columns left that the first output column sees.</param>
    /// <param name="entries">Entries of the panel that has most.</param>
    /// <param name="width">Output columns.</param>
    /// <param name="outputBlocks">Output channels / 16, rounded up.</param>
    /// <param name="firstRow">The first output row.</param>
    /// <param name="rowCount">How many output rows.</param>
    /// <param name="r">How sums become bytes; the weights' zero point is 0.</param>
    public static void ConvolutionSixteenBit(FeatureMap<byte> input, FeatureMap<byte> output, sbyte* weights, int* channels, int kernel, int stride, int padTop, int padLeft,
        int entries, int width, int outputBlocks, int firstRow, int rowCount, Requantization r)
    {
        for (int y = firstRow; y < firstRow + rowCount; y++)
            ConvolveSixteenBit(input, output, default, weights, channels, entries, kernel, stride, padTop, padLeft, width, outputBlocks, y, 1, r, default);
    }

    /// <summary>
    /// In strips of pixels that meet one panel after the other, as in <see cref="Convolve"/>. Windows of more than one pixel are for one row at a time:
    /// in a ring, the rows that they see lie differently each time.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ConvolveSixteenBit(FeatureMap<byte> input, FeatureMap<byte> output, FeatureMap<byte> residual, sbyte* weights, int* channels, int entries,
        int kernel, int stride, int padTop, int padLeft, int width, int outputBlocks, int firstRow, int rowCount, in Requantization r, in QuantizedAdd add)
    {
        const int CachedWeightBytes = 200 * 1024, ShortStrip = 112, LongStrip = 224;
        int left = width * rowCount;
        int strip = Math.Min(left, (long)entries * EntryBytes * outputBlocks > CachedWeightBytes ? LongStrip : ShortStrip);
        byte** pixels = stackalloc byte*[strip + Spare];
        byte** outputs = stackalloc byte*[strip + Spare];
        byte** residuals = stackalloc byte*[strip + Spare];
        byte** addends = stackalloc byte*[strip + 2 * Spare];
        byte* addend = stackalloc byte[(strip + Spare) * Lanes];
        int* corrections = stackalloc int[strip];
        int* sums = stackalloc int[(strip + Spare) * Lanes];
        int* offsets = stackalloc int[entries + Vector256<int>.Count];
        int* window = stackalloc int[kernel * kernel];
        int lanes = kernel == 1 ? Lanes : 4, top = firstRow * stride - padTop;
        for (int row = 0; row < kernel && kernel > 1; row++)
        {
            for (int column = 0; column < kernel; column++)
                window[row * kernel + column] = (int)(input.Row(top + row) - input.Row(top)) + column * lanes;
        }
        new Span<int>(corrections, strip).Clear();
        FillPointers(addends, strip + Spare, addend, Lanes);

        for (int y = firstRow, x = 0, count; left > 0; left -= count)
        {
            count = Math.Min(left, strip);
            for (int first = 0, run; first < count; first += run)
            {
                run = Math.Min(count - first, width - x);
                FillPointers(pixels + first, run, input.Row(y * stride - padTop) + (nint)(x * stride - padLeft) * lanes, stride * lanes);
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

            // What is missing in the last tile is the last pixel once more.
            FillPointers(pixels + count, Spare, pixels[count - 1], 0);
            FillPointers(outputs + count, Spare, outputs[count - 1], 0);
            bool isVnni = AvxVnni.IsSupported && !Avx512BW.IsSupported;
            (int large, int small) = isVnni ? Split(count) : SplitSixteenBit(count);
            sbyte* panel = weights;
            for (int block = 0; block < outputBlocks; block++)
            {
                int* parameters = channels + block * Channels.Length;
                var batches = new SixteenBitBatches(panel, input.BlockStride, kernel == 1 ? null : window, offsets);
                panel = batches.End;
                bool isAdded = residual.Origin != null;
                byte** targets = isAdded ? addends : outputs;
                nint offset = (nint)block * output.BlockStride, target = isAdded ? 0 : offset;
                if (isVnni || !SinglePrecision.Has(parameters))
                {
                    TilesSixteenBit(large, small, pixels, batches, SinglePrecision.Bias(parameters), sums, null, 0, r);
                    Requantize.Store(sums, corrections, count, parameters, targets, target, r);
                }
                else
                {
                    TilesSixteenBit(large, small, pixels, batches, parameters, null, targets, target, r);
                }
                if (isAdded)
                    Requantize.Add(addend, residuals, (nint)block * residual.BlockStride, outputs, offset, count, Lanes, add);
            }
        }
    }

    /// <summary>Tiles of seven pixels, and one of four or seven for the rest.</summary>
    private static (int Large, int Small) SplitSixteenBit(int pixels)
    {
        int rest = pixels % SixteenBitTile;
        return (pixels / SixteenBitTile + (rest > SmallTile ? 1 : 0), rest is > 0 and <= SmallTile ? 1 : 0);
    }

    /// <summary>Bytes of the tiles' pixels, or their sums where there is room for those.</summary>
    private static void TilesSixteenBit(int large, int small, byte** pixels, in SixteenBitBatches batches, int* channels, int* sums, byte** outputs, nint offset, in Requantization r)
    {
        if (Avx512BW.IsSupported)
            Tiles<ByteVector512>(large, small, pixels, batches, channels, sums, outputs, offset, r);
        else if (AvxVnni.IsSupported)
            EntriesAvxVnni(large, small, pixels, batches, channels, sums);
        else if (Avx2.IsSupported)
            Tiles<ByteVector256>(large, small, pixels, batches, channels, sums, outputs, offset, r);
        else
            Tiles<ByteVector128>(large, small, pixels, batches, channels, sums, outputs, offset, r);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles<TVector>(int large, int small, byte** pixels, in SixteenBitBatches batches, int* channels, int* sums, byte** outputs, nint offset, in Requantization r)
        where TVector : struct, IByteVector<TVector>
    {
        for (int lane = 0; lane < Lanes; lane += TVector.Count)
        {
            SixteenBitBatches part = batches.From(lane);
            Tiles7<TVector>(large, pixels, part, channels + lane, sums + lane, outputs, offset + lane, r);
            if (small > 0)
            {
                int done = large * SixteenBitTile;
                Tiles4<TVector>(small, pixels + done, part, channels + lane, sums + done * Lanes + lane, outputs == null ? null : outputs + done, offset + lane, r);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles7<TVector>(int tiles, byte** pixels, in SixteenBitBatches batches, int* channels, int* sums, byte** outputs, nint offset, in Requantization r)
        where TVector : struct, IByteVector<TVector>
    {
        bool hasSums = outputs == null;
        var scale = new SinglePrecision<TVector>(channels, r);
        for (; tiles > 0; tiles--, pixels += 7, sums += 7 * Lanes, outputs += 7)
        {
            sbyte* weights = batches.Weights;
            int* entry = batches.Offsets;
            byte* p0 = pixels[0], p1 = pixels[1], p2 = pixels[2], p3 = pixels[3], p4 = pixels[4], p5 = pixels[5], p6 = pixels[6];
            TVector a0 = TVector.Load(channels), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0;
            for (int* end = batches.Fours; entry < end; entry += 4, weights += 4 * EntryBytes)
            {
                nint i = entry[0], j = entry[1], k = entry[2], l = entry[3];
                TVector wi = TVector.Load(weights), wj = TVector.Load(weights + EntryBytes);
                TVector wk = TVector.Load(weights + 2 * EntryBytes), wl = TVector.Load(weights + 3 * EntryBytes);
                a0 = Four<TVector>(a0, p0 + i, p0 + j, p0 + k, p0 + l, wi, wj, wk, wl);
                a1 = Four<TVector>(a1, p1 + i, p1 + j, p1 + k, p1 + l, wi, wj, wk, wl);
                a2 = Four<TVector>(a2, p2 + i, p2 + j, p2 + k, p2 + l, wi, wj, wk, wl);
                a3 = Four<TVector>(a3, p3 + i, p3 + j, p3 + k, p3 + l, wi, wj, wk, wl);
                a4 = Four<TVector>(a4, p4 + i, p4 + j, p4 + k, p4 + l, wi, wj, wk, wl);
                a5 = Four<TVector>(a5, p5 + i, p5 + j, p5 + k, p5 + l, wi, wj, wk, wl);
                a6 = Four<TVector>(a6, p6 + i, p6 + j, p6 + k, p6 + l, wi, wj, wk, wl);
            }
            for (int* end = batches.Twos; entry < end; entry += 2, weights += 2 * EntryBytes)
            {
                nint i = entry[0], j = entry[1];
                TVector wi = TVector.Load(weights), wj = TVector.Load(weights + EntryBytes);
                a0 = Two<TVector>(a0, p0 + i, p0 + j, wi, wj);
                a1 = Two<TVector>(a1, p1 + i, p1 + j, wi, wj);
                a2 = Two<TVector>(a2, p2 + i, p2 + j, wi, wj);
                a3 = Two<TVector>(a3, p3 + i, p3 + j, wi, wj);
                a4 = Two<TVector>(a4, p4 + i, p4 + j, wi, wj);
                a5 = Two<TVector>(a5, p5 + i, p5 + j, wi, wj);
                a6 = Two<TVector>(a6, p6 + i, p6 + j, wi, wj);
            }
            for (int* end = batches.Ones; entry < end; entry++, weights += EntryBytes)
            {
                nint i = *entry;
                TVector w = TVector.Load(weights);
                a0 = One<TVector>(a0, p0 + i, w);
                a1 = One<TVector>(a1, p1 + i, w);
                a2 = One<TVector>(a2, p2 + i, w);
                a3 = One<TVector>(a3, p3 + i, w);
                a4 = One<TVector>(a4, p4 + i, w);
                a5 = One<TVector>(a5, p5 + i, w);
                a6 = One<TVector>(a6, p6 + i, w);
            }

            if (hasSums)
            {
                a0.Store(sums);
                a1.Store(sums + 1 * Lanes);
                a2.Store(sums + 2 * Lanes);
                a3.Store(sums + 3 * Lanes);
                a4.Store(sums + 4 * Lanes);
                a5.Store(sums + 5 * Lanes);
                a6.Store(sums + 6 * Lanes);
                continue;
            }

            scale.Store(a0, a1, a2, a3, outputs[0] + offset, outputs[1] + offset, outputs[2] + offset, outputs[3] + offset);
            scale.Store(a4, a5, a6, a6, outputs[4] + offset, outputs[5] + offset, outputs[6] + offset, outputs[6] + offset);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles4<TVector>(int tiles, byte** pixels, in SixteenBitBatches batches, int* channels, int* sums, byte** outputs, nint offset, in Requantization r)
        where TVector : struct, IByteVector<TVector>
    {
        bool hasSums = outputs == null;
        var scale = new SinglePrecision<TVector>(channels, r);
        for (; tiles > 0; tiles--, pixels += 4, sums += 4 * Lanes, outputs += 4)
        {
            sbyte* weights = batches.Weights;
            int* entry = batches.Offsets;
            byte* p0 = pixels[0], p1 = pixels[1], p2 = pixels[2], p3 = pixels[3];
            TVector a0 = TVector.Load(channels), a1 = a0, a2 = a0, a3 = a0;
            for (int* end = batches.Fours; entry < end; entry += 4, weights += 4 * EntryBytes)
            {
                nint i = entry[0], j = entry[1], k = entry[2], l = entry[3];
                TVector wi = TVector.Load(weights), wj = TVector.Load(weights + EntryBytes);
                TVector wk = TVector.Load(weights + 2 * EntryBytes), wl = TVector.Load(weights + 3 * EntryBytes);
                a0 = Four<TVector>(a0, p0 + i, p0 + j, p0 + k, p0 + l, wi, wj, wk, wl);
                a1 = Four<TVector>(a1, p1 + i, p1 + j, p1 + k, p1 + l, wi, wj, wk, wl);
                a2 = Four<TVector>(a2, p2 + i, p2 + j, p2 + k, p2 + l, wi, wj, wk, wl);
                a3 = Four<TVector>(a3, p3 + i, p3 + j, p3 + k, p3 + l, wi, wj, wk, wl);
            }
            for (int* end = batches.Twos; entry < end; entry += 2, weights += 2 * EntryBytes)
            {
                nint i = entry[0], j = entry[1];
                TVector wi = TVector.Load(weights), wj = TVector.Load(weights + EntryBytes);
                a0 = Two<TVector>(a0, p0 + i, p0 + j, wi, wj);
                a1 = Two<TVector>(a1, p1 + i, p1 + j, wi, wj);
                a2 = Two<TVector>(a2, p2 + i, p2 + j, wi, wj);
                a3 = Two<TVector>(a3, p3 + i, p3 + j, wi, wj);
            }
            for (int* end = batches.Ones; entry < end; entry++, weights += EntryBytes)
            {
                nint i = *entry;
                TVector w = TVector.Load(weights);
                a0 = One<TVector>(a0, p0 + i, w);
                a1 = One<TVector>(a1, p1 + i, w);
                a2 = One<TVector>(a2, p2 + i, w);
                a3 = One<TVector>(a3, p3 + i, w);
            }

            if (hasSums)
            {
                a0.Store(sums);
                a1.Store(sums + 1 * Lanes);
                a2.Store(sums + 2 * Lanes);
                a3.Store(sums + 3 * Lanes);
                continue;
            }

            scale.Store(a0, a1, a2, a3, outputs[0] + offset, outputs[1] + offset, outputs[2] + offset, outputs[3] + offset);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Activations<TVector>(byte* group)
        where TVector : struct, IByteVector<TVector>
        => TVector.Broadcast(Unsafe.ReadUnaligned<int>(group));

    /// <summary>A batch of four entries for a pixel, added as a tree.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Four<TVector>(TVector sum, byte* i, byte* j, byte* k, byte* l, TVector wi, TVector wj, TVector wk, TVector wl)
        where TVector : struct, IByteVector<TVector>
        => TVector.AddPairs(sum, TVector.AddWords(
            TVector.AddWords(TVector.MultiplyBytes(Activations<TVector>(i), wi), TVector.MultiplyBytes(Activations<TVector>(j), wj)),
            TVector.AddWords(TVector.MultiplyBytes(Activations<TVector>(k), wk), TVector.MultiplyBytes(Activations<TVector>(l), wl))));

    /// <summary>A batch of one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector One<TVector>(TVector sum, byte* i, TVector w)
        where TVector : struct, IByteVector<TVector>
        => TVector.AddPairs(sum, TVector.MultiplyBytes(Activations<TVector>(i), w));

    /// <summary>A batch of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Two<TVector>(TVector sum, byte* i, byte* j, TVector wi, TVector wj)
        where TVector : struct, IByteVector<TVector>
        => TVector.AddPairs(sum, TVector.AddWords(TVector.MultiplyBytes(Activations<TVector>(i), wi), TVector.MultiplyBytes(Activations<TVector>(j), wj)));

    /// <summary>The batches of a panel, or of some of its outputs.</summary>
    private readonly struct SixteenBitBatches
    {
        /// <summary>Reads a panel's head.</summary>
        /// <param name="panel">The panel.</param>
        /// <param name="blockStride">From one block of the input to the next.</param>
        /// <param name="window">Where the groups of a window of several pixels lie, or null.</param>
        /// <param name="offsets">Room for the offsets of its entries, and up to seven more.</param>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public SixteenBitBatches(sbyte* panel, int blockStride, int* window, int* offsets)
        {
            var head = (ushort*)panel;
            int fours = 4 * head[0], twos = 2 * head[1], count = fours + twos + head[2];
            Offsets = offsets;
            Fours = offsets + fours;
            Twos = Fours + twos;
            Ones = offsets + count;
            Weights = panel + (2 * (HeaderWords + count) + EntryBytes - 1) / EntryBytes * EntryBytes;
            End = Weights + (nint)count * EntryBytes;

            for (int i = 0; i < count && window != null; i++)
                offsets[i] = window[head[HeaderWords + i]];

            // A block holds four groups. What is read behind the last one is padding or weights.
            for (int i = 0; i < count && window == null; i += Vector256<int>.Count)
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
