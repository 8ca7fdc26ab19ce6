using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MobileNetGen.Generator.Tests.Support;

namespace MobileNetGen.Generator.Tests;

/// <summary>Which steps of the generator run again after an edit.</summary>
public class IncrementalityTests
{
    private const string Output = "SourceOutput";

    private readonly AdditionalText[] _files =
    [
        .. Harness.Texts(Harness.Packed("v1.mbnet", Networks.V1Float32)),
        .. Harness.Texts(Harness.Packed("v2.mbnet", Networks.V2UInt8)),
    ];

    [Fact]
    public void An_edit_to_CSharp_leaves_everything_cached()
    {
        var reasons = Rerun(driver => driver, compilation => compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class C;", new CSharpParseOptions(LanguageVersion.CSharp14))));
        AssertReasons(reasons, NetworkGenerator.NetworksStep, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached);
        AssertReasons(reasons, NetworkGenerator.PackedStep, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached);
        AssertReasons(reasons, NetworkGenerator.RootNamespaceStep, IncrementalStepRunReason.Cached);
        AssertReasons(reasons, NetworkGenerator.ClassesStep, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached);
        AssertReasons(reasons, Output, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached);
    }

    [Fact]
    public void A_changed_network_leaves_the_other_cached()
    {
        var reasons = Rerun(driver => Replace(driver, 0, Networks.V1Float32.Replace("128", "160", StringComparison.Ordinal)));
        AssertReasons(reasons, NetworkGenerator.NetworksStep, IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached);
        AssertReasons(reasons, NetworkGenerator.PackedStep, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached);
        AssertReasons(reasons, NetworkGenerator.ClassesStep, IncrementalStepRunReason.Modified, IncrementalStepRunReason.Unchanged);
        AssertReasons(reasons, Output, IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached);
    }

    [Fact]
    public void A_changed_plan_leaves_the_other_class_cached()
    {
        string plan = _files[3].GetText()!.ToString().Replace(new string('0', 64), new string('1', 64), StringComparison.Ordinal);
        var reasons = Rerun(driver => Replace(driver, 3, plan));
        AssertReasons(reasons, NetworkGenerator.NetworksStep, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached);
        AssertReasons(reasons, NetworkGenerator.PackedStep, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified);
        AssertReasons(reasons, NetworkGenerator.ClassesStep, IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Modified);
        AssertReasons(reasons, Output, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified);
    }

    [Fact]
    public void A_changed_comment_changes_nothing()
    {
        var reasons = Rerun(driver => Replace(driver, 0, "# Lines move, and with them every position.\n\n" + Networks.V1Float32));
        AssertReasons(reasons, NetworkGenerator.NetworksStep, IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Cached);
        AssertReasons(reasons, NetworkGenerator.ClassesStep, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached);
        AssertReasons(reasons, Output, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached);
    }

    // Every statement whose place a message may show.
    [Theory]
    [InlineData("epsilon")]
    [InlineData("labels")]
    [InlineData("normalize")]
    [InlineData("weights")]
    [InlineData("output")]
    [InlineData("head")]
    [InlineData("dense")]
    public void A_comment_above_any_statement_changes_nothing(string keyword)
    {
        const string text = """
            network    MobileNetV1
            alpha      0.25
            resolution 128
            weights    "a.pth"
            epsilon    0.001
            labels     "names.txt"
            normalize  mean 127.5 std 127.5
            output     separable3
            head
              avgpool
              dense classes as logits
              softmax
            """;
        string moved = System.Text.RegularExpressions.Regex.Replace(text, $@"^(\s*){keyword}\b", $"# A line more.\n$1{keyword}", System.Text.RegularExpressions.RegexOptions.Multiline);
        Assert.NotEqual(text, moved);
        (string Path, string Text)[] packed = Harness.Packed("v1.mbnet", text);
        AdditionalText[] files = [.. Harness.Texts(packed)];
        Compilation compilation = Harness.Compilation();
        GeneratorDriver driver = Harness.Driver(files).RunGenerators(compilation);
        driver = driver.ReplaceAdditionalText(files[0], new Harness.MemoryText(files[0].Path, moved)).RunGenerators(compilation);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        var reasons = result.TrackedSteps.ToDictionary(step => step.Key, step => step.Value.SelectMany(run => run.Outputs).Select(output => output.Reason).ToArray(), StringComparer.Ordinal);
        AssertReasons(reasons, NetworkGenerator.NetworksStep, IncrementalStepRunReason.Unchanged);
        AssertReasons(reasons, Output, IncrementalStepRunReason.Cached);
    }

    [Fact]
    public void An_error_in_one_network_removes_its_class_alone()
    {
        var reasons = Rerun(driver => Replace(driver, 0, Networks.V1Float32.Replace("128", "nine", StringComparison.Ordinal)));
        AssertReasons(reasons, NetworkGenerator.ClassesStep, IncrementalStepRunReason.Removed, IncrementalStepRunReason.Unchanged);
        AssertReasons(reasons, Output, IncrementalStepRunReason.Removed, IncrementalStepRunReason.Cached);
    }

    [Fact]
    public void An_added_network_leaves_the_others_cached()
    {
        var reasons = Rerun(driver => driver.AddAdditionalTexts(Harness.Texts(("own.mbnet", Networks.HandWrittenInt8))));
        AssertReasons(reasons, NetworkGenerator.ClassesStep, IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.New);
        AssertReasons(reasons, Output, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached, IncrementalStepRunReason.New);
    }

    private Dictionary<string, IncrementalStepRunReason[]> Rerun(Func<GeneratorDriver, GeneratorDriver> edit, Func<Compilation, Compilation>? change = null)
    {
        Compilation compilation = Harness.Compilation();
        GeneratorDriver driver = Harness.Driver(_files).RunGenerators(compilation);
        driver = edit(driver).RunGenerators(change is null ? compilation : change(compilation));
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        return result.TrackedSteps
            .ToDictionary(step => step.Key, step => step.Value.SelectMany(run => run.Outputs).Select(output => output.Reason).ToArray(), StringComparer.Ordinal);
    }

    private GeneratorDriver Replace(GeneratorDriver driver, int file, string text) =>
        driver.ReplaceAdditionalText(_files[file], new Harness.MemoryText(_files[file].Path, text));

    private static void AssertReasons(Dictionary<string, IncrementalStepRunReason[]> reasons, string step, params IncrementalStepRunReason[] expected) =>
        Assert.Equal(expected, reasons[step]);
}
