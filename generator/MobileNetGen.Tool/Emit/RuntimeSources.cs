using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;

namespace MobileNetGen.Tool.Emit;

/// <summary>The source files of the runtime, which this program carries.</summary>
internal static class RuntimeSources
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

    private static string Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
