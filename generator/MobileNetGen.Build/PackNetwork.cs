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
/// Runs the packer on one description. Out of process, so that it can use what .NET 10 offers wherever MSBuild itself runs; without a shell,
/// so that no file name means anything to one. Its diagnostics have the form that MSBuild recognises.
/// </summary>
public sealed class PackNetwork : ToolTask
{
    /// <summary>How much of what the packer prints is kept for the case that it dies.</summary>
    private const int LinesShown = 4;

    private readonly List<string> _printed = [];

    /// <summary>The <c>.mbnet</c> file.</summary>
    [Required]
    public string Description { get; set; } = "";

    /// <summary>The packer, <c>MobileNetGen.Packer.dll</c>.</summary>
    [Required]
    public string Packer { get; set; } = "";

    /// <summary>The folder to write to.</summary>
    [Required]
    public string OutputDirectory { get; set; } = "";

    /// <summary>The plans that packing writes, each with a blob of the same name if the weights become a resource.</summary>
    [Required]
    public string[] Plans { get; set; } = [];

    /// <summary>The list that packing writes of the weights files it read, among them those that the description does not name itself; absent where there are none.</summary>
    [Required]
    public string ReadFiles { get; set; } = "";

    /// <summary>The stamp of what was read and written; its time is that of the last success.</summary>
    [Required]
    public string Record { get; set; } = "";

    /// <summary>The <c>dotnet</c> program that runs this build; empty where MSBuild runs without one, as in Visual Studio.</summary>
    public string DotNetHost { get; set; } = "";

    /// <inheritdoc/>
    protected override string ToolName => Path.DirectorySeparatorChar == '\\' ? "dotnet.exe" : "dotnet";

    /// <inheritdoc/>
    protected override MessageImportance StandardOutputLoggingImportance => MessageImportance.High;

    /// <inheritdoc/>
    protected override Encoding StandardOutputEncoding => Encoding.UTF8;

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (!base.Execute())
            return false;
        try
        {
            IEnumerable<string> read = File.Exists(ReadFiles) ? File.ReadAllLines(ReadFiles) : [];
            InputStamp.Write(Record, read.Concat(Plans.Concat(Plans.Select(BlobOf)).Where(File.Exists).Select(InputStamp.Line)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogError(Rules.OutputUnwritable, Record, e.Message);
        }

        return !Log.HasLoggedErrors;
    }

    /// <inheritdoc/>
    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance)
    {
        if (_printed.Count < LinesShown && singleLine.Trim().Length > 0)
            _printed.Add(singleLine.Trim());
        base.LogEventsFromTextOutput(singleLine, messageImportance);
    }

    /// <summary>Called where the packer ended with another code than 0. It said why, unless its process died.</summary>
    protected override bool HandleTaskExecutionErrors()
    {
        if (!Log.HasLoggedErrors)
        {
            string printed = _printed.Count > 0 ? string.Join(" ", _printed) : "nothing";
            LogError(Rules.UnforeseenFailure, "running the packer", $"exit code {ExitCode}", $"it printed: {printed}", ToolName);
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
        line.AppendFileNameIfNotNull(Description);
        line.AppendFileNameIfNotNull(OutputDirectory);
        return line.ToString();
    }

    /// <inheritdoc/>
    protected override void LogToolCommand(string message) => Log.LogCommandLine(MessageImportance.Low, message);

    private void LogError(Rule rule, params object[] arguments) =>
        Log.LogError(null, rule.Id, null, Description, 1, 1, 1, 1, string.Format(CultureInfo.InvariantCulture, rule.Format, arguments));

    private static string BlobOf(string plan) => Path.ChangeExtension(plan, ".mbw");
}
