using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>A full convolution, as a network's first layer.</summary>
    /// <param name="input">The input; its halo is the input's zero point.</param>
    /// <param name="lanes">16 for a blocked input; else the elements of a pixel in its single block, a multiple of 4.</param>
    /// <param name="output">The output.</param>
    /// <param name="weights">[outputs/16][kernel][kernel][inputChannels/4 rounded up][16][4]; padding weights are the weight zero point.</param>
    /// <param name="channels">Bias, multiplier and shift of each block of outputs.</param>
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
    public static void Convolution(FeatureMap<byte> input, int lanes, FeatureMap<byte> output, sbyte* weights, int* channels, int kernel, int stride, int padTop, int padLeft,
        int width, int inputChannels, int outputBlocks, int firstRow, int rowCount, Requantization r)
        => Convolve(input, lanes, output, default, weights, channels, kernel, stride, padTop, padLeft, width, inputChannels, outputBlocks, firstRow, rowCount, r, default);

    /// <summary>
    /// Rows of a convolution in tiles of up to seven pixels × 16 outputs. The pixels of a tile lie anywhere, several short rows in one: the tile
    /// knows them by their addresses. A strip of pixels meets one block of outputs after the other, whose weights then stay in the first-level
    /// cache. Where all weights together do not stay in the second, the strip is longer, so that they are read less often.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Convolve(FeatureMap<byte> input, int lanes, FeatureMap<byte> output, FeatureMap<byte> residual, sbyte* weights, int* channels,
        int kernel, int stride, int padTop, int padLeft, int width, int inputChannels, int outputBlocks, int firstRow, int rowCount, in Requantization r, in QuantizedAdd add)
    {
        const int CachedWeightBytes = 200 * 1024, ShortStrip = 112, LongStrip = 224;
        int groups = (inputChannels + 3) / 4;
        nint panel = (nint)kernel * kernel * groups * 4 * Lanes;
        var window = new ConvolutionWindow(kernel, lanes, groups, input.BlockStride);

        int left = width * rowCount;
        int strip = Math.Min(left, panel * outputBlocks > CachedWeightBytes ? LongStrip : ShortStrip), pixelStride = strip + Spare;
        byte** pixels = stackalloc byte*[kernel * pixelStride];
        byte** outputs = stackalloc byte*[pixelStride];
        byte** residuals = stackalloc byte*[pixelStride];
        byte** addends = stackalloc byte*[pixelStride + Spare];
        byte* addend = stackalloc byte[(strip + Spare) * Lanes];
        int* corrections = stackalloc int[strip + Spare];
        int* sums = stackalloc int[(strip + Spare) * Lanes];
        new Span<int>(corrections, strip + Spare).Clear();
        FillPointers(addends, strip + Spare, addend, Lanes);

        int large = 0, small = 0, splitCount = 0;
        for (int y = firstRow, x = 0, count; left > 0; left -= count)
        {
            count = Math.Min(left, strip);
            for (int first = 0, run; first < count; first += run)
            {
                run = Math.Min(count - first, width - x);
                for (int row = 0; row < kernel; row++)
                    FillPointers(pixels + row * pixelStride + first, run, input.Row(y * stride - padTop + row) + (nint)(x * stride - padLeft) * lanes, stride * lanes);
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
            FillPointers(outputs + count, Spare, outputs[count - 1], 0);
            for (int row = 0; row < kernel; row++)
                FillPointers(pixels + row * pixelStride + count, Spare, pixels[row * pixelStride + count - 1], 0);
            if (r.WeightZeroPoint != 0)
            {
                SumWindows(pixels, pixelStride, count, window, corrections);
                for (int i = 0; i < count; i++)
                    corrections[i] *= r.WeightZeroPoint;
                new Span<int>(corrections + count, Spare).Fill(corrections[count - 1]);
            }

            if (count != splitCount)
            {
                (large, small) = Split(count);
                splitCount = count;
            }
            for (int block = 0; block < outputBlocks; block++)
            {
                int* parameters = channels + block * Channels.Length;
                bool isAdded = residual.Origin != null;
                nint offset = (nint)block * output.BlockStride;
                byte** targets = isAdded ? addends : outputs;
                nint target = isAdded ? 0 : offset;
                sbyte* panelWeights = weights + block * panel;
                if (AvxVnni.IsSupported && Avx512BW.IsSupported && SinglePrecision.Has(parameters))
                {
                    var scale = new SinglePrecision<ByteVector512>(parameters, r);
                    Tiles(large, small, pixels, pixelStride, window, panelWeights, parameters, null, corrections, targets, target, scale);
                }
                else
                {
                    Tiles(large, small, pixels, pixelStride, window, panelWeights, SinglePrecision.Bias(parameters), sums, null, null, 0, default);
                    Requantize.Store(sums, corrections, count, parameters, targets, target, r);
                }
                if (isAdded)
                    Requantize.Add(addend, residuals, (nint)block * residual.BlockStride, outputs, offset, count, Lanes, add);
            }
        }
    }

    /// <summary>Addresses a step apart, in whole vectors: up to seven more may be written behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FillPointers(byte** pointers, int count, byte* first, nint step)
    {
        Vector256<nint> next = Vector256.CreateSequence((nint)first, step), steps = Vector256.Create(Vector256<nint>.Count * step);
        for (int i = 0; i < count; i += Vector256<nint>.Count, next += steps)
            next.Store((nint*)(pointers + i));
    }

    /// <summary>Large tiles, and small ones after them, that cover so many pixels with the fewest to spare.</summary>
    private static (int Large, int Small) Split(int pixels)
    {
        if (LargeTile == SmallTile)
            return (0, (pixels + SmallTile - 1) / SmallTile);

        (int Large, int Small) best = default;
        for (int small = 0, leastCovered = int.MaxValue; small < LargeTile && small * SmallTile < pixels + SmallTile; small++)
        {
            int large = (Math.Max(pixels - small * SmallTile, 0) + LargeTile - 1) / LargeTile;
            int covered = large * LargeTile + small * SmallTile;
            if (covered < leastCovered)
                (best, leastCovered) = ((large, small), covered);
        }
        return best;
    }

    private const int MaxTile = 7;

    /// <summary>Room behind the pixels of a strip: a tile that begins with the last one, and whole vectors of pointers.</summary>
    private const int Spare = 8;

    private const int SmallTile = 4;

    private static int LargeTile => !AvxVnni.IsSupported ? SmallTile : Avx512F.VL.IsSupported ? MaxTile : 6;

    /// <summary>The bytes of pixels × 16 outputs, or their sums, bias included.</summary>
    /// <param name="large">Tiles of <see cref="LargeTile"/> pixels, the first ones.</param>
    /// <param name="small">Tiles of <see cref="SmallTile"/> pixels.</param>
    /// <param name="pixels">[kernel][pixelStride], where each pixel's window begins in each of its rows.</param>
    /// <param name="pixelStride">From the pointers to one row to those to the next.</param>
    /// <param name="window">The window.</param>
    /// <param name="weights">Those of the block of outputs.</param>
    /// <param name="bias">[16].</param>
    /// <param name="sums">[pixels][16], or null where bytes are wanted, which needs AVX-512.</param>
    /// <param name="corrections">[pixels], subtracted from sums before they become bytes.</param>
    /// <param name="outputs">[pixels], where the bytes of block 0 go.</param>
    /// <param name="offset">From there to the block meant.</param>
    /// <param name="scale">How sums become bytes. It stays in memory: registers 0 … 15 are for the sums.</param>
    private static void Tiles(int large, int small, byte** pixels, int pixelStride, in ConvolutionWindow window, sbyte* weights, int* bias, int* sums,
        int* corrections, byte** outputs, nint offset, in SinglePrecision<ByteVector512> scale)
    {
        int done = large * LargeTile;
        byte** rest = pixels + done;
        int* restSums = sums + done * Lanes;
        if (AvxVnni.IsSupported)
        {
            if (Avx512F.VL.IsSupported)
                Tiles7AvxVnni(large, pixels, pixelStride, window, weights, bias, sums, corrections, outputs, offset, scale);
            else
                Tiles6AvxVnni(large, pixels, pixelStride, window, weights, bias, sums);
            if (small > 0)
                Tiles4AvxVnni(small, rest, pixelStride, window, weights, bias, restSums, corrections + done, outputs == null ? null : outputs + done, offset, scale);
        }
        else if (Avx2.IsSupported)
        {
            Tiles4Avx2(small, rest, pixelStride, window, weights, bias, restSums);
        }
        else
        {
            Tiles4x8V128(small, rest, pixelStride, window, weights, bias, restSums);
            Tiles4x8V128(small, rest, pixelStride, window, weights + 32, bias + 8, restSums + 8);
        }
    }

    /// <summary>
    /// Σ x over each window, what the weights' zero point is multiplied by. It takes in the lanes that only pad the last group of four: their
    /// weights are the zero point itself, so that they add to both sums alike.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumWindows(byte** pixels, int pixelStride, int count, in ConvolutionWindow window, int* sums)
    {
        for (int i = 0; i < count;)
        {
            if (AvxVnni.IsSupported && window.Columns == 1 && AreRunsReadable(pixels + i, count - i, 4 * window.Groups, 4 * window.BlockGroups))
            {
                SumFourRuns(pixels + i, pixelStride, window).Store(sums + i);
                i += 4;
            }
            else if (Avx512BW.IsSupported && window.Rows == 1 && window.BlockGroups == 4 && i <= count - 4 && pixels[i + 3] - pixels[i] == 3 * Lanes)
            {
                SumFourPixels(pixels[i], window.Groups, window.BlockStride).Store(sums + i);
                i += 4;
            }
            else
            {
                sums[i] = SumWindow(pixels + i, pixelStride, window);
                i++;
            }
        }
    }

    /// <summary>
    /// Whether 16 bytes can be read from where each of four windows' rows begins: where five windows lie in one row of the input and the next
    /// one always reaches as far.
    /// </summary>
    private static bool AreRunsReadable(byte** pixels, int count, int run, int block)
    {
        if (count < 5 || run != block || run > 16)
            return false;
        long step = pixels[1] - pixels[0];
        return step > 0 && step <= run && step + run >= 16 && pixels[2] - pixels[1] == step && pixels[3] - pixels[2] == step && pixels[4] - pixels[3] == step;
    }

    /// <summary>Σ x over four windows whose rows are runs of at most 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> SumFourRuns(byte** pixels, int pixelStride, in ConvolutionWindow window)
    {
        Vector128<sbyte> ones = Vector128.LessThan(Vector128<sbyte>.Indices, Vector128.Create((sbyte)(4 * window.Groups))) & Vector128<sbyte>.One;
        Vector128<int> a = default, b = default, c = default, d = default;
        for (int row = 0; row < window.Rows; row++, pixels += pixelStride)
        {
            a = AvxVnni.MultiplyWideningAndAdd(a, Vector128.Load(pixels[0]), ones);
            b = AvxVnni.MultiplyWideningAndAdd(b, Vector128.Load(pixels[1]), ones);
            c = AvxVnni.MultiplyWideningAndAdd(c, Vector128.Load(pixels[2]), ones);
            d = AvxVnni.MultiplyWideningAndAdd(d, Vector128.Load(pixels[3]), ones);
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
    private static int SumWindow(byte** pixels, int pixelStride, in ConvolutionWindow window)
    {
        Vector128<int> sums = Vector128<int>.Zero;
        for (int row = 0; row < window.Rows; row++, pixels += pixelStride)
        {
            for (int column = 0; column < window.Columns; column++)
            {
                byte* block = *pixels + column * window.ColumnStep;
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
