using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Weights.Operators;

internal sealed class TrainedDepthwise : TrainedFilter
{
    public override bool Fits(Layer layer, SourceOperator found) =>
        found is SourceDepthwise || (found is SourceConvolution { StoredAsDepthwise: true } && layer.Input.Channels == 1);

    public override float[] Compute(TrainedLayer trained, float[][] inputs)
    {
        Layer layer = trained.Layer;
        var filter = (FloatFilter)trained.Filter!;
        (int channels, int outputs) = (layer.Input.Channels, layer.Output.Channels);
        (float[] x, float[] y) = (inputs[0], new float[layer.Output.Length]);
        FloatReference.ForEachPixel(trained, (pixel, windows) =>
        {
            Span<float> sums = y.AsSpan(pixel * outputs, outputs);
            filter.Bias.CopyTo(sums);
            foreach ((int tap, int source) in windows)
            {
                for (int c = 0; c < outputs; c++)
                    sums[c] += x[(source * channels) + (c / layer.Multiplier)] * filter.Weights[(tap * outputs) + c];
            }
        });
        return y;
    }
}
