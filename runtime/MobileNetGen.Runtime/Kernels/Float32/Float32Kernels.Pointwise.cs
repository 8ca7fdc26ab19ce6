using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>A 1×1 convolution.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">The output.</param>
    /// <param name="weights">[outputs/16][inputChannels][16]; if the last block has no more than 8 outputs, its weights are [inputChannels, to an even number][8].</param>
    /// <param name="bias">[outputs/16][16].</param>
    /// <param name="width">Columns.</param>
    /// <param name="inputChannels">Input channels.</param>
    /// <param name="outputChannels">Output channels.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pointwise(FeatureMap<float> input, FeatureMap<float> output, float* weights, float* bias, int width, int inputChannels, int outputChannels,
        int firstRow, int rowCount, float min, float max)
        => PointwiseAdd(input, output, weights, bias, width, inputChannels, outputChannels, firstRow, rowCount, residual: default, min, max);

    /// <summary>A 1×1 convolution and the addition that ends a residual bottleneck: clamp(convolution + bias + residual).</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">The output; it may be the residual's own memory.</param>
    /// <param name="weights">[outputs/16][inputChannels][16]; if the last block has no more than 8 outputs, its weights are [inputChannels, to an even number][8].</param>
    /// <param name="bias">[outputs/16][16].</param>
    /// <param name="width">Columns.</param>
    /// <param name="inputChannels">Input channels.</param>
    /// <param name="outputChannels">Output channels.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="residual">What is added.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PointwiseAdd(FeatureMap<float> input, FeatureMap<float> output, float* weights, float* bias, int width, int inputChannels, int outputChannels,
        int firstRow, int rowCount, FeatureMap<float> residual, float min, float max)
    {
        float* window;
        Convolve(new ConvolutionOperands
        {
            Input = input,
            Output = output,
            Residual = residual,
            Weights = weights,
            Bias = bias,
            Windows = &window,
            KernelRows = 1,
            KernelColumns = 1,
            Inputs = inputChannels,
            Run = Lanes,
            Lanes = Lanes,
            Step = Lanes,
            InputColumn = 0,
            Stride = 1,
            PadTop = 0,
            Width = width,
            OutputChannels = (outputChannels + BlobLayout.HalfLanes - 1) / BlobLayout.HalfLanes * BlobLayout.HalfLanes,
            FirstRow = firstRow,
            RowCount = rowCount,
            Min = min,
            Max = max,
        });
    }
}
