using System.IO;
using MobileNetGen.Generator.Emission;
using MobileNetGen.Generator.Models;
using MobileNetGen.Weights.Descriptions;

namespace MobileNetGen.Tool.Emit;

/// <summary>The class that the generator would write.</summary>
internal static class GeneratedClass
{
    /// <summary>Writes the class of a packed network.</summary>
    /// <param name="description">The file it is from.</param>
    /// <param name="packed">The network with its weights.</param>
    /// <param name="rootNamespace">The namespace, where the description gives none.</param>
    public static string Write(Description description, PackedPlan packed, string rootNamespace) => ClassEmitter.Emit(new ClassModel(
        packed.Plan,
        packed.Result.Packed,
        packed.Plan.Network.Namespace ?? rootNamespace,
        Path.GetFileName(description.File),
        packed.Result.Packed.DescriptionHash));

    /// <summary>Writes the class as editors see it before the first build: every public member, and no weights.</summary>
    /// <param name="description">The file it is from.</param>
    /// <param name="rootNamespace">The namespace, where the description gives none.</param>
    public static string WriteUnpacked(Description description, string rootNamespace) => ClassEmitter.Emit(new ClassModel(
        description.Plans[0], null, description.Plans[0].Network.Namespace ?? rootNamespace, Path.GetFileName(description.File), ""));
}
