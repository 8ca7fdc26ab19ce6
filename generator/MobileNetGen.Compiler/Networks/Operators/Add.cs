namespace MobileNetGen.Compiler.Networks.Operators;

internal sealed class Add() : WindowOperator("add")
{
    public override bool WorksInPlace => true;

    public override Shape Result(Shape input, int channels, int stride, int multiplier) => input;
}
