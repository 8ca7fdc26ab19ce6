using MobileNetGen.Compiler.Networks;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>Writes the methods that take and give the network's own types.</summary>
internal static class RawEmitter
{
    public static void Emit(IndentedWriter writer, ClassModel model)
    {
        Network network = model.Network;
        (string inputType, string outputType) = (model.RawInput, model.RawOutput);
        string values = network.InputType == Quantization.Float32
            ? $"{Literals.Grouped(network.Input.Length)} float32 values, normalised already"
            : $"{Literals.Grouped(network.Input.Length)} {(inputType == "sbyte" ? "signed" : "unsigned")} bytes, quantised already";
        string documentation = $"""
            /// <param name="input">[{network.Input.Height}, {network.Input.Width}, {network.Input.Channels}]: {values}.</param>
            /// <param name="output">Gets the {Literals.Grouped(network.OutputLength)} outputs{Meaning(model)}.</param>
            """;
        string own = inputType == outputType ? "its own type" : "its own types";
        writer.WriteLine($"/// <summary>Runs the network on values of {own}, without normalisation, for results as the network gives them.</summary>");
        writer.WriteLine(documentation);
        writer.WriteLine("/// <exception cref=\"ArgumentException\">A length is wrong. Nothing was written.</exception>");
        RunEmitter.Forward(
            writer, model, $"public static void RunRaw(ReadOnlySpan<{inputType}> input, Span<{outputType}> output)", $"RunRaw(input, output, {RunEmitter.OwnScratch(model)})");
        writer.WriteLine();
        writer.WriteLine($"/// <summary>Runs the network on values of {own}, in working memory of the caller's.</summary>");
        writer.WriteLine(documentation);
        writer.WriteLine(RunEmitter.ScratchParameter);
        writer.WriteLine("/// <exception cref=\"ArgumentException\">A length is wrong. Nothing was written.</exception>");
        string signature = $"public static void RunRaw(ReadOnlySpan<{inputType}> input, Span<{outputType}> output, Span<byte> scratch)";
        if (model.Packed is null)
        {
            RunEmitter.Forward(writer, model, signature, "");
            return;
        }

        writer.WriteLine(signature);
        using (writer.Block())
        {
            writer.WriteLine($"""
                global::MobileNetGen.Runtime.Require.Length(input.Length, InputHeight * InputWidth * InputChannels, nameof(input), "the values of {Texts.Image(network)}");
                global::MobileNetGen.Runtime.Require.Length(output.Length, OutputLength, nameof(output), "{Texts.ScoreKind(network)}");
                {RunEmitter.ScratchCheck}
                fixed ({inputType}* source = input)
                fixed (byte* memory = scratch)
                """);
            using (writer.Block())
            {
                writer.WriteLine("byte* aligned = Align(memory);");
                writer.WriteLine(ForwardEmitter.Call(InputEmitter.ForValues(model, "source")));
                OutputEmitter.Raw(writer, model);
            }
        }
    }

    private static string Meaning(ClassModel model) => model.Packed?.Output is { } output && model.Network.OutputType != Quantization.Float32
        ? $"; a value q means {output.Scale} · (q − {Signed(model, output.ZeroPoint)})"
        : "";

    /// <summary>A zero point as the caller sees it.</summary>
    private static string Signed(ClassModel model, int zeroPoint)
    {
        int value = model.Network.OutputType == Quantization.Int8 ? zeroPoint - 128 : zeroPoint;
        return value < 0 ? $"(−{-value})" : $"{value}";
    }
}
