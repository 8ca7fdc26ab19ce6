using System;
using System.CommandLine;
using System.CommandLine.Invocation;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Batch;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Teaching;
using MobileNetGen.Tool.Classify;
using MobileNetGen.Tool.Detect;
using MobileNetGen.Tool.Draw;
using MobileNetGen.Tool.Emit;
using MobileNetGen.Tool.Export;
using MobileNetGen.Tool.Import;
using MobileNetGen.Tool.Info;
using MobileNetGen.Tool.New;
using MobileNetGen.Tool.Pack;
using MobileNetGen.Tool.Quantize;
using MobileNetGen.Tool.Teach;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Tool.Verify;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool;

/// <summary>The program <c>mbnet</c>.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        // Tables and multiplication signs; and the build reads diagnostics as UTF-8, on Windows too.
        Console.OutputEncoding = Encoding.UTF8;
        return Run(arguments, Console.Out, Console.Error);
    }

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The arguments, without the program's name.</param>
    /// <param name="output">Takes results.</param>
    /// <param name="error">Takes what is wrong, and progress.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    internal static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        ParseResult command = Create().Parse(arguments);
        if (command.Action is ParseErrorAction)
        {
            foreach (string message in command.Errors.Select(e => e.Message))
                error.WriteLine($"mbnet: {message}");
            if (Meant(command) is { } meant)
                error.WriteLine($"Did you mean: {meant}");
            error.WriteLine($"Try: mbnet {string.Concat(command.CommandResult.Command is RootCommand ? "" : command.CommandResult.Command.Name + " ")}--help");
            return ExitCode.Usage;
        }

        try
        {
            return command.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (InputException wrong)
        {
            foreach (string line in wrong.Lines)
                error.WriteLine(line);
            return ExitCode.InputIsWrong;
        }
        catch (Exception wrong)
        {
            error.WriteLine("mbnet: " + wrong switch
            {
                TeachingException or BatchException => wrong.Message,
                MatchException match => $"error {match.Rule.Id}: {match.Message}",
                IOException or UnauthorizedAccessException => wrong.Message,
                _ => $"error {Failure.RuleOf(wrong).Id}: {Failure.In("", $"mbnet {command.CommandResult.Command.Name}", wrong).Message}",
            });
            return ExitCode.InputIsWrong;
        }
    }

    /// <summary>The command or option that the first word which is none may have been meant to be.</summary>
    private static string? Meant(ParseResult command)
    {
        if (command.UnmatchedTokens.Count == 0)
            return null;
        Command within = command.CommandResult.Command;
        string prefix = within is RootCommand ? "mbnet " : $"mbnet {within.Name} … ";
        string? nearest = Spelling.Nearest(command.UnmatchedTokens[0], [.. within.Subcommands.Select(c => c.Name), .. within.Options.Select(o => o.Name)]);
        return nearest is null ? null : prefix + nearest;
    }

    private static RootCommand Create()
    {
        var root = new RootCommand(
            """
            MobileNets for .NET: from trained weights to a class, without leaving the command line.

            A network is a .mbnet file, a page of text that names its weights. "mbnet import" writes one for weights that you have; dropped into a
            project that references the package MobileNetGen, it becomes a class. The other commands show what is in it, and check it.
            """)
        {
            NewCommand.Create(),
            InfoCommand.Create(),
            ImportCommand.Create(),
            TeachCommand.Create(),
            QuantizeCommand.Create(),
            ClassifyCommand.Create(),
            DetectCommand.Create(),
            DrawCommand.Create(),
            EmitCommand.Create(),
            VerifyCommand.Create(),
            ExportCommand.Create(),
            PackCommand.Create(),
        };
        ExamplesHelp.AddTo(root);
        return root;
    }
}
