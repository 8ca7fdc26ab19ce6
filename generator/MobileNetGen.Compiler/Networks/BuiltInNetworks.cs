using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Networks;

/// <summary>The networks under <c>models/</c>, which are written in the language itself and shipped inside this assembly.</summary>
public static class BuiltInNetworks
{
    private const string Prefix = "models/";
    private const string Suffix = ".mbnet";

    private static readonly ConcurrentDictionary<string, NetworkSyntax> s_parsed = new(StringComparer.Ordinal);

    /// <summary>Their names, sorted.</summary>
    public static IReadOnlyCollection<string> Names { get; } =
    [
        .. typeof(BuiltInNetworks).Assembly.GetManifestResourceNames()
            .Where(r => r.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(r => r.Substring(Prefix.Length, r.Length - Prefix.Length - Suffix.Length))
            .OrderBy(n => n, StringComparer.Ordinal),
    ];

    /// <summary>The text of one, or null. Each is parsed when it is first asked for.</summary>
    public static NetworkSyntax? Find(string name) => Names.Contains(name) ? s_parsed.GetOrAdd(name, Parse) : null;

    private static NetworkSyntax Parse(string name)
    {
        string resource = Prefix + name + Suffix;
        using var reader = new StreamReader(typeof(BuiltInNetworks).Assembly.GetManifestResourceStream(resource)!);
        var source = new SourceText(resource, reader.ReadToEnd());
        var diagnostics = new DiagnosticBag(source);
        NetworkSyntax syntax = Parser.Parse(source, diagnostics);
        return diagnostics.HasErrors ? throw new InvalidOperationException(diagnostics.Items[0].ToString()) : syntax;
    }
}
