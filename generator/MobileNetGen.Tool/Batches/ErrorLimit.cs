using System.Globalization;

namespace MobileNetGen.Tool.Batches;

/// <summary>How many photographs may be unreadable before the program says that something is wrong.</summary>
/// <param name="Value">So many, or so many percent.</param>
/// <param name="IsShare">Whether it is percent.</param>
internal readonly record struct ErrorLimit(double Value, bool IsShare)
{
    /// <summary>Reads <c>10</c> or <c>0.5%</c>.</summary>
    public static bool TryParse(string text, out ErrorLimit limit)
    {
        bool isShare = text.EndsWith('%');
        bool isNumber = double.TryParse(isShare ? text[..^1] : text, isShare ? NumberStyles.AllowDecimalPoint : NumberStyles.None, CultureInfo.InvariantCulture, out double value);
        limit = new ErrorLimit(value, isShare);
        return isNumber && value >= 0 && (!isShare || value <= 100);
    }

    /// <summary>Whether so many errors are too many.</summary>
    public bool IsExceeded(long errors, long rows) => errors > (IsShare ? Value / 100 * rows : Value);

    /// <summary>As it was written.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture) + (IsShare ? "%" : "");
}
