using System;
using System.Globalization;
using System.Security;
using System.Text;

namespace MobileNetGen.Tool.Draw;

/// <summary>An SVG in the making: the few elements that the picture is made of. The same on every machine.</summary>
internal sealed class SvgText
{
    private readonly StringBuilder _text = new();

    /// <summary>Opens the drawing.</summary>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    /// <param name="title">What it shows, for those who cannot see it.</param>
    /// <param name="style">Its style sheet.</param>
    public SvgText(double width, double height, string title, string style)
    {
        _text.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Number(width)} {Number(height)}\" width=\"{Number(width)}\" height=\"{Number(height)}\" role=\"img\">\n");
        _text.Append(CultureInfo.InvariantCulture, $"<title>{Escape(title)}</title>\n<style>\n{style}\n</style>\n");
        Rectangle(0, 0, width, height, "ground");
    }

    /// <summary>A rectangle.</summary>
    /// <param name="x">Its left edge.</param>
    /// <param name="y">Its upper edge.</param>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    /// <param name="style">Its class.</param>
    /// <param name="radius">Of its corners.</param>
    /// <param name="tip">What a pointer over it is told.</param>
    public void Rectangle(double x, double y, double width, double height, string style, double radius = 0, string? tip = null)
    {
        string corners = radius > 0 ? $" rx=\"{Number(radius)}\"" : "";
        string end = tip is null ? "/>" : $"><title>{Escape(tip)}</title></rect>";
        _text.Append(CultureInfo.InvariantCulture, $"<rect class=\"{style}\" x=\"{Number(x)}\" y=\"{Number(y)}\" width=\"{Number(width)}\" height=\"{Number(height)}\"{corners}{end}\n");
    }

    /// <summary>A path.</summary>
    public void Path(string data, string style) => _text.Append(CultureInfo.InvariantCulture, $"<path class=\"{style}\" d=\"{data}\"/>\n");

    /// <summary>A dot.</summary>
    public void Dot(double x, double y, double radius, string style) => _text.Append(CultureInfo.InvariantCulture, $"<circle class=\"{style}\" cx=\"{Number(x)}\" cy=\"{Number(y)}\" r=\"{Number(radius)}\"/>\n");

    /// <summary>A line of text; its class says where it is anchored.</summary>
    public void Text(double x, double y, string text, string style) => _text.Append(CultureInfo.InvariantCulture, $"<text class=\"{style}\" x=\"{Number(x)}\" y=\"{Number(y)}\">{Escape(text)}</text>\n");

    /// <summary>The drawing.</summary>
    public override string ToString() => _text + "</svg>\n";

    /// <summary>A number as attributes have it.</summary>
    public static string Number(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Escape(string text) => SecurityElement.Escape(text);
}
