namespace MobileNetGen.Compiler.Networks.Operators;

internal sealed class Softmax() : Operator("softmax")
{
    public override ResultMeaning Meaning => ResultMeaning.Probabilities;

    public override Shape Result(Shape input, int channels, int stride, int multiplier) => input;
}
