using System;
using System.Collections.Immutable;
using System.CommandLine;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Tool.Import;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.New;

/// <summary><c>mbnet new</c>: a console project that runs, from weights or from the network that comes with the program.</summary>
internal static class NewCommand
{
    private const string DescriptionFile = "net.mbnet";

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "The folder to write, which becomes the project's name; it must be new or empty. Without one, that in which you are.", DefaultValueFactory = _ => "." };
        var from = new Option<string[]>("--from") { Description = "The weights file, or a .mbnet file that names its weights; they are copied. Without it, a network for the ten classes of CIFAR-10 that comes with mbnet.", HelpName = "weights", AllowMultipleArgumentsPerToken = true };
        var labels = new Option<string?>("--labels") { Description = "A file of class names, one a line; it is copied.", HelpName = "file" };
        var resolution = new Option<int?>("--resolution") { Description = "Height and width of the image, for weights that do not say.", HelpName = "pixels" };
        var source = new Option<string?>("--source") { Description = "A folder of packages, or another source, in which MobileNetGen is to be found beside the usual ones.", HelpName = "source" };
        var version = new Option<string>("--package-version") { Description = "The version of the packages: the program's own, unless given.", HelpName = "version", DefaultValueFactory = _ => typeof(NewCommand).Assembly.GetName().Version!.ToString(3) };
        resolution.MustBeBetween(1, 8192);
        var command = new TaughtCommand(
            "new",
            "Writes a console project that classifies photographs, or finds objects in them: ready for dotnet run.",
            """
            With the network that comes with mbnet, and a photograph of a cat:
              mbnet new Cats
              cd Cats
              dotnet run

            With weights of your own, and the names of their classes:
              mbnet new Birds --from mobilenet_v2.tflite --labels birds.txt
              cd Birds
              dotnet run -- photo.jpg

            With photographs of your own:
              mbnet teach photos --from mobilenet_v2.tflite -o birds.mbnet
              mbnet new Birds --from birds.mbnet

            While the packages are in a folder of this machine alone:
              mbnet new Cats --source ~/MobileNetGen/artifacts/packages
            """)
        {
            folder, from, labels, resolution, source, version,
        };
        command.SetAction(result => Run(
            Terminals.Of(result), Path.GetFullPath(result.GetRequiredValue(folder)),
            new Choices([.. result.GetValue(from) ?? []], result.GetValue(labels), result.GetValue(resolution), result.GetValue(source), result.GetRequiredValue(version)), result.GetRequiredValue(folder)));
        return command;
    }

    /// <summary>What the command line asks for.</summary>
    private sealed record Choices(ImmutableArray<string> From, string? Labels, int? Resolution, string? Source, string Version);

    private static int Run(Terminals terminals, string folder, Choices choices, string named)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            throw new InputException($"{named}: the folder is not empty; name a new one.");
        if (choices.From.IsEmpty && choices.Labels is not null)
            throw new InputException("--labels names the classes of weights: give those too, with --from.");
        string name = Path.GetFileName(folder);
        if (name.Length == 0 || name.Any(c => !char.IsLetterOrDigit(c) && c is not ('_' or '-' or '.')))
            throw new InputException($"{named}: '{name}' cannot be the name of a project; use letters, digits, '_', '-' and '.'.");

        // All that can be wrong with the weights is found before anything is written.
        bool isShipped = choices.From.IsEmpty;
        DescribedFiles? described = choices.From is [var only] && only.EndsWith(".mbnet", StringComparison.OrdinalIgnoreCase) ? DescribedFiles.Read(only) : null;
        if (described is not null && (choices.Labels is not null || choices.Resolution is not null))
            throw new InputException($"{choices.From[0]}: it says what labels and resolution are; --labels and --resolution are for weights alone.");
        SourceFacts? facts = isShipped || described is not null ? null : SourceFacts.Read(choices.From, choices.Resolution);
        Directory.CreateDirectory(folder);
        Network network = described?.CopyTo(folder) ?? (facts is null ? ShippedNetwork.Write(folder) : Import(terminals, folder, facts, choices));

        // A project is often named as the class is that is meant for it; a namespace of that name would hide it.
        string usual = ClassNames.RootNamespace(name, name);
        string? own = network.Namespace is null && ProjectText.Begins(usual, network.ClassName) ? network.ClassName + "App" : null;
        Results.Write(Path.Combine(folder, name + ".csproj"), ProjectText.Project(choices.Version, own));
        Results.Write(Path.Combine(folder, "Program.cs"), ProjectText.Program(network, network.Namespace ?? own ?? usual, isShipped ? ShippedNetwork.Photograph : null));
        if (choices.Source is { } source)
            Results.Write(Path.Combine(folder, "nuget.config"), ProjectText.Sources(Directory.Exists(source) ? Path.GetFullPath(source) : source));

        terminals.Note($"{name}: {network.ClassName}, {network.Input} to {(network.Detector is { } detector ? $"boxes of {detector.Classes} classes" : network.OutputLength)}.");
        terminals.Note($"Next: {(named == "." ? "" : $"cd {named} && ")}dotnet run{(isShipped ? "" : " -- photo.jpg")}");
        return ExitCode.Fine;
    }

    private static Network Import(Terminals terminals, string folder, SourceFacts facts, Choices choices)
    {
        string? labels = choices.Labels is { } file ? Copy(file, Path.GetDirectoryName(Path.GetFullPath(file))!) : facts.Labels.IsEmpty ? null : Path.Combine(folder, "labels.txt");
        if (choices.Labels is null && labels is not null)
            Results.Write(labels, string.Concat(facts.Labels.Select(l => l + "\n")));
        string path = Path.Combine(folder, DescriptionFile), from = Path.GetDirectoryName(Path.GetFullPath(facts.Files[0]))!;
        foreach (string part in facts.Parts)
            Copy(part, from);
        ImmutableArray<string> copies = [.. facts.Files.Select(f => Path.Combine(folder, Inside(f, from)))];
        (DescriptionText description, TrainedNetwork trained) = Importer.Import(facts with { Files = copies }, path, labels, choices.Resolution);
        Results.Write(path, description.Write());
        var report = ImportReport.Of(description, trained);
        if (!report.Assumptions.IsEmpty)
            terminals.Note($"The weights do not say, and {DescriptionFile} marks as assumed: {string.Join("; ", report.Assumptions.Select(a => a.Statement))}.");
        foreach (string note in report.Notes)
            terminals.Note(note);
        return trained.Network;

        string Copy(string original, string root) => Results.Copy(original, Path.Combine(folder, Inside(original, root)));
    }

    /// <summary>Where a file lies below a folder; its name alone, if it lies elsewhere.</summary>
    private static string Inside(string file, string folder)
    {
        string relative = Path.GetRelativePath(folder, Path.GetFullPath(file));
        return relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? Path.GetFileName(file) : relative;
    }
}
