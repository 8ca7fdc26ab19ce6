using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace MobileNetGen.Tiles;

/// <summary><c>dotnet run --project runtime/MobileNetGen.Tiles</c> writes the runtime's tiles anew. A test of the runtime compares them with the templates.</summary>
internal static class Program
{
    /// <summary>The runtime's folder.</summary>
    public static string Runtime { get; } = typeof(Program).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == nameof(Runtime)).Value!;

    private static void Main()
    {
        foreach ((string path, string text) in TileTexts.All)
        {
            File.WriteAllText(Path.Combine(Runtime, path), text);
            Console.WriteLine(path);
        }
    }
}
