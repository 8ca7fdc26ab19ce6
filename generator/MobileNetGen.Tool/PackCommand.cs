using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Compiler.Syntax;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Packing;

namespace MobileNetGen.Tool;

/// <summary><c>mbnet pack</c>: what the build runs before the compiler.</summary>
internal static class PackCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The .mbnet file." };
        var output = new Option<string>("--output") { Description = "The folder for plans (.mbplan) and blobs (.mbw).", Required = true };
        var command = new Command("pack", "Reads a network's weights and writes what the generator and the assembly need. The build runs it.") { file, output };
        command.SetAction(result => Run(result.GetRequiredValue(file), result.GetRequiredValue(output)));
        return command;
    }

    private static int Run(string file, string output)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
            Directory.CreateDirectory(output);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Console.WriteLine($"{file}: error {Rules.DescriptionUnreadable.Id}: {error.Message}");
            return 1;
        }

        Compilation compilation = Mbnet.Compile(file, text);
        var diagnostics = new DiagnosticBag(new SourceText(file, text));
        foreach (Plan plan in compilation.Plans)
        {
            try
            {
                Pack(plan, file, text, output);
            }
            catch (MatchException error)
            {
                diagnostics.Report(error.Rule, error.Span, error.Arguments);
            }
        }

        foreach (Diagnostic diagnostic in compilation.Diagnostics.Concat(diagnostics.Items))
            Console.WriteLine(diagnostic);
        return compilation.Plans.Count == 0 || diagnostics.HasErrors ? 1 : 0;
    }

    private static void Pack(Plan plan, string file, string text, string output)
    {
        Network network = plan.Network;
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        TrainedNetwork trained = TrainedNetworkLoader.Load(network, folder);
        var facts = new PackingFacts(DescriptionHash.Of(text), Sources(network, folder), LabelsFile.Read(network, folder));
        PackedResult result = NetworkPacker.Pack(plan, trained, facts);

        string name = Path.Combine(output, network.QualifiedName);
        WriteIfChanged(name + ".mbplan", Encoding.UTF8.GetBytes(PackedNetworkText.Write(result.Packed)));
        if (result.Packed.Resource is null)
            File.Delete(name + ".mbw");
        else
            WriteIfChanged(name + ".mbw", result.Blob);

        string weights = result.Packed.Resource is null ? "in its source" : "as a resource";
        string scratch = plan.FitsStack
            ? "on the stack"
            : $"in a buffer that each thread keeps, {Size(plan.ScratchBytes - network.StackBudget)} over the stack budget of {Size(network.StackBudget)}";
        Console.WriteLine($"{network.QualifiedName}: {Size(result.Blob.Length)} of weights {weights}; {Size(plan.ScratchBytes)} of scratch {scratch}");
        foreach (string note in trained.Notes)
            Console.WriteLine($"{network.QualifiedName}: {note}");
    }

    private static ImmutableArray<string> Sources(Network network, string folder)
    {
        if (network.Weights.IsRandom)
            return [string.Create(CultureInfo.InvariantCulture, $"random {network.Weights.Seed}")];
        return [.. network.Weights.Files.Select(file =>
        {
            using FileStream stream = File.OpenRead(Path.Combine(folder, file.Value));
            return $"{Path.GetFileName(file.Value)} {Convert.ToHexStringLower(SHA256.HashData(stream))}";
        })];
    }

    /// <summary>Leaves a file that already has this content alone, so that nothing behind it is done again.</summary>
    private static void WriteIfChanged(string path, byte[] content)
    {
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
            return;

        // Renamed into place, so that a build that is stopped leaves no half of a file behind.
        string unfinished = path + ".tmp";
        File.WriteAllBytes(unfinished, content);
        File.Move(unfinished, path, overwrite: true);
    }

    private static string Size(long bytes) => bytes < 1024
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B")
        : bytes < 10 * 1024 * 1024
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#} MiB");
}
