namespace MobileNetGen.Compiler.Networks.Operators;

internal sealed class Sigmoid() : Operator("sigmoid")
{
    public override ResultMeaning Meaning => ResultMeaning.IndependentProbabilities;

    public override Shape Result(Shape input, int channels, int stride, int multiplier) => input;
}
