using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using MobileNetGen.Compiler;

namespace MobileNetGen.Generator.Written;

/// <summary>What packing wrote for a project.</summary>
/// <param name="Plans">The plans, whether one can be read or not.</param>
/// <param name="Written">The classes.</param>
internal sealed record PackedFiles(EquatableArray<PlanText> Plans, EquatableArray<WrittenClass> Written)
{
    private static readonly ConditionalWeakTable<SourceText, Known> s_known = new();

    /// <summary>Whether a file is of packing.</summary>
    public static bool IsPacked(string path) => path.EndsWith(".mbplan", StringComparison.OrdinalIgnoreCase) || IsWritten(path);

    /// <summary>Whether a file is a written class.</summary>
    public static bool IsWritten(string path) => path.EndsWith(".mbclass", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a file: classes once for the generator and the analyzer of a compilation. Null for a class that is not as packing wrote it.</summary>
    public static PackedFile? Read(AdditionalText file, CancellationToken cancellation)
    {
        if (file.GetText(cancellation) is not { } text)
            return null;
        return IsWritten(file.Path) ? s_known.GetValue(text, t => new Known(WrittenClass.Read(t.ToString()))).Class : new PlanText(text.ToString());
    }

    /// <summary>Puts files together.</summary>
    public static PackedFiles Of(IEnumerable<PackedFile> files) => new(files.OfType<PlanText>().ToEquatableArray(), files.OfType<WrittenClass>().ToEquatableArray());

    /// <summary>All classes of a description, where each is one that the compiler would write now; else none.</summary>
    /// <param name="path">The <c>.mbnet</c> file.</param>
    /// <param name="text">Its text.</param>
    /// <param name="rootNamespace">The project's root namespace.</param>
    public EquatableArray<WrittenClass> ClassesOf(string path, SourceText text, string rootNamespace)
    {
        if (Written.Count == 0)
            return default;
        string key = WrittenClass.DescriptionKey(path, text.ToString());
        List<WrittenClass> current = Written.Where(w => w.Description == key && w.RootNamespace == rootNamespace && IsOnlyPlan(w)).ToList();
        return current.Count > 0 && current[0].Networks.All(name => current.Exists(w => w.QualifiedName == name))
            ? current[0].Networks.Select(name => current.First(w => w.QualifiedName == name)).ToEquatableArray()
            : default;

        // Of several plans of a class only their contents tell which one counts.
        bool IsOnlyPlan(WrittenClass w) => Plans.Where(p => p.MayBeOf(w.QualifiedName)).ToList() is [var plan] && plan.Hash == w.Plan;
    }

    private sealed record Known(WrittenClass? Class);
}
