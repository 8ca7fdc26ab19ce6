using System.CommandLine;
using MobileNetGen.Weights.Descriptions;

namespace MobileNetGen.Tool.Pack;

/// <summary><c>mbnet pack</c>: what the build does, by hand.</summary>
internal static class PackCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("net") { Description = "The .mbnet file." };
        var output = new Option<string>("--output", "-o") { Description = "The folder for plans (.mbplan), blobs (.mbw), the list of the files read (.inputs) and the record that all is done (.packed).", Required = true };
        var command = new Command("pack", "Reads a network's weights and writes what the generator and the assembly need. The build runs it.") { file, output };
        command.SetAction(result => DescriptionPacker.Run(result.GetRequiredValue(file), result.GetRequiredValue(output), result.InvocationConfiguration.Output));
        return command;
    }
}
