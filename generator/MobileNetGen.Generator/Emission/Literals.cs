using System.Globalization;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;

namespace MobileNetGen.Generator.Emission;

/// <summary>Values as C# literals, and text as comments. Nothing here asks for the culture.</summary>
internal static class Literals
{
    /// <summary><c>1,968,000</c>, for people.</summary>
    public static string Grouped(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>1_968_000</c>, for constants.</summary>
    public static string Constant(long value) => Grouped(value).Replace(',', '_');

    /// <summary>Bytes in KiB, rounded up.</summary>
    public static string KiB(long bytes) => Grouped((bytes + 1023) / 1024) + " KiB";

    /// <summary>An address some bytes behind a pointer.</summary>
    public static string At(string pointer, long offset) => offset == 0 ? pointer : $"{pointer} + {offset}";

    /// <summary>An address some bytes behind a pointer, as a pointer to another type.</summary>
    public static string At(string pointer, long offset, string type) => offset == 0 ? $"({type}*){pointer}" : $"({type}*)({pointer} + {offset})";

    /// <summary>A float32 constant from a decimal number.</summary>
    public static string Single(decimal value) => value.ToString(CultureInfo.InvariantCulture) + "f";

    /// <summary>A scale, whose text already is the shortest that reads back as the same float32.</summary>
    public static string Scale(QuantizedTensor tensor) => tensor.Scale + "f";

    /// <summary>The lower end of an activation in float32.</summary>
    public static string Minimum(Activation activation) => activation == Activation.Linear ? "float.NegativeInfinity" : "0f";

    /// <summary>The upper end of an activation in float32.</summary>
    public static string Maximum(Activation activation) => activation == Activation.Relu6 ? "6f" : "float.PositiveInfinity";

    /// <summary>A string literal.</summary>
    public static string String(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (char c in text)
            literal.Append(c is '"' or '\\' || c < ' ' || c > '~' ? $"\\u{(int)c:x4}" : c.ToString());
        return literal.Append('"').ToString();
    }

    /// <summary>Text for the inside of a comment: what would end the line is replaced.</summary>
    public static string Comment(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? '?' : c));

    /// <summary>Text for the inside of a documentation comment.</summary>
    public static string Documentation(string text) => Comment(text).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
