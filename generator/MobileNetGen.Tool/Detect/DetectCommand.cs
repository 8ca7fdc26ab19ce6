using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using MobileNetGen.Batch;
using MobileNetGen.Tool.Batches;
using MobileNetGen.Tool.Images;
using MobileNetGen.Tool.Terminal;
using Spectre.Console;

namespace MobileNetGen.Tool.Detect;

/// <summary><c>mbnet detect</c>: photographs through the generated class of a detector, to boxes.</summary>
internal static class DetectCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        Argument<string[]> files = NetworkFiles.Argument("detector");
        var threshold = new Option<float>("--threshold") { Description = "The least score of an object, 0 to 1.", HelpName = "score", DefaultValueFactory = _ => 0.5f };
        var most = new Option<int>("--most") { Description = "At most so many objects of a photograph.", HelpName = "count", DefaultValueFactory = _ => 100 };
        var draw = new Option<string?>("--draw") { Description = "A picture to write, with boxes and names drawn into the photograph; of several photographs, a folder.", HelpName = "file" };
        Option<string?> className = Networks.ClassOption();
        var json = new Option<bool>("--json") { Description = "Print it for scripts: an array, one object a photograph." };
        var options = new BatchOptions();
        most.MustBeBetween(1, 100_000);
        threshold.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && float.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && !(value is >= 0 and <= 1))
                result.AddError($"--threshold is {token.Value}; it must be from 0 to 1.");
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

            Any number of photographs, a line of JSON for each, on all cores; a run that was killed goes on where it stopped:
              mbnet detect photos net.mbnet -o results.ndjson
            """)
        {
            files, threshold, most, draw, className, json,
        };
        options.AddTo(command);
        command.SetAction(result =>
        {
            var given = NetworkFiles.Of(result.GetRequiredValue(files));
            (string? output, string? picture) = (result.GetValue(options.Output), result.GetValue(draw));
            if (output is not null && (picture is not null || result.GetValue(json)))
                throw new InputException("With --output there are rows alone: leave out --draw and --json.");
            var terminals = Terminals.Of(result);
            if (output is not null)
                return options.Write(result, given, output, Load);
            ImmutableArray<DetectionReport> found = Run(terminals, Load(), given.Photographs, picture);
            if (result.GetValue(json))
                terminals.WriteJson(found);
            else
                Print(terminals, found);
            return ExitCode.Fine;

            BatchNetwork Load() => LoadedNetwork.Read(terminals, given.Net, result.GetValue(className)).Detector(result.GetValue(threshold), result.GetValue(most));
        });
        return command;
    }

    /// <summary>Photographs for people: all rows at once, and none that is an error.</summary>
    private static ImmutableArray<DetectionReport> Run(Terminals terminals, BatchNetwork detector, ImmutableArray<string> given, string? picture)
    {
        ImmutableArray<string> photographs = [.. given.SelectMany(f => Directory.Exists(f) ? ImageFolder.Files(f) : [f])];

        // Names of pictures are given one after the other.
        BatchJob job = picture is null ? new BatchJob(photographs) : new BatchJob(photographs) { Threads = 1 };
        BatchNetwork network = picture is null ? detector : new DrawingNetwork(detector, PictureNames(picture, photographs.Length));
        return terminals.WithProgress("Finding objects", progress =>
        {
            var found = ImmutableArray.CreateBuilder<DetectionReport>();
            foreach (BatchRow row in job.RowsAsync(network).ToBlockingEnumerable())
            {
                found.Add(DetectionReport.Of(row));
                progress(Math.Min(1.0, (double)found.Count / photographs.Length));
            }

            return found.ToImmutable();
        });
    }

    /// <summary>The picture of each photograph.</summary>
    private static Func<string, string> PictureNames(string picture, int photographs)
    {
        if (photographs == 1 && DetectionPicture.IsPicture(picture) && !Directory.Exists(picture))
            return _ => picture;
        if (DetectionPicture.IsPicture(picture) || File.Exists(picture))
            throw new InputException($"{picture}: there are {photographs} photographs, so --draw takes a folder.");

        // Named as the photographs are; those of equal names get a number.
        Directory.CreateDirectory(picture);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return photograph =>
        {
            string name = Path.GetFileNameWithoutExtension(photograph), unused = name;
            for (int i = 2; !taken.Add(unused); i++)
                unused = $"{name}_{i}";
            return Path.Combine(picture, unused + ".png");
        };
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
