using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace MobileNetGen.Package.Tests;

/// <summary>One app with three networks, built once.</summary>
public sealed class AppFixture
{
    public AppFixture(PackagesFixture packages)
    {
        App = new Consumer(packages, "shared");
        App.WriteProject("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>").Write("Program.cs", Networks.PrintRandom);
        App.Write("Tiny.mbnet", Networks.Tiny).Write("Quarter.mbnet", Networks.Quarter).Write("Floating.mbnet", Networks.Floating).Write("Finder.mbnet", Networks.Finder);
        FirstBuild = App.Build();
    }

    internal Consumer App { get; }

    internal ProcessResult FirstBuild { get; }
}

/// <summary>Builds in which nothing changes.</summary>
[Collection(nameof(PackageCollection))]
public sealed class BuildTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private readonly Consumer _app = fixture.App;

    [Fact]
    public void Dropping_descriptions_into_a_project_is_all_it_takes()
    {
        fixture.FirstBuild.Succeeded();
        Assert.Contains("0 Warning(s)", fixture.FirstBuild.Output, StringComparison.Ordinal);
        string[] lines = _app.Run().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.Equal(4, lines[0].Split(' ').Length);
        Assert.Equal("True", lines[2]);
        Assert.StartsWith("5: class ", lines[3]);
    }

    [Fact]
    public void A_build_says_what_it_baked_and_where()
    {
        Assert.Matches("Tiny: .* in its source", fixture.FirstBuild.Output);
        Assert.Matches("MobileNetV1_0_25_128: .* as a resource", fixture.FirstBuild.Output);
        Assert.Contains("Tiny.mbplan", _app.PackedFiles);
        Assert.DoesNotContain("Tiny.mbw", _app.PackedFiles);
        Assert.Contains("MobileNetV1_0_25_128.mbw", _app.PackedFiles);
    }

    [Fact]
    public void A_second_build_does_nothing()
    {
        IReadOnlyDictionary<string, (DateTime, long)> before = _app.Outputs();
        string output = _app.BuildCleanly("-v:n").Output;
        Assert.Contains("Skipping target \"PackMobileNets\" because all output files are up-to-date", output, StringComparison.Ordinal);
        Assert.Contains("Skipping target \"CoreCompile\" because all output files are up-to-date", output, StringComparison.Ordinal);
        Assert.DoesNotContain("of weights", output, StringComparison.Ordinal);
        Assert.Equal(before, _app.Outputs());
    }

    [Fact]
    public void A_rebuild_packs_and_compiles_anew()
    {
        string output = _app.BuildCleanly("--no-incremental").Output;
        Assert.Contains("of weights", output, StringComparison.Ordinal);
        Assert.Equal(4, _app.Run().Split('\n')[0].Split(' ').Length);
    }

    [Fact]
    public void Another_folder_and_another_culture_give_the_same_bytes()
    {
        string artifacts = Path.Combine(Path.GetDirectoryName(_app.Folder)!, "artifacts");
        DotNet.Start("dotnet", _app.Folder, "tr-TR", "build", "App.csproj", "--artifacts-path", artifacts).Succeeded();
        string packed = Path.Combine(artifacts, "obj", "App", "debug", "MobileNetGen");
        string[] names = ["Floating.mbplan", "Floating.mbw", "MobileNetV1_0_25_128.mbplan", "MobileNetV1_0_25_128.mbw", "Tiny.mbclass", "Tiny.mbplan"];
        Assert.All(names, name => Assert.Equal(
            File.ReadAllBytes(_app.PathOf("obj/Debug/net10.0/MobileNetGen/" + name)), File.ReadAllBytes(Path.Combine(packed, name))));
    }

    [Fact]
    public void An_editor_sees_descriptions_and_plans()
    {
        string items = DesignTimeBuild(_app).Succeeded().Output;
        Assert.Contains("Quarter.mbnet", items, StringComparison.Ordinal);
        Assert.Contains("MobileNetV1_0_25_128.mbplan", items, StringComparison.Ordinal);
        Assert.Contains("MobileNetV1_0_25_128.mbclass", items, StringComparison.Ordinal);
    }

    internal static ProcessResult DesignTimeBuild(Consumer app) => app.DotNet(
        "msbuild", "-t:Compile", "-p:DesignTimeBuild=true", "-p:BuildingProject=false", "-p:BuildProjectReferences=false", "-p:SkipCompilerExecution=true",
        "-p:ProvideCommandLineArgs=true", "-p:NonExistentFile=none/none", "-getItem:CscCommandLineArgs");
}
