using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using MobileNetGen.Compiler.Diagnostics;

namespace MobileNetGen.Build;

/// <summary>
/// Runs the packer, once for all descriptions of a project that changed: what it compiles of itself for the first serves the others. Out of process, so that it
/// can use what .NET 10 offers wherever MSBuild itself runs; without a shell, so that no file name means anything to one. Its diagnostics have the form that MSBuild recognises.
/// </summary>
public sealed class PackNetworks : ToolTask
{
    /// <summary>How much of what the packer prints last is kept for the case that it dies.</summary>
    private const int LinesShown = 4;

    private readonly Queue<string> _printed = [];
    private ITaskItem[] _changed = [];

    /// <summary>
    /// The <c>.mbnet</c> files, with the metadata <c>Stamp</c> (a file that changed when an input did) and <c>Record</c> (what the packer writes when it is
    /// done with the file). One whose record is the newer is left alone.
    /// </summary>
    [Required]
    public ITaskItem[] Descriptions { get; set; } = [];

    /// <summary>The packer, <c>MobileNetGen.Packer.dll</c>.</summary>
    [Required]
    public string Packer { get; set; } = "";

    /// <summary>The folder to write to.</summary>
    [Required]
    public string OutputDirectory { get; set; } = "";

    /// <summary>The namespace of classes whose description gives none.</summary>
    [Required]
    public string Namespace { get; set; } = "";

    /// <summary>The <c>dotnet</c> program that runs this build; empty where MSBuild runs without one, as in Visual Studio.</summary>
    public string DotNetHost { get; set; } = "";

    /// <inheritdoc/>
    protected override string ToolName => Path.DirectorySeparatorChar == '\\' ? "dotnet.exe" : "dotnet";

    /// <inheritdoc/>
    protected override MessageImportance StandardOutputLoggingImportance => MessageImportance.High;

    /// <inheritdoc/>
    protected override Encoding StandardOutputEncoding => Encoding.UTF8;

    /// <inheritdoc/>
    protected override Encoding ResponseFileEncoding { get; } = new UTF8Encoding(false);

    /// <inheritdoc/>
    public override bool Execute()
    {
        _changed = [.. Descriptions.Where(d => !IsDone(d))];
        return base.Execute();
    }

    /// <inheritdoc/>
    protected override bool SkipTaskExecution() => _changed.Length == 0;

    /// <inheritdoc/>
    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance)
    {
        if (singleLine.Trim().Length > 0)
            _printed.Enqueue(singleLine.Trim());
        if (_printed.Count > LinesShown)
            _printed.Dequeue();
        base.LogEventsFromTextOutput(singleLine, messageImportance);
    }

    /// <summary>Called where the packer ended with another code than 0. It said why, unless its process died: with the first description that it did not finish.</summary>
    protected override bool HandleTaskExecutionErrors()
    {
        if (!Log.HasLoggedErrors)
        {
            string printed = _printed.Count > 0 ? string.Join(" ", _printed) : "nothing";
            ITaskItem description = _changed.FirstOrDefault(d => !IsDone(d)) ?? _changed.Last();
            string message = string.Format(
                CultureInfo.InvariantCulture, Rules.UnforeseenFailure.Format, "running the packer", $"exit code {ExitCode}", $"it printed: {printed}", ToolName);
            Log.LogError(null, Rules.UnforeseenFailure.Id, null, description.ItemSpec, 1, 1, 1, 1, message);
        }

        return false;
    }

    /// <inheritdoc/>
    protected override string GenerateFullPathToTool() => DotNetHost.Length > 0 ? DotNetHost : ToolName;

    /// <inheritdoc/>
    protected override string GenerateCommandLineCommands()
    {
        var line = new CommandLineBuilder();
        line.AppendSwitch("exec");
        line.AppendFileNameIfNotNull(Packer);
        line.AppendFileNameIfNotNull(OutputDirectory);
        line.AppendSwitch(Namespace);
        return line.ToString();
    }

    /// <summary>The descriptions, one a line: a command line would limit their number.</summary>
    protected override string GenerateResponseFileCommands() => string.Join("\n", _changed.Select(d => d.ItemSpec));

    /// <inheritdoc/>
    protected override string GetResponseFileSwitch(string responseFilePath) => $"\"{responseFilePath}\"";

    /// <inheritdoc/>
    protected override void LogToolCommand(string message) => Log.LogCommandLine(MessageImportance.Low, message);

    private static bool IsDone(ITaskItem description)
    {
        (string stamp, string record) = (description.GetMetadata("Stamp"), description.GetMetadata("Record"));
        return File.Exists(record) && File.GetLastWriteTimeUtc(record) >= File.GetLastWriteTimeUtc(stamp);
    }
}
