using System.Collections.Generic;

namespace MobileNetGen.Compiler.Networks.Operators;

/// <summary>
/// An operation that networks are made of, after blocks are expanded: what it is and all that follows from it alone. There is one object for each, here and in
/// every project that does something with operators, found through an <see cref="OperatorTable{T}"/>.
/// </summary>
public abstract class Operator
{
    private protected Operator(string name) => Name = name;

    /// <summary>A full convolution.</summary>
    public static Operator Convolution { get; } = new Convolution();

    /// <summary>A 1×1 convolution.</summary>
    public static Operator Pointwise { get; } = new Pointwise();

    /// <summary>One filter a channel (or several, with a multiplier).</summary>
    public static Operator Depthwise { get; } = new Depthwise();

    /// <summary>The sum of two maps.</summary>
    public static Operator Add { get; } = new Add();

    /// <summary>A map times a vector that has a factor for each channel.</summary>
    public static Operator Multiply { get; } = new Multiply();

    /// <summary>The mean over height and width.</summary>
    public static Operator AveragePool { get; } = new AveragePool();

    /// <summary>The largest value over height and width.</summary>
    public static Operator MaxPool { get; } = new MaxPool();

    /// <summary>A map as one vector, in the order rows, columns, channels.</summary>
    public static Operator Flatten { get; } = new Flatten();

    /// <summary>A fully connected layer.</summary>
    public static Operator Dense { get; } = new Dense();

    /// <summary>The hyperbolic tangent of each value.</summary>
    public static Operator Tanh { get; } = new Tanh();

    /// <summary>1 / (1 + e^−x) of each value: probabilities that do not exclude each other.</summary>
    public static Operator Sigmoid { get; } = new Sigmoid();

    /// <summary>Probabilities from logits, of which one is true.</summary>
    public static Operator Softmax { get; } = new Softmax();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Operator> All { get; } =
        [Convolution, Pointwise, Depthwise, Add, Multiply, AveragePool, MaxPool, Flatten, Dense, Tanh, Sigmoid, Softmax];

    /// <summary>Its name in messages: <c>pointwise</c>.</summary>
    public string Name { get; }

    /// <summary>What weights it has.</summary>
    public virtual FilterKind Filter => FilterKind.None;

    /// <summary>Whether the papers count its biases. Those of convolutions are batch normalisations, which they leave out.</summary>
    public virtual bool CountsBiases => false;

    /// <summary>What the numbers of its result mean to a user, where it ends a network.</summary>
    public virtual ResultMeaning Meaning => ResultMeaning.Features;

    /// <summary>Whether its result is a vector whatever it reads. A map of one pixel is none.</summary>
    public virtual bool GivesVector => true;

    /// <summary>Whether it can run a band of rows at a time, when it is asked for them.</summary>
    public virtual bool CanStream => false;

    /// <summary>Whether its kernels read a network's few input channels as they lie, without blocks of 16.</summary>
    public virtual bool ReadsFewChannels => false;

    /// <summary>Whether its kernels can add a map to their result before they store it.</summary>
    public virtual bool TakesAddition => false;

    /// <summary>Whether it may overwrite an operand that nothing reads later: it reads each value before it writes it.</summary>
    public virtual bool WorksInPlace => false;

    /// <summary>Whether each of its results needs all of its second operand, a vector. Else it reads that row for row, as it writes.</summary>
    public virtual bool ReadsWholeSecond => false;

    /// <summary>Whether it can take in the map that it reads whole a band of rows at a time, and finish behind the last.</summary>
    public virtual bool GathersRows => false;

    /// <summary>The shape of its result.</summary>
    /// <param name="input">The shape of what it reads, that of the first of two.</param>
    /// <param name="channels">The channels that the text gives, for those of which it gives any.</param>
    /// <param name="stride">Step of the filter in both directions.</param>
    /// <param name="multiplier">Filters a channel.</param>
    public abstract Shape Result(Shape input, int channels, int stride, int multiplier);

    /// <summary>The rows of its input that some rows of its result need; those outside the map are padding.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="row">The first row of the result.</param>
    /// <param name="count">How many.</param>
    /// <param name="padTop">Rows of padding above the input.</param>
    /// <returns>The first row, and the one behind the last.</returns>
    public virtual (int First, int End) RowsRead(Layer layer, int row, int count, int padTop) => (0, layer.Input.Height);

    /// <summary>What becomes of the order of the channels, of which a packer may choose any for maps that nobody sees.</summary>
    /// <param name="layer">The layer.</param>
    public virtual ChannelUse Channels(Layer layer) => ChannelUse.Fixed;

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The weights of an operator.</summary>
public enum FilterKind
{
    /// <summary>It has none.</summary>
    None,

    /// <summary>[outputs][kernel][kernel][inputs]: every output reads every input.</summary>
    Full,

    /// <summary>[kernel][kernel][outputs]: an output reads one input.</summary>
    Depthwise,
}

/// <summary>What numbers mean.</summary>
public enum ResultMeaning
{
    /// <summary>Nothing in particular.</summary>
    Features,

    /// <summary>Scores of classes, of any size.</summary>
    Logits,

    /// <summary>Probabilities of classes, of which one is true.</summary>
    Probabilities,

    /// <summary>Probabilities of classes each by itself: several may be true, or none.</summary>
    IndependentProbabilities,

    /// <summary>Values from −1 to 1.</summary>
    SignedUnit,
}

/// <summary>What an operator does with the order of channels.</summary>
public enum ChannelUse
{
    /// <summary>It sums over its inputs and gives outputs in the order of its weights: both can be in any.</summary>
    Mixed,

    /// <summary>Its result has the order of what it reads.</summary>
    Kept,

    /// <summary>What it reads and gives has the network's order.</summary>
    Fixed,
}
