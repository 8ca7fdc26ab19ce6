namespace MobileNetGen.Compiler.Networks.Operators;

/// <summary>A map times a vector that has a factor for each channel: the end of a squeeze (arXiv:1709.01507).</summary>
internal sealed class Multiply() : WindowOperator("multiply")
{
    public override bool WorksInPlace => true;

    public override bool ReadsWholeSecond => true;

    public override Shape Result(Shape input, int channels, int stride, int multiplier) => input;

    public override ChannelUse Channels(Layer layer) => ChannelUse.Kept;
}
