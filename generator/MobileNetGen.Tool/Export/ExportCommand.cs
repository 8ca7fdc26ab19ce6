using System.CommandLine;
using System.IO;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Export;

/// <summary><c>mbnet export</c>: a network as an ONNX model.</summary>
internal static class ExportCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        Argument<string> file = Networks.Argument();
        var output = new Option<string>("--output", "-o") { Description = "The .onnx file to write.", Required = true, HelpName = "file" };
        Option<string?> className = Networks.ClassOption();
        var command = new TaughtCommand(
            "export",
            "Writes a network as an ONNX model, for other engines and for viewers. A quantised network becomes one of real operators between DequantizeLinear and QuantizeLinear (QDQ).",
            """
            A float32 network; its input is what the network's normalisation makes of pixels:
              mbnet export net.mbnet -o net.onnx

            One network of a file that has several:
              mbnet export all.mbnet --class MobileNetV2_0_5_160 -o net.onnx
            """)
        {
            file, output, className,
        };
        command.SetAction(result => Run(Terminals.Of(result), result.GetRequiredValue(file), result.GetRequiredValue(output), result.GetValue(className)));
        return command;
    }

    private static int Run(Terminals terminals, string file, string output, string? className)
    {
        Description description = Networks.Read(file);
        Plan plan = Networks.Choose(description, className);
        TrainedNetwork trained = Networks.With(description, () => PackedPlan.Of(plan, description).Trained);
        byte[] model = Model(trained);
        Results.Write(output, model);
        string range = plan.Network.Quantization switch
        {
            Quantization.Float32 => "float32 values after normalisation",
            Quantization.Int8 => "unsigned bytes, the network's int8 values plus 128",
            _ => "unsigned bytes",
        };
        terminals.Note($"{output}: {ByteSize.Text(model.Length)}; input \"{Network.InputName}\" [1, {plan.Network.Input.Channels}, {plan.Network.Input.Height}, {plan.Network.Input.Width}] of {range}, {Made(plan.Network)}");
        return ExitCode.Fine;
    }

    private static string Made(Network network) => network.Detector is { } detector
        ? $"{network.Outputs.Count} results: of each map \"{detector.Maps[0].Boxes}\" [1, boxes · 4, rows, columns] and \"{detector.Maps[0].Scores}\" [1, boxes · {detector.Columns}, rows, columns], and so on"
        : $"result \"{OnnxExporter.OutputName}\" [1, {network.OutputLength}]";

    /// <summary>The model in the form that its arithmetic asks for.</summary>
    internal static byte[] Model(TrainedNetwork trained) =>
        trained.Network.Quantization == Quantization.Float32 ? OnnxExporter.Export(trained) : QdqExporter.Export(trained);
}
