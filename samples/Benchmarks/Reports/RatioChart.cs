using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;
using MobileNetGen.Samples.Benchmarks.Measurement;

namespace MobileNetGen.Samples.Benchmarks.Reports;

/// <summary>Results for people: an SVG bar chart of the ratios, with a line where ONNX Runtime is.</summary>
internal static class RatioChart
{
    private const int Left = 190;
    private const int Top = 56;
    private const int Width = 520;
    private const int BarHeight = 20;
    private const int RowHeight = 28;

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    /// <summary>Writes the file.</summary>
    public static void Write(string file, IReadOnlyList<Result> results)
    {
        double scale = Width / Math.Max(1.1, results.Max(result => result.Ratio) * 1.05);
        int bottom = Top + (results.Count * RowHeight);
        string title = $"Time of a call relative to ONNX Runtime {Machine.OnnxRuntime}, {results[0].Quantization}, one core";
        var picture = new XElement(
            s_svg + "svg",
            new XAttribute("viewBox", $"0 0 {Left + Width + 20} {bottom + 40}"),
            new XAttribute("font-family", "sans-serif"),
            new XAttribute("font-size", 13),
            new XElement(s_svg + "title", title),
            new XElement(s_svg + "rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"), new XAttribute("fill", "white")),
            Text(10, 22, title, new XAttribute("font-weight", "bold")),
            Text(10, 42, $"{Machine.Name}; {Machine.InstructionSets}; {Machine.DotNet}. Shorter is faster.", new XAttribute("fill", "#555")));
        double one = Left + scale;
        picture.Add(
            new XElement(s_svg + "line", Number("x1", one), Number("x2", one), Number("y1", Top - 4), Number("y2", bottom), new XAttribute("stroke", "#222"), new XAttribute("stroke-dasharray", "4 3")),
            Text(one, bottom + 18, "ONNX Runtime = 1", new XAttribute("text-anchor", "middle")));
        for (int row = 0; row < results.Count; row++)
        {
            (Result result, int y) = (results[row], Top + (row * RowHeight));
            double length = result.Ratio * scale;
            picture.Add(
                Text(Left - 8, y + 15, result.Network, new XAttribute("text-anchor", "end")),
                new XElement(s_svg + "rect", Number("x", Left), Number("y", y), Number("width", length), Number("height", BarHeight), new XAttribute("fill", result.Ratio <= 1 ? "#2a7ab0" : "#b0532a")),
                // In the bar, where the line does not cross it.
                Text(
                    Left + length - 6,
                    y + 15,
                    string.Create(CultureInfo.InvariantCulture, $"{result.OursMinMs:0.000} ms, {result.Ratio:0.00}"),
                    new XAttribute("text-anchor", "end"),
                    new XAttribute("fill", "white")));
        }

        new XDocument(picture).Save(file);
    }

    private static XElement Text(double x, double y, string text, params XAttribute[] attributes) => new(s_svg + "text", Number("x", x), Number("y", y), attributes, text);

    private static XAttribute Number(string name, double value) => new(name, value.ToString("0.#", CultureInfo.InvariantCulture));
}
