using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace MobileNetGen.Tiles;

/// <summary><c>dotnet run --project runtime/MobileNetGen.Tiles</c> writes the runtime's tiles anew. A test of the runtime compares them with the templates.</summary>
internal static class Program
{
    private static void Main()
    {
        string runtime = typeof(Program).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Runtime").Value!;
        foreach ((string path, string text) in TileTexts.All)
        {
            File.WriteAllText(Path.Combine(runtime, path), text);
            Console.WriteLine(path);
        }
    }
}
