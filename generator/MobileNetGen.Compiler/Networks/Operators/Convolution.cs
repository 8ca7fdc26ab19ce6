namespace MobileNetGen.Compiler.Networks.Operators;

internal sealed class Convolution() : WindowOperator("convolution")
{
    public override FilterKind Filter => FilterKind.Full;

    public override bool ReadsFewChannels => true;

    public override ChannelUse Channels(Layer layer) => ChannelUse.Mixed;
}
