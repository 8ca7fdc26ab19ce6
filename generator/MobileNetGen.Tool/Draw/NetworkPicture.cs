using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Tool.Info;
using MobileNetGen.Tool.Operators;
using MobileNetGen.Weights.Descriptions;

namespace MobileNetGen.Tool.Draw;

/// <summary>
/// A network as a picture: a row a block, with its operators, the map it makes, its share of the multiply-adds and of the weights, and beside them scratch as
/// the steps go by, every map where it lies and as long as it is there.
/// </summary>
internal static class NetworkPicture
{
    private const double Width = 1240;
    private const double Margin = 36;
    private const double RowHeight = 34;
    private const double Top = 212;

    private const double Spine = Margin + 26;
    private const double Names = Spine + 20;
    private const double Chips = Names + 110;
    private const double Maps = 500;
    private const double Work = 610;
    private const double WorkWidth = 150;
    private const double Weights = Work + WorkWidth + 62;
    private const double WeightsWidth = 90;
    private const double Scratch = Weights + WeightsWidth + 62;
    private const double ScratchWidth = Width - Margin - Scratch;

    private const string Style =
        """
        text { font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-size: 12px; fill: #24292f; }
        .title { font-size: 26px; font-weight: 650; }
        .lead { font-size: 14px; fill: #57606a; }
        .label { font-size: 11px; fill: #57606a; }
        .figure { font-size: 19px; font-weight: 600; }
        .name { font-size: 13px; font-weight: 600; }
        .end { text-anchor: end; }
        .middle { text-anchor: middle; }
        .number { font-size: 11px; fill: #57606a; font-variant-numeric: tabular-nums; }
        .on { font-size: 11px; fill: #ffffff; text-anchor: middle; }
        .ground { fill: #ffffff; }
        .stripe { fill: #f6f8fa; }
        .rule { stroke: #d0d7de; fill: none; }
        .spine { stroke: #8c959f; stroke-width: 2; fill: none; }
        .residual { stroke: #8c959f; stroke-width: 1.5; fill: none; }
        .node { fill: #57606a; }
        .convolution { fill: #b3443f; }
        .depthwise { fill: #9a6700; }
        .pointwise { fill: #1f6f9f; }
        .dense { fill: #7a4fa3; }
        .other { fill: #6e7781; }
        .face { fill: #dbe4ee; stroke: #57606a; }
        .side { fill: #b6c4d3; stroke: #57606a; }
        .streamed { fill: #ddf4e4; }
        .map { fill: #2f8f5b; fill-opacity: 0.55; stroke: #1a6b40; stroke-width: 0.75; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; }
          .lead, .label, .number { fill: #9198a1; }
          .on { fill: #ffffff; }
          .ground { fill: #0d1117; }
          .stripe { fill: #151b23; }
          .rule { stroke: #3d444d; }
          .spine, .residual { stroke: #656c76; }
          .node { fill: #9198a1; }
          .face { fill: #2a3440; stroke: #9198a1; }
          .side { fill: #3d4a59; stroke: #9198a1; }
          .streamed { fill: #12261b; }
          .map { fill: #3fb573; fill-opacity: 0.45; stroke: #5fd495; }
        }
        """;

    /// <summary>Draws a plan.</summary>
    public static string Draw(Plan plan)
    {
        Network network = plan.Network;
        ImmutableArray<DrawnBlock> blocks = DrawnBlock.Of(plan);
        double bottom = Top + (blocks.Length * RowHeight);
        var svg = new SvgText(Width, bottom + 56, $"{network.ClassName}: blocks, shapes, multiply-adds, weights and scratch", Style);
        Header(svg, plan);
        for (int i = 0; i < blocks.Length; i += 2)
            svg.Rectangle(Margin, Top + (i * RowHeight), Width - (2 * Margin), RowHeight, "stripe", 4);
        svg.Path($"M{SvgText.Number(Spine)} {SvgText.Number(Top + (RowHeight / 2))}V{SvgText.Number(bottom - (RowHeight / 2))}", "spine");
        for (int i = 0; i < blocks.Length; i++)
            Row(svg, plan, blocks, i);
        Memory(svg, plan, blocks);
        svg.Text(Margin, bottom + 30, Footnote(plan), "label");
        return svg.ToString();
    }

