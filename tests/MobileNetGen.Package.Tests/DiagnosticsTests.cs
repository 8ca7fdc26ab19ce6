using System;
using System.Globalization;
using System.IO;
using MobileNetGen.Compiler.Diagnostics;

namespace MobileNetGen.Package.Tests;

/// <summary>What a build says about mistakes, and where.</summary>
[Collection(nameof(PackageCollection))]
public sealed class DiagnosticsTests(PackagesFixture packages)
{
    [Fact]
    public void EveryMistakeIsReportedAtItsPlace()
    {
        Consumer app = new Consumer(packages, "mistakes").WriteProject(isLibrary: true);
        app.Write("Absent.mbnet", """
            network      MobileNetV2
            alpha        0.5
            resolution   160
            weights      "absent.tflite"
            labels       "absent.txt"

            """);
        app.Write("Language.mbnet", """
            network      MobileNetV2
            alfa         0.5
            resolution   160
            weights      random

            """);
        app.Write("First.mbnet", Networks.Tiny);
        app.Write("Second.mbnet", Networks.Tiny.Replace("class        Tiny", "class        Tiny\nnamespace    App", StringComparison.Ordinal));
        File.WriteAllBytes(app.PathOf("Latin1.mbnet"), [(byte)'#', 0xE9, (byte)'\n']);
        string output = app.Build().Failed().Output;

        AssertReported("Absent.mbnet", "4,14,4,29", Rules.WeightsMissing, "absent.tflite", app.PathOf("absent.tflite"));
        AssertReported("Absent.mbnet", "5,14,5,26", Rules.LabelsMissing, "absent.txt", app.PathOf("absent.txt"));
        AssertReported("Second.mbnet", "6,1,6,18", Rules.DuplicateClass, "App.Tiny", "First.mbnet", "Tiny_2");
        AssertReported("Latin1.mbnet", "1,1,1,1", Rules.DescriptionUnreadable, "Latin1.mbnet", "it is not UTF-8 text");
        Assert.Contains(app.PathOf("Language.mbnet") + "(2,1,2,5): error MBN1001: 'alfa'", output, StringComparison.Ordinal);
        Assert.DoesNotContain("First.mbnet(", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Tiny.mbplan", app.PackedFiles);

        void AssertReported(string file, string place, Rule rule, params object[] arguments) => Assert.Contains(
            $"{app.PathOf(file)}({place}): error {rule.Id}: {string.Format(CultureInfo.InvariantCulture, rule.Format, arguments)}", output, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsWrongInsideAWeightsFileIsReportedAtItsName()
    {
        Consumer app = new Consumer(packages, "weights").WriteProject(isLibrary: true);
        app.Write("Net.mbnet", Networks.Trained).Write("mobilenet_v2_0_5_160_quant.tflite", "These are no weights.");
        string output = app.Build().Failed().Output;
        Assert.Contains(app.PathOf("Net.mbnet") + "(6,14,6,49): error MBN2003: ", output, StringComparison.Ordinal);
        Assert.Contains("1 Error(s)", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void AProjectThatForbidsUnsafeCodeIsToldSo()
    {
        Consumer app = new Consumer(packages, "safe").WriteProject("<AllowUnsafeBlocks>false</AllowUnsafeBlocks>", isLibrary: true).Write("Tiny.mbnet", Networks.Tiny);
        string output = app.Build().Failed().Output;
        Assert.Contains(app.PathOf("Tiny.mbnet") + "(6,1,6,18): error MBN3002: " + string.Format(CultureInfo.InvariantCulture, Rules.UnsafeNotAllowed.Format, "Tiny"), output, StringComparison.Ordinal);
    }
}
