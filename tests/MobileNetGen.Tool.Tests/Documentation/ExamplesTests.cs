using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Tool.Emit;
using MobileNetGen.Tool.New;
using MobileNetGen.Tool.Tests.Support;
using MobileNetGen.Weights.Descriptions;

namespace MobileNetGen.Tool.Tests.Documentation;

/// <summary>The C# of README, docs and package readmes.</summary>
public class ExamplesTests
{
    private const string Namespace = "MyApp";

    /// <summary>The classes that pages speak of, as the descriptions beside them would make them.</summary>
    private static readonly string[] s_networks =
    [
        "network MobileNetV2\nalpha 0.5\nresolution 160\nquantization uint8\nthreads 4\nweights random",
        "network MobileNetV2\nalpha 1.0\nresolution 224\nhead\n avgpool\nclass Embedder\nweights random",
        "network SSDMobileNetV1\nalpha 0.75\nclasses 90\nquantization uint8\nweights random",
        "network MobileNetV1\nclass Cifar10_1_0_32_Int8\nalpha 0.25\nresolution 32\nclasses 10\nweights random",
    ];

    /// <summary>What a snippet may take for granted: an image, and memory. A program's own variables of these names come first.</summary>
    private const string Given = $$"""
        global using {{Namespace}};
        global using static Given;
        namespace Cats { }
        internal static class Given
        {
            public static byte[] rgb = [];
            public static int width = 1, height = 1;
        }
        """;

    private static readonly Lazy<MetadataReference> s_classes = new(() => Programs.Library(s_networks.Select(n => GeneratedClass.WriteUnpacked(Texts.Compile(n), Namespace))));

    public static TheoryData<string, int> Examples
    {
        get
        {
            var examples = new TheoryData<string, int>();
            foreach (string page in Pages)
            {
                for (int i = 0; i < Blocks(page, "csharp").Count; i++)
                    examples.Add(page, i);
            }

            return examples;
        }
    }

    private static IEnumerable<string> Pages => new[] { "docs", "samples", "generator", "runtime" }
        .SelectMany(folder => Directory.GetFiles(Path.Combine(BuildProperty.RepositoryRoot, folder), "*.md", SearchOption.AllDirectories))
        .Select(file => Path.GetRelativePath(BuildProperty.RepositoryRoot, file).Replace('\\', '/'))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
        .Append("README.md")
        .Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_compiles(string page, int index)
    {
        string example = Blocks(page, "csharp")[index];
        Assert.Empty(Programs.Problems(s_classes.Value, example, Given));
    }

    [Fact]
    public void The_first_program_is_the_one_of_a_new_project_and_prints_what_stands_below_it()
    {
        string program = Blocks("README.md", "csharp")[0], printed = Blocks("README.md", "")[1];
        string folder = Path.Combine(BuildProperty.RepositoryRoot, "models", "cifar10");
        Description description = Description.Read(Path.Combine(folder, "Cifar10_int8.mbnet"));
        Plan plan = description.Plans[0];
        Assert.Equal(ProjectText.Program(plan.Network, "Cats", ShippedNetwork.Photograph).ReplaceLineEndings("\n"), program);

        PackedPlan packed = PackedPlan.Of(plan, description);
        string network = GeneratedClass.Write(description, packed, "Cats");
        string photograph = Path.Combine(BuildProperty.RepositoryRoot, "samples", "Classify", "photos", ShippedNetwork.Photograph);
        Assert.Equal(printed, Programs.Run([photograph], packed.Result.Packed.Resource!, packed.Result.Blob, program, network).Replace(photograph, ShippedNetwork.Photograph, StringComparison.Ordinal));
    }

    private static List<string> Blocks(string page, string language)
    {
        string text = File.ReadAllText(Path.Combine(BuildProperty.RepositoryRoot, page)).ReplaceLineEndings("\n");
        return [.. Regex.Matches(text, @"^```(?<language>[a-z]*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)
            .Where(m => m.Groups["language"].Value == language).Select(m => m.Groups["text"].Value)];
    }
}
