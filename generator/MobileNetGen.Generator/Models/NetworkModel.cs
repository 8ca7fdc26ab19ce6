using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis.Text;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Written;

namespace MobileNetGen.Generator.Models;

/// <summary>A network of a <c>.mbnet</c> file, before its weights are known: planned, or with a class that needs no plan.</summary>
/// <param name="Path">The file.</param>
/// <param name="QualifiedName">Its class, with the namespace that the text gives it, if any.</param>
/// <param name="Planned">The planned network and what identifies the text, unless the class is written.</param>
/// <param name="Written">The class that packing wrote, where it is what the compiler would write.</param>
internal sealed record NetworkModel(string Path, string QualifiedName, PlannedText? Planned, WrittenClass? Written)
{
    /// <summary>The networks that a text describes; none where it has errors, which the analyzer reports.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">The text.</param>
    /// <param name="written">All its classes, if they are written and current.</param>
    public static IReadOnlyList<NetworkModel> Of(string path, SourceText text, EquatableArray<WrittenClass> written)
    {
        if (written.Count > 0)
            return written.Select(w => new NetworkModel(path, w.QualifiedName, null, w)).ToList();
        EquatableArray<Plan> plans = CompiledText.Of(path, text).Plans;
        if (plans.Count == 0)
            return [];
        string hash = DescriptionHash.Of(text.ToString());
        return plans.Select(plan => new NetworkModel(path, plan.Network.QualifiedName, new PlannedText(plan, hash), null)).ToList();
    }

    /// <summary>The class, with the packed weights if any of <paramref name="packed"/> were made from this text.</summary>
    public ClassText WithWeights(IEnumerable<PlanText> packed, string rootNamespace) =>
        new(QualifiedName, Planned is { } planned ? ModelOf(planned, packed, rootNamespace) : null, Written?.Source);

    private ClassModel ModelOf(PlannedText planned, IEnumerable<PlanText> packed, string rootNamespace)
    {
        Compiler.Networks.Network network = planned.Plan.Network;
        PackedNetwork? weights = packed.Select(p => p.Network).FirstOrDefault(p =>
            p is not null && p.QualifiedName == QualifiedName && p.DescriptionHash == planned.DescriptionHash && p.Outputs.Select(o => o.Name).SequenceEqual(network.Outputs.Select(o => o.Name)));
        return new ClassModel(planned.Plan, weights, network.Namespace ?? rootNamespace, System.IO.Path.GetFileName(Path), planned.DescriptionHash);
    }
}

/// <summary>A planned network.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="DescriptionHash">What identifies the text.</param>
internal sealed record PlannedText(Plan Plan, string DescriptionHash);

/// <summary>What a generated file is made of.</summary>
/// <param name="QualifiedName">The class, which gives the file its name.</param>
/// <param name="Model">All that its text depends on, unless it is written.</param>
/// <param name="Written">Its text, if it is written.</param>
internal sealed record ClassText(string QualifiedName, ClassModel? Model, string? Written);
