using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.Text;
using MobileNetGen.Compiler;

namespace MobileNetGen.Generator.Models;

/// <summary>Compiled descriptions. The generator and the analyzer of one compilation are given the same texts, and planning is most of what either costs.</summary>
internal static class CompiledText
{
    private static readonly ConditionalWeakTable<SourceText, Known> s_known = new();

    /// <summary>What a text describes.</summary>
    /// <param name="path">The path that diagnostics show.</param>
    /// <param name="text">The text, which never changes.</param>
    public static Compilation Of(string path, SourceText text)
    {
        Known known = s_known.GetValue(text, _ => new Known(path, Mbnet.Compile(path, text.ToString())));
        return known.Path == path ? known.Compilation : Mbnet.Compile(path, text.ToString());
    }

    private sealed record Known(string Path, Compilation Compilation);
}
