using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats;

/// <summary>The nonlinearity that an operator applies to its result.</summary>
public enum SourceActivation
{
    /// <summary>None is stated. A quantised output whose range already is [0, 6] still amounts to ReLU6: see <see cref="SourceValue.RealRange"/>.</summary>
    None,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>min(max(x, 0), 6).</summary>
    Relu6,

    /// <summary>x · min(max(x + 3, 0), 6) / 6.</summary>
    HSwish,

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    HSigmoid,
}

/// <summary>How a pool over the whole map was written in the file. Average pool and mean have different numerics when quantised.</summary>
public enum SourcePoolKind
{
    /// <summary>An average pool whose window is the whole map.</summary>
    AveragePool,

    /// <summary>A mean over height and width.</summary>
    Mean,

    /// <summary>The largest value of each channel, over height and width.</summary>
    Max,
}

/// <summary>A function of single numbers that is an operator of its own, since kernels do not take it in.</summary>
public enum SourceFunction
{
    /// <summary>1 / (1 + e^−x).</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,
}

/// <summary>Rows and columns of padding around a map. In quantised networks their value is the input's zero point.</summary>
/// <param name="IsSame">TensorFlow's SAME: to be computed from the map's actual size; the four numbers are then 0 and mean nothing.</param>
/// <param name="Top">Rows above.</param>
/// <param name="Left">Columns to the left.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Right">Columns to the right.</param>
public readonly record struct SourcePadding(bool IsSame, int Top, int Left, int Bottom, int Right)
{
    /// <summary>TensorFlow's SAME.</summary>
    public static SourcePadding Same { get; } = new(true, 0, 0, 0, 0);

    /// <summary>No padding: TensorFlow's VALID.</summary>
    public static SourcePadding None { get; } = new(false, 0, 0, 0, 0);

    /// <summary>Padding by stated amounts.</summary>
    public static SourcePadding Explicit(int top, int left, int bottom, int right) => new(false, top, left, bottom, right);
}

/// <summary>One operator of a trained network, in the terms of a MobileNet rather than of a file format.</summary>
/// <param name="Place">Where it is in the file, for messages: "operator 12, CONV_2D".</param>
/// <param name="Inputs">The values it reads: indices into <see cref="SourceNetwork.Values"/>. One, except for <see cref="SourceAdd"/> and <see cref="SourceMultiply"/>.</param>
/// <param name="Output">The value it produces: an index into <see cref="SourceNetwork.Values"/>.</param>
public abstract record SourceOperator(string Place, ImmutableArray<int> Inputs, int Output)
{
    /// <summary>The first, and mostly only, value it reads.</summary>
    public int Input => Inputs[0];

    /// <summary>What a quantised file has behind this operator for an activation that is no range to cut to; null elsewhere. <see cref="Output"/> is its result.</summary>
    public SourceByteFunction? ByteFunction { get; init; }
}

/// <summary>An operator of single bytes, in an activation.</summary>
public enum SourceByteOperator
{
    /// <summary>HARD_SWISH.</summary>
    HardSwish,

    /// <summary>LOGISTIC.</summary>
    Logistic,

    /// <summary>ADD of a constant.</summary>
    Add,

    /// <summary>MUL by a constant, or of two results of the same byte.</summary>
    Multiply,
}

/// <summary>One operator of an activation of bytes.</summary>
/// <param name="Operator">Which.</param>
/// <param name="Input">The value that it reads: that before the activation, or the result of an earlier step.</param>
/// <param name="Second">The other value of a product of two; null where there is a constant, or nothing.</param>
/// <param name="Constant">The quantised constant, an element of its tensor's type; null where there is none.</param>
/// <param name="ConstantScale">Its scale and zero point.</param>
/// <param name="Activation">What is applied to the result: none, ReLU or ReLU6.</param>
/// <param name="Output">The value that it gives.</param>
public sealed record SourceByteStep(SourceByteOperator Operator, int Input, int? Second, int? Constant, SourceQuantization? ConstantScale, SourceActivation Activation, int Output);

/// <summary>An activation of bytes: one operator of a file or several, which together are a function of single bytes.</summary>
/// <param name="Linear">The value before it, whose scale is that of the operator's own result.</param>
/// <param name="Steps">The operators, each behind those that it reads; the last gives the result.</param>
public sealed record SourceByteFunction(int Linear, ImmutableArray<SourceByteStep> Steps);

/// <summary>A convolution, dilation 1.</summary>
/// <param name="Place">Where it is in the file, for messages.</param>
/// <param name="Input">The value it reads, [1][h][w][in].</param>
/// <param name="Output">The value it produces, [1][h][w][out].</param>
/// <param name="Weights">[out][kernel height][kernel width][in]; per-channel scales run along axis 0.</param>
/// <param name="Bias">[out], or null where there is none. Int32 at scale input · weights in a quantised network.</param>
/// <param name="StrideHeight">Step down the map, at least 1.</param>
/// <param name="StrideWidth">Step along the map, at least 1.</param>
/// <param name="Padding">Padding of the input.</param>
/// <param name="Activation">Applied to the result.</param>
/// <param name="StoredAsDepthwise">
/// Whether the file has it as a depthwise convolution of one channel with a depth multiplier. The weights are in convolution order all the
/// same; what follows the operator that was stored is the rounding of a quantised one.
/// </param>
public sealed record SourceConvolution(
    string Place,
    int Input,
    int Output,
    SourceTensor Weights,
    SourceTensor? Bias,
    int StrideHeight,
    int StrideWidth,
    SourcePadding Padding,
    SourceActivation Activation,
    bool StoredAsDepthwise) : SourceOperator(Place, [Input], Output);

