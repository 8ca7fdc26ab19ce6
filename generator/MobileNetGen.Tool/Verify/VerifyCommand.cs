using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Tool.Images;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Matching;
using Spectre.Console;

namespace MobileNetGen.Tool.Verify;

/// <summary><c>mbnet verify</c>: the generated class against a naive reference and ONNX Runtime, layer by layer.</summary>
internal static class VerifyCommand
{
    private const int NoiseImages = 2;

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        Argument<string> file = Networks.Argument();
        var images = new Option<string?>("--images") { Description = "A folder of images to run; seeded noise unless given.", HelpName = "folder" };
        var limit = new Option<int>("--limit") { Description = "Run at most so many images.", HelpName = "count", DefaultValueFactory = _ => 8 };
        var withoutOnnx = new Option<bool>("--no-onnx") { Description = "Compare with the naive reference alone." };
        Option<string?> className = Networks.ClassOption();
        var json = new Option<bool>("--json") { Description = "Print it for scripts." };
        limit.MustBeBetween(1, 1_000_000);
        var command = new TaughtCommand(
            "verify",
            "Checks the class that a build would generate: layer by layer, against a naive implementation and ONNX Runtime. Ends with 1 if a layer is beyond its bound.",
            """
            With noise:
              mbnet verify net.mbnet

            With your own images:
              mbnet verify net.mbnet --images photos --limit 20

            In a build script: nothing but the exit code and the first layer that is wrong
              mbnet verify net.mbnet --json | jq -r .firstExceeded
            """)
        {
            file, images, limit, withoutOnnx, className, json,
        };
        command.SetAction(result =>
        {
            var terminals = Terminals.Of(result);
            Description description = Networks.Read(result.GetRequiredValue(file));
            Plan plan = Networks.Choose(description, result.GetValue(className));
            IReadOnlyList<byte[]> pixels = Pixels(plan.Network, result.GetValue(images), result.GetValue(limit));
            Verification verification = Networks.With(description, () => terminals.WithProgress(
                $"Running {plan.Network.ClassName}", progress => Verification.Run(description, plan, pixels, !result.GetValue(withoutOnnx), progress)));
            if (result.GetValue(json))
                terminals.WriteJson(verification);
            else
                Print(terminals, verification);
            return verification.Passed ? ExitCode.Fine : ExitCode.InputIsWrong;
        });
        return command;
    }

    private static byte[][] Pixels(Network network, string? folder, int limit)
    {
        if (folder is not null)
            return [.. ImageFolder.Files(folder).Take(limit).Select(f => ImageFolder.Prepare(f, network))];
        var random = new Random(1);
        return [.. Enumerable.Range(0, NoiseImages).Select(_ =>
        {
            var pixels = new byte[network.Input.Length];
            random.NextBytes(pixels);
            return pixels;
        })];
    }

    private static void Print(Terminals terminals, Verification verification)
    {
        Table table = Terminals.Table(
            [("layer", false), ("largest value", true), .. verification.Layers[0].Differences.SelectMany(d => new[] { ($"{d.Engine} differs by", true), ("at most", true) })]);
        foreach (LayerVerification layer in verification.Layers)
        {
            table.AddRow(
            [
                Markup.Escape(layer.Layer), Number(layer.Largest),
                .. layer.Differences.SelectMany(d => new[] { d.Exceeds ? $"[red]{Number(d.Difference)}[/]" : Number(d.Difference), Number(d.Bound) }),
            ]);
        }

        terminals.Write(table);
        string images = verification.Images == 1 ? "1 image" : $"{verification.Images} images";
        if (verification.StreamingDifference != 0)
            terminals.WriteLine($"  Run row by row, as the class is built, the result differs by {Number(verification.StreamingDifference)}; it should not differ at all.");
        if (verification.EndsDifference != 0)
            terminals.WriteLine($"  With the types of its ends, as the class is built, the result differs by {Number(verification.EndsDifference)}; it should not differ at all.");
        foreach (Assumption assumption in verification.Assumptions)
            terminals.WriteLine($"  Assumed, and not verified, as neither the weights nor the description say it: {assumption}.");
        terminals.WriteLine(verification.FirstExceeded is { } first
            ? $"  {verification.ClassName}, {images}: the first layer beyond its bound is {first}."
            : $"  {verification.ClassName}, {images}: every layer is within its bound.");
    }

    private static string Number(float value) => value.ToString(value is 0 or (>= 0.01f and < 100_000) ? "0.####" : "0.##e-0", CultureInfo.InvariantCulture);
}
