using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Tests.Formats;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Reference;

/// <summary>Trained networks with the outputs that TensorFlow Lite gave, and the texts that describe them.</summary>
internal static class ReferenceNetworks
{
    private static readonly string s_golden = Path.GetFullPath(Path.Combine(ReferenceData.TensorFlowLite(".."), "golden"));

    private static readonly string s_texts = Path.Combine(
        BuildProperty.RepositoryRoot,
        "tests", "MobileNetGen.Conformance.Tests", "Reference");

    /// <summary>Reads, matches or fails.</summary>
    public static TrainedNetwork Load(string text) =>
        TrainedNetworkLoader.Load(NetworkText.Network(File.ReadAllText(Path.Combine(s_texts, text + ".mbnet"))), s_texts);

    /// <summary>The images of which a model's outputs are known.</summary>
    public static IReadOnlyList<string> Images(string model) =>
        [.. Directory.GetFiles(Path.Combine(s_golden, model), "*.out.bin").Select(path => Path.GetFileName(path)[..^".out.bin".Length]).Order(StringComparer.Ordinal)];

    /// <summary>The input tensor for an image, in bytes as they are: the image's own where the model has none.</summary>
    public static byte[] Input(string model, string image, Network network)
    {
        string own = Path.Combine(s_golden, model, image + ".in.bin");
        return File.ReadAllBytes(File.Exists(own) ? own : Path.Combine(s_golden, "inputs", $"{image}_{network.Input.Height}.rgb"));
    }

    /// <summary>The output tensor for an image, in bytes as they are.</summary>
    public static byte[] Output(string model, string image) => File.ReadAllBytes(Path.Combine(s_golden, model, image + ".out.bin"));

    /// <summary>The intermediate tensors for an image, in order: those of operators that only change a shape or the ends' types left out.</summary>
    public static IReadOnlyList<(string Name, byte[] Values)> Layers(string model, string image)
    {
        return
        [
            .. Directory.GetFiles(Path.Combine(s_golden, model, "layers_" + image))
                .Where(path => !path.Contains("_RESHAPE_", StringComparison.Ordinal) && !path.Contains("_QUANTIZE_", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(path => (Path.GetFileName(path), File.ReadAllBytes(path))),
        ];
    }

    /// <summary>Bytes as the values of a type.</summary>
    public static int[] Values(byte[] bytes, Quantization type) =>
        [.. bytes.Select(b => type == Quantization.Int8 ? (int)(sbyte)b : b)];
}
