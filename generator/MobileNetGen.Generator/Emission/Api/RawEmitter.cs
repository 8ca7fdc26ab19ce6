using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission.Api;

/// <summary>Writes the methods that take and give the network's own types.</summary>
internal static class RawEmitter
{
    public static void Emit(IndentedWriter writer, ClassModel model)
    {
        Network network = model.Network;
        (string inputType, string outputType) = (model.RawInput, model.RawOutput);
        IReadOnlyList<OutputParameter> outputs = OutputParameter.Of(network);
        string values = network.InputType == Quantization.Float32
            ? $"{Literals.Grouped(network.Input.Length)} float32 values, normalised already"
            : $"{Literals.Grouped(network.Input.Length)} {(inputType == "sbyte" ? "signed" : "unsigned")} bytes, quantised already";
        string documentation = $"""
            /// <param name="input">[{network.Input.Height}, {network.Input.Width}, {network.Input.Channels}]: {values}.</param>
            {string.Join("\n", outputs.Select(o => $"/// <param name=\"{o.Raw}\">Gets the {(o.Raw == "output" ? $"{Literals.Grouped(network.OutputLength)} outputs" : Texts.Values(o.Output))}{Meaning(model, o.Output)}.</param>"))}
            """;
        string spans = string.Join(", ", outputs.Select(o => $"{Names.Span}<{outputType}> {o.Raw}")), names = string.Join(", ", outputs.Select(o => o.Raw));
        string own = inputType == outputType ? "its own type" : "its own types";
        writer.WriteLine($"/// <summary>Runs the network on values of {own}, without normalisation, for results as the network gives them.</summary>");
        writer.WriteLine(documentation);
        writer.WriteLine($"/// <exception cref=\"{Names.ArgumentException}\">A length is wrong. Nothing was written.</exception>");
        NetworkApi.Forward(
            writer, model, $"public static void RunRaw({Names.ReadOnlySpan}<{inputType}> input, {spans})", $"RunRaw(input, {names}, {NetworkApi.OwnScratch(model)})");
        writer.WriteLine();
        writer.WriteLine($"/// <summary>Runs the network on values of {own}, in working memory of the caller's.</summary>");
        writer.WriteLine(documentation);
        writer.WriteLine(NetworkApi.ScratchParameter);
        writer.WriteLine($"/// <exception cref=\"{Names.ArgumentException}\">A length is wrong. Nothing was written.</exception>");
        string signature = $"public static void RunRaw({Names.ReadOnlySpan}<{inputType}> input, {spans}, {Names.Span}<byte> scratch)";
        if (model.Packed is null)
        {
            NetworkApi.Forward(writer, model, signature, "");
            return;
        }

        writer.WriteLine(signature);
        using (writer.Block())
        {
            writer.WriteLine($"{Names.Runtime}.Require.Length(input.Length, InputLength, nameof(input), \"the values of {Texts.Image(network)}\");");
            foreach (OutputParameter output in outputs)
                writer.WriteLine($"{Names.Runtime}.Require.Length({output.Raw}.Length, {output.Length}, nameof({output.Raw}), \"{output.What}\");");
            writer.WriteLine(NetworkApi.ScratchCheck);
            writer.WriteLine($"fixed ({inputType}* source = input)");
            writer.WriteLine("fixed (byte* memory = scratch)");
            ResultsEmitter.Pin(writer, model, raw: true);
            using (writer.Block())
            {
                writer.WriteLine("byte* aligned = Align(memory);");
                ResultsEmitter.Declare(writer, model, raw: true);
                writer.WriteLine(ForwardEmitter.Call(model, InputEmitter.ForValues(model, "source")));
                if (network.KeepsOutput)
                    OutputEmitter.Raw(writer, model);
            }
        }
    }

    private static string Meaning(ClassModel model, NetworkOutput of) => model.Packed?.Outputs.First(o => o.Name == of.Name).Tensor is { } output && model.Network.OutputType != Quantization.Float32
        ? $"; a value q means {output.Scale} · (q − {Signed(model, output.ZeroPoint)})"
        : "";

    /// <summary>A zero point as the caller sees it.</summary>
    private static string Signed(ClassModel model, int zeroPoint)
    {
        int value = model.Network.OutputType == Quantization.Int8 ? zeroPoint - 128 : zeroPoint;
        return value < 0 ? $"(−{-value})" : $"{value}";
    }
}
