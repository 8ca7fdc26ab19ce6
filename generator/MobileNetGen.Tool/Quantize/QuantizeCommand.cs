using System;
using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Tool.Images;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.PostTraining;

namespace MobileNetGen.Tool.Quantize;

/// <summary><c>mbnet quantize</c>: a float32 network to an int8 one.</summary>
internal static class QuantizeCommand
{
    /// <summary>The networks are compared by naive implementations, which take their time.</summary>
    private const int ComparedImages = 32;

    /// <summary>With fewer, ranges depend on which images they happen to be.</summary>
    private const int EnoughImages = 50;

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        Argument<string> file = Networks.Argument();
        var images = new Option<string>("--images") { Description = "A folder of images like those the network will see: a hundred or more, of all kinds, prepared as in use.", Required = true, HelpName = "folder" };
        var output = new Option<string?>("--output", "-o") { Description = "The .tflite file to write, with a .mbnet file of its name beside it; named after the network with _int8 unless given.", HelpName = "file" };
        var method = new Option<string>("--method") { Description = "How ranges are chosen: mse (least squared error), percentile (99.99 %) or minmax.", HelpName = "method", DefaultValueFactory = _ => "mse" };
        var limit = new Option<int>("--limit") { Description = "Use at most so many images, evenly spread over the folder.", HelpName = "count", DefaultValueFactory = _ => 200 };
        var io = new Option<string>("--io") { Description = "The type of input and result: int8, uint8 or float32. For float32 the input is normalised as before, otherwise pixels are the input.", HelpName = "type", DefaultValueFactory = _ => "int8" };
        Option<string?> className = Networks.ClassOption();
        var force = new Option<bool>("--force") { Description = "Replace files that are already there." };
        var json = new Option<bool>("--json") { Description = "Print it for scripts." };
        method.AcceptOnlyFromAmong("mse", "percentile", "minmax");
        io.AcceptOnlyFromAmong("int8", "uint8", "float32");
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--limit must be at least 1.");
        });
        output.Validators.Add(result =>
        {
            if (Path.GetExtension(result.GetValueOrDefault<string?>()) is { } extension && extension != ".tflite")
                result.AddError("--output must name a .tflite file.");
        });
        var command = new TaughtCommand(
            "quantize",
            "Makes a trained float32 network int8: a quarter of the size and about twice as fast. Runs it over images to learn how large the values in each layer become, rounds weights "
            + "and ranges to bytes, corrects the biases for what the rounding shifted, and writes a TensorFlow Lite file and the .mbnet file that names it. No training, no labels.",
            """
            Write net_int8.tflite and net_int8.mbnet:
              mbnet quantize net.mbnet --images photos

            Some hundred images of a large folder, other names:
              mbnet quantize net.mbnet --images train --limit 500 -o small/net.tflite

            In a build script: stop where the int8 network decides otherwise for more than 2 % of images
              mbnet quantize net.mbnet --images photos --json | jq -e '.agreement >= 0.98'
            """)
        {
            file, images, output, method, limit, io, className, force, json,
        };
        command.SetAction(result => Run(
            Terminals.Of(result),
            Networks.Read(result.GetRequiredValue(file)),
            new Choices(
                result.GetRequiredValue(images), result.GetValue(output), result.GetRequiredValue(method), result.GetValue(limit), Io(result.GetRequiredValue(io)),
                result.GetValue(className), result.GetValue(force), result.GetValue(json))));
        return command;
    }

    private sealed record Choices(string Images, string? Output, string Method, int Limit, Quantization Io, string? ClassName, bool Force, bool Json);

    /// <summary>What scripts get.</summary>
    private sealed record Result(string ClassName, string Description, string Weights, int Images, string Method, double Agreement, double SignalToNoise, int ComparedImages, bool IsDetector);

    private static int Run(Terminals terminals, Description description, Choices choices)
    {
        Plan plan = Networks.Choose(description, choices.ClassName);
        Network network = plan.Network;
        if (network.Quantization != Quantization.Float32)
            throw new InputException($"{description.File}: the network is {network.Quantization.ToString().ToLowerInvariant()} already; give the float32 network.");
        string weights = choices.Output ?? Path.ChangeExtension(description.File, null) + "_int8.tflite", text = Path.ChangeExtension(weights, ".mbnet");
        if (Path.GetFullPath(text) == Path.GetFullPath(description.File))
            throw new InputException($"{text} is the float32 network; give another name after -o.");
        if (new[] { weights, text }.FirstOrDefault(f => File.Exists(f) && !choices.Force) is { } existing)
            throw new InputException($"{existing} is already there; give another name after -o, or --force to replace it.");
        ImmutableArray<string> files = QuantizedFiles.Spread(ImageFolder.Files(choices.Images), choices.Limit);
        if (files.Length < EnoughImages)
            terminals.Note($"Only {files.Length} {(files.Length == 1 ? "image" : "images")}: ranges will be those of these few. A hundred or more, of all classes, are better.");
        TrainedNetwork trained = Networks.With(description, () => PackedPlan.Of(plan, description).Trained);

        byte[][] pixels = terminals.WithProgress("Reading images", progress => files.Select((f, i) =>
        {
            progress((double)i / files.Length);
            return ImageFolder.Prepare(f, network);
        }).ToArray());
        (_, PackedPlan packed) = QuantizedFiles.Write(terminals, description, trained, pixels, Method(choices.Method), choices.Io, weights, text);
        Fidelity fidelity = terminals.WithProgress("Comparing", _ => Fidelity.Measure(trained, packed.Trained, QuantizedFiles.Spread([.. pixels], ComparedImages)));
        var result = new Result(packed.Plan.Network.ClassName, text, weights, pixels.Length, choices.Method, fidelity.Agreement, fidelity.SignalToNoise, fidelity.Images, network.Detector is not null);
        if (choices.Json)
            terminals.WriteJson(result);
        else
            Print(terminals, result);
        return ExitCode.Fine;
    }

    private static void Print(Terminals terminals, Result result)
    {
        string images = result.Images == 1 ? "1 image" : string.Create(CultureInfo.InvariantCulture, $"{result.Images} images");
        terminals.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Description}: {result.ClassName}, int8, ranges from {images}"));
        terminals.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Weights}: {ByteSize.Text(new FileInfo(result.Weights).Length)}"));
        terminals.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"On {result.ComparedImages} of them {(result.IsDetector ? "its surest object is of the class that the float32 network gives" : "it decides as the float32 network")} in {100 * result.Agreement:0.#} %, and its outputs have {result.SignalToNoise:0.#} dB of signal to noise."));
    }

    private static RangeMethod Method(string word) => word switch
    {
        "minmax" => RangeMethod.MinMax,
        "percentile" => RangeMethod.Percentile,
        _ => RangeMethod.MeanSquaredError,
    };

    private static Quantization Io(string word) => word switch
    {
        "uint8" => Quantization.UInt8,
        "float32" => Quantization.Float32,
        _ => Quantization.Int8,
    };
}
