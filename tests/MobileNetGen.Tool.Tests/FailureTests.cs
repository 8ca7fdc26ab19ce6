using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MobileNetGen.Tool.Tests.Support;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Tests;

/// <summary>Whatever fails, and wherever, a user reads a diagnostic.</summary>
public sealed class FailureTests : IDisposable
{
    private readonly Mbnet _mbnet = new();

    /// <summary>Every command, after a clean run of which every stage is made to fail.</summary>
    public static TheoryData<string> Commands => ["pack", "info", "draw", "emit", "export", "verify", "import"];

    public void Dispose()
    {
        WorkStage.Entered = null;
        _mbnet.Dispose();
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_failure_at_any_stage_is_a_diagnostic_that_names_it_and_asks_for_a_report(string command)
    {
        string[] arguments = Arguments(command);
        var stages = new List<string>();
        WorkStage.Entered = stages.Add;
        Mbnet.Succeed(arguments);
        Assert.NotEmpty(stages);

        foreach (string stage in stages.Distinct())
        {
            WorkStage.Entered = entered =>
            {
                if (entered == stage)
                    throw new NotSupportedException("a bug\nof ours");
            };
            (int exitCode, string output) = Run(arguments);
            Assert.Equal(1, exitCode);
            Assert.Contains($"error MBN2090: {stage} failed in a way that nobody foresaw: NotSupportedException: a bug of ours (in ", output, StringComparison.Ordinal);
            Assert.Contains("please report it", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Packing_goes_through_every_stage_and_says_at_which_line_it_failed()
    {
        var places = new Dictionary<string, string>();
        string[] arguments = Arguments("pack");
        for (int i = 0; i < 6; i++)
        {
            int allowed = i;
            WorkStage.Entered = stage =>
            {
                if (allowed-- == 0)
                    throw new InvalidOperationException("a bug");
            };
            string line = Run(arguments).Output.Split('\n').First(l => l.Contains("MBN2090", StringComparison.Ordinal));
            string stage = line[(line.IndexOf("MBN2090: ", StringComparison.Ordinal) + 9)..line.IndexOf(" failed in", StringComparison.Ordinal)];
            places[stage.Replace(_mbnet["out"], "out", StringComparison.Ordinal)] = line[_mbnet["net.mbnet"].Length..line.IndexOf(": error", StringComparison.Ordinal)];
        }

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["compiling the description"] = "(1,1,1,1)",
                ["reading the weights file 'net.onnx'"] = "(7,9,7,19)",
                ["matching Net with its weights"] = "(7,1,7,19)",
                ["reading the labels file 'labels.txt'"] = "(8,8,8,20)",
                ["packing Net"] = "(2,1,2,10)",
                ["writing 'out'"] = "(2,1,2,10)",
            },
            places);
    }

    [Fact]
    public void Memory_that_runs_out_is_named()
    {
        string[] arguments = Arguments("pack");
        WorkStage.Entered = stage => throw new OutOfMemoryException();
        (int exitCode, string output) = Run(arguments);
        Assert.Equal(1, exitCode);
        Assert.Contains("error MBN2081: compiling the description needs more memory than there is", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Output_that_cannot_be_written_is_no_fault_of_the_description()
    {
        string[] arguments = Arguments("pack");
        _mbnet.Write("out", "a file where the folder should be");
        (int exitCode, string output) = Run(arguments);
        Assert.Equal(1, exitCode);
        Assert.Contains($"{_mbnet["net.mbnet"]}(2,1,2,10): error MBN2080: '{_mbnet["out"]}' cannot be written: ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("draw")]
    [InlineData("emit")]
    [InlineData("export")]
    [InlineData("import")]
    public void A_file_that_cannot_be_written_is_named(string command)
    {
        string[] arguments = Arguments(command);
        arguments[^1] = _mbnet["absent/" + arguments[^1][(_mbnet.Folder.Length + 1)..]];
        (int exitCode, string output) = Run(arguments);
        Assert.Equal(1, exitCode);
        Assert.Contains($"mbnet: error MBN2080: '{arguments[^1]}' cannot be written: ", output, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output) Run(string[] arguments)
    {
        Outcome outcome = Mbnet.Run(arguments);
        return (outcome.ExitCode, outcome.Output + outcome.Error);
    }

    /// <summary>A command on a network with weights and labels of its own.</summary>
    private string[] Arguments(string command)
    {
        const string text = "network MobileNetV2\nclass Net\nalpha 0.1\nresolution 32\nclasses 3\nnormalize mean 127.5 std 127.5\n";
        if (!File.Exists(_mbnet["net.onnx"]))
            Mbnet.Succeed("export", _mbnet.Write("random.mbnet", text + "weights random 3\n"), "-o", _mbnet["net.onnx"]);
        string net = _mbnet.Write("net.mbnet", text + "weights \"net.onnx\"\nlabels \"labels.txt\"\n");
        _mbnet.Write("labels.txt", "cat\ndog\nbird\n");
        return command switch
        {
            "pack" => ["pack", net, "-o", _mbnet["out"]],
            "draw" => ["draw", net, "-o", _mbnet["net.svg"]],
            "emit" => ["emit", net, "-o", _mbnet["Net.cs"]],
            "export" => ["export", net, "-o", _mbnet["again.onnx"]],
            "verify" => ["verify", net, "--no-onnx"],
            "import" => ["import", _mbnet["net.onnx"], "--labels", _mbnet["labels.txt"], "--force", "-o", _mbnet["imported.mbnet"]],
            _ => [command, net],
        };
    }
}
