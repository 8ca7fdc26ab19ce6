using System;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Tool.Compiled;
using MobileNetGen.Tool.Emit;
using MobileNetGen.Tool.Tests.Support;
using MobileNetGen.Tool.Verify;
using MobileNetGen.Weights.Descriptions;

namespace MobileNetGen.Tool.Tests.Emit;

public class EmitTests
{
    /// <summary>Of these all kernels are compiled to machine code twice, which takes seconds; together they reach every kind of them.</summary>
    private static readonly string[] s_run =
    [
        "float32 V2", "float32 V3", "float32 SSDLite", "float32 independent classes", "uint8 V1", "uint8 V3", "uint8 detector", "int8 V2", "int8 SSDLite", "int8 flattened", "int8 in float32",
    ];

    public static TheoryData<string> Run => [.. s_run];

    public static TheoryData<string> NotRun => [.. Texts.All.Keys.Except(s_run)];

    [Theory]
    [MemberData(nameof(NotRun))]
    public void A_file_that_stands_alone_compiles(string name)
    {
        Description description = Texts.Compile(Texts.All[name]);
        Assert.True(CompiledNetwork.OfFile(EmitCommand.Write(description, null, "Networks"), description.Plans[0].Network).ScratchBytes > 0);
    }

    [Theory]
    [MemberData(nameof(Run))]
    public void A_file_that_stands_alone_gives_every_byte_of_the_generated_class(string name)
    {
        Description description = Texts.Compile(Texts.All[name]);
        Network network = description.Plans[0].Network;
        CompiledNetwork alone = CompiledNetwork.OfFile(EmitCommand.Write(description, null, "Networks"), network);
        CompiledNetwork generated = CompiledNetwork.Of(description, PackedPlan.Of(description.Plans[0], description));
        var pixels = new byte[network.Input.Length];
        new Random(1).NextBytes(pixels);
        switch (network.InputType)
        {
            case Quantization.Float32:
                Compare([.. pixels.Select(p => (p / 127.5f) - 1)]);
                break;
            case Quantization.Int8:
                Compare([.. pixels.Select(p => (sbyte)(p - 128))]);
                break;
            default:
                Compare(pixels);
                break;
        }

        void Compare<T>(T[] input)
        {
            int outputs = network.Outputs.Sum(o => o.Length);
            T[] expected = generated.RunRaw<T, T>(input, outputs, new byte[generated.ScratchBytes]);
            Assert.True(expected.Distinct().Count() > 1, "outputs that are all alike prove nothing");
            Assert.Equal(expected, alone.RunRaw<T, T>(input, outputs, new byte[alone.ScratchBytes]));
        }
    }

    [Fact]
    public void Every_source_file_of_the_runtime_is_at_hand()
    {
        string root = Path.Combine(BuildProperty.RepositoryRoot, "runtime", "MobileNetGen.Runtime");
        string[] files =
        [
            .. Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(root, f).Replace('\\', '/'))
                .Where(f => !f.StartsWith("obj/", StringComparison.Ordinal) && !f.StartsWith("bin/", StringComparison.Ordinal)),
        ];
        Assert.Equal(files.Append("TensorPrimitives.cs").Order(StringComparer.Ordinal), RuntimeSources.All.Select(s => s.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_has_of_the_runtime_only_what_its_network_uses()
    {
        string uint8 = WithoutWeights(EmitCommand.Write(Texts.Compile(Texts.All["uint8 V1"]), null, "Networks"));
        Assert.DoesNotContain("Float32Kernels", uint8, StringComparison.Ordinal);
        Assert.DoesNotContain("MeanInt8", uint8, StringComparison.Ordinal);
        Assert.Contains("Prediction", uint8, StringComparison.Ordinal);

        string float32 = WithoutWeights(EmitCommand.Write(Texts.Compile(Texts.All["float32 V1"]), null, "Networks"));
        Assert.DoesNotContain("UInt8Kernels", float32, StringComparison.Ordinal);
        Assert.DoesNotContain("DepthwiseMultiplier", float32, StringComparison.Ordinal);
        Assert.True(uint8.Length + float32.Length < RuntimeSources.All.Sum(s => s.Text.Length) * 1.5);
    }

    [Fact]
    public void Two_files_compile_in_one_project_without_a_warning_and_declare_nothing_public()
    {
        string[] files =
        [
            EmitCommand.Write(Texts.Compile(Texts.All["uint8 V1"]), null, "My.App"),
            EmitCommand.Write(Texts.Compile(Texts.All["float32 layers"] + "\nnamespace Another.Place"), null, "My.App"),
        ];
        SyntaxTree[] trees = [.. files.Select(f => CSharpSyntaxTree.ParseText(f, new CSharpParseOptions(LanguageVersion.CSharp14, DocumentationMode.Diagnose)))];
        CSharpCompilation project = CSharpCompilation.Create("Project", trees, StandaloneFile.Framework, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, warningLevel: 9999));
        Assert.Empty(project.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning));
        Assert.All(
            trees.SelectMany(t => t.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>()).Where(t => t.Parent is NamespaceDeclarationSyntax),
            t => Assert.DoesNotContain(t.Modifiers, m => m.IsKind(SyntaxKind.PublicKeyword)));
        Assert.NotNull(project.GetTypeByMetadataName("My.App.MobileNetV1_0_1_64"));
        Assert.NotNull(project.GetTypeByMetadataName("Another.Place.Odd_1_0_38x33"));
    }

    [Fact]
    public void Labels_of_any_content_stay_as_they_are()
    {
        using var mbnet = new Mbnet();
        mbnet.Write("labels.txt", "global::MobileNetGen.Runtime\n    indented \"\"\" quotes\n{0}\n");
        string file = mbnet.Write("net.mbnet", "network MobileNetV1\nalpha 0.25\nresolution 32\nclasses 3\nweights random 1\nlabels \"labels.txt\"");
        Mbnet.Succeed("emit", file, "-o", mbnet["Net.cs"]);
        string code = File.ReadAllText(mbnet["Net.cs"]);
        Assert.Contains("\nglobal::MobileNetGen.Runtime\nindented \"\"\" quotes\n{0}\n", code, StringComparison.Ordinal);
        Assert.NotNull(CompiledNetwork.OfFile(code, Texts.Plan("network MobileNetV1\nalpha 0.25\nresolution 32\nclasses 3\nweights random 1").Network));
    }

    [Fact]
    public void Emitting_twice_gives_the_same_bytes() =>
        Assert.Equal(EmitCommand.Write(Texts.Compile(Texts.Odd), null, "Networks"), EmitCommand.Write(Texts.Compile(Texts.Odd), null, "Networks"));

    private static string WithoutWeights(string file) => string.Join('\n', file.Split('\n').Where(l => !l.TrimStart().StartsWith("0x", StringComparison.Ordinal)));
}
