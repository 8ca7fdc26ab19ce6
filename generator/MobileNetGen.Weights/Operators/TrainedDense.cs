using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Operators;

internal sealed class TrainedDense : TrainedFilter
{
    public override bool Fits(Layer layer, SourceOperator found) => found is SourceConvolution or SourceDense;

    public override void Export(OnnxWriter writer, TrainedLayer trained, string linear) => writer.Filter(
        trained, "Gemm", writer.Row(trained.Layer), linear, [trained.Layer.Output.Channels, trained.Layer.Input.Channels], OnnxAttribute.Integer("transB", 1));
}
