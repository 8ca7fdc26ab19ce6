using System;

namespace MobileNetGen.Compiler.Networks.Operators;

internal sealed class Depthwise() : WindowOperator("depthwise")
{
    public override FilterKind Filter => FilterKind.Depthwise;

    // A product that saturates; the limit on values then reports it.
    public override Shape Result(Shape input, int channels, int stride, int multiplier) =>
        base.Result(input, (int)Math.Min((long)input.Channels * multiplier, int.MaxValue), stride, multiplier);

    public override ChannelUse Channels(Layer layer) => layer.Multiplier == 1 ? ChannelUse.Kept : ChannelUse.Fixed;
}
