using System;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Numerics;

namespace MobileNetGen.Weights.Operators;

internal sealed class TrainedTanh() : TrainedFunction(SourceFunction.Tanh, FixedScale.SignedUnit, "Tanh", BuiltinOperator.Tanh)
{
    public override string Word => "tanh";

    public override (SourceFollower Kind, string Text) Follower => (SourceFollower.Tanh, "a tanh");

    protected override float Of(float x) => (float)DeterministicMath.Tanh(x);

    protected override float OfByte(float x) => Of(x);

    protected override float Naive(float x) => (float)Math.Tanh(x);
}
