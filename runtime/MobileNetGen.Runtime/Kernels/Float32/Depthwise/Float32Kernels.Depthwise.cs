using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>A depthwise convolution: every channel has its own window.</summary>
    /// <param name="input">The input; its halo is zero.</param>
    /// <param name="output">The output.</param>
    /// <param name="weights">[channels/16][kernel·kernel][16].</param>
    /// <param name="bias">[channels/16][16].</param>
    /// <param name="kernel">Side of the square window.</param>
    /// <param name="stride">Step of the window, the same in both directions.</param>
    /// <param name="padTop">Halo rows above that the first output row sees.</param>
    /// <param name="padLeft">Halo columns left that the first output column sees.</param>
    /// <param name="width">Output columns.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="firstRow">The first output row.</param>
    /// <param name="rowCount">How many output rows.</param>
    /// <param name="activation">What is applied to the outputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Depthwise<TActivation>(FeatureMap<float> input, FeatureMap<float> output, float* weights, float* bias, int kernel, int stride, int padTop, int padLeft,
        int width, int blocks, int firstRow, int rowCount, TActivation activation) where TActivation : struct, IFloat32Activation
    {
        if (kernel == 3 && stride <= 2)
        {
            Float32Machine.Run(new Windows3x3<TActivation>(new DepthwiseOperands
            {
                Input = input,
                Output = output,
                Weights = weights,
                Bias = bias,
                Stride = stride,
                PadTop = padTop,
                PadLeft = padLeft,
                Width = width,
                Blocks = blocks,
                FirstRow = firstRow,
                RowCount = rowCount,
                First = activation.First,
                Second = activation.Second,
            }));
        }
        else
        {
            DepthwiseAnySize(input, output, weights, bias, kernel, stride, padTop, padLeft, width, blocks, firstRow, rowCount, activation);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void DepthwiseAnySize<TActivation>(FeatureMap<float> input, FeatureMap<float> output, float* weights, float* bias, int kernel, int stride, int padTop, int padLeft,
        int width, int blocks, int firstRow, int rowCount, TActivation activation) where TActivation : struct, IFloat32Activation
    {
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            int top = y * stride - padTop;
            for (int block = 0; block < blocks; block++)
            {
                float* target = output.Row(y) + (nint)block * output.BlockStride;
                nint column = (nint)block * input.BlockStride - padLeft * Lanes;
                float* panel = weights + (nint)block * kernel * kernel * Lanes;
                int x = 0;
                for (; x + 4 <= width; x += 4)
                {
                    Float32Depthwise4x8V128(input, top, column + x * stride * Lanes, stride * Lanes, kernel, panel, bias + block * Lanes, target + x * Lanes, activation);
                    Float32Depthwise4x8V128(input, top, column + x * stride * Lanes + 8, stride * Lanes, kernel, panel + 8, bias + block * Lanes + 8, target + x * Lanes + 8, activation);
                }
                for (; x < width; x++)
                    Float32Depthwise1x16V128(input, top, column + x * stride * Lanes, kernel, panel, bias + block * Lanes, target + x * Lanes, activation);
            }
        }
    }

    /// <summary>A depthwise convolution with several outputs for each input channel: output o reads input channel o / multiplier.</summary>
    /// <param name="input">The input, in blocks of 16; its halo is zero.</param>
    /// <param name="output">The output.</param>
    /// <param name="weights">[outputs/16][kernel·kernel][16].</param>
    /// <param name="bias">[outputs/16][16].</param>
    /// <param name="kernel">Side of the square window.</param>
    /// <param name="stride">Step of the window, the same in both directions.</param>
    /// <param name="padTop">Halo rows above that the first output row sees.</param>
    /// <param name="padLeft">Halo columns left that the first output column sees.</param>
    /// <param name="width">Output columns.</param>
    /// <param name="multiplier">Outputs for each input channel.</param>
    /// <param name="outputBlocks">Output channels / 16, rounded up.</param>
    /// <param name="firstRow">The first output row.</param>
    /// <param name="rowCount">How many output rows.</param>
    /// <param name="activation">What is applied to the outputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DepthwiseMultiplier<TActivation>(FeatureMap<float> input, FeatureMap<float> output, float* weights, float* bias, int kernel, int stride, int padTop, int padLeft,
        int width, int multiplier, int outputBlocks, int firstRow, int rowCount, TActivation activation) where TActivation : struct, IFloat32Activation
    {
        Vector128<float> first = Vector128.Create(activation.First), second = Vector128.Create(activation.Second);
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            for (int o = 0; o < outputBlocks * Lanes; o++)
            {
                int channel = o / multiplier;
                nint source = (nint)(channel / Lanes) * input.BlockStride + channel % Lanes;
                float* target = output.Row(y) + (nint)(o / Lanes) * output.BlockStride + o % Lanes;
                for (int x = 0; x < width; x++)
                {
                    float* w = weights + (nint)(o / Lanes) * kernel * kernel * Lanes + o % Lanes;
                    float sum = bias[o];
                    for (int i = 0; i < kernel; i++)
                    {
                        float* pixel = input.Row(y * stride - padTop + i) + source + (x * stride - padLeft) * Lanes;
                        for (int j = 0; j < kernel; j++, pixel += Lanes, w += Lanes)
                            sum += *pixel * *w;
                    }
                    target[x * Lanes] = TActivation.Apply<Float32Vector128, Vector128<float>>(Vector128.CreateScalar(sum), first, second).ToScalar();
                }
            }
        }
    }

    /// <summary>Four neighbouring output pixels, half a block of channels: each weight is read once for the four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Float32Depthwise4x8V128<TActivation>(FeatureMap<float> input, int top, nint column, nint step, int kernel, float* weights, float* bias, float* output, TActivation activation)
        where TActivation : struct, IFloat32Activation
    {
        Vector128<float> a0 = Vector128.Load(bias), b0 = Vector128.Load(bias + 4);
        Vector128<float> a1 = a0, a2 = a0, a3 = a0;
        Vector128<float> b1 = b0, b2 = b0, b3 = b0;
        for (int i = 0; i < kernel; i++)
        {
            float* p = input.Row(top + i) + column;
            float* q = p + 2 * step;
            for (int j = 0; j < kernel; j++, p += Lanes, q += Lanes, weights += Lanes)
            {
                Vector128<float> w0 = Vector128.Load(weights), w1 = Vector128.Load(weights + 4);
                a0 = Vector128.MultiplyAddEstimate(Vector128.Load(p), w0, a0);
                b0 = Vector128.MultiplyAddEstimate(Vector128.Load(p + 4), w1, b0);
                a1 = Vector128.MultiplyAddEstimate(Vector128.Load(p + step), w0, a1);
                b1 = Vector128.MultiplyAddEstimate(Vector128.Load(p + step + 4), w1, b1);
                a2 = Vector128.MultiplyAddEstimate(Vector128.Load(q), w0, a2);
                b2 = Vector128.MultiplyAddEstimate(Vector128.Load(q + 4), w1, b2);
                a3 = Vector128.MultiplyAddEstimate(Vector128.Load(q + step), w0, a3);
                b3 = Vector128.MultiplyAddEstimate(Vector128.Load(q + step + 4), w1, b3);
            }
        }

        Vector128<float> first = Vector128.Create(activation.First), second = Vector128.Create(activation.Second);
        Float32Vector128.Store<TActivation>(a0, first, second, output);
        Float32Vector128.Store<TActivation>(b0, first, second, output + 4);
        Float32Vector128.Store<TActivation>(a1, first, second, output + 16);
        Float32Vector128.Store<TActivation>(b1, first, second, output + 20);
        Float32Vector128.Store<TActivation>(a2, first, second, output + 32);
        Float32Vector128.Store<TActivation>(b2, first, second, output + 36);
        Float32Vector128.Store<TActivation>(a3, first, second, output + 48);
        Float32Vector128.Store<TActivation>(b3, first, second, output + 52);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Float32Depthwise1x16V128<TActivation>(FeatureMap<float> input, int top, nint column, int kernel, float* weights, float* bias, float* output, TActivation activation)
        where TActivation : struct, IFloat32Activation
    {
        Vector128<float> a = Vector128.Load(bias), b = Vector128.Load(bias + 4), c = Vector128.Load(bias + 8), d = Vector128.Load(bias + 12);
        for (int i = 0; i < kernel; i++)
        {
            float* p = input.Row(top + i) + column;
            for (int j = 0; j < kernel; j++, p += Lanes, weights += Lanes)
            {
                a = Vector128.MultiplyAddEstimate(Vector128.Load(p), Vector128.Load(weights), a);
                b = Vector128.MultiplyAddEstimate(Vector128.Load(p + 4), Vector128.Load(weights + 4), b);
                c = Vector128.MultiplyAddEstimate(Vector128.Load(p + 8), Vector128.Load(weights + 8), c);
                d = Vector128.MultiplyAddEstimate(Vector128.Load(p + 12), Vector128.Load(weights + 12), d);
            }
        }

        Vector128<float> first = Vector128.Create(activation.First), second = Vector128.Create(activation.Second);
        Float32Vector128.Store<TActivation>(a, first, second, output);
        Float32Vector128.Store<TActivation>(b, first, second, output + 4);
        Float32Vector128.Store<TActivation>(c, first, second, output + 8);
        Float32Vector128.Store<TActivation>(d, first, second, output + 12);
    }
}