    private static void Header(SvgText svg, Plan plan)
    {
        Network network = plan.Network;
        NetworkSummary summary = NetworkSummary.Of(plan);
        svg.Text(Margin, 54, Shortened(network.ClassName, 40), "title");
        svg.Text(
            Margin, 80,
            string.Create(CultureInfo.InvariantCulture, $"{network.Architecture}, α = {VariantText.Alpha(network.Alpha)}: an image of {network.Input} to {Result(network)}, in {network.Quantization.ToString().ToLowerInvariant()}"),
            "lead");
        (string Label, string Value)[] figures =
        [
            ("multiply-adds", Millions(summary.MultiplyAdds)), ("parameters", Millions(summary.Parameters)),
            ("weights", ByteSize.Text(summary.WeightBytes)), ("scratch", ByteSize.Text(summary.ScratchBytes) + (summary.OnStack ? ", on the stack" : ", a buffer a thread")),
        ];
        for (int i = 0; i < figures.Length; i++)
        {
            svg.Text(Margin + (i * 170), 118, figures[i].Label, "label");
            svg.Text(Margin + (i * 170), 142, figures[i].Value, "figure");
        }

        double x = 686;
        foreach ((string style, string text, double width) in new[] { ("convolution", "convolution", 96), ("depthwise", "depthwise", 86), ("pointwise", "pointwise 1×1", 106), ("dense", "dense", 60), ("other", "add, pool, softmax", 0.0) })
        {
            svg.Rectangle(x, 41, 12, 12, style, 3);
            svg.Text(x + 18, 51, text, "label");
            x += width + 12;
        }

        foreach ((double at, string text) in new[] { (Names, "block"), (Chips, "operators: kernel, channels, stride"), (Work, "multiply-adds, which time follows"), (Weights, "parameters"), (Scratch, $"scratch: 0 to {ByteSize.Text(plan.ScratchBytes)}, step by step") })
            svg.Text(at, Top - 24, text, "label");
        svg.Text(Maps + 18, Top - 24, "result", "label end");
        svg.Path($"M{SvgText.Number(Margin)} {SvgText.Number(Top - 12)}H{SvgText.Number(Width - Margin)}", "rule");
    }

    private static string Result(Network network) => network.Detector is { } detector
        ? string.Create(CultureInfo.InvariantCulture, $"{detector.AnchorCount:N0} boxes of {detector.Classes} classes, on {detector.Maps.Count} maps")
        : $"{network.OutputLength} {(network.EndsInProbabilities ? "probabilities" : "numbers")}";

    private static void Row(SvgText svg, Plan plan, ImmutableArray<DrawnBlock> blocks, int index)
    {
        DrawnBlock block = blocks[index];
        double y = Top + (index * RowHeight), middle = y + (RowHeight / 2);
        svg.Dot(Spine, middle, 4, "node");
        Residual(svg, block, blocks, index);
        svg.Text(Names, middle + 4.5, Shortened(block.Name, 12), "name");
        Operators(svg, block, middle);
        Map(svg, plan.Network.Input, block.Output, middle);

        double most = blocks.Max(b => b.MultiplyAdds), x = Work;
        foreach (Layer layer in block.Layers.Where(l => l.MultiplyAdds > 0))
        {
            double width = WorkWidth * layer.MultiplyAdds / most;
            svg.Rectangle(x, middle - 7, Math.Max(width, 0.75), 14, ToolOperator.Of(layer).Style, 0, $"{layer.Name}: {layer.MultiplyAdds.ToString("N0", CultureInfo.InvariantCulture)} multiply-adds");
            x += width;
        }

        if (block.MultiplyAdds > 0)
            svg.Text(x + 6, middle + 4, Percent(block.MultiplyAdds, plan.Network.MultiplyAdds), "number");

        double heaviest = blocks.Max(b => b.Parameters);
        x = Weights;
        foreach (Layer layer in block.Layers.Where(l => l.Parameters > 0))
        {
            double width = WeightsWidth * layer.Parameters / heaviest;
            svg.Rectangle(x, middle - 7, Math.Max(width, 0.75), 14, ToolOperator.Of(layer).Style, 0, $"{layer.Name}: {layer.Parameters.ToString("N0", CultureInfo.InvariantCulture)} parameters");
            x += width;
        }

        if (block.Parameters > 0)
            svg.Text(x + 6, middle + 4, Percent(block.Parameters, plan.Network.Parameters), "number");
    }

    /// <summary>An arc from the block whose result is added to another one's.</summary>
    private static void Residual(SvgText svg, DrawnBlock block, ImmutableArray<DrawnBlock> blocks, int index)
    {
        foreach (Layer add in block.Layers.Where(l => l.Operator == Operator.Add))
        {
            // Of the operands the one that is made furthest up; the other comes down the spine.
            int from = add.Inputs.Min(i => Array.FindIndex([.. blocks], b => b.Layers.Any(l => l.Name == i)));
            if (from < 0 || from == index)
                continue;
            double start = Top + (from * RowHeight) + (RowHeight / 2), end = Top + (index * RowHeight) + (RowHeight / 2), reach = Spine - 12 - (3 * Math.Min(index - from, 4));
            svg.Path($"M{SvgText.Number(Spine - 4)} {SvgText.Number(start + 2)}C{SvgText.Number(reach)} {SvgText.Number(start + 6)} {SvgText.Number(reach)} {SvgText.Number(end - 6)} {SvgText.Number(Spine - 4)} {SvgText.Number(end - 2)}", "residual");
        }
    }

