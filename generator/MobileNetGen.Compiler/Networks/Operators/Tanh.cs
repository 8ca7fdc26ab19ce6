namespace MobileNetGen.Compiler.Networks.Operators;

internal sealed class Tanh() : Operator("tanh")
{
    public override ResultMeaning Meaning => ResultMeaning.SignedUnit;

    public override Shape Result(Shape input, int channels, int stride, int multiplier) => input;
}
