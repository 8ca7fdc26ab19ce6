using System;
using System.CommandLine;
using System.IO;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Descriptions;

namespace MobileNetGen.Tool.Emit;

/// <summary><c>mbnet emit</c>: a network as one C# file.</summary>
internal static class EmitCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        Argument<string> file = Networks.Argument();
        var output = new Option<string>("--output", "-o") { Description = "The .cs file to write.", Required = true, HelpName = "file" };
        var inNamespace = new Option<string>("--namespace") { Description = "The namespace, unless the description gives one.", HelpName = "name", DefaultValueFactory = _ => "Networks" };
        Option<string?> className = Networks.ClassOption();
        inNamespace.Validators.Add(result =>
        {
            if (!ClassNames.IsValid(result.GetValueOrDefault<string>()!, allowDots: true))
                result.AddError("--namespace must be a C# name, such as My.App.");
        });
        var command = new TaughtCommand(
            "emit",
            "Writes a network as one C# file that has everything in it: its weights, and those of our kernels that it calls. For projects that cannot use the package. "
            + "The compiler takes about 1.5 s a MiB of weights, so for large networks the package, which embeds them, is the better way.",
            """
            One file, to be added to any project for .NET 10 that allows unsafe blocks:
              mbnet emit net.mbnet -o Net.cs

            In a namespace of your own:
              mbnet emit net.mbnet -o Net.cs --namespace My.App
            """)
        {
            file, output, inNamespace, className,
        };
        command.SetAction(result => Run(
            Terminals.Of(result), result.GetRequiredValue(file), result.GetRequiredValue(output), result.GetRequiredValue(inNamespace), result.GetValue(className)));
        return command;
    }

    private static int Run(Terminals terminals, string file, string output, string inNamespace, string? className)
    {
        string code = Write(Networks.Read(file), className, inNamespace, terminals.Note);
        Results.Write(output, code);
        terminals.Note($"{output}: {ByteSize.Text(code.Length)}");
        return ExitCode.Fine;
    }

    /// <summary>The text of the file.</summary>
    /// <param name="description">The description.</param>
    /// <param name="className">Which of its networks, where there are several.</param>
    /// <param name="inNamespace">The namespace of the class.</param>
    /// <param name="note">Told what is assumed.</param>
    internal static string Write(Description description, string? className, string inNamespace, Action<string>? note = null)
    {
        Plan plan = Networks.Choose(description, className);
        plan = plan with { Network = plan.Network with { Bake = Bake.Source } };
        PackedPlan packed = Networks.With(description, () => PackedPlan.Of(plan, description));
        if (description.Assumed(packed.Trained) is { } assumed)
            note?.Invoke(assumed.ToString());
        return StandaloneFile.Write(GeneratedClass.Write(description, packed, inNamespace));
    }
}
