using System;
using System.Security.Cryptography;
using System.Text;

namespace MobileNetGen.Compiler.Packing;

/// <summary>Identifies texts.</summary>
internal static class TextHash
{
    /// <summary>SHA-256, in lower-case hexadecimal, of a text in UTF-8.</summary>
    public static string Of(string text)
    {
        using var sha256 = SHA256.Create();
        return BitConverter.ToString(sha256.ComputeHash(Encoding.UTF8.GetBytes(text))).Replace("-", "").ToLowerInvariant();
    }
}
