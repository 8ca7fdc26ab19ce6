using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;

namespace MobileNetGen.Compiler.Networks;

/// <summary>
/// A network's claim to a class of its project. Of several claims to one class the first by path has it; the others are errors: nothing is renamed
/// silently.
/// </summary>
/// <param name="Name">The class with its namespace.</param>
/// <param name="Path">The <c>.mbnet</c> file.</param>
public sealed record ClassClaim(string Name, string Path)
{
    /// <summary>The claim of a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">Its file.</param>
    /// <param name="rootNamespace">The namespace of classes whose text gives none: see <see cref="ClassNames.RootNamespace"/>.</param>
    public static ClassClaim Of(Network network, string path, string rootNamespace) => Of(network.QualifiedName, path, rootNamespace);

    /// <summary>The claim of a network of which only the name is known.</summary>
    /// <param name="qualifiedName">The class, with the namespace that its text gives it, if any.</param>
    /// <param name="path">Its file.</param>
    /// <param name="rootNamespace">The namespace of classes whose text gives none.</param>
    public static ClassClaim Of(string qualifiedName, string path, string rootNamespace) =>
        new(qualifiedName.Contains(".") ? qualifiedName : $"{rootNamespace}.{qualifiedName}", path);

    /// <summary>
    /// The first claim to the same class, or null where this is it. Names that differ in case alone are the same: the generated files would overwrite
    /// each other on some file systems.
    /// </summary>
    public ClassClaim? Earlier(IEnumerable<ClassClaim> claims) => claims
        .Where(c => string.Equals(c.Name, Name, StringComparison.OrdinalIgnoreCase) && string.CompareOrdinal(c.Path, Path) < 0)
        .OrderBy(c => c.Path, StringComparer.Ordinal)
        .FirstOrDefault();

    /// <summary>Reports a network whose class an earlier file of the project has.</summary>
    /// <param name="network">The network whose claim this is.</param>
    /// <param name="claims">All claims of the project.</param>
    /// <param name="positions">Where the network's parts stand.</param>
    /// <param name="diagnostics">The diagnostics of the network's file.</param>
    public void Check(Network network, IEnumerable<ClassClaim> claims, Positions positions, DiagnosticBag diagnostics)
    {
        if (Earlier(claims) is { } earlier)
            diagnostics.Report(Rules.DuplicateClass, positions[Place.Name], Name, Shown(earlier.Path), network.ClassName + "_2");
    }

    /// <summary>The other file by its name, where that is enough to tell it from this one.</summary>
    private string Shown(string other)
    {
        string name = System.IO.Path.GetFileName(other);
        return name == System.IO.Path.GetFileName(Path) ? other : name;
    }
}
