using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Convolutions whose weights were packed so that products can be added in 16 bits: four vpmaddubsw, three vpaddw, and only then one vpmaddwd and one
/// vpaddd to 32 bits, where the plain exact forms multiply half as many bytes an instruction. The packer proves, weight by weight, that no activations can
/// overflow them, so the results are the plain kernels' in every bit. A panel, of 16 outputs, is: the numbers of its batches of four, of three, of two and of
/// one entry; for each entry, in the order of the batches, its group of four input channels (all that 16-bit, padded to a multiple of 64 bytes); for
/// each entry its weights, [16][4], less their zero point. An input's group may be in several entries, which are then added.
/// </summary>
public static unsafe partial class UInt8Kernels
{
    /// <summary>A 1×1 convolution.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">The output.</param>
    /// <param name="weights">A panel for each block of outputs.</param>
    /// <param name="rescaling">What each block of outputs is rescaled with.</param>
    /// <param name="entries">Entries of the panel that has most.</param>
    /// <param name="hasThrees">Whether panels may have batches of three.</param>
    /// <param name="width">Columns.</param>
    /// <param name="outputBlocks">Output channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="r">How sums become bytes; the weights' zero point is 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PointwiseSixteenBit(FeatureMap<byte> input, FeatureMap<byte> output, sbyte* weights, int* rescaling, int entries, bool hasThrees, int width, int outputBlocks,
        int firstRow, int rowCount, Requantization r)
        => ByteMachine.Run(new ByteConvolution
        {
            Input = input,
            Output = output,
            Weights = weights,
            Rescaling = rescaling,
            Requantization = r,
            SixteenBitEntries = entries,
            HasThrees = hasThrees,
            Width = width,
            OutputBlocks = outputBlocks,
            FirstRow = firstRow,
            RowCount = rowCount,
        });

    /// <summary>A 1×1 convolution and the addition that ends a residual bottleneck. The convolution's requantised byte is the left operand.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">The output; it may be the residual's own memory.</param>
    /// <param name="weights">A panel for each block of outputs.</param>
    /// <param name="rescaling">What each block of outputs is rescaled with.</param>
    /// <param name="entries">Entries of the panel that has most.</param>
    /// <param name="hasThrees">Whether panels may have batches of three.</param>
    /// <param name="width">Columns.</param>
    /// <param name="outputBlocks">Output channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="r">How the convolution's sums become bytes; the weights' zero point is 0.</param>
    /// <param name="residual">The right operand.</param>
    /// <param name="add">How the two are added.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PointwiseAddSixteenBit(FeatureMap<byte> input, FeatureMap<byte> output, sbyte* weights, int* rescaling, int entries, bool hasThrees, int width, int outputBlocks,
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
            SixteenBitEntries = entries,
            HasThrees = hasThrees,
            Width = width,
            OutputBlocks = outputBlocks,
            FirstRow = firstRow,
            RowCount = rowCount,
        });

    /// <summary>A convolution of the network's input, whose pixels are four bytes: a group is a pixel of the window, row by row.</summary>
    /// <param name="input">The input; its halo is the input's zero point.</param>
    /// <param name="output">The output.</param>
    /// <param name="weights">A panel for each block of outputs.</param>
    /// <param name="rescaling">What each block of outputs is rescaled with.</param>
    /// <param name="kernel">Side of the square window.</param>
    /// <param name="stride">Step of the window, the same in both directions.</param>
    /// <param name="padTop">Halo rows above that the first output row sees.</param>
    /// <param name="padLeft">Halo columns left that the first output column sees.</param>
    /// <param name="entries">Entries of the panel that has most.</param>
    /// <param name="width">Output columns.</param>
    /// <param name="outputBlocks">Output channels / 16, rounded up.</param>
    /// <param name="firstRow">The first output row.</param>
    /// <param name="rowCount">How many output rows.</param>
    /// <param name="r">How sums become bytes; the weights' zero point is 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ConvolutionSixteenBit(FeatureMap<byte> input, FeatureMap<byte> output, sbyte* weights, int* rescaling, int kernel, int stride, int padTop, int padLeft,
        int entries, int width, int outputBlocks, int firstRow, int rowCount, Requantization r)
        => ByteMachine.Run(new ByteConvolution
        {
            Input = input,
            Output = output,
            Weights = weights,
            Rescaling = rescaling,
            Requantization = r,
            SixteenBitEntries = entries,
            Kernel = kernel,
            Stride = stride,
            PadTop = padTop,
            PadLeft = padLeft,
            Lanes = 4,
            Groups = 1,
            Width = width,
            OutputBlocks = outputBlocks,
            FirstRow = firstRow,
            RowCount = rowCount,
        });
}
