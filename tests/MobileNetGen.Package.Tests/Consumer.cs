using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace MobileNetGen.Package.Tests;

/// <summary>A project outside the repository that uses the package.</summary>
internal sealed class Consumer
{
    /// <summary>Makes an empty folder for a project.</summary>
    /// <param name="packages">The packages that it can restore.</param>
    /// <param name="test">A name for the folder above it, of which projects beside each other share one.</param>
    /// <param name="name">The project's name.</param>
    public Consumer(PackagesFixture packages, string test, string name = "App")
    {
        Name = name;
        Folder = Path.Combine(packages.Root, test, name);
        Directory.CreateDirectory(Folder);
    }

    public string Name { get; }

    public string Folder { get; }

    /// <summary>What packing has written for the Debug configuration, by name.</summary>
    public IEnumerable<string> PackedFiles
    {
        get
        {
            string folder = PathOf("obj/Debug/net10.0/MobileNetGen");
            return Directory.Exists(folder) ? Directory.GetFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal) : [];
        }
    }

    public string PathOf(string file) => Path.Combine(Folder, file);

    public Consumer Write(string file, string text)
    {
        File.WriteAllText(PathOf(file), text);
        return this;
    }

    public Consumer Copy(string from, string file)
    {
        File.Copy(from, PathOf(file));
        return this;
    }

    /// <summary>Writes the project: strict, and with no setting but those given.</summary>
    public Consumer WriteProject(string properties = "", string items = "", bool isLibrary = false, bool usesPackage = true) => Write(Name + ".csproj", $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <OutputType>{(isLibrary ? "Library" : "Exe")}</OutputType>
            <Nullable>enable</Nullable>
            {properties}
          </PropertyGroup>
          <ItemGroup>
            {(usesPackage ? $"<PackageReference Include=\"MobileNetGen\" Version=\"{PackagesFixture.Version}\" />" : "")}
            {items}
          </ItemGroup>
        </Project>
        """);

    public ProcessResult DotNet(string command, params IEnumerable<string> arguments) =>
        MobileNetGen.Tests.DotNet.Run(Folder, arguments.Prepend(Name + ".csproj").Prepend(command));

    public ProcessResult Build(params IEnumerable<string> arguments) => DotNet("build", arguments);

    /// <summary>Builds, and asserts that nothing was found wrong.</summary>
    public ProcessResult BuildCleanly(params IEnumerable<string> arguments)
    {
        ProcessResult result = Build(arguments).Succeeded();
        Assert.Contains("0 Warning(s)", result.Output, StringComparison.Ordinal);
        return result;
    }

    /// <summary>Runs the program that the last build made, and returns what it printed.</summary>
    public string Run(params IEnumerable<string> arguments) =>
        MobileNetGen.Tests.DotNet.Run(Folder, arguments.Prepend(PathOf($"bin/Debug/net10.0/{Name}.dll"))).Succeeded().Output;

    /// <summary>The time and length of each file that a build makes.</summary>
    public IReadOnlyDictionary<string, (DateTime Time, long Length)> Outputs() =>
        new[] { "bin/Debug/net10.0", "obj/Debug/net10.0/MobileNetGen" }
            .SelectMany(folder => Directory.GetFiles(PathOf(folder)))
            .ToDictionary(file => file, file => (File.GetLastWriteTimeUtc(file), new FileInfo(file).Length));
}
