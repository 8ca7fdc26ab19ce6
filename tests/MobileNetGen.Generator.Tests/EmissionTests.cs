using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Generator.Tests.Support;

namespace MobileNetGen.Generator.Tests;

/// <summary>What holds for generated code of any network.</summary>
public class EmissionTests
{
    [Theory]
    [InlineData("float32")]
    [InlineData("uint8")]
    [InlineData("int8")]
    public void Every_published_variant_generates_and_the_extremes_compile_without_warning(string quantization)
    {
        var files = Networks.Published(quantization).SelectMany((text, i) => Harness.Packed($"{i}.mbnet", text)).ToArray();
        IReadOnlyDictionary<string, string> generated = Harness.Generate(files);
        Assert.Equal(38, generated.Count);
        string[] compiled = ["MobileNetV1_1_0_224", "MobileNetV1_0_25_160", "MobileNetV2_0_35_96", "MobileNetV2_1_4_224"];
        Assert.Empty(Harness.Compile(compiled.Select(name => generated[name + ".g.cs"])));
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("int8")]
    public void Every_published_variant_is_declared_before_its_weights_are_packed(string quantization)
    {
        var files = Networks.Published(quantization).Select((text, i) => ($"{i}.mbnet", text)).ToArray();
        IReadOnlyDictionary<string, string> generated = Harness.Generate(files);
        Assert.Equal(38, generated.Count);
        Assert.Empty(Harness.Compile(generated.Values));
    }

    [Theory]
    [MemberData(nameof(Networks.Ends), MemberType = typeof(Networks))]
    public void Every_pair_of_types_at_the_ends_compiles(string quantization, string input, string output)
    {
        string text = Networks.Ends(quantization, $"{input} {output}");
        string source = Assert.Single(Harness.Generate(Harness.Packed("ends.mbnet", text))).Value, before = Assert.Single(Harness.Generate(("ends.mbnet", text))).Value;
        Assert.Empty(Harness.Compile([source]));
        Assert.Empty(Harness.Compile([before]));
        Assert.Contains($"RunRaw(global::System.ReadOnlySpan<{Element(input)}> input, global::System.Span<{Element(output)}> output)", source, StringComparison.Ordinal);
        Assert.DoesNotContain("Prediction Run(", source, StringComparison.Ordinal);
        Assert.Equal(PublicMembers(before), PublicMembers(source));

        // What is said of pixels and of values is true for the end that it is said of.
        Assert.Equal(input == "float32", source.Contains("They are normalised here: (p − 127.5) / 127.5.", StringComparison.Ordinal));
        Assert.Equal(output != "float32", source.Contains("outputs; a value q means", StringComparison.Ordinal));

        static string Element(string type) => type switch { "uint8" => "byte", "int8" => "sbyte", _ => "float" };
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("uint8")]
    [InlineData("int8")]
    public void Every_head_compiles_and_says_what_it_gives(string quantization)
    {
        foreach ((string head, int classes, string kind, string scores, string? prediction) in new[]
        {
            ("flatten\n dense 9 tanh\n dense classes\n sigmoid", 1, "probability", "1 probability, 0 to 1, of class 1; that of class 0 is what it lacks of 1.", "class 1 with the network's one output p"),
            ("maxpool\n dense classes sigmoid", 5, "probabilities", "5 probabilities, 0 to 1, one a class and each by itself: several may be true at once, or none.", "the most probable class, its own probability and its label. Several"),
            ("maxpool\n dense classes\n softmax", 5, "probabilities", "5 probabilities, 0 to 1, one a class.", "the most probable class, its probability and its label."),
            ("avgpool\n dense classes tanh", 2, "values from −1 to 1", "2 values from −1 to 1.", null),
            ("maxpool", 2, "features", "8 features.", null),
            ("flatten", 2, "features", "512 features.", null),
        })
        {
            string text = $"network Heads\nresolution 8\nclasses {classes}\nquantization {quantization}\nweights random 3\nlayers\n conv 8 kernel 3\nhead\n {head}";
            string[] sources = [Harness.Generate(Harness.Packed("heads.mbnet", text)).Single().Value, Harness.Generate(("heads.mbnet", text)).Single().Value];
            Assert.All(sources, source =>
            {
                Assert.Empty(Harness.Compile([source]));
                Assert.Contains($"Number of outputs: {kind}.", source, StringComparison.Ordinal);
                Assert.Contains($"<param name=\"scores\">Gets the {scores}</param>", source, StringComparison.Ordinal);
                Assert.Equal(prediction is not null, source.Contains("Prediction Run(", StringComparison.Ordinal));
                Assert.Contains(prediction ?? "", source, StringComparison.Ordinal);
            });
        }
    }

