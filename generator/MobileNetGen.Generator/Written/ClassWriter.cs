using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Emission;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Written;

/// <summary>Writes classes where they are packed.</summary>
internal static class ClassWriter
{
    /// <summary>The text of a class's <c>.mbclass</c> file.</summary>
    /// <param name="path">The <c>.mbnet</c> file.</param>
    /// <param name="text">Its text.</param>
    /// <param name="compiled">What the text describes.</param>
    /// <param name="plan">The network, one of those.</param>
    /// <param name="planText">The text of its <c>.mbplan</c> file.</param>
    /// <param name="rootNamespace">The namespace of classes whose text gives none.</param>
    public static string Write(string path, string text, Compilation compiled, Plan plan, string planText, string rootNamespace)
    {
        // By the generator's own steps, so that there is one way from these texts to a class.
        string hash = DescriptionHash.Of(text);
        var network = new NetworkModel(path, plan.Network.QualifiedName, new PlannedText(plan, hash), null);
        ClassModel model = network.WithWeights([new PlanText(planText)], rootNamespace).Model!;
        return new WrittenClass(
            network.QualifiedName,
            WrittenClass.DescriptionKey(path, text),
            TextHash.Of(planText),
            rootNamespace,
            compiled.Plans.Select(p => p.Network.QualifiedName).ToEquatableArray(),
            DescriptionFindings.Of(path, text, compiled).ToEquatableArray(),
            ClassEmitter.Emit(model)).Write();
    }
}
