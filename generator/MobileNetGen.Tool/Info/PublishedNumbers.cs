using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Tool.Info;

/// <summary>Where numbers were published.</summary>
/// <param name="Id">What rows call it.</param>
/// <param name="Title">The heading of its column.</param>
/// <param name="Citation">The document, and what its numbers mean.</param>
internal sealed record PublishedSource(string Id, string Title, string Citation);

/// <summary>A row of a published table; what it leaves out is null.</summary>
/// <param name="Network">The architecture.</param>
/// <param name="Alpha">Its α.</param>
/// <param name="Resolution">Its resolution.</param>
/// <param name="Source">The <see cref="PublishedSource.Id"/> of the document.</param>
/// <param name="MultiplyAdds">In millions, as printed.</param>
/// <param name="Parameters">In millions, as printed.</param>
/// <param name="Top1">Percent of ImageNet's validation images, float32.</param>
/// <param name="Top5">The same, of five guesses.</param>
/// <param name="Uint8Top1">The same of the uint8 network.</param>
/// <param name="Uint8Top5">The same of the uint8 network, of five guesses.</param>
/// <param name="Note">What is known to be wrong with the row.</param>
internal sealed record PublishedRow(
    string Network, decimal Alpha, int Resolution, string Source, decimal? MultiplyAdds, decimal? Parameters,
    decimal? Top1, decimal? Top5, decimal? Uint8Top1, decimal? Uint8Top5, string? Note);

/// <summary>What the papers and the released networks say about the variants they have: the file <c>published.json</c>.</summary>
/// <param name="Sources">The documents.</param>
/// <param name="Rows">Their rows.</param>
internal sealed record PublishedNumbers(ImmutableArray<PublishedSource> Sources, ImmutableArray<PublishedRow> Rows)
{
    private static readonly JsonSerializerOptions s_options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>All of them.</summary>
    public static PublishedNumbers All { get; } = Load();

    /// <summary>The rows about a network: none unless its layers, but for the head, are those of a built-in network.</summary>
    public ImmutableArray<PublishedRow> Of(Network network)
    {
        ImmutableArray<PublishedRow> rows =
        [
            .. Rows.Where(r => r.Network == network.Architecture && r.Alpha == network.Alpha && r.Resolution == network.Input.Height && network.Input.Height == network.Input.Width),
        ];
        return rows.Length > 0 && IsBuiltIn(network) ? rows : [];
    }

    /// <summary>The document of a row.</summary>
    public PublishedSource SourceOf(PublishedRow row) => Sources.Single(s => s.Id == row.Source);

    private static bool IsBuiltIn(Network network)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"network {network.Architecture}\nalpha {VariantText.Alpha(network.Alpha)}\nresolution {network.Input.Height}\nweights random");
        Layer[] published = Body(Mbnet.Networks(text)[0]);
        Layer[] own = Body(network);
        return published.Length == own.Length && published.Zip(own).All(pair => pair.First == pair.Second);

        // Networks for other classes have another head, and ReLU has the same counts as ReLU6.
        static Layer[] Body(Network n) =>
            [.. n.Layers.Reverse().SkipWhile(l => l.Operator.GivesVector).Select(l => l with { Activation = default, Source = "" })];
    }

    private static PublishedNumbers Load()
    {
        using Stream stream = typeof(PublishedNumbers).Assembly.GetManifestResourceStream("published.json")!;
        return JsonSerializer.Deserialize<PublishedNumbers>(stream, s_options)!;
    }
}
