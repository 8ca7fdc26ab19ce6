using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Generator.Models;

/// <summary>A file that wants to generate a class. Of several the first by path gets it; the analyzer reports the others.</summary>
/// <param name="Name">The class with its namespace.</param>
/// <param name="Path">The file.</param>
internal sealed record ClassClaim(string Name, string Path)
{
    /// <summary>The claim of a network.</summary>
    public static ClassClaim Of(Network network, string path, string rootNamespace) =>
        new($"{network.Namespace ?? rootNamespace}.{network.ClassName}", path);

    /// <summary>
    /// The earlier claim to the same class, or null where this is the first. Names that differ in case alone are the same: the generated files
    /// would overwrite each other on most file systems.
    /// </summary>
    public ClassClaim? Earlier(IEnumerable<ClassClaim> claims) => claims
        .Where(c => string.Equals(c.Name, Name, StringComparison.OrdinalIgnoreCase) && string.CompareOrdinal(c.Path, Path) < 0)
        .OrderBy(c => c.Path, StringComparer.Ordinal)
        .FirstOrDefault();
}
