using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Compiler.Syntax;

/// <summary>The words of the language, each with the example that error messages show.</summary>
public static class Keywords
{
    /// <summary>Statements outside blocks.</summary>
    public static readonly IReadOnlyDictionary<string, string> Settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["activation"] = "activation relu6",
        ["alpha"] = "alpha 0.5",
        ["bake"] = "bake auto",
        ["class"] = "class Classifier",
        ["classes"] = "classes 1001",
        ["divisor"] = "divisor 8",
        ["epsilon"] = "epsilon 0.001",
        ["fit"] = "fit letterbox bars 128",
        ["input"] = "input rgb",
        ["labels"] = "labels \"labels.txt\"",
        ["minimum"] = "minimum 16",
        ["namespace"] = "namespace My.App",
        ["network"] = "network MobileNetV2",
        ["normalize"] = "normalize mean 127.5 std 127.5",
        ["output"] = "output bottleneck13",
        ["padding"] = "padding same",
        ["quantization"] = "quantization uint8",
        ["resize"] = "resize bilinear",
        ["resolution"] = "resolution 160",
        ["rho"] = "rho 5/7",
        ["rounding"] = "rounding once",
        ["stack"] = "stack 640KiB",
        ["threads"] = "threads 2",
        ["unknown"] = "unknown below 0.58, or: unknown class \"unknown\"",
        ["weights"] = "weights \"network.tflite\", or: weights random",
    };

    /// <summary>Those of which there may be several: each adds to what the others say.</summary>
    public static readonly IReadOnlyCollection<string> Repeatable = ["output"];

    /// <summary>Layers inside blocks.</summary>
    public static readonly IReadOnlyDictionary<string, string> Layers = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["add"] = "add bottleneck2",
        ["avgpool"] = "avgpool",
        ["bottleneck"] = "bottleneck 24 expand 6 stride 2 repeat 2",
        ["conv"] = "conv 32 kernel 3 stride 2",
        ["dense"] = "dense classes",
        ["depthwise"] = "depthwise kernel 3 stride 2",
        ["flatten"] = "flatten",
        ["maxpool"] = "maxpool",
        ["multiply"] = "multiply excite from expanded",
        ["pointwise"] = "pointwise 1280 widen-only",
        ["separable"] = "separable 64 stride 2",
        ["sigmoid"] = "sigmoid",
        ["softmax"] = "softmax",
    };

    /// <summary>Lines of the block of a detector.</summary>
    public static readonly IReadOnlyDictionary<string, string> Detector = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["decode"] = "decode 10 10 5 5 order yxhw",
        ["map"] = "map features scale 0.5 next 0.65 ratios 1 2 1/2 3 0.3333 next",
        ["nms"] = "nms agnostic overlap 0.6",
        ["predict"] = "predict kernel 1",
        ["scores"] = "scores sigmoid",
    };

    /// <summary>The words that open a block.</summary>
    public static readonly IReadOnlyList<string> Blocks = ["detector", "head", "layers"];

    /// <summary>The words that begin a line of a block, each with an example.</summary>
    public static IReadOnlyDictionary<string, string> Of(string block) => block == "detector" ? Detector : Layers;

    /// <summary>The word of <paramref name="words"/> that a misspelt one most likely means, or null.</summary>
    public static string? Nearest(string word, IEnumerable<string> words)
    {
        // A long word is no misspelling of a keyword, and need not be compared.
        if (word.Length > 24)
            return null;
        (string? best, int distance) = (null, Math.Max(1, word.Length / 3) + 1);
        foreach (string candidate in words)
        {
            int d = Distance(word.ToLowerInvariant(), candidate);
            if (d < distance)
                (best, distance) = (candidate, d);
        }

        return best;
    }

    /// <summary>The number of characters to insert, delete, replace or swap with their neighbour (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        int[,] distance = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distance[i, j] = i + j;
                    continue;
                }

                int replaced = distance[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                distance[i, j] = Math.Min(Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1, replaced);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
            }
        }

        return distance[a.Length, b.Length];
    }
}
