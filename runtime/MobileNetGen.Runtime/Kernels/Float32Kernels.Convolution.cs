using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>A full convolution, as a network's first layer.</summary>
    /// <param name="input">The input; its halo is zero.</param>
    /// <param name="lanes">16 for a blocked input; else the elements of a pixel in its single block.</param>
    /// <param name="output">The output.</param>
    /// <param name="weights">[outputs/16][kernel][kernel][inputChannels][16].</param>
    /// <param name="bias">[outputs/16][16].</param>
    /// <param name="kernel">Side of the square window.</param>
    /// <param name="stride">Step of the window, the same in both directions.</param>
    /// <param name="padTop">Halo rows above that the first output row sees.</param>
    /// <param name="padLeft">Halo columns left that the first output column sees.</param>
    /// <param name="width">Output columns.</param>
    /// <param name="inputChannels">Input channels.</param>
    /// <param name="outputBlocks">Output channels / 16, rounded up.</param>
    /// <param name="firstRow">The first output row.</param>
    /// <param name="rowCount">How many output rows.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    public static void Convolution(FeatureMap<float> input, int lanes, FeatureMap<float> output, float* weights, float* bias, int kernel, int stride, int padTop, int padLeft,
        int width, int inputChannels, int outputBlocks, int firstRow, int rowCount, float min, float max)
        => ConvolutionV128(input, lanes, output, default, weights, bias, kernel, stride, padTop, padLeft, width, inputChannels, outputBlocks, firstRow, rowCount, min, max);

    /// <summary>Rows of a convolution, in tiles of 6 pixels × 8 channels, and 1 × 16 where fewer than 6 pixels remain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ConvolutionV128(FeatureMap<float> input, int lanes, FeatureMap<float> output, FeatureMap<float> residual, float* weights, float* bias,
        int kernel, int stride, int padTop, int padLeft, int width, int inputChannels, int outputBlocks, int firstRow, int rowCount, float min, float max)
    {
        nint panel = (nint)kernel * kernel * inputChannels * Lanes;
        int step = stride * lanes;
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            int top = y * stride - padTop;
            for (int x = 0; x < width;)
            {
                nint column = (nint)(x * stride - padLeft) * lanes;
                int pixels = width - x >= 6 ? 6 : 1;
                for (int block = 0; block < outputBlocks; block++)
                {
                    float* target = output.Row(y) + (nint)block * output.BlockStride + x * Lanes;
                    float* addend = residual.Origin == null ? null : residual.Row(y) + (nint)block * residual.BlockStride + x * Lanes;
                    if (pixels == 6)
                    {
                        Float32Convolution6x8V128(input, lanes, top, column, step, kernel, inputChannels, weights + block * panel, bias + block * Lanes, target, addend, min, max);
                        Float32Convolution6x8V128(input, lanes, top, column, step, kernel, inputChannels, weights + block * panel + 8, bias + block * Lanes + 8, target + 8, addend == null ? null : addend + 8, min, max);
                    }
                    else
                    {
                        Float32Convolution1x16V128(input, lanes, top, column, kernel, inputChannels, weights + block * panel, bias + block * Lanes, target, addend, min, max);
                    }
                }
                x += pixels;
            }
        }
    }

    /// <summary>Six neighbouring output pixels, half a block of channels: twelve accumulators, two weights and one pixel fill sixteen registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Float32Convolution6x8V128(FeatureMap<float> input, int lanes, int top, nint column, nint step, int kernel, int inputChannels,
        float* weights, float* bias, float* output, float* residual, float min, float max)
    {
        Vector128<float> a0 = Vector128.Load(bias), b0 = Vector128.Load(bias + 4);
        Vector128<float> a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
        Vector128<float> b1 = b0, b2 = b0, b3 = b0, b4 = b0, b5 = b0;
        for (int i = 0; i < kernel; i++)
        {
            float* pixel = input.Row(top + i) + column;
            for (int j = 0; j < kernel; j++, pixel += lanes)
            {
                float* block = pixel;
                for (int remaining = inputChannels; remaining > 0; remaining -= lanes, block += input.BlockStride)
                {
                    float* end = block + Math.Min(remaining, lanes);
                    float* p = block;
                    float* q = block + 3 * step;
                    for (; p < end; p++, q++, weights += Lanes)
                    {
                        Vector128<float> w0 = Vector128.Load(weights), w1 = Vector128.Load(weights + 4);
                        Vector128<float> value = Vector128.Create(p[0]);
                        a0 = Vector128.MultiplyAddEstimate(value, w0, a0);
                        b0 = Vector128.MultiplyAddEstimate(value, w1, b0);
                        value = Vector128.Create(p[step]);
                        a1 = Vector128.MultiplyAddEstimate(value, w0, a1);
                        b1 = Vector128.MultiplyAddEstimate(value, w1, b1);
                        value = Vector128.Create(p[2 * step]);
                        a2 = Vector128.MultiplyAddEstimate(value, w0, a2);
                        b2 = Vector128.MultiplyAddEstimate(value, w1, b2);
                        value = Vector128.Create(q[0]);
                        a3 = Vector128.MultiplyAddEstimate(value, w0, a3);
                        b3 = Vector128.MultiplyAddEstimate(value, w1, b3);
                        value = Vector128.Create(q[step]);
                        a4 = Vector128.MultiplyAddEstimate(value, w0, a4);
                        b4 = Vector128.MultiplyAddEstimate(value, w1, b4);
                        value = Vector128.Create(q[2 * step]);
                        a5 = Vector128.MultiplyAddEstimate(value, w0, a5);
                        b5 = Vector128.MultiplyAddEstimate(value, w1, b5);
                    }
                }
            }
        }

        if (residual != null)
        {
            a0 += Vector128.Load(residual);
            b0 += Vector128.Load(residual + 4);
            a1 += Vector128.Load(residual + 16);
            b1 += Vector128.Load(residual + 20);
            a2 += Vector128.Load(residual + 32);
            b2 += Vector128.Load(residual + 36);
            a3 += Vector128.Load(residual + 48);
            b3 += Vector128.Load(residual + 52);
            a4 += Vector128.Load(residual + 64);
            b4 += Vector128.Load(residual + 68);
            a5 += Vector128.Load(residual + 80);
            b5 += Vector128.Load(residual + 84);
        }

        Vector128<float> low = Vector128.Create(min), high = Vector128.Create(max);
        Clamp(a0, low, high).Store(output);
        Clamp(b0, low, high).Store(output + 4);
        Clamp(a1, low, high).Store(output + 16);
        Clamp(b1, low, high).Store(output + 20);
        Clamp(a2, low, high).Store(output + 32);
        Clamp(b2, low, high).Store(output + 36);
        Clamp(a3, low, high).Store(output + 48);
        Clamp(b3, low, high).Store(output + 52);
        Clamp(a4, low, high).Store(output + 64);
        Clamp(b4, low, high).Store(output + 68);
        Clamp(a5, low, high).Store(output + 80);
        Clamp(b5, low, high).Store(output + 84);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Float32Convolution1x16V128(FeatureMap<float> input, int lanes, int top, nint column, int kernel, int inputChannels,
        float* weights, float* bias, float* output, float* residual, float min, float max)
    {
        Vector128<float> a = Vector128.Load(bias), b = Vector128.Load(bias + 4), c = Vector128.Load(bias + 8), d = Vector128.Load(bias + 12);
        for (int i = 0; i < kernel; i++)
        {
            float* pixel = input.Row(top + i) + column;
            for (int j = 0; j < kernel; j++, pixel += lanes)
            {
                float* block = pixel;
                for (int remaining = inputChannels; remaining > 0; remaining -= lanes, block += input.BlockStride)
                {
                    float* end = block + Math.Min(remaining, lanes);
                    for (float* p = block; p < end; p++, weights += Lanes)
                    {
                        Vector128<float> value = Vector128.Create(*p);
                        a = Vector128.MultiplyAddEstimate(value, Vector128.Load(weights), a);
                        b = Vector128.MultiplyAddEstimate(value, Vector128.Load(weights + 4), b);
                        c = Vector128.MultiplyAddEstimate(value, Vector128.Load(weights + 8), c);
                        d = Vector128.MultiplyAddEstimate(value, Vector128.Load(weights + 12), d);
                    }
                }
            }
        }

        if (residual != null)
        {
            a += Vector128.Load(residual);
            b += Vector128.Load(residual + 4);
            c += Vector128.Load(residual + 8);
            d += Vector128.Load(residual + 12);
        }

        Vector128<float> low = Vector128.Create(min), high = Vector128.Create(max);
        Clamp(a, low, high).Store(output);
        Clamp(b, low, high).Store(output + 4);
        Clamp(c, low, high).Store(output + 8);
        Clamp(d, low, high).Store(output + 12);
    }
}
