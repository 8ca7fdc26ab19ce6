namespace MobileNetGen.Compiler.Networks.Operators;

internal sealed class Dense() : Operator("dense")
{
    public override FilterKind Filter => FilterKind.Full;

    public override bool CountsBiases => true;

    public override ResultMeaning Meaning => ResultMeaning.Logits;

    public override Shape Result(Shape input, int channels, int stride, int multiplier) => new(1, 1, channels);

    public override ChannelUse Channels(Layer layer) => ChannelUse.Mixed;
}
