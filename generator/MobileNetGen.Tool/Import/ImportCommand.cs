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
        var json = new Option<bool>("--json") { Description = "Print description, assumptions and notes for scripts." };
        var force = new Option<bool>("--force") { Description = "Replace files that are already there." };
        resolution.MustBeBetween(1, 8192);
        var command = new TaughtCommand(
            "import",
            "Writes the .mbnet file for weights that you have: which network they are of, how wide, at what resolution and how quantised is read from the file. What it writes is "
            + "proven: compiled, and compared with the file in everything that the file states. What the file does not say is marked in the text: # assumed.",
            """
            Write a description beside the weights, ready to be put into a project:
              mbnet import mobilenet_v2_0_5_160_quant.tflite -o net.mbnet

            See what is in a file:
              mbnet import weights.h5

            A state dictionary does not say for what size of image it was trained:
              mbnet import mobilenet_v2.pth --resolution 192 --labels classes.txt -o net.mbnet

            What a script has to ask somebody, because the file does not say it:
              mbnet import mobilenet_v2.pth --json | jq -r '.assumptions[].statement'
            """)
        {
            files, output, resolution, labels, json, force,
        };
        command.SetAction(result => Run(
            Terminals.Of(result), [.. result.GetRequiredValue(files)], result.GetValue(output), result.GetValue(resolution), result.GetValue(labels), result.GetValue(json), result.GetValue(force)));
        return command;
    }

    private static int Run(Terminals terminals, ImmutableArray<string> files, string? output, int? resolution, string? labels, bool json, bool force)
    {
        string path = output ?? "net.mbnet";
        SourceFacts facts = SourceFacts.Read(files, resolution);
        string? packedLabels = facts.Labels.IsEmpty || labels is not null || output is null ? null : Path.ChangeExtension(path, ".labels.txt");
        foreach (string file in new[] { output, packedLabels }.OfType<string>().Where(f => File.Exists(f) && !force))
            throw new InputException($"{file} is already there; give another name after -o, or --force to replace it.");

        (DescriptionText description, TrainedNetwork trained) = Prove(facts, path, labels, packedLabels, resolution);
        var report = ImportReport.Of(description, trained);
        if (output is not null)
            Results.Write(output, report.Description);
        if (json)
            terminals.WriteJson(report);
        else if (output is null)
            terminals.WriteLine(report.Description.TrimEnd('\n'));

        terminals.Note($"{output ?? "Proven"}: {trained.Network.Architecture}, {trained.Network.Input} to {(trained.Network.Detector is { } detector ? $"{detector.AnchorCount} boxes of {detector.Classes} {(detector.Classes == 1 ? "class" : "classes")}" : trained.Network.OutputLength)}: {report.Compared}.");
        if (!report.Assumptions.IsEmpty)
            terminals.Note($"The file does not say, and the text marks as assumed: {string.Join("; ", report.Assumptions.Select(a => a.Statement))}.");
        foreach (string note in report.Notes)
            terminals.Note(note);
        return ExitCode.Fine;
    }

    /// <summary>Finds the description. The proof reads the labels as the description names them, so they are written first; and taken back where it fails.</summary>
    private static (DescriptionText Description, TrainedNetwork Trained) Prove(SourceFacts facts, string path, string? labels, string? packedLabels, int? resolution)
    {
        if (packedLabels is not null)
            Results.Write(packedLabels, string.Concat(facts.Labels.Select(l => l + "\n")));
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
