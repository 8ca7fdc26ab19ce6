using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
        => ConvolutionV128(input, lanes, output, default, weights, channels, kernel, stride, padTop, padLeft, width, inputChannels, outputBlocks, firstRow, rowCount, r, default);

    /// <summary>Rows of a convolution, in tiles of 4 pixels × 8 channels, and 1 × 16 where fewer than 4 pixels remain.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ConvolutionV128(FeatureMap<byte> input, int lanes, FeatureMap<byte> output, FeatureMap<byte> residual, sbyte* weights, int* channels,
        int kernel, int stride, int padTop, int padLeft, int width, int inputChannels, int outputBlocks, int firstRow, int rowCount, Requantization r, QuantizedAdd add)
    {
        int* sums = stackalloc int[4 * Lanes];
        int* corrections = stackalloc int[4];
        int groups = (inputChannels + 3) / 4;
        nint panel = (nint)kernel * kernel * groups * 4 * Lanes;
        int step = stride * lanes;
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            int top = y * stride - padTop;
            for (int x = 0; x < width;)
            {
                nint column = (nint)(x * stride - padLeft) * lanes;
                int pixels = width - x >= 4 ? 4 : 1;
                for (int pixel = 0; pixel < pixels; pixel++)
                    corrections[pixel] = r.WeightZeroPoint == 0 ? 0 : r.WeightZeroPoint * SumWindow(input, lanes, top, column + pixel * step, kernel, groups);

                for (int block = 0; block < outputBlocks; block++)
                {
                    sbyte* w = weights + block * panel;
                    int* parameters = channels + block * Requantize.ChannelInts;
                    if (pixels == 4)
                    {
                        UInt8Convolution4x8V128(input, lanes, top, column, step, kernel, groups, w, parameters, sums);
                        UInt8Convolution4x8V128(input, lanes, top, column, step, kernel, groups, w + 32, parameters + 8, sums + 8);
                    }
                    else
                    {
                        UInt8Convolution1x16V128(input, lanes, top, column, kernel, groups, w, parameters, sums);
                    }

                    byte* target = output.Row(y) + (nint)block * output.BlockStride + x * Lanes;
                    byte* addend = residual.Origin == null ? null : residual.Row(y) + (nint)block * residual.BlockStride + x * Lanes;
                    for (int pixel = 0; pixel < pixels; pixel++)
                        StorePixel(sums + pixel * Lanes, corrections[pixel], parameters, target + pixel * Lanes, addend == null ? null : addend + pixel * Lanes, r, add);
                }
                x += pixels;
            }
        }
    }

    /// <summary>Requantises a pixel and adds the residual, if there is one. The output may be the residual's own memory.</summary>
    [SkipLocalsInit]
    private static void StorePixel(int* sums, int correction, int* channels, byte* output, byte* residual, Requantization r, in QuantizedAdd add)
    {
        if (residual == null)
        {
            Requantize.Block(sums, correction, channels, output, r);
            return;
        }

        byte* left = stackalloc byte[Lanes];
        Requantize.Block(sums, correction, channels, left, r);
        for (int lane = 0; lane < Lanes; lane++)
            output[lane] = Requantize.Add(left[lane], residual[lane], add);
    }

    /// <summary>
    /// Σ x over a window, what the weights' zero point is multiplied by. It takes in the lanes that only pad the last group of four: their
    /// weights are the zero point itself, so that they add to both sums alike.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int SumWindow(FeatureMap<byte> input, int lanes, int top, nint column, int kernel, int groups)
    {
        int sum = 0;
        for (int i = 0; i < kernel; i++)
        {
            byte* pixel = input.Row(top + i) + column;
            for (int j = 0; j < kernel; j++, pixel += lanes)
            {
                byte* block = pixel;
                for (int remaining = groups * 4; remaining > 0; remaining -= lanes, block += input.BlockStride)
                {
                    int count = Math.Min(remaining, lanes);
                    for (int k = 0; k < count; k++)
                        sum += block[k];
                }
            }
        }
        return sum;
    }

    /// <summary>
    /// Four neighbouring output pixels, half a block of channels. Four input channels at a time: a weight vector holds them for four outputs, so
    /// that its even and its odd bytes, widened, meet the pixel's even and odd bytes and every 32-bit lane is one output.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UInt8Convolution4x8V128(FeatureMap<byte> input, int lanes, int top, nint column, nint step, int kernel, int groups, sbyte* weights, int* bias, int* sums)
    {
        Vector128<int> a0 = Vector128.Load(bias), b0 = Vector128.Load(bias + 4);
        Vector128<int> a1 = a0, a2 = a0, a3 = a0;
        Vector128<int> b1 = b0, b2 = b0, b3 = b0;
        Vector128<short> evenBytes = Vector128.Create((short)0x00FF);
        for (int i = 0; i < kernel; i++)
        {
            byte* pixel = input.Row(top + i) + column;
            for (int j = 0; j < kernel; j++, pixel += lanes)
            {
                byte* block = pixel;
                for (int remaining = groups * 4; remaining > 0; remaining -= lanes, block += input.BlockStride)
                {
                    byte* end = block + Math.Min(remaining, lanes);
                    for (byte* p = block; p < end; p += 4, weights += 4 * Lanes)
                    {
                        Vector128<short> w0 = Vector128.Load(weights).AsInt16(), w1 = Vector128.Load(weights + 16).AsInt16();
                        Vector128<short> even0 = (w0 << 8) >> 8, odd0 = w0 >> 8;
                        Vector128<short> even1 = (w1 << 8) >> 8, odd1 = w1 >> 8;

                        Vector128<short> values = Broadcast4(p);
                        Vector128<short> even = values & evenBytes, odd = values >>> 8;
                        a0 += MultiplyAddAdjacent(even, even0) + MultiplyAddAdjacent(odd, odd0);
                        b0 += MultiplyAddAdjacent(even, even1) + MultiplyAddAdjacent(odd, odd1);

                        values = Broadcast4(p + step);
                        even = values & evenBytes;
                        odd = values >>> 8;
                        a1 += MultiplyAddAdjacent(even, even0) + MultiplyAddAdjacent(odd, odd0);
                        b1 += MultiplyAddAdjacent(even, even1) + MultiplyAddAdjacent(odd, odd1);

                        values = Broadcast4(p + 2 * step);
                        even = values & evenBytes;
                        odd = values >>> 8;
                        a2 += MultiplyAddAdjacent(even, even0) + MultiplyAddAdjacent(odd, odd0);
                        b2 += MultiplyAddAdjacent(even, even1) + MultiplyAddAdjacent(odd, odd1);

                        values = Broadcast4(p + 3 * step);
                        even = values & evenBytes;
                        odd = values >>> 8;
                        a3 += MultiplyAddAdjacent(even, even0) + MultiplyAddAdjacent(odd, odd0);
                        b3 += MultiplyAddAdjacent(even, even1) + MultiplyAddAdjacent(odd, odd1);
                    }
                }
            }
        }

        a0.Store(sums);
        b0.Store(sums + 4);
        a1.Store(sums + 16);
        b1.Store(sums + 20);
        a2.Store(sums + 32);
        b2.Store(sums + 36);
        a3.Store(sums + 48);
        b3.Store(sums + 52);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UInt8Convolution1x16V128(FeatureMap<byte> input, int lanes, int top, nint column, int kernel, int groups, sbyte* weights, int* bias, int* sums)
    {
        Vector128<int> a = Vector128.Load(bias), b = Vector128.Load(bias + 4), c = Vector128.Load(bias + 8), d = Vector128.Load(bias + 12);
        Vector128<short> evenBytes = Vector128.Create((short)0x00FF);
        for (int i = 0; i < kernel; i++)
        {
            byte* pixel = input.Row(top + i) + column;
            for (int j = 0; j < kernel; j++, pixel += lanes)
            {
                byte* block = pixel;
                for (int remaining = groups * 4; remaining > 0; remaining -= lanes, block += input.BlockStride)
                {
                    byte* end = block + Math.Min(remaining, lanes);
                    for (byte* p = block; p < end; p += 4, weights += 4 * Lanes)
                    {
                        Vector128<short> values = Broadcast4(p);
                        Vector128<short> even = values & evenBytes, odd = values >>> 8;
                        Vector128<short> w = Vector128.Load(weights).AsInt16();
                        a += MultiplyAddAdjacent(even, (w << 8) >> 8) + MultiplyAddAdjacent(odd, w >> 8);
                        w = Vector128.Load(weights + 16).AsInt16();
                        b += MultiplyAddAdjacent(even, (w << 8) >> 8) + MultiplyAddAdjacent(odd, w >> 8);
                        w = Vector128.Load(weights + 32).AsInt16();
                        c += MultiplyAddAdjacent(even, (w << 8) >> 8) + MultiplyAddAdjacent(odd, w >> 8);
                        w = Vector128.Load(weights + 48).AsInt16();
                        d += MultiplyAddAdjacent(even, (w << 8) >> 8) + MultiplyAddAdjacent(odd, w >> 8);
                    }
                }
            }
        }

        a.Store(sums);
        b.Store(sums + 4);
        c.Store(sums + 8);
        d.Store(sums + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Broadcast4(byte* pixel) => Vector128.Create(Unsafe.ReadUnaligned<int>(pixel)).AsInt16();
}
