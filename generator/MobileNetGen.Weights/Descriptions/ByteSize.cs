using System;
using System.Globalization;

namespace MobileNetGen.Weights.Descriptions;

/// <summary>Amounts of memory, for people.</summary>
internal static class ByteSize
{
    /// <summary><c>512 B</c>, <c>55.3 KiB</c>, <c>13.4 MiB</c>.</summary>
    public static string Text(long bytes) => bytes < 1024
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B")
        : bytes < 10 * 1024 * 1024
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#} MiB");
}
