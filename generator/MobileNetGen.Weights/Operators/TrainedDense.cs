using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Operators;

internal sealed class TrainedDense : TrainedFilter
{
    public override bool Fits(Layer layer, SourceOperator found) => found is SourceConvolution or SourceDense;

    public override void Export(OnnxExporter exporter, TrainedLayer trained, string linear)
    {
        Layer layer = trained.Layer;
        var filter = (FloatFilter)trained.Filter!;
        string matrix = exporter.Graph.Constant($"{layer.Name}/weights", filter.Weights, layer.Output.Channels, layer.Input.Channels);
        exporter.Node("Gemm", layer, [exporter.Vector(layer), matrix, exporter.Bias(layer, filter)], linear, OnnxAttribute.Integer("transB", 1));
    }

    public override void Export(QdqExporter exporter, TrainedLayer trained, string linear)
    {
        Layer layer = trained.Layer;
        exporter.Filter(trained, "Gemm", exporter.Flat(layer), linear, [layer.Output.Channels, layer.Input.Channels], OnnxAttribute.Integer("transB", 1));
    }
}
