using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis.Text;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Models;

/// <summary>A network of a <c>.mbnet</c> file, before its weights are known.</summary>
/// <param name="Path">The file.</param>
/// <param name="Plan">The planned network.</param>
/// <param name="DescriptionHash">What identifies the text.</param>
internal sealed record NetworkModel(string Path, Plan Plan, string DescriptionHash)
{
    /// <summary>The networks that a text describes; none where it has errors, which the analyzer reports.</summary>
    public static IReadOnlyList<NetworkModel> Of(string path, SourceText text)
    {
        EquatableArray<Plan> plans = CompiledText.Of(path, text).Plans;
        if (plans.Count == 0)
            return [];
        string hash = Compiler.Packing.DescriptionHash.Of(text.ToString());
        return plans.Select(plan => new NetworkModel(path, plan, hash)).ToList();
    }

    /// <summary>The class's model, with the packed weights if any of <paramref name="packed"/> were made from this text.</summary>
    public ClassModel WithWeights(IEnumerable<PackedNetwork> packed, string rootNamespace) => new(
        Plan,
        packed.FirstOrDefault(p => p.QualifiedName == Plan.Network.QualifiedName && p.DescriptionHash == DescriptionHash && p.Outputs.Select(o => o.Name).SequenceEqual(Plan.Network.Outputs.Select(o => o.Name))),
        Plan.Network.Namespace ?? rootNamespace,
        System.IO.Path.GetFileName(Path),
        DescriptionHash);
}
