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
        var operands = new DepthwiseOperands
        {
            Input = input,
            Output = output,
            Weights = weights,
            Bias = bias,
            Kernel = kernel,
            Stride = stride,
            PadTop = padTop,
            PadLeft = padLeft,
            Width = width,
            Blocks = blocks,
            FirstRow = firstRow,
            RowCount = rowCount,
            First = activation.First,
            Second = activation.Second,
        };
        if (kernel == 3 && stride <= 2)
            Float32Machine.Run(new Windows3x3<TActivation>(operands));
        else
            DepthwiseOfAnySize<TActivation>(operands);
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
}
