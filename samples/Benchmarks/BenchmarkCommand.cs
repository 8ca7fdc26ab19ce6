using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Samples.Benchmarks.Kernels;
using MobileNetGen.Samples.Benchmarks.Measurement;

namespace MobileNetGen.Samples.Benchmarks;

/// <summary>What the user asks for.</summary>
internal static class BenchmarkCommand
{
    private const string Description =
        """
        Measures generated networks against ONNX Runtime, on this machine and on one core.

        Both run the same network, with the same (random) weights, on the same input, in one process: ten milliseconds ours, ten milliseconds
        theirs, and so on. ONNX Runtime gets an exported model, all its graph optimisations, one thread, and bound input and output. A ratio
        below 1 means that the generated class is faster; ratios are of the minima, since noise only ever adds. A result is only as good as the
        machine is quiet: compare minimum and median, and run it twice.

        Without arguments, eleven networks in float32. Examples, from the root of the repository:
          dotnet run -c Release --project samples/Benchmarks
          dotnet run -c Release --project samples/Benchmarks -- v2-0.5-160 MobileNetV1_1_0_224 --seconds 10
          dotnet run -c Release --project samples/Benchmarks -- --quantization uint8 --json uint8.json --chart uint8.svg
          dotnet run -c Release --project samples/Benchmarks -- v2-1.0-224 --kernels
          DOTNET_EnableAVX512=0 dotnet run -c Release --project samples/Benchmarks      as on a machine without AVX-512 (ours only)

        There is also cifar10-1.0-32, trained for this repository, in float32 and int8.
        To measure a network of your own, put its .mbnet file (and its weights) below samples/Benchmarks/Networks, and give its name.
        """;

    public static RootCommand Create()
    {
        var networks = new Argument<string[]>("networks") { Description = "Class names, or short: v2-0.5-160. The eleven of published sizes unless given.", Arity = ArgumentArity.ZeroOrMore };
        var quantization = new Option<string>("--quantization", "-q") { Description = "The networks' arithmetic.", DefaultValueFactory = _ => "float32" };
        quantization.AcceptOnlyFromAmong("float32", "uint8", "int8");
        var uniform = new Option<bool>("--uniform") { Description = "Networks whose random weights are uniform, of which uint8 has some: the worst case of kernels that profit from what weights look like." };
        var seconds = new Option<double>("--seconds", "-s") { Description = "Time both engines at least so long, for each network.", DefaultValueFactory = _ => 4 };
        var calls = new Option<int>("--calls") { Description = "Time at least so many calls of each engine.", DefaultValueFactory = _ => 200 };
        var starts = new Option<int>("--starts") { Description = "Processes started to measure the first result and peak memory; 0 to leave that out.", DefaultValueFactory = _ => 5 };
        var json = new Option<string?>("--json") { Description = "Write the results there, as an array of objects.", HelpName = "file" };
        var chart = new Option<string?>("--chart") { Description = "Draw the ratios there, as SVG.", HelpName = "file" };
        var threads = new Option<int?>("--threads") { Description = "Instead: how our calls scale from 1 to so many threads, each on a core of its own." };
        var team = new Option<int?>("--team") { Description = "Instead: how much sooner a team of so many threads is done with one image. Of float32 and int8 there are networks for it." };
        var kernels = new Option<bool>("--kernels") { Description = "Instead: our kernels one by one on the layers of these networks, with BenchmarkDotNet, and their share of the machine's peak." };
        Between(seconds, 0.01, 3600);
        Between(calls, 1, 1_000_000);
        Between(starts, 0, 1000);
        threads.Validators.Add(result => Check(result, result.GetValueOrDefault<int?>() is not { } count || (count >= 1 && count <= Processor.Cores.Count), $"from 1 to {Processor.Cores.Count}, the cores there are"));

        team.Validators.Add(result => Check(result, result.GetValueOrDefault<int?>() is not { } count || (count >= 1 && count <= Runtime.Team.MaximumThreads), $"from 1 to {Runtime.Team.MaximumThreads}"));

        var command = new RootCommand(Description) { networks, quantization, uniform, seconds, calls, starts, json, chart, threads, team, kernels };
        command.Validators.Add(result =>
        {
            if (result.GetValue(uniform) && result.GetValue(quantization) != "uint8")
                result.AddError("--uniform needs --quantization uint8: of the others there are no such networks.");
            int others = (result.GetValue(kernels) ? 1 : 0) + (result.GetValue(threads) is null ? 0 : 1) + (result.GetValue(team) is null ? 0 : 1);
            if (others > 1)
                result.AddError("--kernels, --threads and --team are different measurements: give one of them.");
            else if (others > 0 && (result.GetValue(json) ?? result.GetValue(chart)) is not null)
                result.AddError("--json and --chart hold comparisons with ONNX Runtime, which --kernels, --threads and --team do not make.");
            if (result.GetValue(team) is not null && result.GetValue(quantization) == "uint8")
                result.AddError("--team needs --quantization float32 or int8: of uint8 there are no such networks.");
        });
        command.SetAction(result =>
        {
            IReadOnlyList<Subject> all = Catalogue.Read(Enum.Parse<Quantization>(result.GetRequiredValue(quantization), ignoreCase: true), result.GetValue(uniform), result.GetValue(team) is not null);
            IReadOnlyList<Subject> subjects = Catalogue.Select(all, result.GetValue(networks) ?? []);
            TimeSpan duration = TimeSpan.FromSeconds(result.GetValue(seconds));
            if (result.GetValue(kernels))
                KernelRun.Run(subjects);
            else if (result.GetValue(team) is { } members)
                Session.Share(subjects, members, duration);
            else if (result.GetValue(threads) is { } count)
                Session.Scale(subjects, count, duration);
            else
                Session.Compare(subjects, duration, result.GetValue(calls), result.GetValue(starts), result.GetValue(json), result.GetValue(chart));
        });
        return command;
    }

    private static void Between<T>(Option<T> option, T least, T most)
        where T : IComparable<T> =>
        option.Validators.Add(result => Check(result, result.GetValueOrDefault<T>() is { } value && value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0, FormattableString.Invariant($"from {least} to {most}")));

    private static void Check(OptionResult result, bool holds, string allowed)
    {
        if (!holds)
            result.AddError($"{result.IdentifierToken?.Value} must be {allowed}; it is {result.Tokens.FirstOrDefault()?.Value}.");
    }
}
