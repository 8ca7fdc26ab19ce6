using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>A 1×1 convolution.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">The output.</param>
    /// <param name="weights">[outputs/16][inputChannels/4 rounded up][16][4]; padding weights are the weight zero point.</param>
    /// <param name="rescaling">What each block of outputs is rescaled with.</param>
    /// <param name="width">Columns.</param>
    /// <param name="inputChannels">Input channels.</param>
    /// <param name="outputBlocks">Output channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="r">How sums become bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pointwise(FeatureMap<byte> input, FeatureMap<byte> output, sbyte* weights, int* rescaling, int width, int inputChannels, int outputBlocks,
        int firstRow, int rowCount, Requantization r)
        => PointwiseAdd(input, output, weights, rescaling, width, inputChannels, outputBlocks, firstRow, rowCount, r, residual: default, add: default);

    /// <summary>A 1×1 convolution and the addition that ends a residual bottleneck. The convolution's requantised byte is the left operand.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">The output; it may be the residual's own memory.</param>
    /// <param name="weights">[outputs/16][inputChannels/4 rounded up][16][4]; padding weights are the weight zero point.</param>
    /// <param name="rescaling">What each block of outputs is rescaled with.</param>
    /// <param name="width">Columns.</param>
    /// <param name="inputChannels">Input channels.</param>
    /// <param name="outputBlocks">Output channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="r">How the convolution's sums become bytes.</param>
    /// <param name="residual">The right operand.</param>
    /// <param name="add">How the two are added.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PointwiseAdd(FeatureMap<byte> input, FeatureMap<byte> output, sbyte* weights, int* rescaling, int width, int inputChannels, int outputBlocks,
        int firstRow, int rowCount, Requantization r, FeatureMap<byte> residual, QuantizedAdd add)
        => ByteMachine.Run(new ByteConvolution
        {
            Input = input,
            Output = output,
            Residual = residual,
            Add = add,
            Weights = weights,
            Rescaling = rescaling,
            Requantization = r,
            Groups = (inputChannels + 3) / 4,
            Width = width,
            OutputBlocks = outputBlocks,
            FirstRow = firstRow,
            RowCount = rowCount,
        });
}
