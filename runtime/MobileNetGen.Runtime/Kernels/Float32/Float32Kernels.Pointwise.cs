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
    /// <param name="activation">What is applied to the outputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pointwise<TActivation>(FeatureMap<float> input, FeatureMap<float> output, float* weights, float* bias, int width, int inputChannels, int outputChannels,
        int firstRow, int rowCount, TActivation activation) where TActivation : struct, IFloat32Activation
        => PointwiseAdd(input, output, weights, bias, width, inputChannels, outputChannels, firstRow, rowCount, residual: default, activation);

    /// <summary>A 1×1 convolution and the addition that ends a residual bottleneck: convolution + bias + residual, activated.</summary>
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
    /// <param name="activation">What is applied to the outputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PointwiseAdd<TActivation>(FeatureMap<float> input, FeatureMap<float> output, float* weights, float* bias, int width, int inputChannels, int outputChannels,
        int firstRow, int rowCount, FeatureMap<float> residual, TActivation activation) where TActivation : struct, IFloat32Activation
    {
        float* window;
        Float32Machine.Run(new Tiling<TActivation>(new ConvolutionOperands
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
            First = activation.First,
            Second = activation.Second,
        }));
    }
}
