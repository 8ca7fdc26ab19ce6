using System.Runtime.CompilerServices;

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
    /// <param name="activation">What is applied to the outputs.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Convolution<TActivation>(FeatureMap<float> input, int lanes, FeatureMap<float> output, float* weights, float* bias, int kernel, int stride, int padTop, int padLeft,
        int width, int inputChannels, int outputBlocks, int firstRow, int rowCount, TActivation activation) where TActivation : struct, IFloat32Activation
    {
        bool blocked = lanes == Lanes;
        float** windows = stackalloc float*[kernel * kernel];
        Float32Machine.Run(new Tiling<TActivation>(new ConvolutionOperands
        {
            Input = input,
            Output = output,
            Residual = default,
            Weights = weights,
            Bias = bias,
            Windows = windows,
            KernelRows = kernel,
            KernelColumns = blocked ? kernel : 1,
            Inputs = blocked ? inputChannels : kernel * inputChannels,
            Run = blocked ? Lanes : kernel * inputChannels,
            Lanes = lanes,
            Step = stride * lanes,
            InputColumn = -padLeft * lanes,
            Stride = stride,
            PadTop = padTop,
            Width = width,
            OutputChannels = outputBlocks * Lanes,
            FirstRow = firstRow,
            RowCount = rowCount,
            First = activation.First,
            Second = activation.Second,
        }));
    }
}
