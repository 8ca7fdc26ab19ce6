using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Runtime;
using MobileNetGen.Tool.Compiled;
using MobileNetGen.Tool.Images;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Tool.Verify;
using MobileNetGen.Weights.Descriptions;
using Spectre.Console;

namespace MobileNetGen.Tool.Detect;

/// <summary><c>mbnet detect</c>: photographs through the generated class of a detector, to boxes.</summary>
internal static class DetectCommand
{
    private const string Extension = ".mbnet";

    /// <summary>What the command line asks for.</summary>
    /// <param name="Net">The description.</param>
    /// <param name="Photographs">Files, and folders of them.</param>
    /// <param name="ClassName">Which network of the description.</param>
    /// <param name="Threshold">The least score.</param>
    /// <param name="Most">The most objects of a photograph.</param>
    /// <param name="Picture">The picture to draw, or the folder of pictures; null for none.</param>
    private sealed record Choices(string Net, ImmutableArray<string> Photographs, string? ClassName, float Threshold, int Most, string? Picture);

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var files = new Argument<string[]>("files") { Description = "Photographs or folders of them, and the .mbnet file of a detector.", Arity = ArgumentArity.OneOrMore };
        var threshold = new Option<float>("--threshold") { Description = "The least score of an object, 0 to 1.", HelpName = "score", DefaultValueFactory = _ => 0.5f };
        var most = new Option<int>("--most") { Description = "At most so many objects of a photograph.", HelpName = "count", DefaultValueFactory = _ => 100 };
        var draw = new Option<string?>("--draw") { Description = "A picture to write, with boxes and names drawn into the photograph; of several photographs, a folder.", HelpName = "file" };
        Option<string?> className = Networks.ClassOption();
        var json = new Option<bool>("--json") { Description = "Print it for scripts: an array, one object a photograph." };
        most.MustBeBetween(1, 100_000);
        threshold.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && float.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && !(value is >= 0 and <= 1))
                result.AddError($"--threshold is {token.Value}; it must be from 0 to 1.");
        });
        files.Validators.Add(result =>
        {
            string[] nets = [.. result.Tokens.Select(t => t.Value).Where(IsDescription)];
            if (nets.Length != 1)
                result.AddError(nets.Length == 0 ? $"None of the files is a {Extension} file: name that of the detector." : $"Several files are {Extension} files: {string.Join(", ", nets)}; name one detector.");
            else if (result.Tokens.Count == 1)
                result.AddError("There is no photograph among the files.");
        });
        var command = new TaughtCommand(
            "detect",
            "Finds objects in photographs, with the class that a build would generate: the photograph is brought to the network's size as 'fit' and 'resize' of the text say, and boxes are in the "
            + "photograph's own pixels, from its left and top.",
            """
            What is in a photograph, as a table:
              mbnet detect photo.jpg net.mbnet

            Drawn into a new picture, with all that is halfway likely:
              mbnet detect photo.jpg net.mbnet --draw found.png --threshold 0.3

            A folder, each photograph drawn into another:
              mbnet detect photos net.mbnet --draw found

            For a script: the photographs that have a cat in them
              mbnet detect photos net.mbnet --json | jq -r '.[] | select(any(.detections[]; .label == "cat")) | .file'
            """)
        {
            files, threshold, most, draw, className, json,
        };
        command.SetAction(result =>
        {
            string[] all = result.GetRequiredValue(files);
            var choices = new Choices(
                all.Single(IsDescription), [.. all.Where(f => !IsDescription(f)).SelectMany(f => Directory.Exists(f) ? ImageFolder.Files(f) : [f])],
                result.GetValue(className), result.GetValue(threshold), result.GetValue(most), result.GetValue(draw));
            var terminals = Terminals.Of(result);
            ImmutableArray<DetectionReport> found = Run(terminals, choices);
            if (result.GetValue(json))
                terminals.WriteJson(found);
            else
                Print(terminals, found);
            return ExitCode.Fine;
        });
        return command;
    }

    private static bool IsDescription(string file) => file.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    private static ImmutableArray<DetectionReport> Run(Terminals terminals, Choices choices)
    {
        Description description = Networks.Read(choices.Net);
        Plan plan = Networks.Choose(description, choices.ClassName);
        if (plan.Network.Detector is null)
            throw new InputException($"{choices.Net}: {plan.Network.ClassName} is no detector, since it has no 'detector' block; it finds no boxes.");
        ImmutableArray<string?> pictures = Pictures(choices);
        PackedPlan packed = Networks.With(description, () => PackedPlan.Of(plan, description));
        if (description.Assumed(packed.Trained) is { } assumed)
            terminals.Note(assumed.ToString());
        return terminals.WithProgress($"Running {plan.Network.ClassName}", progress =>
        {
            var compiled = CompiledNetwork.Of(description, packed);
            return choices.Photographs.Select((file, i) =>
            {
                DetectionReport found = Find(compiled, plan.Network, file, pictures[i], choices);
                progress((i + 1.0) / choices.Photographs.Length);
                return found;
            }).ToImmutableArray();
        });
    }

    private static DetectionReport Find(CompiledNetwork compiled, Network network, string file, string? picture, Choices choices)
    {
        using var photograph = new Photograph(file);
        Detection[] found = compiled.Detect(photograph.Prepare(network, default, out Placement placement), choices.Threshold, choices.Most);
        placement.ToImage(found);
        var report = DetectionReport.Of(file, photograph.Width, photograph.Height, found);
        if (picture is not null)
            DetectionPicture.Write(photograph, found, picture);
        return report;
    }

    /// <summary>The picture of each photograph, or null.</summary>
    private static ImmutableArray<string?> Pictures(Choices choices)
    {
        if (choices.Picture is not { } picture)
            return [.. choices.Photographs.Select(_ => (string?)null)];
        if (choices.Photographs.Length == 1 && DetectionPicture.IsPicture(picture) && !Directory.Exists(picture))
            return [picture];
        if (DetectionPicture.IsPicture(picture) || File.Exists(picture))
            throw new InputException($"{picture}: there are {choices.Photographs.Length} photographs, so --draw takes a folder.");

        // Named as the photographs are; those of equal names get a number.
        Directory.CreateDirectory(picture);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return [.. choices.Photographs.Select(p => Unused(Path.GetFileNameWithoutExtension(p)))];

        string? Unused(string name)
        {
            string unused = name;
            for (int i = 2; !taken.Add(unused); i++)
                unused = $"{name}_{i}";
            return Path.Combine(picture, unused + ".png");
        }
    }

    private static void Print(Terminals terminals, ImmutableArray<DetectionReport> photographs)
    {
        foreach (DetectionReport photograph in photographs)
        {
            string count = photograph.Detections.Length switch { 0 => "nothing found", 1 => "1 object", var n => $"{n} objects" };
            terminals.WriteLine($"{photograph.File}: {photograph.Width}×{photograph.Height}, {count}");
            if (photograph.Detections.IsEmpty)
                continue;
            Table table = Terminals.Table(("object", false), ("score", true), ("left", true), ("top", true), ("right", true), ("bottom", true));
            foreach (FoundObject found in photograph.Detections)
                table.AddRow(Markup.Escape(found.Name()), found.Score.ToString("0.000", CultureInfo.InvariantCulture), Pixel(found.Left), Pixel(found.Top), Pixel(found.Right), Pixel(found.Bottom));
            terminals.Write(table);
        }
    }

    private static string Pixel(float edge) => edge.ToString("0.#", CultureInfo.InvariantCulture);
}
