using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Runtime.Kernels;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Packing;

/// <summary>Writes weights and biases where <see cref="PanelLayout"/> has them.</summary>
internal static class FilterPacker
{
    public static long Weights(Blob blob, Step step, FloatFilter filter)
    {
        Layer layer = step.Layer;

        // Only pointwise kernels read half a panel, and not those of unblocked pixels.
        bool endsInHalfPanel = layer.Operator == Operator.Pointwise && step.Input.IsBlocked && BlobLayout.EndsInHalfBlock(layer.Output.Channels);
        PanelLayout layout = layer.IsDepthwise
            ? PanelLayout.Depthwise(layer.Kernel * layer.Kernel, layer.Output.Channels)
            : PanelLayout.Float32(layer.Kernel * layer.Kernel, layer.Input.Channels, layer.Output.Channels, endsInHalfPanel);
        long offset = blob.Begin();
        foreach (float weight in Panels(layer, layout, padding: 0f, i => filter.Weights[i]))
            blob.Write(weight);
        return offset;
    }

    public static long Weights(Blob blob, Layer layer, QuantizedFilter filter)
    {
        long offset = blob.Begin();
        if (layer.IsDepthwise)
        {
            // Few weights, so there is room for 16 bits, which hold any uint8 weight less its zero point.
            PanelLayout layout = PanelLayout.Depthwise(layer.Kernel * layer.Kernel, layer.Output.Channels);
            foreach (short weight in Panels(layer, layout, padding: (short)0, i => (short)(filter.Weights[i] - filter.ZeroPoint)))
                blob.Write(weight);
            return offset;
        }

        PanelLayout bytes = PanelLayout.Bytes(layer.Kernel * layer.Kernel, layer.Input.Channels, layer.Output.Channels);
        foreach (sbyte weight in Panels(layer, bytes, padding: (sbyte)filter.ZeroPoint, i => filter.Weights[i]))
            blob.Write(weight);
        return offset;
    }

    public static long Bias(Blob blob, Layer layer, FloatFilter filter)
    {
        long offset = blob.Begin();
        for (int n = 0; n < BlobLayout.Blocks(layer.Output.Channels) * BlobLayout.Lanes; n++)
            blob.Write(n < filter.Bias.Length ? filter.Bias[n] : 0f);
        return offset;
    }

    /// <summary>Where a filter has the weight of an output channel, of a tap and of an input channel.</summary>
    private static int Index(Layer layer, int output, int tap, int input) => layer.IsDepthwise
        ? (tap * layer.Output.Channels) + output
        : (((output * layer.Kernel * layer.Kernel) + tap) * layer.Input.Channels) + input;

    private static T[] Panels<T>(Layer layer, PanelLayout layout, T padding, Func<int, T> weight)
    {
        var panels = new T[layout.Length];
        Array.Fill(panels, padding);
        for (int output = 0; output < layer.Output.Channels; output++)
        {
            for (int tap = 0; tap < layer.Kernel * layer.Kernel; tap++)
            {
                for (int input = 0; input < layer.FilterInputs; input++)
                    panels[layout.Index(output, tap, input)] = weight(Index(layer, output, tap, input));
            }
        }

        return panels;
    }
}
