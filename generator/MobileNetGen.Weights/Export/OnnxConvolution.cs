using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Export;

/// <summary>What ONNX's <c>Conv</c> needs of a convolution, pointwise or depthwise layer, whatever its type.</summary>
internal static class OnnxConvolution
{
    /// <summary>Sizes of the weights: [out][in][kernel][kernel].</summary>
    public static int[] Sizes(Layer layer) => [layer.Output.Channels, layer.FilterInputs, layer.Kernel, layer.Kernel];

    /// <summary>The weights in that order. Ours are [out][kernel][kernel][in], or [kernel][kernel][out] of a depthwise layer.</summary>
    public static T[] Order<T>(Layer layer, T[] weights)
    {
        (int outputs, int inputs, int taps) = (layer.Output.Channels, layer.FilterInputs, layer.Kernel * layer.Kernel);
        var ordered = new T[weights.Length];
        for (int i = 0; i < ordered.Length; i++)
        {
            (int n, int c, int tap) = (i / (inputs * taps), i / taps % inputs, i % taps);
            ordered[i] = weights[layer.IsDepthwise ? (tap * outputs) + n : (((n * taps) + tap) * inputs) + c];
        }

        return ordered;
    }

    /// <summary>Groups, kernel, padding and strides.</summary>
    public static ProtobufMessage[] Attributes(TrainedLayer trained)
    {
        Layer layer = trained.Layer;
        return
        [
            OnnxAttribute.Integer("group", layer.IsDepthwise ? layer.Input.Channels : 1),
            OnnxAttribute.Integers("kernel_shape", layer.Kernel, layer.Kernel),
            OnnxAttribute.Integers(
                "pads",
                trained.PadTop,
                trained.PadLeft,
                PadEnd(layer.Input.Height, layer.Output.Height, trained.PadTop),
                PadEnd(layer.Input.Width, layer.Output.Width, trained.PadLeft)),
            OnnxAttribute.Integers("strides", layer.Stride, layer.Stride),
        ];

        // Padding behind the last row that is read changes nothing, so what is not needed is left out.
        int PadEnd(int size, int results, int start) => Math.Max(0, ((results - 1) * layer.Stride) + layer.Kernel - size - start);
    }

    /// <summary>The name under which the result of a layer is given to a model that does not compute it.</summary>
    public static string Given(string layer) => $"{layer}/given";
}
