using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Networks;

/// <summary>The networks under <c>models/</c>, which are written in the language itself and shipped inside this assembly.</summary>
public static class BuiltInNetworks
{
    private const string Prefix = "models/";
    private const string Suffix = ".mbnet";

    private static readonly Lazy<SortedDictionary<string, NetworkSyntax>> s_networks = new(Load);

    /// <summary>Their names, sorted.</summary>
    public static IReadOnlyCollection<string> Names => s_networks.Value.Keys;

    /// <summary>The text of one, or null.</summary>
    public static NetworkSyntax? Find(string name) => s_networks.Value.TryGetValue(name, out NetworkSyntax? syntax) ? syntax : null;

    private static SortedDictionary<string, NetworkSyntax> Load()
    {
        var networks = new SortedDictionary<string, NetworkSyntax>(StringComparer.Ordinal);
        Assembly assembly = typeof(BuiltInNetworks).Assembly;
        foreach (string resource in assembly.GetManifestResourceNames().Where(r => r.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var source = new SourceText(resource, reader.ReadToEnd());
            var diagnostics = new DiagnosticBag(source);
            networks.Add(resource.Substring(Prefix.Length, resource.Length - Prefix.Length - Suffix.Length), Parser.Parse(source, diagnostics));
            if (diagnostics.HasErrors)
                throw new InvalidOperationException(diagnostics.Items[0].ToString());
        }

        return networks;
    }
}
