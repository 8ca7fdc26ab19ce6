using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Tool.Import;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Teach;

/// <summary>The text of a float32 network that has another's layers up to its pool, and an end of its own. It says all that files of numbers alone leave open.</summary>
/// <param name="Imported">The other's text.</param>
/// <param name="Padding">How its layers pad.</param>
/// <param name="Normalization">What happens to pixels, as the language has it.</param>
internal sealed record TaughtDescription(DescriptionText Imported, PaddingRule Padding, string Normalization)
{
    private const string Mark = "   # assumed: the base's file does not say";

    /// <summary>The lines behind the pool.</summary>
    public ImmutableArray<string> End { get; init; } = [];

    /// <summary>The weights file.</summary>
    public string Weights { get; init; } = "base";

    /// <summary>The class's name; null for the network's.</summary>
    public string? ClassName { get; init; }

    /// <summary>Statements about classes.</summary>
    public ImmutableArray<string> Classes { get; init; } = [];

    /// <summary>Writes the text.</summary>
    public string Write()
    {
        var text = new StringBuilder($"# Written by mbnet teach on the features of {string.Join(" and ", Imported.Weights.Select(w => Path.GetFileName(w)))}.\n");
        text.AppendJoin("", Statements().Concat(Classes).Select(line => line + "\n"));
        if (Imported.Layers.Length > 0)
            text.Append("layers\n").AppendJoin("", Imported.Layers.Select(l => $"  {l}\n"));
        return text.Append("head\n  avgpool\n").AppendJoin("", End.Select(l => $"  {l}\n")).ToString();
    }

    private IEnumerable<string> Statements()
    {
        yield return Statement("network", Imported.Network);
        if (ClassName is not null)
            yield return Statement("class", ClassName);
        if (Imported.Alpha is { } alpha)
            yield return Statement("alpha", VariantText.Alpha(alpha));
        if (Imported.Divisor is { } divisor)
            yield return Statement("divisor", divisor.ToString(CultureInfo.InvariantCulture));
        if (Imported.Minimum is { } minimum)
            yield return Statement("minimum", minimum.ToString(CultureInfo.InvariantCulture));
        yield return Marked("resolution", VariantText.Resolution(Imported.Height, Imported.Width));
        yield return Marked("input", Imported.InputChannels == 1 ? "grey" : Imported.Model.Conventions.IsBgr ? "bgr" : "rgb");
        foreach (DescriptionLine line in Imported.Preparation)
            yield return line.Text;
        yield return Marked("activation", Imported.Activation.Word());
        yield return Marked("normalize", Normalization);
        yield return Marked("padding", Padding.ToString().ToLowerInvariant());
        yield return Statement("weights", $"\"{Weights}\"");
    }

    /// <summary>A statement, with its mark where the base's text has one.</summary>
    private string Marked(string keyword, string value) =>
        Statement(keyword, value) + (Imported.Assumptions.Any(a => a.Statement.StartsWith(keyword + " ", System.StringComparison.Ordinal)) ? Mark : "");

    /// <summary>A statement's line.</summary>
    public static string Statement(string keyword, string value) => DescriptionText.Statement(keyword, value).Text;
}
