using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Tool.Tests.Support;

/// <summary>Networks as a weights file would have them, made from descriptions; every weight is 0.</summary>
internal static class SourceNetworks
{
    /// <summary>The float32 network of a description.</summary>
    public static SourceNetwork Of(Network network)
    {
        var indices = new Dictionary<string, int>(StringComparer.Ordinal) { [Network.InputName] = 0 };
        var values = ImmutableArray.CreateBuilder<SourceValue>();
        values.Add(Value(Network.InputName, network.Input));
        var operators = ImmutableArray.CreateBuilder<SourceOperator>();
        foreach (Layer layer in network.Layers)
        {
            int output = values.Count, input = indices[layer.Inputs[0]];
            values.Add(Value(layer.Name, layer.Output));
            indices.Add(layer.Name, output);
            (int kernel, int stride, SourceActivation activation) = (layer.Kernel, layer.Stride, (SourceActivation)layer.Activation);
            operators.Add(layer.Operator.Name switch
            {
                "depthwise" => new SourceDepthwise(layer.Name, input, output, Tensor(kernel, kernel, layer.Output.Channels), null, layer.Multiplier, stride, stride, SourcePadding.Same, activation),
                "add" => new SourceAdd(layer.Name, input, indices[layer.Inputs[1]], output, activation),
                "averagepool" => new SourcePool(layer.Name, input, output, SourcePoolKind.Mean, true),
                "dense" => new SourceDense(layer.Name, input, output, Tensor(layer.Output.Channels, layer.Input.Channels), null, activation),
                "softmax" => new SourceSoftmax(layer.Name, input, output, 1),
                _ => new SourceConvolution(layer.Name, input, output, Tensor(layer.Output.Channels, kernel, kernel, layer.Input.Channels), null, stride, stride, SourcePadding.Same, activation, false),
            });
        }

        return new SourceNetwork(new SourceFormat("Test", PaddingConvention.Same), operators.ToImmutable(), values.ToImmutable(), [0], [values.Count - 1]);
    }

    private static SourceValue Value(string name, Shape shape) => new(name, ElementType.Float32, [1, shape.Height, shape.Width, shape.Channels], null);

    private static SourceTensor Tensor(params int[] sizes) => new("", [.. sizes], new float[sizes.Aggregate(1, (a, b) => a * b)]);
}
