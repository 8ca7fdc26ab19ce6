namespace MobileNetGen.Compiler.Networks.Operators;

internal sealed class AveragePool() : Operator("averagepool")
{
    public override bool GathersRows => true;

    public override Shape Result(Shape input, int channels, int stride, int multiplier) => new(1, 1, input.Channels);

    public override ChannelUse Channels(Layer layer) => ChannelUse.Kept;
}
