using System;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.IO;
using System.Linq;

namespace MobileNetGen.Tool.Terminal;

/// <summary>A command whose help ends in examples.</summary>
/// <param name="name">The command.</param>
/// <param name="description">What it does, in a sentence or two.</param>
/// <param name="examples">Command lines, each with what it does on the line before it.</param>
internal sealed class TaughtCommand(string name, string description, string examples) : Command(name, description)
{
    /// <summary>Command lines, each with what it does on the line before it.</summary>
    public string Examples => examples;
}

/// <summary>Prints a command's help, and its examples below.</summary>
internal sealed class ExamplesHelp(HelpAction help) : SynchronousCommandLineAction
{
    /// <summary>Makes the help of all commands so.</summary>
    public static void AddTo(RootCommand root)
    {
        HelpOption option = root.Options.OfType<HelpOption>().Single();
        option.Action = new ExamplesHelp((HelpAction)option.Action!);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult result)
    {
        // A list has room for what each command does; how, its own help says.
        if (result.CommandResult.Command is RootCommand root)
        {
            foreach (Command command in root.Subcommands)
                command.Description = command.Description!.Split([": ", ". "], StringSplitOptions.None)[0].TrimEnd('.');
        }

        help.Invoke(result);
        if (result.CommandResult.Command is not TaughtCommand taught)
            return ExitCode.Fine;
        TextWriter output = result.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string line in taught.Examples.Split('\n'))
            output.WriteLine(line.Length == 0 ? "" : "  " + line.TrimEnd('\r'));
        output.WriteLine();
        return ExitCode.Fine;
    }
}
