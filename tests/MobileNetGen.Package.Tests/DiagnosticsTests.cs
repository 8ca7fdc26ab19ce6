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
    public void Every_mistake_is_reported_at_its_place()
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
    public void What_is_wrong_inside_a_weights_file_is_reported_at_its_name()
    {
        Consumer app = new Consumer(packages, "weights").WriteProject(isLibrary: true);
        app.Write("Net.mbnet", Networks.Trained).Write("mobilenet_v2_0_5_160_quant.tflite", "These are no weights.");
        string output = app.Build().Failed().Output;
        Assert.Contains(app.PathOf("Net.mbnet") + "(6,14,6,49): error MBN2003: ", output, StringComparison.Ordinal);
        Assert.Contains("1 Error(s)", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_project_that_forbids_unsafe_code_is_told_so()
    {
        Consumer app = new Consumer(packages, "safe").WriteProject("<AllowUnsafeBlocks>false</AllowUnsafeBlocks>", isLibrary: true).Write("Tiny.mbnet", Networks.Tiny);
        string output = app.Build().Failed().Output;
        Assert.Contains(app.PathOf("Tiny.mbnet") + "(6,1,6,18): error MBN3002: " + string.Format(CultureInfo.InvariantCulture, Rules.UnsafeNotAllowed.Format, "Tiny"), output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("net8.0", "", "MBN3005: networks need .NET 10 or later, and this project targets .NET 8.0; ")]
    [InlineData("netstandard2.0", "", "MBN3005: networks need .NET 10 or later, and this project targets .NET Standard 2.0; ")]
    [InlineData("net10.0", "<LangVersion>9</LangVersion>", "MBN3006: the generated code is in C# 12, and this project sets LangVersion to 9; ")]
    public void A_project_that_cannot_have_networks_hears_one_reason(string framework, string property, string message)
    {
        Consumer app = new Consumer(packages, "unfit", "App" + message[3..7] + framework[3]).WriteProject(property, isLibrary: true).Write("Tiny.mbnet", Networks.Tiny);
        app.Write(app.Name + ".csproj", File.ReadAllText(app.PathOf(app.Name + ".csproj"))
            .Replace("net10.0", framework, StringComparison.Ordinal).Replace("<Nullable>enable</Nullable>", "", StringComparison.Ordinal));
        string output = app.Build().Failed().Output;
        Assert.Contains(app.PathOf(app.Name + ".csproj") + "(1,1): error " + message, output.Replace("(1,1,1,1)", "(1,1)", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("1 Error(s)", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fsproj", "F#", "Program.fs", "module Program\n", "<ItemGroup><Compile Include=\"Program.fs\" /></ItemGroup>")]
    [InlineData("vbproj", "Visual Basic", "Class1.vb", "Public Class Class1\nEnd Class\n", "")]
    public void A_project_in_another_language_is_told_how(string extension, string language, string source, string text, string items)
    {
        Consumer app = new Consumer(packages, "languages", "App" + extension).WriteProject(isLibrary: true).Write("Tiny.mbnet", Networks.Tiny).Write(source, text);
        string project = File.ReadAllText(app.PathOf(app.Name + ".csproj")).Replace("</Project>", items + "</Project>", StringComparison.Ordinal).Replace("<Nullable>enable</Nullable>", "", StringComparison.Ordinal);
        File.Delete(app.PathOf(app.Name + ".csproj"));
        app.Write($"{app.Name}.{extension}", project);
        string output = DotNet.Run(app.Folder, "build", $"{app.Name}.{extension}").Failed().Output;
        Assert.Contains("error MBN3004: " + string.Format(CultureInfo.InvariantCulture, Rules.NotCSharp.Format, language), output, StringComparison.Ordinal);
        Assert.Contains("1 Error(s)", output, StringComparison.Ordinal);
    }
}
