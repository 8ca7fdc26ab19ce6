using System.CommandLine;
using System.IO;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Tool.Terminal;

namespace MobileNetGen.Tool.Draw;

/// <summary><c>mbnet draw</c>: a network as a picture.</summary>
internal static class DrawCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        Argument<string> file = Networks.Argument();
        var output = new Option<string?>("--output", "-o") { Description = "The .svg file to write; printed unless given.", HelpName = "file" };
        Option<string?> className = Networks.ClassOption();
        var command = new TaughtCommand(
            "draw",
            "Draws a network: its blocks and shapes, where multiply-adds and weights are, and what lies where in scratch while it runs. Needs no weights.",
            """
            A picture for a page or a talk; it follows the reader's light or dark colours:
              mbnet draw net.mbnet -o net.svg
            """)
        {
            file, output, className,
        };
        command.SetAction(result =>
        {
            var terminals = Terminals.Of(result);
            Plan plan = Networks.Choose(Networks.Read(result.GetRequiredValue(file)), result.GetValue(className));
            string svg = NetworkPicture.Draw(plan);
            if (result.GetValue(output) is not { } picture)
            {
                terminals.WriteLine(svg.TrimEnd('\n'));
                return ExitCode.Fine;
            }

            Results.Write(picture, svg);
            terminals.Note($"{picture}: {plan.Network.ClassName}");
            return ExitCode.Fine;
        });
        return command;
    }
}
