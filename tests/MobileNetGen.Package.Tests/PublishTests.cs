using System;
using System.IO;
using System.Runtime.InteropServices;
using MobileNetGen.Compiler.Diagnostics;

namespace MobileNetGen.Package.Tests;

/// <summary>Published apps, which have the networks themselves or use a library that has.</summary>
[Collection(nameof(PackageCollection))]
public sealed class PublishTests(PackagesFixture packages)
{
    private static readonly string s_extension = OperatingSystem.IsWindows() ? ".exe" : "";

    [NativeAotFact]
    public void Trimmed_and_native_apps_give_the_same_bytes()
    {
        Consumer app = WriteNetworks(new Consumer(packages, "published"))
            .WriteProject("<IsAotCompatible>true</IsAotCompatible><IlcInstructionSet>native</IlcInstructionSet><InvariantGlobalization>true</InvariantGlobalization>")
            .Write("Program.cs", Networks.PrintRandom);
        app.BuildCleanly();
        string expected = app.Run();

        Assert.Equal(expected, Publish(app, "trimmed", "-p:PublishTrimmed=true", "-p:SelfContained=true"));
        Assert.Equal(expected, Publish(app, "native", "-p:PublishAot=true"));
    }

    [NativeAotFact]
    public void An_app_is_warned_when_a_library_brings_networks_and_no_instruction_set_is_chosen()
    {
        WriteNetworks(new Consumer(packages, "layers", "Library")).WriteProject("<IsAotCompatible>true</IsAotCompatible><RootNamespace>App</RootNamespace>", isLibrary: true)
            .Write("Answer.cs", Networks.PrintRandom
                .Replace("using App;\n", "namespace App;\npublic static class Answer\n{\n    public static void Print()\n    {\n", StringComparison.Ordinal) + "    }\n}\n");
        Consumer app = new Consumer(packages, "layers", "Program").WriteProject(
            "<PublishAot>true</PublishAot><InvariantGlobalization>true</InvariantGlobalization>", "<ProjectReference Include=\"../Library/Library.csproj\" />", usesPackage: false);
        // Nobody's: this project has no generator, so the file is none of the package's business.
        app.Write("Program.cs", "App.Answer.Print();\n").Write("Unrelated.mbnet", "not a network");
        app.BuildCleanly();
        Assert.Empty(app.PackedFiles);

        string expected = app.Run();
        string folder = app.PathOf("published");
        ProcessResult publish = app.DotNet("publish", "-o", folder, "-r", RuntimeInformation.RuntimeIdentifier).Succeeded();
        Assert.Equal(expected, DotNet.Start(Path.Combine(folder, "Program" + s_extension), folder, "en").Succeeded().Output);
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
            Assert.Contains($"warning {Rules.NoInstructionSet.Id}: {Rules.NoInstructionSet.Format}", publish.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-p:IlcInstructionSet=x86-64-v3", false)]
    [InlineData("-p:NoWarn=MBN3003", false)]
    [InlineData("-p:RuntimeIdentifier=linux-arm64", false)]
    [InlineData("-p:PublishAot=true", true)]
    public void The_instruction_set_is_asked_for_on_x64_only(string property, bool warns)
    {
        Consumer app = new Consumer(packages, "instruction set " + property.Replace(':', ' ')).WriteProject(
            "<PublishAot>true</PublishAot><RuntimeIdentifier Condition=\"'$(RuntimeIdentifier)' == ''\">linux-x64</RuntimeIdentifier>", isLibrary: true);
        string output = app.DotNet("msbuild", "-restore", "-t:CheckMobileNetInstructionSet", property).Succeeded().Output;
        Assert.Equal(warns, output.Contains("warning MBN3003", StringComparison.Ordinal));
    }

    private static Consumer WriteNetworks(Consumer consumer) =>
        consumer.Write("Tiny.mbnet", Networks.Tiny).Write("Quarter.mbnet", Networks.Quarter).Write("Floating.mbnet", Networks.Floating).Write("Finder.mbnet", Networks.Finder);

    /// <summary>Publishes for this machine without a warning, runs the result, and returns what it printed.</summary>
    private static string Publish(Consumer app, string folder, params string[] arguments)
    {
        string path = app.PathOf(folder);
        ProcessResult publish = app.DotNet("publish", ["-o", path, "-r", RuntimeInformation.RuntimeIdentifier, .. arguments]).Succeeded();
        Assert.DoesNotContain("warning", publish.Output, StringComparison.Ordinal);
        return DotNet.Start(Path.Combine(path, app.Name + s_extension), path, "en").Succeeded().Output;
    }
}
