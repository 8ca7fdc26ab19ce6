using System;
using System.IO;
using System.Linq;

namespace MobileNetGen.AspNetCore.Tests.Support;

/// <summary>A test that needs curl.</summary>
public sealed class CurlFactAttribute : FactAttribute
{
    /// <summary>Skips without it.</summary>
    public CurlFactAttribute() => Skip = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "curl")))
        ? null
        : "curl is not installed, whose commands the pages have.";
}
