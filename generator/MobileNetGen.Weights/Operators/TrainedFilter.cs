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

/// <summary>An operator with weights.</summary>
internal abstract class TrainedFilter : TrainedOperator
{
    public sealed override TrainedLayer Match(LayerMatcher matcher, Layer layer, SourceOperator found) => matcher.Filtered(layer, found);

    public sealed override PackedLayer Pack(NetworkPacker packer, Step step, TrainedLayer trained, PackedLayer packed) => packer.Filtered(packed, step, trained);

    public override float[] Compute(TrainedLayer trained, float[][] inputs) => FloatReference.Convolution(trained, inputs[0]);

    public sealed override int[] Compute(TrainedLayer trained, QuantizedReference reference) => reference.Filtered(trained);

    public sealed override TensorScale Scale(TensorScale read, Func<ActivationRange> range, int lowest) => range().ToScale(lowest);

    public override void Export(OnnxWriter writer, TrainedLayer trained, string linear) =>
        writer.Filter(trained, "Conv", writer.Read(trained.Layer, 0), linear, OnnxConvolution.Sizes(trained.Layer), OnnxConvolution.Attributes(trained));

    public sealed override int Export(TensorFlowLiteWriter writer, TrainedLayer trained, int input, int[] shape) => writer.Convolution(trained, input, shape);
}
