using System;

namespace MobileNetGen.Weights.Formats;

/// <summary>Names from files, which may hold anything, as messages show them.</summary>
internal static class PrintableName
{
    private const int Longest = 256;

    /// <summary>A name's first characters, those that are not printable ASCII as question marks.</summary>
    public static string Of(string name) => string.Create(Math.Min(name.Length, Longest), name, static (shown, whole) =>
    {
        for (int i = 0; i < shown.Length; i++)
            shown[i] = IsPrintable(whole[i]) ? whole[i] : '?';
    });

    /// <summary>Whether a character is printable ASCII.</summary>
    public static bool IsPrintable(char character) => character is >= ' ' and < (char)127;
}