/// <summary>A depthwise convolution of more than one channel, dilation 1.</summary>
/// <param name="Place">Where it is in the file, for messages.</param>
/// <param name="Input">The value it reads, [1][h][w][c].</param>
/// <param name="Output">The value it produces, [1][h][w][c · multiplier].</param>
/// <param name="Weights">[kernel height][kernel width][c · multiplier]; per-channel scales run along axis 2. Output channel o reads input channel o / multiplier.</param>
/// <param name="Bias">[c · multiplier], or null where there is none. Int32 at scale input · weights in a quantised network.</param>
/// <param name="Multiplier">Outputs per input channel, at least 1.</param>
/// <param name="StrideHeight">Step down the map, at least 1.</param>
/// <param name="StrideWidth">Step along the map, at least 1.</param>
/// <param name="Padding">Padding of the input.</param>
/// <param name="Activation">Applied to the result.</param>
public sealed record SourceDepthwise(
    string Place,
    int Input,
    int Output,
    SourceTensor Weights,
    SourceTensor? Bias,
    int Multiplier,
    int StrideHeight,
    int StrideWidth,
    SourcePadding Padding,
    SourceActivation Activation) : SourceOperator(Place, [Input], Output);

/// <summary>A fully connected layer over all elements of its input, which is read as one row.</summary>
/// <param name="Place">Where it is in the file, for messages.</param>
/// <param name="Input">The value it reads: [in] and any dimensions of size 1.</param>
/// <param name="Output">The value it produces: [out] and any dimensions of size 1.</param>
/// <param name="Weights">[out][in]; per-channel scales run along axis 0.</param>
/// <param name="Bias">[out], or null where there is none. Int32 at scale input · weights in a quantised network.</param>
/// <param name="Activation">Applied to the result.</param>
public sealed record SourceDense(string Place, int Input, int Output, SourceTensor Weights, SourceTensor? Bias, SourceActivation Activation)
    : SourceOperator(Place, [Input], Output);

/// <summary>The sum of two values of one shape.</summary>
/// <param name="Place">Where it is in the file, for messages.</param>
/// <param name="Left">The first value, in the file's order.</param>
/// <param name="Right">The second value.</param>
/// <param name="Output">The value it produces, of the same shape.</param>
/// <param name="Activation">Applied to the result.</param>
public sealed record SourceAdd(string Place, int Left, int Right, int Output, SourceActivation Activation) : SourceOperator(Place, [Left, Right], Output);

/// <summary>A map times a factor for each of its channels.</summary>
/// <param name="Place">Where it is in the file, for messages.</param>
/// <param name="Map">The map, [1][h][w][c].</param>
/// <param name="Factors">The factors, [1][1][1][c] or [1][c].</param>
/// <param name="Output">The value it produces, of the map's shape.</param>
public sealed record SourceMultiply(string Place, int Map, int Factors, int Output) : SourceOperator(Place, [Map, Factors], Output);

/// <summary>The mean, or the largest value, of each channel over the whole map.</summary>
/// <param name="Place">Where it is in the file, for messages.</param>
/// <param name="Input">The value it reads, [1][h][w][c].</param>
/// <param name="Output">The value it produces, [1][1][1][c] or [1][c].</param>
/// <param name="Kind">How the file has it.</param>
/// <param name="KeepDimensions">Whether the operator itself keeps height and width as dimensions of size 1; always, for an average pool.</param>
public sealed record SourcePool(string Place, int Input, int Output, SourcePoolKind Kind, bool KeepDimensions) : SourceOperator(Place, [Input], Output);

/// <summary>A map as one row of numbers, in the order rows, columns, channels, whichever order the file has: the weights of its reader are in that order too.</summary>
/// <param name="Place">Where it is in the file, for messages.</param>
/// <param name="Input">The value it reads, [1][h][w][c] of more than one pixel.</param>
/// <param name="Output">The value it produces, [1][h · w · c].</param>
public sealed record SourceFlatten(string Place, int Input, int Output) : SourceOperator(Place, [Input], Output);

/// <summary>A function of each number of a vector.</summary>
/// <param name="Place">Where it is in the file, for messages.</param>
/// <param name="Input">The value it reads.</param>
/// <param name="Output">The value it produces, of the same shape.</param>
/// <param name="Function">Which function.</param>
public sealed record SourceElementwise(string Place, int Input, int Output, SourceFunction Function) : SourceOperator(Place, [Input], Output);

/// <summary>exp(β · x) over its sum, over the last dimension.</summary>
/// <param name="Place">Where it is in the file, for messages.</param>
/// <param name="Input">The value it reads.</param>
/// <param name="Output">The value it produces, of the same shape but for dimensions of size 1.</param>
/// <param name="Beta">β: finite and positive.</param>
public sealed record SourceSoftmax(string Place, int Input, int Output, float Beta) : SourceOperator(Place, [Input], Output);

/// <summary>Real or quantised numbers to quantised ones of another type, scale or zero point.</summary>
/// <param name="Place">Where it is in the file, for messages.</param>
/// <param name="Input">The value it reads.</param>
/// <param name="Output">The value it produces, of the same shape.</param>
public sealed record SourceQuantize(string Place, int Input, int Output) : SourceOperator(Place, [Input], Output);

/// <summary>Quantised numbers to real ones.</summary>
/// <param name="Place">Where it is in the file, for messages.</param>
/// <param name="Input">The value it reads.</param>
/// <param name="Output">The value it produces, of the same shape.</param>
public sealed record SourceDequantize(string Place, int Input, int Output) : SourceOperator(Place, [Input], Output);
