using System;
using System.IO;
using System.Linq;
using System.Reflection;
using MobileNetGen.Tiles;

namespace MobileNetGen.Runtime.Tests;

public sealed class TileTextTests
{
    private static readonly string s_runtime = typeof(TileTextTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Runtime").Value!;

    [Fact]
    public void Tiles_are_what_their_templates_give()
    {
        string[] written = [.. Directory.GetFiles(Path.Combine(s_runtime, "Kernels"), "*.g.cs", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(s_runtime, f).Replace('\\', '/'))];
        Assert.Equal(TileTexts.All.Select(t => t.Path).Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
        foreach ((string path, string text) in TileTexts.All)
        {
            string file = File.ReadAllText(Path.Combine(s_runtime, path)).ReplaceLineEndings("\n");
            Assert.True(text == file, $"{path} is not what its template gives; dotnet run --project runtime/MobileNetGen.Tiles writes it anew.");
        }
    }
}
