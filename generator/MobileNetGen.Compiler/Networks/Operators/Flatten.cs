namespace MobileNetGen.Compiler.Networks.Operators;

internal sealed class Flatten() : Operator("flatten")
{
    public override Shape Result(Shape input, int channels, int stride, int multiplier) => new(1, 1, (int)input.Length);
}
