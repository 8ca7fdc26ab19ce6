using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Export.TensorFlowLite;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Packing;
using MobileNetGen.Weights.PostTraining;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Weights.Operators;

internal sealed class TrainedFlatten : TrainedOperator
{
    public override string Word => "flatten";

    public override (SourceFollower Kind, string Text) Follower => (SourceFollower.Flatten, "a flatten");

    public override bool Fits(Layer layer, SourceOperator found) => found is SourceFlatten;

    public override bool ChangesNothing(Layer layer) => layer.Input.IsVector;

    public override TrainedLayer Match(LayerMatcher matcher, Layer layer, SourceOperator found) => matcher.Unscaled(layer, found);

    public override PackedLayer Pack(NetworkPacker packer, Step step, TrainedLayer trained, PackedLayer packed) => packed;

    public override float[] Compute(TrainedLayer trained, float[][] inputs) => [.. inputs[0]];

    public override int[] Compute(TrainedLayer trained, QuantizedReference reference) => [.. reference.Result(trained.Layer.Inputs[0])];

    public override TensorScale Scale(TensorScale read, Func<ActivationRange> range, int lowest) => read;

    public override void Export(OnnxWriter writer, TrainedLayer trained, string linear)
    {
        // Our order is rows, columns, channels; ONNX's has the channels first.
        (Layer layer, string map) = (trained.Layer, $"{trained.Layer.Name}/map");
        writer.Graph.Node("Transpose", $"{layer.Name}/transpose", [writer.Read(layer, 0)], map, OnnxAttribute.Integers("perm", 0, 2, 3, 1));
        writer.Node("Flatten", layer, [map], linear);
    }

    public override int Export(TensorFlowLiteWriter writer, TrainedLayer trained, int input, int[] shape) =>
        writer.Reshape(trained.Layer.Name, input, shape, trained.Output!.Value);
}
