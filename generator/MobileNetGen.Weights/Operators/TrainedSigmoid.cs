using System;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Numerics;

namespace MobileNetGen.Weights.Operators;

internal sealed class TrainedSigmoid() : TrainedFunction(SourceFunction.Sigmoid, FixedScale.Unit, "Sigmoid", BuiltinOperator.Logistic)
{
    public override string Word => "sigmoid";

    public override (SourceFollower Kind, string Text) Follower => (SourceFollower.Sigmoid, "a sigmoid");

    protected override float Of(float x) => (float)(1 / (1 + DeterministicMath.Exp(-(double)x)));

    protected override float OfByte(float x) => 1f / (1f + (float)DeterministicMath.Exp(-x));

    protected override float Naive(float x) => 1 / (1 + (float)Math.Exp(-x));
}
