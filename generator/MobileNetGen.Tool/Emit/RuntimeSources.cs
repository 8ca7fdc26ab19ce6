using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;

namespace MobileNetGen.Tool.Emit;

/// <summary>The source files of the runtime, which this program carries.</summary>
internal static partial class RuntimeSources
{
    private const string Prefix = "runtime/";

    /// <summary>Their paths and texts, by path.</summary>
    public static ImmutableArray<(string Path, string Text)> All { get; } =
    [
        .. typeof(RuntimeSources).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(n => (n[Prefix.Length..].Replace('\\', '/'), Read(n))),
    ];

    /// <summary>What is for later versions of .NET alone: a file stands for the oldest.</summary>
    [GeneratedRegex("^#if NET11_0_OR_GREATER\n.*?^#endif\n", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex OfLater();

    private static string Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return OfLater().Replace(reader.ReadToEnd().ReplaceLineEndings("\n"), "");
    }
}
