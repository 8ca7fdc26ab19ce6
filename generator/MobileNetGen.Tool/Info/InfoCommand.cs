using System.Collections.Immutable;
using System.CommandLine;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Info;

/// <summary><c>mbnet info</c>: a network's layers and totals, as the papers' tables have them.</summary>
internal static class InfoCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        Argument<string> file = Networks.Argument();
        Option<string?> className = Networks.ClassOption();
        var json = new Option<bool>("--json") { Description = "Print it for scripts: an array, one object a network." };
        var machine = new Option<string?>("--machine") { Description = "Name the runtime's kernels for one network on a machine." };
        machine.AcceptOnlyFromAmong([.. MachineKernels.All.Select(m => m.Name)]);
        var command = new TaughtCommand(
            "info",
            "Shows what a network consists of: its layers, multiply-adds, parameters and memory, and what was published about it. Needs no weights; where they are, it says how large a build packs them.",
            """
            A table of the layers, and the totals beside the published ones:
              mbnet info net.mbnet

            A file whose alpha or resolution is a list: one row a network
              mbnet info all.mbnet

            The multiply-adds of each network, by a script:
              mbnet info all.mbnet --json | jq '.[] | {className, multiplyAdds}'
            """)
        {
            file, className, json, machine,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && result.GetValue(machine) is not null)
                result.AddError("--machine names kernels for people, and --json prints what a network consists of for scripts: give one of them.");
        });
        command.SetAction(result => Run(Terminals.Of(result), result.GetRequiredValue(file), result.GetValue(className), result.GetValue(json), result.GetValue(machine)));
        return command;
    }

    private static int Run(Terminals terminals, string file, string? className, bool json, string? machine)
    {
        Description description = Networks.Read(file);
        ImmutableArray<Plan> plans = className is null && machine is null ? [.. description.Plans] : [Networks.Choose(description, className)];
        ImmutableArray<NetworkSummary> networks = [.. plans.Select(NetworkSummary.Of)];
        if (json)
            terminals.WriteJson(networks);
        else if (networks.Length == 1)
            InfoTables.Write(terminals, networks[0], Packed(description, plans[0]), machine is null ? null : MachineKernels.Of(machine));
        else
            InfoTables.WriteList(terminals, networks);
        return ExitCode.Fine;
    }

    /// <summary>The size of what a build bakes; null where the weights are not there, do not fit, or are random.</summary>
    private static long? Packed(Description description, Plan plan)
    {
        try
        {
            return plan.Network.Weights.IsRandom ? null : PackedPlan.Of(plan, description).Result.Blob.Length;
        }
        catch (MatchException error) when (error.Rule != Rules.UnforeseenFailure && error.Rule != Rules.NotEnoughMemory)
        {
            return null;
        }
    }
}
