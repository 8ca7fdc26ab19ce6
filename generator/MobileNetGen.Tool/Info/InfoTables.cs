using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Descriptions;
using Spectre.Console;

namespace MobileNetGen.Tool.Info;

/// <summary>Prints networks as tables.</summary>
internal static class InfoTables
{
    /// <summary>One network: its layers, then its totals.</summary>
    /// <param name="terminals">Where to print.</param>
    /// <param name="network">The network.</param>
    /// <param name="packed">Bytes that a build bakes; null where they are not known.</param>
    /// <param name="machine">The machine whose kernels are named, or null.</param>
    public static void Write(Terminals terminals, NetworkSummary network, long? packed, MachineKernels? machine = null)
    {
        terminals.WriteLine($"{network.ClassName}: {network.Network}, α {VariantText.Alpha(network.Alpha)}, {network.Input}, {Text(network.Quantization)}");
        Table table = Terminals.Table(
            ("layer", false), ("operator", false), ("input", false), ("c", true), ("s", true), ("multiply-adds", true), ("parameters", true), ("scratch", true), ("kernel", false));
        foreach (LayerSummary layer in network.Layers)
        {
            table.AddRow(
                Markup.Escape(layer.Name), layer.Operator, $"{layer.Input}", $"{layer.Output.Channels}", layer.Stride > 1 ? $"{layer.Stride}" : "",
                Count(layer.MultiplyAdds), Count(layer.Parameters), Scratch(layer), layer.Kernel ?? "(fused)");
        }

        foreach (TableColumn column in table.Columns)
            column.PadLeft(0).PadRight(column == table.Columns[^1] ? 0 : 1);
        terminals.Write(table);
        if (network.Detector is { } detector)
            Write(terminals, detector);
        WriteTotals(terminals, network, packed);
        if (machine is null)
            return;
        Table kernels = Terminals.Table(("layers", false), ($"on {machine.Name}", false));
        foreach ((string layers, string kernel) in machine.Lines(network.Quantization))
            kernels.AddRow(layers, kernel);
        terminals.Write(kernels);
    }

    /// <summary>A detector's maps.</summary>
    private static void Write(Terminals terminals, DetectorSummary detector)
    {
        Table table = Terminals.Table(("map", false), ("cells", true), ("boxes a cell", true), ("anchors", true), ("results", false));
        foreach (MapSummary map in detector.Maps)
            table.AddRow(Markup.Escape(map.Name), $"{map.Height}×{map.Width}", $"{map.Boxes}", Count(map.Anchors), Markup.Escape($"{map.Name}_boxes, {map.Name}_scores"));
        terminals.Write(table);
        terminals.WriteLine($"  {Count(detector.Anchors)} anchors, {detector.Classes} classes and the background; {2 * detector.Maps.Length} results; nms {(detector.IsPerClass ? "per-class" : "agnostic")}, overlap {detector.Overlap.ToString(CultureInfo.InvariantCulture)}, scores by {Text(detector.Scores)}.");
    }

    /// <summary>Several networks: their totals, one row each.</summary>
    public static void WriteList(Terminals terminals, ImmutableArray<NetworkSummary> networks)
    {
        Table table = Terminals.Table(
            ("class", false), ("α", true), ("input", false), ("multiply-adds", true), ("published", true), ("parameters", true), ("published", true),
            ("weights", true), ("scratch", true), ("top-1", true), ("top-5", true));
        foreach (NetworkSummary network in networks)
        {
            PublishedRow? published = network.Published.FirstOrDefault(r => r.Top5 is not null && r.MultiplyAdds is not null);
            table.AddRow(
                Markup.Escape(network.ClassName), VariantText.Alpha(network.Alpha), $"{network.Input}", Count(network.MultiplyAdds), Millions(published?.MultiplyAdds) + (published?.Note is null ? "" : " !"),
                Count(network.Parameters), Millions(published?.Parameters), ByteSize.Text(network.WeightBytes), ByteSize.Text(network.ScratchBytes), Text(published?.Top1), Text(published?.Top5));
        }

        terminals.Write(table);
        WriteSources(terminals, [.. networks.SelectMany(n => n.Published.Where(r => r.Top5 is not null && r.MultiplyAdds is not null).Take(1))], "  ! {0} {1}: {2}");
    }

    private static void WriteTotals(Terminals terminals, NetworkSummary network, long? packed)
    {
        ImmutableArray<PublishedRow> published = network.Published;
        Table table = Terminals.Table([("total", false), ("this network", true), .. published.Select(r => (PublishedNumbers.All.SourceOf(r).Title, true))]);
        Row("multiply-adds", Count(network.MultiplyAdds), r => Millions(r.MultiplyAdds) + (r.Note is null ? "" : " !"));
        Row("parameters", Count(network.Parameters), r => Millions(r.Parameters));
        Row("weights", ByteSize.Text(network.WeightBytes), _ => "");
        Row("as a build packs them", packed is { } bytes ? ByteSize.Text(bytes) : "", _ => "");
        Row("scratch", ByteSize.Text(network.ScratchBytes), _ => "");
        Row("top-1, %", "", r => Text(r.Top1));
        Row("top-5, %", "", r => Text(r.Top5));
        Row("top-1 of uint8, %", "", r => Text(r.Uint8Top1));
        Row("top-5 of uint8, %", "", r => Text(r.Uint8Top5));
        terminals.Write(table);
        terminals.WriteLine($"  Scratch is {(network.OnStack ? "taken from the stack" : "a buffer that each thread keeps: more than the stack budget")}; most of it is in use in {network.PeakLayer}.");
        if (network.Detector is null && published.Length > 0 && network.Outputs is not (1000 or 1001))
            terminals.WriteLine($"  The published networks tell 1000 or 1001 classes apart; this one has {network.Outputs} outputs, which the counts follow.");
        WriteSources(terminals, published, "  ! {0}: {2}");

        void Row(string name, string own, Func<PublishedRow, string> value)
        {
            string[] values = [.. published.Select(value)];
            if (own.Length > 0 || values.Any(v => v.Length > 0))
                table.AddRow([name, own, .. values]);
        }
    }

    private static void WriteSources(Terminals terminals, ImmutableArray<PublishedRow> rows, string noteFormat)
    {
        foreach (PublishedSource source in rows.Select(PublishedNumbers.All.SourceOf).Distinct())
            terminals.WriteLine($"  {source.Title}: {source.Citation}.");
        foreach (PublishedRow row in rows.Where(r => r.Note is not null))
            terminals.WriteLine(string.Format(CultureInfo.InvariantCulture, noteFormat, PublishedNumbers.All.SourceOf(row).Title, $"{VariantText.Alpha(row.Alpha)}-{row.Resolution}", row.Note));
    }

    private static string Scratch(LayerSummary layer) =>
        layer.ScratchBytes == 0 ? "" : ByteSize.Text(layer.ScratchBytes) + (layer.Rows is null ? "" : $" ({layer.Rows} {(layer.Rows == 1 ? "row" : "rows")})");

    private static string Count(long value) => value == 0 ? "" : value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Millions(decimal? value) => value is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{value} M");

    private static string Text(decimal? value) => value?.ToString("0.0#", CultureInfo.InvariantCulture) is { } text ? text : "";

    private static string Text(System.Enum word) => word.ToString().ToLowerInvariant();
}
