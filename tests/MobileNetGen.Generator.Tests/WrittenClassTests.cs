using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using MobileNetGen.Compiler;
using MobileNetGen.Generator.Models;
using MobileNetGen.Generator.Tests.Support;
using MobileNetGen.Generator.Written;

namespace MobileNetGen.Generator.Tests;

/// <summary>Classes that packing has written: the compiler takes them as they are, and only where it would write the same.</summary>
public class WrittenClassTests
{
    private const string Mark = "// Not what the generator writes.\n";

    private static readonly string s_list = Networks.V1Float32.Replace("0.25", "0.25 0.5", StringComparison.Ordinal);

    public static TheoryData<string> Descriptions => [Networks.V1Float32, Networks.V2UInt8, Networks.HandWrittenInt8, Networks.Squeezes, s_list];

    [Theory]
    [MemberData(nameof(Descriptions))]
    public void A_written_class_is_what_the_generator_writes(string text)
    {
        string[] labels = text == Networks.HandWrittenInt8 ? Networks.AwkwardLabels : [];
        (string Path, string Text)[] packed = Harness.Packed("folder/a.mbnet", text, labels), written = Harness.Written("folder/a.mbnet", text, labels);
        Assert.True(written.Length > packed.Length);
        Assert.Equal(Harness.Generate(packed), Harness.Generate(written));
        Assert.Equal(Harness.Generate(packed), written.Skip(packed.Length).ToDictionary(f => WrittenClass.Read(f.Text)!.QualifiedName + ".g.cs", f => WrittenClass.Read(f.Text)!.Source));
    }

    [Fact]
    public void What_is_written_is_neither_planned_nor_written_again()
    {
        (string, string)[] files = Marked("a.mbnet", s_list);
        Assert.All(Harness.Generate(files).Values, source => Assert.StartsWith(Mark, source, StringComparison.Ordinal));
        GeneratorRunResult result = Harness.Driver(Harness.Texts(files)).RunGenerators(Harness.Compilation()).GetRunResult().Results.Single();
        NetworkModel[] networks = [.. result.TrackedSteps[NetworkGenerator.NetworksStep].SelectMany(step => step.Outputs).Select(output => (NetworkModel)output.Value)];
        Assert.Equal(2, networks.Length);
        Assert.All(networks, network => Assert.Null(network.Planned));
    }

    [Fact]
    public void The_analyzer_takes_what_is_written_too()
    {
        string text = "stack 100KiB\n" + Networks.V1Float32;
        (string Path, string Text)[] files = Harness.Written("a.mbnet", text);
        WrittenClass written = WrittenClass.Read(files[2].Text)!;
        Assert.Equal(Described(Harness.Analyze(true, files[..2])), Described(Harness.Analyze(true, files)));
        files[2].Text = (written with { Found = written.Found.Select(d => d with { Message = "marked" }).ToEquatableArray() }).Write();
        Assert.Equal(["MBN3001 a.mbnet: (1,0)-(1,22) marked"], Described(Harness.Analyze(true, files)));
    }

    [Fact]
    public void What_depends_on_the_project_is_said_of_a_written_class_as_of_others()
    {
        string text = "stack 100KiB\n" + Networks.V1Float32;
        (string, string)[] files = Harness.Written("b.mbnet", text), earlier = [("a.mbnet", Networks.V1Float32)];
        Assert.Equal(Described(Harness.Analyze(false, files[..2])), Described(Harness.Analyze(false, files)));
        IEnumerable<string> both = Described(Harness.Analyze(true, [.. earlier, .. files]));
        Assert.Equal(Described(Harness.Analyze(true, [.. earlier, .. files[..2]])), both);
        Assert.Contains(both, d => d.StartsWith("MBN1015 b.mbnet", StringComparison.Ordinal));
        Assert.Single(Harness.Generate([.. earlier, .. files]));
    }

    [Theory]
    [InlineData("a comment")]
    [InlineData("another description")]
    [InlineData("another name of the file")]
    [InlineData("another plan")]
    [InlineData("no plan")]
    [InlineData("a second plan")]
    [InlineData("a class less")]
    [InlineData("another compiler")]
    public void A_class_that_fits_no_longer_is_left_alone(string change)
    {
        List<(string Path, string Text)> files = [.. Marked("a.mbnet", s_list)];
        (string path, string text) = files[0];
        string plan = files[1].Text.Replace(new string('0', 64), new string('1', 64), StringComparison.Ordinal);
        switch (change)
        {
            case "a comment":
                files[0] = (path, "# A comment.\n" + text);
                break;
            case "another description":
                files[0] = (path, text.Replace("128\n", "160\n", StringComparison.Ordinal));
                break;
            case "another name of the file":
                files[0] = ("b.mbnet", text);
                break;
            case "another plan":
                files[1] = (files[1].Path, plan);
                break;
            case "no plan":
                files.RemoveAt(1);
                break;
            case "a second plan":
                files.Insert(1, ("other/" + files[1].Path, plan));
                break;
            case "a class less":
                files.RemoveAt(files.Count - 1);
                break;
            default:
                for (int i = 3; i < 5; i++)
                    files[i] = (files[i].Path, (WrittenClass.Read(files[i].Text)! with { Description = new string('0', 64) }).Write());
                break;
        }

        IReadOnlyDictionary<string, string> generated = Harness.Generate([.. files]);
        Assert.Equal(2, generated.Count);
        Assert.Equal(Harness.Generate([.. files.Where(f => !f.Path.EndsWith(".mbclass", StringComparison.Ordinal))]), generated);
    }