    [Fact]
    public void The_class_is_the_same_before_and_after_packing_but_for_its_bodies()
    {
        foreach (string text in new[] { Networks.V1Float32, Networks.V2UInt8, Networks.HandWrittenInt8, Networks.Embedding, Networks.Ends("int8", "float32") })
        {
            string before = Harness.Generate(("a.mbnet", text)).Single().Value;
            string after = Harness.Generate(Harness.Packed("a.mbnet", text)).Single().Value;
            Assert.Equal(PublicMembers(before), PublicMembers(after));
        }
    }

    [Fact]
    public void A_plan_of_another_description_is_not_used()
    {
        var files = Harness.Packed("a.mbnet", Networks.V2UInt8);
        files[0].Text = files[0].Text.Replace("imagenet_labels.txt", "other_labels.txt", StringComparison.Ordinal);
        Assert.Contains("NotBuilt()", Harness.Generate(files).Single().Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# a comment\r\n")]
    [InlineData("\n\n")]
    public void A_plan_outlives_comments_spaces_and_line_ends(string prefix)
    {
        var files = Harness.Packed("a.mbnet", Networks.V2UInt8);
        string before = Harness.Generate(files).Single().Value;
        files[0].Text = prefix + files[0].Text.Replace("alpha  ", "alpha\t", StringComparison.Ordinal).ReplaceLineEndings("\r\n");
        Assert.Equal(before, Harness.Generate(files).Single().Value);
    }

    [Fact]
    public void A_halo_of_another_zero_point_is_written()
    {
        PackedNetwork packed = FakePacker.Pack(Networks.V2UInt8).Single();
        PackedNetwork changed = packed with
        {
            Layers = packed.Layers.Select(l => l.Name == "bottleneck9_expand" ? l with { Output = l.Output! with { ZeroPoint = 4 } } : l).ToEquatableArray(),
        };
        Assert.Equal(["8", "9", "10", "15", "16"], Kept(packed));
        Assert.Equal(["10", "15", "16"], Kept(changed));

        static IEnumerable<string> Kept(PackedNetwork network) =>
            Regex.Matches(
                Harness.Generate(("a.mbnet", Networks.V2UInt8), ($"{network.QualifiedName}.mbplan", PackedNetworkText.Write(network))).Single().Value,
                "// The halo is there, from bottleneck([0-9]+)_expand").Select(m => m.Groups[1].Value);
    }

    [Fact]
    public void A_malformed_plan_is_no_plan()
    {
        foreach (string plan in new[] { "", "mbplan 1\nclass MobileNetV2_0_5_160\n", "mbplan 1\nblob x\n", "mbplan 1\nweights 1\n", "\0\uD800" })
            Assert.Contains("NotBuilt()", Harness.Generate(("a.mbnet", Networks.V2UInt8), ("a.mbplan", plan)).Single().Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("my-app.1st.class", "namespace my_app._1st._class;")]
    [InlineData(null, "namespace Consumer;")]
    [InlineData("", "namespace Consumer;")]
    public void The_namespace_is_the_root_namespace_made_valid(string? rootNamespace, string expected)
    {
        var result = Harness.Driver(Harness.Texts(("a.mbnet", Networks.V1Float32)), rootNamespace).RunGenerators(Harness.Compilation()).GetRunResult();
        Assert.Contains(expected, result.Results[0].GeneratedSources[0].SourceText.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Users_types_of_the_same_names_do_not_matter()
    {
        const string users = """
            namespace Contoso.Vision;
            internal sealed class Prediction; internal sealed class Labels; internal sealed class Crop; internal sealed class Require;
            internal sealed class PixelFormat; internal sealed class ChannelOrder; internal sealed class Runtime; internal sealed class MobileNetGen;
            """;
        Assert.Empty(Harness.Compile([Harness.Generate(Harness.Packed("a.mbnet", Networks.V2UInt8)).Single().Value, users]));
    }

    [Fact]
    public void Every_kind_of_buffer_can_be_passed()
    {
        const string user = """
            using System;
            using System.Numerics.Tensors;
            namespace Contoso.Vision;
            internal static class User
            {
                internal static void Call(byte[] bytes, Memory<byte> memory, Tensor<byte> tensor, float[] scores, Tensor<float> scoreTensor)
                {
                    Span<byte> onStack = stackalloc byte[76800];
                    string label = MobileNetV2_0_5_160.Run(bytes).Label + MobileNetV2_0_5_160.Run(memory.Span) + MobileNetV2_0_5_160.Run(onStack);
                    label += MobileNetV2_0_5_160.Run(tensor).Label + MobileNetV2_0_5_160.Run((ReadOnlyTensorSpan<byte>)tensor);
                    MobileNetV2_0_5_160.Run(bytes, scores);
                    MobileNetV2_0_5_160.Run(bytes, scores, bytes);
                    MobileNetV2_0_5_160.Run(memory.Span, scores, onStack);
                    MobileNetV2_0_5_160.Run(tensor, scoreTensor);
                    MobileNetV2_0_5_160.RunRaw(bytes, bytes);
                    MobileNetV2_0_5_160.Prepare(bytes, 640, 480, onStack);
                    Console.WriteLine(label + MobileNetV2_0_5_160.Labels[0]);
                }
            }
            """;
        Assert.Empty(Harness.Compile([Harness.Generate(Harness.Packed("a.mbnet", Networks.V2UInt8)).Single().Value, user]));
    }

    [Fact]
    public void A_file_listed_twice_is_generated_once() => Assert.Single(Harness.Generate(("a.mbnet", Networks.V1Float32), ("a.mbnet", Networks.V1Float32)));

    [Fact]
    public void Layers_may_have_any_name_that_the_language_allows()
    {
        const string text = """
            network    Odd
            class      Odd
            resolution 8
            weights    random 1
            layers
              conv 8 kernel 3 as run
              conv 8 kernel 3 as labels
              conv 8 kernel 3 as labels_layer
              conv 8 kernel 3 as odd
              conv 8 kernel 3 as halo
              conv 8 kernel 3 as feature_map
              conv 8 kernel 3 as span
              conv 8 kernel 3 as é_2
              conv 8 kernel 3 as to_string
              conv 8 kernel 3 as forward
              conv 8 kernel 3 as weights_
            head
              avgpool
            """;
        Assert.Empty(Harness.Compile(Harness.Generate(Harness.Packed("a.mbnet", text)).Values));
    }

    [Fact]
    public void A_file_name_cannot_end_the_comment()
    {
        string source = Harness.Generate(Harness.Packed("a\u2028public class Evil; \n.mbnet", Networks.V1Float32)).Single().Value;
        Assert.Empty(Harness.Compile([source]));
        Assert.StartsWith("// <auto-generated>\n//     MobileNetV1_0_25_128, generated by", source, StringComparison.Ordinal);
        Assert.Empty(Harness.Compile([Harness.Generate(("a\u2028\"\\.mbnet", Networks.V1Float32)).Single().Value]));
    }

    [Fact]
    public void Nothing_depends_on_the_culture_or_the_order_of_files()
    {
        var files = Harness.Packed("v1.mbnet", Networks.V1Float32)
            .Concat(Harness.Packed("v2.mbnet", Networks.V2UInt8, "a", "b"))
            .Concat(Harness.Packed("own.mbnet", Networks.HandWrittenInt8, Networks.AwkwardLabels))
            .Append(("embedding.mbnet", Networks.Embedding)).ToArray();
        IReadOnlyDictionary<string, string> expected = Harness.Generate(files);
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = Hostile();
            Assert.Equal(expected.OrderBy(f => f.Key, StringComparer.Ordinal), Harness.Generate(files).OrderBy(f => f.Key, StringComparer.Ordinal));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }

        Array.Reverse(files);
        Assert.Equal(expected.OrderBy(f => f.Key, StringComparer.Ordinal), Harness.Generate(files).OrderBy(f => f.Key, StringComparer.Ordinal));
        Assert.All(expected.Values, text => Assert.DoesNotContain('\r', text));
    }

    [Fact]
    public void Of_two_files_with_one_class_the_first_by_path_is_generated()
    {
        string other = Networks.V1Float32.Replace(".tflite", "_other.tflite", StringComparison.Ordinal);
        string upper = "class MOBILENETV1_0_25_128\n" + Networks.V1Float32;
        string explicitly = "namespace Contoso.Vision\n" + Networks.V1Float32;
        string source = Harness.Generate(("b.mbnet", other), ("c.mbnet", upper), ("a.mbnet", Networks.V1Float32), ("d.mbnet", explicitly)).Single().Value;
        Assert.Contains("from a.mbnet.", source, StringComparison.Ordinal);
    }

    /// <summary>Another minus, decimal point, grouping and digits: worse than any real culture, and there where globalization is invariant.</summary>
    private static CultureInfo Hostile()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = "neg";
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = ".";
        culture.NumberFormat.NumberGroupSizes = [2];
        return culture;
    }

    private static IEnumerable<string> PublicMembers(string source) =>
        source.Split('\n').Where(line => line.Contains("public ", StringComparison.Ordinal) && !line.Contains("WeightBytes =", StringComparison.Ordinal))
            .Select(line => line.Split("=>")[0].Trim());
}
