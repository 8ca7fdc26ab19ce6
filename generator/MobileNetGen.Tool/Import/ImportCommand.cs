using System.Collections.Immutable;
using System.CommandLine;
using System.IO;
using System.Linq;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Import;

/// <summary><c>mbnet import</c>: writes the <c>.mbnet</c> file of weights.</summary>
internal static class ImportCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var files = new Argument<string[]>("weights")
        {
            Description = "The weights file: several, in the order they run, if the network was cut into several.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string?>("--output", "-o") { Description = "The .mbnet file to write; printed unless given.", HelpName = "file" };
        var resolution = new Option<int?>("--resolution") { Description = "Height and width of the image, for files that do not say; 224 for those of parameters alone, unless given.", HelpName = "pixels" };
        var labels = new Option<string?>("--labels") { Description = "A file of class names, one a line, to name in the description.", HelpName = "file" };
        var force = new Option<bool>("--force") { Description = "Replace files that are already there." };
        resolution.MustBeBetween(1, 8192);
        var command = new TaughtCommand(
            "import",
            "Writes the .mbnet file for weights that you have: which network they are of, how wide, at what resolution and how quantised is read from the file. What it writes is "
            + "proven: compiled, and every weight matched to its layer.",
            """
            Write a description beside the weights, ready to be put into a project:
              mbnet import mobilenet_v2_0_5_160_quant.tflite -o net.mbnet

            See what is in a file:
              mbnet import weights.h5

            A state dictionary does not say for what size of image it was trained:
              mbnet import mobilenet_v2.pth --resolution 192 --labels classes.txt -o net.mbnet
            """)
        {
            files, output, resolution, labels, force,
        };
        command.SetAction(result => Run(
            Terminals.Of(result), [.. result.GetRequiredValue(files)], result.GetValue(output), result.GetValue(resolution), result.GetValue(labels), result.GetValue(force)));
        return command;
    }

    private static int Run(Terminals terminals, ImmutableArray<string> files, string? output, int? resolution, string? labels, bool force)
    {
        string path = output ?? "net.mbnet";
        SourceFacts facts = SourceFacts.Read(files, resolution);
        string? packedLabels = facts.Labels.IsEmpty || labels is not null || output is null ? null : Path.ChangeExtension(path, ".labels.txt");
        foreach (string file in new[] { output, packedLabels }.OfType<string>().Where(f => File.Exists(f) && !force))
            throw new InputException($"{file} is already there; give another name after -o, or --force to replace it.");

        (string text, TrainedNetwork trained) = Prove(facts, path, labels, packedLabels, resolution);
        if (output is null)
            terminals.WriteLine(text.TrimEnd('\n'));
        else
            File.WriteAllText(output, text);

        terminals.Note($"{output ?? "Proven"}: {trained.Network.Architecture}, {trained.Network.Input} to {trained.Network.OutputLength}: compiled, and all {trained.Layers.Length} layers matched.");
        foreach (string note in trained.Notes)
            terminals.Note(note);
        return ExitCode.Fine;
    }

    /// <summary>Finds the description. The proof reads the labels as the description names them, so they are written first; and taken back where it fails.</summary>
    private static (string Text, TrainedNetwork Trained) Prove(SourceFacts facts, string path, string? labels, string? packedLabels, int? resolution)
    {
        if (packedLabels is not null)
            File.WriteAllText(packedLabels, string.Concat(facts.Labels.Select(l => l + "\n")));
        try
        {
            return Importer.Import(facts, path, labels ?? packedLabels, resolution);
        }
        catch (InputException) when (packedLabels is not null)
        {
            File.Delete(packedLabels);
            throw;
        }
    }
}
