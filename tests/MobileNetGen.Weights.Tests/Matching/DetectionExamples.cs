using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Tests.Formats;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Matching;

/// <summary>The complete examples of <c>docs/detection.md</c>, with the files that are here.</summary>
internal static partial class DetectionExamples
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(
        BuildProperty.RepositoryRoot, "docs", "detection.md"));

    /// <summary>The text that begins with a network or names a class, with another weights file, below the folder of reference data.</summary>
    public static string Text(string name, string weights, params (string From, string To)[] changes)
    {
        string text = Block().Matches(s_page).Select(match => match.Groups[1].Value).First(block => Regex.IsMatch(block, $@"^(network|class)\s+{name}\s*$", RegexOptions.Multiline));
        text = Regex.Replace(text, "^weights .*$", $"weights \"{weights}\"", RegexOptions.Multiline);
        text = Regex.Replace(text, "^labels .*$", "", RegexOptions.Multiline);

        // Graphs have their normalisations folded, or state their own ε.
        if (Path.GetExtension(weights) is ".onnx" or ".tflite")
            text = Regex.Replace(text, "^epsilon .*$", "", RegexOptions.Multiline);
        foreach ((string from, string to) in changes)
        {
            Assert.Contains(from, text);
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Compiles, reads, matches.</summary>
    public static TrainedNetwork Load(string text) => TrainedNetworkLoader.Load(NetworkText.Network(text), BuildProperty.ReferenceData);

    [GeneratedRegex("```mbnet\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
