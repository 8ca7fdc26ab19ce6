using System.Numerics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Packing;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Weights.Operators;

internal sealed class TrainedMaxPool() : TrainedPool("GlobalMaxPool", BuiltinOperator.MaxPool)
{
    public override string Word => "maxpool";

    public override (SourceFollower Kind, string Text) Follower => (SourceFollower.MaxPool, "a maximum pool");

    public override bool Fits(Layer layer, SourceOperator found) => found is SourcePool { Kind: SourcePoolKind.Max };

    public override TrainedLayer Match(LayerMatcher matcher, Layer layer, SourceOperator found) => matcher.Unscaled(layer, found);

    public override PackedLayer Pack(NetworkPacker packer, Step step, TrainedLayer trained, PackedLayer packed) => packed;

    public override float[] Compute(TrainedLayer trained, float[][] inputs) => Compute(trained.Layer, inputs[0]);

    public override int[] Compute(TrainedLayer trained, QuantizedReference reference) => Compute(trained.Layer, reference.Result(trained.Layer.Inputs[0]));

    private static T[] Compute<T>(Layer layer, T[] x)
        where T : INumber<T>
    {
        T[] y = x[..layer.Input.Channels];
        for (int i = y.Length; i < x.Length; i++)
            y[i % y.Length] = T.Max(y[i % y.Length], x[i]);
        return y;
    }
}
