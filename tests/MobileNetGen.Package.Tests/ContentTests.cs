using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Xml.Linq;

namespace MobileNetGen.Package.Tests;

/// <summary>What is in the packages.</summary>
[Collection(nameof(PackageCollection))]
public sealed class ContentTests(PackagesFixture packages)
{
    private static readonly string[] s_packages = ["MobileNetGen", "MobileNetGen.AspNetCore", "MobileNetGen.Batch", "MobileNetGen.Extensions.AI", "MobileNetGen.Runtime", "MobileNetGen.SkiaSharp", "MobileNetGen.Teaching", "MobileNetGen.Tool"];

    [Fact]
    public void The_solution_packs_its_packages() => Assert.Equal(
        s_packages.Select(p => $"{p}.{PackagesFixture.Version}.nupkg").Order(StringComparer.Ordinal),
        Directory.GetFiles(packages.Packages).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));

    [Fact]
    public void The_package_has_its_parts_where_NuGet_and_MSBuild_look_for_them()
    {
        using ZipArchive package = Open("MobileNetGen");
        string[] files = [.. package.Entries.Select(e => e.FullName)];
        string[] expected =
        [
            "analyzers/dotnet/cs/MobileNetGen.Compiler.dll",
            "analyzers/dotnet/cs/MobileNetGen.Generator.dll",
            "build/MobileNetGen.props",
            "build/MobileNetGen.targets",
            "buildTransitive/MobileNetGen.targets",
            "tasks/netstandard2.0/MobileNetGen.Build.dll",
            "tasks/netstandard2.0/MobileNetGen.Compiler.dll",
        ];
        string[] parts = ["analyzers/", "build/", "buildTransitive/", "lib/", "tasks/"];
        Assert.Equal(expected, files.Where(f => parts.Any(p => f.StartsWith(p, StringComparison.Ordinal))).Order(StringComparer.Ordinal));
        Assert.Subset(files.ToHashSet(), new[] { "dll", "deps.json", "runtimeconfig.json" }.Select(f => "tools/net10.0/MobileNetGen.Packer." + f).ToHashSet());
    }

    // The generator takes classes that packing wrote only if both are of one build.
    [Theory]
    [InlineData("MobileNetGen.Compiler.dll")]
    [InlineData("MobileNetGen.Generator.dll")]
    public void The_packer_writes_classes_with_the_very_generator_of_the_package(string assembly)
    {
        using ZipArchive package = Open("MobileNetGen");
        Assert.Equal(Bytes("analyzers/dotnet/cs/"), Bytes("tools/net10.0/"));

        byte[] Bytes(string folder)
        {
            using Stream entry = package.GetEntry(folder + assembly)!.Open();
            using var bytes = new MemoryStream();
            entry.CopyTo(bytes);
            return bytes.ToArray();
        }
    }

    [Fact]
    public void Every_package_says_what_it_is()
    {
        Assert.All(s_packages, id =>
        {
            using ZipArchive package = Open(id);
            Assert.NotEqual(0, package.GetEntry("icon.png")!.Length);
            Assert.NotEqual(0, package.GetEntry("package-readme.md")!.Length);
            using Stream nuspec = package.GetEntry(id + ".nuspec")!.Open();
            XElement metadata = XDocument.Load(nuspec).Root!.Elements().First();
            string[] names = [.. metadata.Elements().Select(e => e.Name.LocalName)];
            Assert.Superset(new[] { "id", "version", "authors", "license", "icon", "readme", "description", "tags" }.ToHashSet(), names.ToHashSet());
            Assert.Contains("mobilenet", metadata.Elements().Single(e => e.Name.LocalName == "tags").Value, StringComparison.Ordinal);
        });
    }

    // Every user's build starts it. What images, comparisons and tables need is in the package of the tool.
    [Fact]
    public void The_packer_is_small_and_managed()
    {
        using ZipArchive package = Open("MobileNetGen");
        ZipArchiveEntry[] tools = [.. package.Entries.Where(e => e.FullName.StartsWith("tools/", StringComparison.Ordinal))];
        Assert.All(tools, e => Assert.Matches("^tools/net10.0/[^/]+\\.(dll|json)$", e.FullName));
        string[] others = ["CodeAnalysis", "OnnxRuntime", "SkiaSharp", "Spectre"];
        Assert.DoesNotContain(tools, e => others.Any(o => e.Name.Contains(o, StringComparison.Ordinal)));
        Assert.InRange(tools.Sum(e => e.Length), 1, 4 << 20);
    }

    [Fact]
    public void The_package_brings_the_runtime_of_its_own_version()
    {
        using ZipArchive package = Open("MobileNetGen");
        using Stream nuspec = package.GetEntry("MobileNetGen.nuspec")!.Open();
        XElement dependency = Assert.Single(XDocument.Load(nuspec).Descendants(), e => e.Name.LocalName == "dependency");
        Assert.Equal("MobileNetGen.Runtime", dependency.Attribute("id")!.Value);
        Assert.Equal($"[{PackagesFixture.Version}]", dependency.Attribute("version")!.Value);
    }

    [Fact]
    public void The_runtime_package_is_managed_code_and_its_documentation()
    {
        using ZipArchive package = Open("MobileNetGen.Runtime");
        string[] files = [.. package.Entries.Select(e => e.FullName).Where(f => f.Contains('/', StringComparison.Ordinal) && !f.StartsWith("_rels", StringComparison.Ordinal) && !f.StartsWith("package/", StringComparison.Ordinal))];
        Assert.Equal(["lib/net10.0/MobileNetGen.Runtime.dll", "lib/net10.0/MobileNetGen.Runtime.xml"], files.Order(StringComparer.Ordinal));
    }

    private ZipArchive Open(string id) => ZipFile.OpenRead(Path.Combine(packages.Packages, $"{id}.{PackagesFixture.Version}.nupkg"));
}
