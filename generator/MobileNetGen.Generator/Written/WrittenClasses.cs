using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using MobileNetGen.Compiler;

namespace MobileNetGen.Generator.Written;

/// <summary>Which of a project's written classes are still what the compiler would write.</summary>
internal static class WrittenClasses
{
    private static readonly ConditionalWeakTable<SourceText, Known> s_known = new();

    /// <summary>Whether a file is one.</summary>
    public static bool IsWritten(string path) => path.EndsWith(".mbclass", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads files, each once for the generator and the analyzer of a compilation; those that are not what packing wrote are left out.</summary>
    public static ImmutableArray<WrittenClass> Read(IEnumerable<AdditionalText> files, CancellationToken cancellation) =>
    [
        .. files.Where(file => IsWritten(file.Path))
            .Select(file => file.GetText(cancellation) is { } text ? s_known.GetValue(text, t => new Known(WrittenClass.Read(t.ToString()))).Class : null)
            .OfType<WrittenClass>(),
    ];

    /// <summary>All classes of a description, where each is one that the compiler would write now; else none.</summary>
    /// <param name="path">The <c>.mbnet</c> file.</param>
    /// <param name="text">Its text.</param>
    /// <param name="written">The written classes of the project.</param>
    /// <param name="plans">Its plans.</param>
    /// <param name="rootNamespace">Its root namespace.</param>
    public static EquatableArray<WrittenClass> Of(string path, SourceText text, ImmutableArray<WrittenClass> written, ImmutableArray<PlanText> plans, string rootNamespace)
    {
        if (written.IsEmpty)
            return default;
        string key = WrittenClass.DescriptionKey(path, text.ToString());
        List<WrittenClass> current = written.Where(w => w.Description == key && w.RootNamespace == rootNamespace && IsOnlyPlan(w)).ToList();
        return current.Count > 0 && current[0].Networks.All(name => current.Exists(w => w.QualifiedName == name))
            ? current[0].Networks.Select(name => current.First(w => w.QualifiedName == name)).ToEquatableArray()
            : default;

        // Of several plans of a class only their contents tell which one counts.
        bool IsOnlyPlan(WrittenClass w) => plans.Where(p => p.MayBeOf(w.QualifiedName)).ToList() is [var plan] && plan.Hash == w.Plan;
    }

    private sealed record Known(WrittenClass? Class);
}