    [Theory]
    [InlineData("Another.Namespace")]
    [InlineData(null)]
    public void Another_root_namespace_is_another_class(string? rootNamespace)
    {
        string source = Assert.Single(Harness.Driver(Harness.Texts(Marked("a.mbnet", Networks.V1Float32)), rootNamespace).RunGenerators(Harness.Compilation()).GetRunResult().GeneratedTrees).ToString();
        Assert.Contains($"namespace {rootNamespace ?? "Consumer"};", source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_whose_name_begins_another_is_told_from_it()
    {
        (string, string)[] files = [.. Marked("a.mbnet", "class Net\n" + Networks.V1Float32), .. Marked("b.mbnet", "class Network\n" + Networks.V1Float32)];
        Assert.All(Harness.Generate(files).Values, source => Assert.StartsWith(Mark, source, StringComparison.Ordinal));
    }

    [Fact]
    public void A_damaged_file_is_none()
    {
        string text = Harness.Written("a.mbnet", "stack 100KiB\n" + Networks.HandWrittenInt8)[2].Text;
        WrittenClass written = WrittenClass.Read(text)!;
        Assert.Equal(text, written.Write());
        int head = text.IndexOf("\nsource\n", StringComparison.Ordinal) + 20;
        IEnumerable<int> places = Enumerable.Range(0, head).Concat(Enumerable.Range(1, 40).Select(i => head + ((text.Length - head - 1) * i / 40)));
        Assert.All(places, place =>
        {
            Assert.Null(WrittenClass.Read(text[..place]));
            Assert.Null(WrittenClass.Read(text[..place] + (char)(text[place] ^ 1) + text[(place + 1)..]));
        });
    }

    // With the right hash, as a program that knows the form could write them.
    [Theory]
    [InlineData("class N\nnetwork N\nnamespace A\ndescription d\nplan p\n")] // no source
    [InlineData("class N\nnetwork N\nnamespace A\ndescription d\nsource\n")]
    [InlineData("class N\nnetwork M\nnamespace A\ndescription d\nplan p\nsource\n")] // not a class of its description
    [InlineData("class ../N\nnetwork ../N\nnamespace A\ndescription d\nplan p\nsource\n")]
    [InlineData("class N\nnetwork N\nnamespace A\ndescription d\nplan p\nfound MBN3001 -1 1 0 0 0 1 x\nsource\n")]
    [InlineData("class N\nnetwork N\nnamespace A\ndescription d\nplan p\nfound MBN3001 0 1 0 5 0 1 x\nsource\n")]
    [InlineData("class N\nnetwork N\nnamespace A\ndescription d\nplan p\nfound MBN3001 2147483647 1 0 0 0 1 x\nsource\n")]
    [InlineData("class N\nnetwork N\nnamespace A\ndescription d\nplan p\nfound MBN9999 0 1 0 0 0 1 x\nsource\n")]
    [InlineData("class N\nnetwork N\nnamespace A\ndescription d\nplan p\nfound MBN3001 0 1 0\nsource\n")]
    [InlineData("class N\nnetwork N\nnamespace A\ndescription d\nplan p\nfound\nsource\n")]
    [InlineData("surprise\nclass N\nnetwork N\nnamespace A\ndescription d\nplan p\nsource\n")]
    [InlineData("")]
    public void A_file_of_another_form_is_none(string content)
    {
        Assert.NotNull(WrittenClass.Read(Hashed("class N\nnetwork N\nnamespace A\ndescription d\nplan p\nfound MBN3001 0 1 0 0 0 1 x\nsource\n")));
        Assert.Null(WrittenClass.Read(Hashed(content)));
    }

    [Fact]
    public void An_edit_of_a_description_goes_on_from_what_was_written()
    {
        AdditionalText[] files = [.. Harness.Texts(Marked("a.mbnet", Networks.V1Float32)), .. Harness.Texts(Marked("b.mbnet", Networks.V2UInt8))];
        GeneratorDriver driver = Harness.Driver(files).RunGenerators(Harness.Compilation());
        driver = driver.ReplaceAdditionalText(files[0], new Harness.MemoryText(files[0].Path, "# A comment.\n" + Networks.V1Float32)).RunGenerators(Harness.Compilation());
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        Assert.Equal(
            [IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached],
            result.TrackedSteps["SourceOutput"].SelectMany(step => step.Outputs).Select(output => output.Reason));
        Assert.Equal(Harness.Generate(Harness.Packed("a.mbnet", Networks.V1Float32)).Single().Value, result.GeneratedSources[0].SourceText.ToString());
        Assert.StartsWith(Mark, result.GeneratedSources[1].SourceText.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Files with classes that only who takes them from there has.</summary>
    private static (string Path, string Text)[] Marked(string path, string text) =>
    [
        .. Harness.Written(path, text).Select(f => WrittenClass.Read(f.Text) is { } written ? (f.Path, (written with { Source = Mark + written.Source }).Write()) : f),
    ];

    private static string Hashed(string content) => $"mbclass 1 {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(content)))}\n{content}";

    private static IEnumerable<string> Described(IEnumerable<Diagnostic> diagnostics) =>
        diagnostics.Select(d => $"{d.Id} {d.Location.GetLineSpan()} {d.GetMessage()}");
}
