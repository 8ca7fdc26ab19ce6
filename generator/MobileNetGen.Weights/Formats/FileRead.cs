using System;
using System.Security.Cryptography;

namespace MobileNetGen.Weights.Formats;

/// <summary>A file as it was when it was read.</summary>
/// <param name="Path">The file.</param>
/// <param name="Hash">SHA-256 of its content, in lower-case hexadecimal.</param>
public sealed record FileRead(string Path, string Hash)
{
    /// <summary>A file with its content.</summary>
    public static FileRead Of(string path, ReadOnlySpan<byte> content) => new(path, Convert.ToHexStringLower(SHA256.HashData(content)));
}