    private static void Operators(SvgText svg, DrawnBlock block, double middle)
    {
        double x = Chips;
        foreach (Layer layer in block.Layers)
        {
            var op = ToolOperator.Of(layer);
            string text = op.Sign(layer);
            double width = 12 + (6.1 * text.Length);
            svg.Rectangle(x, middle - 9, width, 18, op.Style, 9, layer.ToString());
            svg.Text(x + (width / 2), middle + 4, text, "on");
            x += width + 5;
        }
    }

    /// <summary>A map as a box: its face as large as the map, its depth as many as the channels, both flattened so that the smallest can be seen.</summary>
    private static void Map(SvgText svg, Shape input, Shape shape, double middle)
    {
        double longest = Math.Max(input.Height, input.Width);
        double height = 3 + (17 * Math.Sqrt(shape.Height / longest)), width = 3 + (17 * Math.Sqrt(shape.Width / longest)), depth = 0.9 * Math.Log2(shape.Channels + 1);
        double x = Maps + 46, left = x - (width / 2) - (depth / 2), top = middle - (height / 2) + (depth / 2);
        string l = SvgText.Number(left), r = SvgText.Number(left + width), t = SvgText.Number(top), b = SvgText.Number(top + height);
        string deepRight = SvgText.Number(left + width + depth), deepLeft = SvgText.Number(left + depth), deepTop = SvgText.Number(top - depth), deepBottom = SvgText.Number(top + height - depth);
        svg.Path($"M{l} {t}L{deepLeft} {deepTop}H{deepRight}V{deepBottom}L{r} {b}V{t}Z", "side");
        svg.Path($"M{r} {t}L{deepRight} {deepTop}", "side");
        svg.Path($"M{l} {t}H{r}V{b}H{l}Z", "face");
        svg.Text(Maps + 18, middle + 4, shape.IsVector ? $"{shape.Channels}" : $"{shape}", "number end");
    }

    /// <summary>Scratch from left to right, steps from top to bottom: a map is a rectangle where and while it exists.</summary>
    private static void Memory(SvgText svg, Plan plan, ImmutableArray<DrawnBlock> blocks)
    {
        double scale = ScratchWidth / plan.ScratchBytes;
        int first = 0;
        foreach (Stage stage in plan.Stages)
        {
            int last = first + stage.Steps.Count - 1;
            if (stage.IsStreamed)
                svg.Rectangle(Scratch, Y(first), ScratchWidth, Y(last + 1) - Y(first), "streamed", 3, $"{stage.Steps[0].Layer.Name} to {stage.Last.Last.Name} run row by row");
            else if (stage.IsSliced)
                svg.Rectangle(Scratch, Y(first), ScratchWidth, Y(last + 1) - Y(first), "streamed", 3, $"{stage.Steps[0].Layer.Name} to {stage.Last.Last.Name} run some channels at a time");
            first = last + 1;
        }

        foreach (MapLifetime map in MapLifetime.Of(plan))
        {
            FeatureBuffer buffer = map.Buffer;
            string rows = buffer.Ring > 0 ? $"{buffer.Ring} of its rows" : buffer.Slice > 0 ? $"{buffer.Slice * buffer.Lanes} of its channels" : "all of it";
            double top = Y(map.First), height = Y(map.Last + 1) - top;
            svg.Rectangle(Scratch + (buffer.Offset * scale), top + 0.75, Math.Max(buffer.Bytes * scale, 0.75), Math.Max(height - 1.5, 0.75), "map", 1.5, $"{buffer.Name}, {buffer.Shape}: {rows}, {ByteSize.Text(buffer.Bytes)}");
        }

        double Y(int step)
        {
            int row = blocks.Length;
            while (row > 0 && blocks[row - 1].FirstStep > step)
                row--;
            if (row == 0)
                return Top;
            DrawnBlock block = blocks[row - 1];
            return Top + ((row - 1 + ((step - block.FirstStep) / (double)block.Steps.Length)) * RowHeight);
        }
    }

    private static string Footnote(Plan plan) =>
        $"Shaded: steps that run row by row, or some channels at a time, of whose maps no more exist at once. Most scratch is in use in {plan.PeakStep}.";

    private static string Millions(long value) => (value / 1e6).ToString(value < 10_000_000 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + " M";

    private static string Percent(long part, long whole) => (100.0 * part / whole).ToString("0.0", CultureInfo.InvariantCulture) + "%";

    private static string Shortened(string name, int length) => name.Length <= length ? name : name[..(length - 1)] + "…";
}
