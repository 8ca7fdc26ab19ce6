using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;

namespace MobileNetGen.Weights.Tests.Formats.TensorFlow;

/// <summary>The scopes that TF-slim gives the layers of its MobileNets.</summary>
internal static class SlimNames
{
    /// <summary>The scopes of the layers with weights, in their order.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyCollection<Layer> layers)
    {
        Layer[] weighted = [.. layers.Where(layer => layer.HasWeights)];
        if (layers.Any(layer => layer.Operator == Operator.Multiply))
            return V3(weighted);
        return weighted.Any(layer => layer is { Operator.Name: "pointwise", Activation: Activation.Linear }) ? V2(weighted) : V1(weighted);
    }

    private static List<string> V1(Layer[] layers)
    {
        int pair = 0;
        return
        [
            .. layers.Select(layer => "MobilenetV1/" + layer.Operator.Name switch
            {
                "convolution" => "Conv2d_0",
                "depthwise" => $"Conv2d_{++pair}_depthwise",
                "pointwise" => $"Conv2d_{pair}_pointwise",
                _ => "Logits/Conv2d_1c_1x1",
            }),
        ];
    }

    private static List<string> V3(Layer[] layers)
    {
        int block = 0, end = System.Array.FindLastIndex(layers, layer => layer.Operator != Operator.Dense);
        var names = new List<string>();
        for (int i = 0; i < layers.Length; i++)
        {
            string scope = block == 0 ? "expanded_conv" : $"expanded_conv_{block}";
            bool isProjection = layers[i].Operator == Operator.Pointwise && layers[i].Activation == Activation.Linear;
            names.Add("MobilenetV3/" + layers[i].Operator.Name switch
            {
                "convolution" => "Conv",
                "depthwise" => scope + "/depthwise",
                "dense" when i < end => $"{scope}/squeeze_excite/{(layers[i].Activation == Activation.HSigmoid ? "Conv_1" : "Conv")}",
                "dense" => i == layers.Length - 1 ? "Logits/Conv2d_1c_1x1" : "Conv_2",
                "pointwise" when isProjection => scope + "/project",
                "pointwise" => i < end ? scope + "/expand" : "Conv_1",
                _ => throw new System.InvalidOperationException(layers[i].Operator.Name),
            });
            if (isProjection)
                block++;
        }

        return names;
    }

    private static List<string> V2(Layer[] layers)
    {
        int block = 0;
        var names = new List<string>();
        for (int i = 0; i < layers.Length; i++)
        {
            string scope = block == 0 ? "expanded_conv" : $"expanded_conv_{block}";
            names.Add("MobilenetV2/" + layers[i].Operator.Name switch
            {
                "convolution" => "Conv",
                "depthwise" => scope + "/depthwise",
                "pointwise" when layers[i].Activation == Activation.Linear => scope + "/project",
                "pointwise" when layers[i + 1].Operator == Operator.Depthwise => scope + "/expand",
                "pointwise" => "Conv_1",
                _ => "Logits/Conv2d_1c_1x1",
            });
            if (layers[i].Activation == Activation.Linear && layers[i].Operator == Operator.Pointwise)
                block++;
        }

        return names;
    }
}
