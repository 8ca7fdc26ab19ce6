using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MobileNetGen.Generator.Tests.Support;

namespace MobileNetGen.Generator.Tests;

/// <summary>A project may have types of any name beside a generated class.</summary>
public class UsersTypesTests
{
    // C# itself gives these a meaning where no type has the name.
    private static readonly HashSet<string> s_words = ["var", "nint", "nuint", "nameof", "field", "value", "partial", "scoped"];

    public static TheoryData<string, string[]> Texts => new()
    {
        { Networks.V1Float32, [] },
        { Networks.V2UInt8, ["cat"] },
        { Networks.HandWrittenInt8.Replace("namespace    Contoso.Parts", "", System.StringComparison.Ordinal) + "\nbake source\noutput conv1 bottleneck1", Networks.AwkwardLabels },
        { Networks.Ends("int8", "float32 uint8"), [] },
        { "network MobileNetV2\nresolution 512\nweights random\nbake resource\noutput bottleneck1 bottleneck2", [] },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_type_of_every_name_in_the_generated_code_does_not_matter(string text, string[] labels)
    {
        string source = Harness.Generate(Harness.Packed("a.mbnet", text, labels)).Single().Value;
        SyntaxNode root = CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.CSharp14)).GetRoot();
        string own = root.DescendantNodes().OfType<Microsoft.CodeAnalysis.CSharp.Syntax.ClassDeclarationSyntax>().First().Identifier.Text;
        string[] names = [.. root.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText).Distinct().Where(n => n != own && !s_words.Contains(n))];
        Assert.Superset(new HashSet<string> { "Span", "ReadOnlySpan", "FeatureMap", "MobileNetGen", "System", "Require" }, names.ToHashSet());

        // Lower-case names of types are a warning, which is about the users' types.
        string users = "#pragma warning disable CS8981\nnamespace Contoso.Vision;\n" + string.Concat(names.Select(n => $"internal sealed class {n};\n"));
        Assert.Empty(Harness.Compile([source, users]));
    }

    // What is derived from the name of one result may be the name of another.
    [Theory]
    [InlineData("float32")]
    [InlineData("uint8")]
    public void Results_may_have_any_names_that_layers_may_have(string quantization)
    {
        string[] layers = ["output", "scores", "head", "head_values", "head_raw", "head_result", "head_length", "pixels", "scratch", "results", "class_"];
        string text = $"network Odd\nclass HeadLength\nresolution 16\nweights random 1\nquantization {quantization}\noutput {string.Join(' ', layers)}\nlayers\n"
            + string.Concat(layers.Select(l => $"  conv 8 kernel 3 as {l}\n")) + "head\n  avgpool";
        Assert.Empty(Harness.Compile(Harness.Generate(Harness.Packed("a.mbnet", text)).Values));
    }
}
