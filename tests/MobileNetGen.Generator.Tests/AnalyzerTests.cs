using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Generator.Tests.Support;
using Diagnostic = Microsoft.CodeAnalysis.Diagnostic;

namespace MobileNetGen.Generator.Tests;

/// <summary>What editors show in a <c>.mbnet</c> file, and where.</summary>
public class AnalyzerTests
{
    [Fact]
    public void Good_files_have_no_diagnostics() =>
        Assert.Empty(Harness.Analyze(allowUnsafe: true, ("a.mbnet", Networks.V1Float32), ("b.mbnet", Networks.V2UInt8), ("c.txt", "nonsense")));

    [Fact]
    public void Errors_stand_at_their_characters()
    {
        const string text = "network MobileNetV2\r\nalpha 99\r\nresolution 160\r\nweigths random\r\nweights random\r\n";
        var diagnostics = Harness.Analyze(allowUnsafe: true, ("folder/a.mbnet", text));
        Assert.Equal(["MBN1006 folder/a.mbnet (1,6)-(1,8)", "MBN1001 folder/a.mbnet (3,0)-(3,7)"], diagnostics.Select(Describe));
        Assert.All(diagnostics, d => Assert.Equal(DiagnosticSeverity.Error, d.Severity));
        Assert.Equal("weigths", text.Substring(diagnostics[1].Location.SourceSpan.Start, diagnostics[1].Location.SourceSpan.Length));
        Assert.Contains("did you mean 'weights'?", diagnostics[1].GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_diagnostic_of_the_compiler_is_reported_once_at_its_place()
    {
        string[] texts = ["", "conv 3", "network \"x", "network Own\nresolution 1\nweights random\nlayers\n conv 8 kernel 2\n softmax", "alpha 0.5 0.5\n" + Networks.V1Float32, "classes 0\nclasses 0"];
        foreach (string text in texts)
        {
            var expected = Mbnet.Compile("a.mbnet", text).Diagnostics
                .Select(d => $"{d.Rule.Id} a.mbnet ({d.Start.Line},{d.Start.Column})-({d.End.Line},{d.End.Column}) {d.Message}").Order(StringComparer.Ordinal).ToList();
            Assert.NotEmpty(expected);
            Assert.Equal(expected, Harness.Analyze(allowUnsafe: true, ("a.mbnet", text)).Select(d => $"{Describe(d)} {d.GetMessage()}").Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void A_second_file_with_the_same_class_is_an_error()
    {
        string explicitly = "namespace Contoso.Vision\n" + Networks.V1Float32;
        var diagnostics = Harness.Analyze(allowUnsafe: true, ("z/b.mbnet", explicitly), ("z/a.mbnet", Networks.V1Float32));
        Diagnostic diagnostic = Assert.Single(diagnostics);
        Assert.Equal("MBN1015 z/b.mbnet (1,0)-(1,22)", Describe(diagnostic));
        Assert.Equal("the class 'Contoso.Vision.MobileNetV1_0_25_128' is already generated from a.mbnet; give this one another name with: class MobileNetV1_0_25_128_2", diagnostic.GetMessage());
    }

    [Fact]
    public void Scratch_that_does_not_fit_the_stack_is_information()
    {
        Diagnostic diagnostic = Assert.Single(Harness.Analyze(allowUnsafe: true, ("a.mbnet", "stack 100KiB\n" + Networks.V1Float32)));
        Assert.Equal("MBN3001 a.mbnet (1,0)-(1,22)", Describe(diagnostic));
        Assert.Equal(DiagnosticSeverity.Info, diagnostic.Severity);
        Assert.Contains("239 KiB of scratch, 139 KiB more than its stack budget of 100 KiB", diagnostic.GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_project_without_unsafe_code_is_an_error()
    {
        Diagnostic diagnostic = Assert.Single(Harness.Analyze(allowUnsafe: false, ("a.mbnet", Networks.V1Float32)));
        Assert.Equal("MBN3002 a.mbnet (0,0)-(0,22)", Describe(diagnostic));
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
    }

    [Fact]
    public void Every_rule_has_a_descriptor_and_an_entry_in_the_release_list()
    {
        Assert.Equal(
            Rules.All.Select(r => (r.Id, r.Title, r.Severity.ToString())).Order(),
            Descriptors.All.Select(d => (d.Id, d.Title.ToString(System.Globalization.CultureInfo.InvariantCulture), d.DefaultSeverity.ToString())).Order());
        Assert.All(Descriptors.All, d => Assert.EndsWith("docs/diagnostics.md#" + d.Id.ToLowerInvariant(), d.HelpLinkUri, StringComparison.Ordinal));
        string releases = File.ReadAllText(Path.Combine(Root(), "generator", "MobileNetGen.Generator", "AnalyzerReleases.Unshipped.md"))
            + File.ReadAllText(Path.Combine(Root(), "generator", "MobileNetGen.Generator", "AnalyzerReleases.Shipped.md"));
        Assert.All(Rules.All, rule => Assert.Contains($"{rule.Id} | ", releases, StringComparison.Ordinal));
    }

    private static string Root([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "..", "..");

    private static string Describe(Diagnostic diagnostic)
    {
        FileLinePositionSpan span = diagnostic.Location.GetLineSpan();
        return $"{diagnostic.Id} {span.Path} {span.Span}";
    }
}
