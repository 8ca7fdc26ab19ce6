using Microsoft.CodeAnalysis;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Generator.Written;

namespace MobileNetGen.Generator.Models;

/// <summary>What a description's classes depend on besides the description.</summary>
/// <param name="RootNamespace">The namespace of classes whose text gives none.</param>
/// <param name="Packed">What packing wrote.</param>
/// <param name="Claims">Who wants which class, once that is known.</param>
internal sealed record Project(string RootNamespace, PackedFiles Packed, ClassClaims? Claims = null);

/// <summary>All claims of a project.</summary>
/// <param name="All">The claims.</param>
internal sealed record ClassClaims(EquatableArray<ClassClaim> All);

/// <summary>A <c>.mbnet</c> file, and its classes where packing has written them already.</summary>
/// <param name="File">The file.</param>
/// <param name="Written">The classes, all or none.</param>
internal sealed record DescribedFile(AdditionalText File, EquatableArray<WrittenClass> Written);
