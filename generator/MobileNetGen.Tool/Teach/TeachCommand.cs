using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.IO;
using MobileNetGen.Tool.Terminal;

namespace MobileNetGen.Tool.Teach;

/// <summary><c>mbnet teach</c>: a classifier from folders of photographs.</summary>
internal static class TeachCommand
{
    /// <summary>What the command line asks for.</summary>
    /// <param name="Folder">The folder of folders.</param>
    /// <param name="From">The weights files of the base.</param>
    /// <param name="Output">The description to write.</param>
    /// <param name="Resolution">The side of the image, for files that do not say it.</param>
    /// <param name="UnknownLoss">The share of known photographs that may be lost.</param>
    /// <param name="IsUpdate">Whether photographs are added to what was taught.</param>
    /// <param name="Report">The page to write, or null.</param>
    /// <param name="WithInt8">Whether an int8 form is made too.</param>
    /// <param name="Force">Whether files are replaced.</param>
    internal sealed record Choices(string Folder, ImmutableArray<string> From, string Output, int? Resolution, double UnknownLoss, bool IsUpdate, string? Report, bool WithInt8, bool Force);

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("photographs") { Description = "A folder with a folder of photographs for each class: JPEG, PNG, WebP, GIF or BMP files." };
        var from = new Option<string[]>("--from") { Description = "The weights file of a trained MobileNet, in any format and arithmetic that import reads: several, if it was cut into several.", Required = true, HelpName = "file", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--output", "-o") { Description = "The .mbnet file to write. Weights, labels and features are written beside it.", Required = true, HelpName = "file" };
        var resolution = new Option<int?>("--resolution") { Description = "Height and width of the image, for a base that does not say; 224 unless given.", HelpName = "pixels" };
        var loss = new Option<double>("--unknown-loss") { Description = "The threshold for unknown photographs is set so that this share of the known ones is lost, in percent; 0 for none.", HelpName = "percent", DefaultValueFactory = _ => 5 };
        var update = new Option<bool>("--update") { Description = "Add the photographs to those that were taught before, which need not be there any more." };
        var report = new Option<string?>("--report") { Description = "A page to write: one HTML file, without scripts, with the photographs that it speaks of inside.", HelpName = "file" };
        var int8 = new Option<bool>("--int8") { Description = "Also write the int8 form, a quarter of the size and about twice as fast, and say how its accuracy is beside the float32 one." };
        var json = new Option<bool>("--json") { Description = "Print it for scripts." };
        var force = new Option<bool>("--force") { Description = "Replace files that are already there." };
        resolution.MustBeBetween(1, 8192);
        loss.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && !(value is >= 0 and < 100))
                result.AddError($"--unknown-loss is {token.Value}; it must be from 0 to below 100.");
        });
        output.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Path.GetExtension(token.Value) != ".mbnet")
                result.AddError("--output must name a .mbnet file.");
        });
        var command = new TaughtCommand(
            "teach",
            "Makes a classifier of photographs that lie in folders, one for each class: a trained network gives features, logistic regression is fitted to them, and photographs that the fit has not "
            + "seen tell how good it is. Seconds for hundreds of photographs, no training. A folder 'unknown' is for photographs of anything else.",
            """
            Two folders of photographs, photos/cat and photos/dog, to a network for a project:
              mbnet teach photos --from mobilenet_v2.tflite -o pets.mbnet

            See what may be wrong with the photographs:
              mbnet teach photos --from mobilenet_v2.tflite -o pets.mbnet --force --report report.html

            Add a class, or photographs that came in since; the others need not be there:
              mbnet teach new --from mobilenet_v2.tflite -o pets.mbnet --update

            In a build script: stop where it is not good enough
              mbnet teach photos --from mobilenet_v2.tflite -o pets.mbnet --json | jq -e '.estimate.balancedAccuracy >= 0.9'
            """)
        {
            folder, from, output, resolution, loss, update, report, int8, json, force,
        };
        command.SetAction(result =>
        {
            var terminals = Terminals.Of(result);
            var choices = new Choices(
                result.GetRequiredValue(folder), [.. result.GetRequiredValue(from)], result.GetRequiredValue(output), result.GetValue(resolution), result.GetValue(loss) / 100, result.GetValue(update),
                result.GetValue(report), result.GetValue(int8), result.GetValue(force));
            TeachResult taught = TeachRun.Run(terminals, choices);
            if (result.GetValue(json))
                terminals.WriteJson(taught);
            else
                TeachReport.Print(terminals, taught);
            return ExitCode.Fine;
        });
        return command;
    }
}
