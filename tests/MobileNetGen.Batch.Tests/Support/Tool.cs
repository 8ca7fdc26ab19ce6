using System.Diagnostics;
using System.IO;

namespace MobileNetGen.Batch.Tests.Support;

/// <summary>The program as a process of its own.</summary>
internal static class Tool
{
    /// <summary>Where it is.</summary>
    public static string Folder { get; } = Path.Combine(BuildProperty.RepositoryRoot, "generator", "MobileNetGen.Tool", "bin", BuildProperty.Configuration, "net10.0");

    /// <summary>Starts it with its input and output at hand.</summary>
    public static Process Start(params string[] arguments) => Start(("", ""), arguments);

    /// <summary>Starts it with a variable.</summary>
    public static Process Start((string Name, string Value) variable, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Folder, "mbnet.dll"), .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (variable.Name.Length > 0)
            start.Environment[variable.Name] = variable.Value;
        return Process.Start(start)!;
    }
}
