using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>The most offsets that lie on the stack; those of larger windows, which have more to do, lie in memory that the thread keeps.</summary>
    private const int MostOffsetsOnStack = 2048;

    /// <summary>A full convolution, as a network's first layer.</summary>
    /// <param name="input">The input; its halo is the input's zero point.</param>
    /// <param name="lanes">16 for a blocked input; else the elements of a pixel in its single block, a multiple of 4.</param>
    /// <param name="output">The output.</param>
    /// <param name="weights">[outputs/16][kernel][kernel][inputChannels/4 rounded up][16][4]; padding weights are the weight zero point.</param>
    /// <param name="rescaling">What each block of outputs is rescaled with.</param>
    /// <param name="kernel">Side of the square window.</param>
    /// <param name="stride">Step of the window, the same in both directions.</param>
    /// <param name="padTop">Halo rows above that the first output row sees.</param>
    /// <param name="padLeft">Halo columns left that the first output column sees.</param>
    /// <param name="width">Output columns.</param>
    /// <param name="inputChannels">Input channels.</param>
    /// <param name="outputBlocks">Output channels / 16, rounded up.</param>
    /// <param name="firstRow">The first output row.</param>
    /// <param name="rowCount">How many output rows.</param>
    /// <param name="r">How sums become bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Convolution(FeatureMap<byte> input, int lanes, FeatureMap<byte> output, sbyte* weights, int* rescaling, int kernel, int stride, int padTop, int padLeft,
        int width, int inputChannels, int outputBlocks, int firstRow, int rowCount, Requantization r)
        => ByteMachine.Run(new ByteConvolution
        {
            Input = input,
            Output = output,
            Weights = weights,
            Rescaling = rescaling,
            Requantization = r,
            Kernel = kernel,
            Stride = stride,
            PadTop = padTop,
            PadLeft = padLeft,
            Lanes = lanes,
            Groups = (inputChannels + 3) / 4,
            Width = width,
            OutputBlocks = outputBlocks,
            FirstRow = firstRow,
            RowCount = rowCount,
        });

    /// <summary>
    /// Strips of rows, or of columns of a long one. A strip meets one block of outputs after the other, whose weights then stay in the first-level cache. Windows of more than
    /// one pixel are of one row at a time: in a ring, the rows that they see lie differently each time.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Convolve<TForm, TVector>(in ByteConvolution c)
        where TForm : struct, IByteForm where TVector : struct, IInt32Vector<TVector>
    {
        bool isSixteenBit = c.SixteenBitEntries > 0, isAdded = c.Residual.Origin != null;
        int entries = isSixteenBit ? c.SixteenBitEntries : c.PlainEntries;
        StripMemory memory;
        byte** inputs = (byte**)memory.Inputs, outputs = (byte**)memory.Outputs, residuals = (byte**)memory.Residuals;
        byte* addend = memory.Addend;
        byte** targets = isAdded ? (byte**)memory.Addends : outputs;
        int* corrections = memory.Corrections, sums = (int*)(((nint)memory.Sums + 63) & ~63);
        TilePlace* places = stackalloc TilePlace[4];
        int offsetCount = entries + Vector256<int>.Count + c.PlainEntries;
        int* onStack = stackalloc int[offsetCount <= MostOffsetsOnStack ? offsetCount : 0];
        int* offsets = offsetCount <= MostOffsetsOnStack ? onStack : (int*)ThreadScratch.GetForKernel(offsetCount * sizeof(int));
        int* window = isSixteenBit ? offsets + entries + Vector256<int>.Count : offsets;

        int pixels = TForm.Widens ? WidePanel.StripPixels(c) : StripMemory.Pixels, columns = Math.Min(c.Width, pixels);
        int rows = c.Kernel > 1 ? 1 : Math.Min(pixels / columns, c.RowCount), endRow = c.FirstRow + c.RowCount;
        ByteStrip strip = default;
        int placeCount = 0;
        bool isDirect = false;
        for (int y = c.FirstRow; y < endRow; y += rows)
        {
            if (c.Kernel > 1 || y == c.FirstRow)
                FillOffsets(c, y, window);
            for (int x = 0; x < c.Width; x += columns)
            {
                int stripColumns = Math.Min(columns, c.Width - x), stripRows = Math.Min(rows, endRow - y);
                if (stripColumns != strip.Width || stripRows != strip.Rows)
                {
                    strip = new ByteStrip(inputs, corrections, sums, TForm.Widens ? WidePanel.Step : c.Step, stripColumns, stripRows);
                    placeCount = Split(strip, TForm.TilePixels, places);
                    isDirect = c.Requantization.WeightZeroPoint == 0;
                    for (int i = 0; i < placeCount; i++)
                        isDirect &= TForm.MakesBytes(places[i].Pixels);
                }
                for (int row = 0; row < strip.Rows; row++)
                {
                    inputs[row] = c.Input.Row(c.InputRow(y + row)) + (nint)(x * c.Stride - c.PadLeft) * c.Lanes;
                    outputs[row] = c.Output.Row(y + row) + (nint)x * Lanes;
                    if (isAdded)
                    {
                        residuals[row] = c.Residual.Row(y + row) + (nint)x * Lanes;
                        targets[row] = addend + row * strip.Width * Lanes;
                    }
                }
                Correct(c, strip, offsets);
                if (TForm.Widens)
                    WidePanel.Widen(c, inputs, strip.Width, strip.Rows);

                sbyte* weights = c.Weights;
                for (int block = 0; block < c.OutputBlocks; block++)
                {
                    BytePanel panel = isSixteenBit ? new BytePanel(weights, c.Input.BlockStride, c.Kernel == 1 ? null : window, offsets) : new BytePanel(weights, offsets, entries);
                    weights = panel.End;
                    if (isSixteenBit && !TForm.HasBatches)
                        panel = panel.Single();

                    int* rescaling = c.Rescaling + block * RescalingLayout.Length, bias = SinglePrecision.Bias(rescaling);
                    if (TForm.HasOrder)
                        TForm.Order(c, ref panel, ref bias);
                    bool isHalf = TForm.HasHalf && SinglePrecision.IsHalf(rescaling);
                    nint output = (nint)block * c.Output.BlockStride, written = isAdded ? 0 : output;
                    bool hasTarget = isDirect && SinglePrecision.Has(rescaling);
                    ByteTarget target = hasTarget ? new(targets, written, rescaling, c.Requantization) : default;
                    for (int lane = 0; lane < Lanes; lane += TForm.Count)
                    {
                        BytePanel part = panel.From(lane);
                        for (int i = 0; i < placeCount; i++)
                            TForm.Run(isHalf, strip, places[i], part, bias + lane, target);
                    }

                    if (!hasTarget)
                        Requantize.Store<TVector>(sums, corrections, isAdded ? 1 : strip.Rows, isAdded ? strip.Width * strip.Rows : strip.Width, rescaling, targets, written, c.Requantization);
                    if (c.Requantization.Table != null)
                        MapRows(targets, written, strip.Rows, strip.Width * Lanes, c.Requantization.Table);
                    if (isAdded)
                        Requantize.Add<TVector>(addend, residuals, (nint)block * c.Residual.BlockStride, outputs, output, strip.Rows, strip.Width * Lanes, c.Add);
                    if (c.Add.Table != null)
                        MapRows(outputs, output, strip.Rows, strip.Width * Lanes, c.Add.Table);
                }
            }
        }
    }

    /// <summary>Where the groups of four channels that a window sees lie from its beginning.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FillOffsets(in ByteConvolution c, int outputRow, int* offsets)
    {
        int firstRow = c.InputRow(outputRow);
        for (int row = 0; row < c.Kernel; row++)
        {
            int start = row == 0 ? 0 : (int)(c.Input.Row(firstRow + row) - c.Input.Row(firstRow));
            for (int column = 0; column < c.Kernel; column++, start += c.Lanes)
            {
                int block = start;
                for (int remaining = c.Groups; remaining > 0; remaining -= c.Lanes / 4, block += c.Input.BlockStride)
                {
                    for (int group = 0; group < Math.Min(remaining, c.Lanes / 4); group++)
                        *offsets++ = block + 4 * group;
                }
            }
        }
    }

    /// <summary>Where a strip's tiles lie: wide and narrow ones, each of two rows at once where they are short, and in the row that then remains.</summary>
    /// <returns>How many such places there are, up to four.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Split(in ByteStrip strip, int tilePixels, TilePlace* places)
    {
        // Few tiles, and of one width where that is possible, as every width in use is another method to compile.
        int width = strip.Width, fewest = (width + tilePixels - 1) / tilePixels, narrowest = Math.Max(tilePixels - 6, 5);
        for (int tiles = fewest; width / tiles >= narrowest; tiles++)
        {
            if (width % tiles == 0)
                return Split(0, width / tiles, tiles, strip.Rows, tilePixels, places);
        }

        int columns = (width + fewest - 1) / fewest, narrow = fewest * columns - width, wide = fewest - narrow;
        int count = Split(0, columns, wide, strip.Rows, tilePixels, places);
        return narrow == 0 ? count : count + Split(wide * columns, columns - 1, narrow, strip.Rows, tilePixels, places + count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Split(int column, int columns, int tiles, int rows, int tilePixels, TilePlace* places)
    {
        int count = 0, paired = 2 * columns <= tilePixels ? rows & ~1 : 0;
        if (paired > 0)
            places[count++] = new TilePlace(0, paired, 2, column, columns, tiles);
        if (paired < rows)
            places[count++] = new TilePlace(paired, rows, 1, column, columns, tiles);
        return count;
    }
}
