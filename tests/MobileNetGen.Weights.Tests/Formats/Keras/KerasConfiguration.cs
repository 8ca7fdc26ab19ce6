using System;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowJs;

namespace MobileNetGen.Weights.Tests.Formats.Keras;

/// <summary>Configurations of small models, with weights beside them as the browser has them.</summary>
internal static class KerasConfiguration
{
    /// <summary>A Sequential on a map of 4×4×3.</summary>
    /// <param name="layers">Its layers, without the input.</param>
    public static string Sequential(params string[] layers) => $$$"""
        {"class_name": "Sequential", "config": {"name": "s", "layers": [
          {"class_name": "InputLayer", "config": {"name": "in", "batch_input_shape": [null, 4, 4, 3], "dtype": "float32", "sparse": false, "ragged": false}},
          {{{string.Join(", ", layers)}}}]}}
        """;

    /// <summary>A Functional model.</summary>
    /// <param name="layers">Its layers.</param>
    /// <param name="output">Its last layer.</param>
    /// <param name="inputs">Its inputs.</param>
    public static string Functional(string layers, string output, params string[] inputs) => $$$"""
        {"class_name": "Functional", "config": {"name": "f", "layers": [{{{layers}}}],
          "input_layers": [{{{string.Join(", ", (inputs.Length == 0 ? ["in"] : inputs).Select(input => $"[\"{input}\", 0, 0]"))}}}], "output_layers": [["{{{output}}}", 0, 0]]}}
        """;

    /// <summary>A layer of a Sequential.</summary>
    public static string Layer(string kind, string name, string options = "") =>
        $$$"""{"class_name": "{{{kind}}}", "config": {"name": "{{{name}}}"{{{(options.Length == 0 ? "" : ", " + options)}}}}}""";

    /// <summary>A layer of a Functional model: 1×1 to two channels where it is a Conv2D.</summary>
    public static string Call(string kind, string name, string calls, string options = "") =>
        $$$"""{"class_name": "{{{kind}}}", "name": "{{{name}}}", "config": {"name": "{{{name}}}"{{{(options.Length == 0 ? "" : ", " + options)}}}}, "inbound_nodes": {{{calls}}}}""";

    /// <summary>The input of a Functional model: 4×4×3.</summary>
    public static string Input(string name = "in", string options = "\"batch_input_shape\": [null, 4, 4, 3]") => Call("InputLayer", name, "[]", options);

    /// <summary>The weights of a 1×1 convolution to two channels.</summary>
    public static (string Name, int[] Shape)[] Pointwise(string name, int inputs = 3) => [($"{name}/kernel", [1, 1, inputs, 2]), ($"{name}/bias", [2])];

    /// <summary>Reads a model, whose weights are 1, 2, … each.</summary>
    public static SourceNetwork Read(string model, params (string Name, int[] Shape)[] weights)
    {
        string tensors = string.Join(", ", weights.Select(weight => $$"""{"name": "{{weight.Name}}", "shape": {{JsonSerializer.Serialize(weight.Shape)}}, "dtype": "float32"}"""));
        byte[] shard = [.. weights.SelectMany(weight => MemoryMarshal.AsBytes(Enumerable.Range(1, weight.Shape.Aggregate(1, (count, size) => count * size)).Select(i => (float)i).ToArray().AsSpan()).ToArray())];
        string json = $$"""{"modelTopology": {{model}}, "weightsManifest": [{"paths": ["shard"], "weights": [{{tensors}}]}]}""";
        return (SourceNetwork)new TensorFlowJsReader().Read(new WeightsInput("model.json", Encoding.UTF8.GetBytes(json), _ => shard) { InputSize = new Shape(4, 4, 3) });
    }
}
