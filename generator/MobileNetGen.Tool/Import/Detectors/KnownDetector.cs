using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Import.Detectors;

/// <summary>A detector that many people have in files which do not say how its layers are connected, or where its anchors stand: a text, of which <c>docs/detection.md</c> has the same.</summary>
/// <param name="Name">The name of its network.</param>
/// <param name="Conventions">What its authors do that no file says.</param>
/// <param name="Text">The text, without α.</param>
internal sealed record KnownDetector(string Name, SourceConventions Conventions, string Text)
{
    private const string Prefix = "known/";

    private static readonly decimal[] s_alphas = [1, 0.75m, 0.5m, 0.35m, 0.25m, 1.3m, 1.4m];

    /// <summary>pytorch-ssd's, which UltraFace's authors follow.</summary>
    public static SourceConventions PyTorchSsd { get; } =
        SourceConventions.Torchvision with { Producer = "pytorch-ssd's", Normalization = new([127], [128]) };

    /// <summary>Caffe's MobileNet-SSD's: 0.007843 is 1 / 127.5022.</summary>
    public static SourceConventions CaffeSsd { get; } = SourceConventions.Caffe with { Producer = "Caffe's MobileNet-SSD", Normalization = new([127.5m], [127.5022m]) };

    /// <summary>All of them; they have the conventions above.</summary>
    public static ImmutableArray<KnownDetector> All { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(r => r.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(Load),
    ];

    /// <summary>The lines of its <c>layers</c> block.</summary>
    public ImmutableArray<string> Layers => Block("layers");

    /// <summary>The lines of its <c>detector</c> block.</summary>
    public ImmutableArray<string> Detector => Block("detector");

    /// <summary>The divisor of channels that its text gives.</summary>
    public int? Divisor => Statement("divisor") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>The variants whose filters, but for those of the predictors, are these.</summary>
    /// <param name="body">The sizes of the filters.</param>
    public IEnumerable<Network> Of(IReadOnlyCollection<FilterShape> body)
    {
        FilterShape[] needed = BuiltInVariants.Sorted(body);
        if (!BuiltInVariants.HasKernels(Mbnet.Networks(Text)[0], needed))
            return [];
        return s_alphas.Select(alpha => Mbnet.Networks(string.Create(CultureInfo.InvariantCulture, $"alpha {alpha}\n{Text}")))
            .Where(networks => networks.Count > 0).Select(networks => networks[0]).Where(n => BuiltInVariants.Body(n).SequenceEqual(needed));
    }

    private static KnownDetector Load(string resource)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!);
        var known = new KnownDetector(resource[Prefix.Length..], PyTorchSsd, reader.ReadToEnd());
        return known with { Conventions = PyTorchSsd with { Activation = known.Statement("activation") == "relu" ? SourceActivation.Relu : SourceActivation.Relu6 } };
    }

    private string? Statement(string keyword) => Lines().FirstOrDefault(l => l.StartsWith(keyword + " ", StringComparison.Ordinal))?[keyword.Length..].Trim();

    private ImmutableArray<string> Block(string keyword) => [.. Lines().SkipWhile(l => l != keyword).Skip(1).TakeWhile(l => l.StartsWith("  ", StringComparison.Ordinal)).Select(l => l[2..])];

    private IEnumerable<string> Lines() => Text.Split('\n').Select(l => l.TrimEnd('\r'));
}
