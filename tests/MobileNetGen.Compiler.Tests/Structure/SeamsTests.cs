using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MobileNetGen.Compiler.Tests.Structure;

/// <summary>What may know what, as docs/architecture.md has it.</summary>
public class SeamsTests
{
    [Theory]
    [InlineData("runtime/MobileNetGen.Runtime")]
    [InlineData("runtime/MobileNetGen.SkiaSharp", "Runtime")]
    [InlineData("runtime/MobileNetGen.AspNetCore", "SkiaSharp")]
    [InlineData("runtime/MobileNetGen.Extensions.AI", "SkiaSharp")]
    [InlineData("runtime/MobileNetGen.Batch", "SkiaSharp")]
    [InlineData("runtime/MobileNetGen.Teaching", "SkiaSharp")]
    [InlineData("generator/MobileNetGen.Compiler")]
    [InlineData("generator/MobileNetGen.Generator", "Compiler")]
    [InlineData("generator/MobileNetGen.Weights", "Compiler")]
    [InlineData("generator/MobileNetGen.Packer", "Generator", "Weights")]
    [InlineData("generator/MobileNetGen.Build", "Compiler")]
    [InlineData("generator/MobileNetGen.Tool", "Batch", "Generator", "Runtime", "SkiaSharp", "Teaching", "Weights")]
    public void A_project_references_no_more_than_it_has_to(string project, params string[] expected)
    {
        XElement[] items = [.. XDocument.Load(Directory.GetFiles(Repository.PathOf(project), "*.csproj").Single()).Descendants()];
        Assert.Equal(expected, References("ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)["MobileNetGen.".Length..]).Order());
        Assert.All(References("Compile"), path => Assert.Contains(path, (string[])["../Shared/*.cs", "../../runtime/MobileNetGen.Runtime/Kernels/BlobLayout.cs", "../../runtime/MobileNetGen.Runtime/Kernels/Detection/DetectionLayout.cs", "../../generator/MobileNetGen.Weights/Numerics/DeterministicMath.cs"]));

        string[] References(string kind) =>
            [.. items.Where(i => i.Name == kind && (string?)i.Attribute("ReferenceOutputAssembly") != "false").Select(i => (string?)i.Attribute("Include")).OfType<string>()];
    }

    [Theory]
    [InlineData("generator/MobileNetGen.Compiler/Syntax", "Compiler.Diagnostics")]
    [InlineData("generator/MobileNetGen.Weights/Formats", "Compiler.Networks", "Files", "Weights.Formats")]
    [InlineData("generator/MobileNetGen.Weights/Numerics")]
    [InlineData("generator/MobileNetGen.Weights/Reference", "Compiler", "Weights.Matching", "Weights.Numerics", "Weights.Operators")]
    [InlineData("generator/MobileNetGen.Weights/Export", "Compiler", "Weights.Formats", "Weights.Matching", "Weights.Operators")]
    public void A_stage_knows_only_those_before_it(string folder, params string[] known)
    {
        string[] files = Directory.GetFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.All(
            Regex.Matches(File.ReadAllText(file), @"^using (?:static |\w+ = )?MobileNetGen\.([\w.]+);", RegexOptions.Multiline).Select(match => match.Groups[1].Value),
            used => Assert.Contains(known, name => $"{used}.".StartsWith($"{name}.", StringComparison.Ordinal))));
    }

    [Fact]
    public void The_compiler_knows_no_ending_of_a_weights_file()
    {
        string[] sources = [.. Directory.GetFiles(Repository.PathOf("generator/MobileNetGen.Compiler"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)];
        Assert.Equal([".mbnet"], sources.SelectMany(source => Regex.Matches(source, @"""(\.[a-z0-9]+)""").Select(match => match.Groups[1].Value)));
    }
}
