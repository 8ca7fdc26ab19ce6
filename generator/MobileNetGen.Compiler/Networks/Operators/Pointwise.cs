namespace MobileNetGen.Compiler.Networks.Operators;

internal sealed class Pointwise() : WindowOperator("pointwise")
{
    public override FilterKind Filter => FilterKind.Full;

    public override bool ReadsFewChannels => true;

    public override bool TakesAddition => true;

    public override ChannelUse Channels(Layer layer) => ChannelUse.Mixed;
}
