using System;
using System.IO;

namespace MobileNetGen.Tool.Tests.Support;

/// <summary>What a command line printed, and how it ended.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error);

/// <summary>Runs the program in this process, in a folder of its own.</summary>
internal sealed class Mbnet : IDisposable
{
    /// <summary>The folder, in which files are.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("mbnet").FullName;

    /// <summary>A path in the folder.</summary>
    public string this[string file] => Path.Combine(Folder, file);

    /// <summary>Writes a file into the folder.</summary>
    public string Write(string file, string text)
    {
        File.WriteAllText(this[file], text);
        return this[file];
    }

    /// <summary>Runs a command line. Whatever is wrong, a user never sees a stack trace.</summary>
    public static Outcome Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = Program.Run(arguments, output, error);
        Assert.DoesNotContain("   at MobileNetGen", output + error.ToString(), StringComparison.Ordinal);
        return new Outcome(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command line that has to succeed; gives what it printed.</summary>
    public static string Succeed(params string[] arguments)
    {
        Outcome outcome = Run(arguments);
        Assert.True(outcome.ExitCode == 0, $"mbnet {string.Join(' ', arguments)} ended with {outcome.ExitCode}:\n{outcome.Output}{outcome.Error}");
        return outcome.Output;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
