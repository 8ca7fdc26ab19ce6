using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MobileNetGen.AspNetCore;
using MobileNetGen.Batch;
using MobileNetGen.Extensions.AI;
using MobileNetGen.Generator.Tests.Support;
using MobileNetGen.Runtime;
using MobileNetGen.SkiaSharp;
using MobileNetGen.Teaching;

namespace MobileNetGen.Tool.Tests.Api;

/// <summary>
/// What users of each package may call, as a list: a change of it is seen where it is made. Types that editors hide are left out. Only generated code calls those, and it is of the package's
/// own version.
/// </summary>
public class PublicApiTests
{
    private static readonly SymbolDisplayFormat s_member = Format(SymbolDisplayGenericsOptions.IncludeTypeParameters, SymbolDisplayKindOptions.IncludeMemberKeyword);

    private static readonly SymbolDisplayFormat s_type = Format(
        SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints, SymbolDisplayKindOptions.IncludeTypeKeyword);

    [Fact]
    public void Runtime() => Verifier.Verify(Api(typeof(Prediction)), "txt");

    [Fact]
    public void SkiaSharp() => Verifier.Verify(Api(typeof(Photo)), "txt");

    [Fact]
    public void Batch() => Verifier.Verify(Api(typeof(BatchJob)), "txt");

    [Fact]
    public void Teaching() => Verifier.Verify(Api(typeof(ImageTeacher)), "txt");

    [Fact]
    public void AspNetCore() => Verifier.Verify(Api(typeof(MobileNets)), "txt");

    [Fact]
    public void ExtensionsAI() => Verifier.Verify(Api(typeof(Extensions.AI.ServiceCollectionExtensions)), "txt");

    private static SymbolDisplayFormat Format(SymbolDisplayGenericsOptions generics, SymbolDisplayKindOptions kinds) => new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameOnly,
        genericsOptions: generics,
        memberOptions: SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeRef
            | SymbolDisplayMemberOptions.IncludeConstantValue,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue
            | SymbolDisplayParameterOptions.IncludeModifiers | SymbolDisplayParameterOptions.IncludeExtensionThis,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        kindOptions: kinds,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static string Api(Type type)
    {
        MetadataReference assembly = MetadataReference.CreateFromFile(type.Assembly.Location);
        IEnumerable<MetadataReference> others = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => !p.Equals(type.Assembly.Location, StringComparison.Ordinal)).Select(p => MetadataReference.CreateFromFile(p));
        CSharpCompilation compilation = CSharpCompilation.Create("Api", references: [assembly, .. others]);
        var text = new StringBuilder();
        foreach (INamedTypeSymbol found in Types(((IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(assembly)!).GlobalNamespace).OrderBy(t => t.ToDisplayString(), StringComparer.Ordinal))
        {
            text.Append(found.ContainingNamespace).Append(": ").Append(found.ToDisplayString(s_type)).Append('\n');
            foreach (string member in found.GetMembers().Where(IsShown).Select(m => m.ToDisplayString(s_member)).Order(StringComparer.Ordinal))
                text.Append("    ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceSymbol space) => space.GetTypeMembers()
        .Where(t => t.DeclaredAccessibility == Accessibility.Public && !IsHidden(t))
        .Concat(space.GetNamespaceMembers().SelectMany(Types));

    private static bool IsHidden(ISymbol symbol) => symbol.GetAttributes().Any(a => a.AttributeClass?.Name == nameof(System.ComponentModel.EditorBrowsableAttribute));

    /// <summary>Leaves out what a record or a property has by itself, and the groups that the compiler makes of extensions.</summary>
    private static bool IsShown(ISymbol member) =>
        member.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected && !member.IsImplicitlyDeclared && member is not INamedTypeSymbol
        && member is not IMethodSymbol { MethodKind: MethodKind.PropertyGet or MethodKind.PropertySet }
        && !member.GetAttributes().Any(a => a.AttributeClass?.Name == nameof(System.Runtime.CompilerServices.CompilerGeneratedAttribute));
}
