using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission.Api;

/// <summary>Writes what brings the last map to the caller.</summary>
internal static class OutputEmitter
{
    /// <summary>The statements that choose the best class.</summary>
    public static string Best(ClassModel model)
    {
        string labels = model.Packed!.Labels.Count > 0 ? "Labels" : "default";
        if (model.Network is { EndsInSigmoid: true, OutputLength: 1 })
            return $"return {Names.Runtime}.Prediction.OfTwo({Only(model)}, {labels}){Known(model.Network)};";
        if (!model.IsQuantized)
            return $"return {Names.Runtime}.Prediction.Best(new {Names.ReadOnlySpan}<float>({Result(model)}, OutputLength), {labels}){Known(model.Network)};";
        QuantizedTensor output = model.Packed.Output!;

        // Not TensorPrimitives.IndexOfMax, which keeps its indices in the elements' type: of more than 256 bytes it finds the wrong one.
        string value = output.ZeroPoint == 0 ? "scores[best]" : $"(scores[best] - {output.ZeroPoint})";
        string label = model.Packed.Labels.Count > 0 ? "Labels[best]" : "\"\"";
        return $"""
            var scores = new {Names.ReadOnlySpan}<byte>({Result(model)}, OutputLength);
            int best = global::System.MemoryExtensions.IndexOf(scores, global::System.Numerics.Tensors.TensorPrimitives.Max(scores));
            return new {Names.Runtime}.Prediction(best, {Literals.Scale(output)} * {value}, {label}){Known(model.Network)};
            """;
    }

    /// <summary>The call that says of a prediction whether it is known; nothing where all are.</summary>
    public static string Known(Network network) => network.Unknown switch
    {
        null => "",
        { ClassName: null } => ".KnownFrom(UnknownBelow)",
        { Below: null } => ".KnownFrom(0f, UnknownClass)",
        _ => ".KnownFrom(UnknownBelow, UnknownClass)",
    };

    /// <summary>The only output as a real number.</summary>
    private static string Only(ClassModel model)
    {
        if (!model.IsQuantized)
            return $"*(float*)({Result(model)})";
        QuantizedTensor output = model.Packed!.Output!;
        string value = $"*({Result(model)})";
        return $"{Literals.Scale(output)} * {(output.ZeroPoint == 0 ? value : $"({value} - {output.ZeroPoint})")}";
    }

    /// <summary>The statement that stores real values into <c>scores</c>.</summary>
    public static void Scores(IndentedWriter writer, ClassModel model) => Values(writer, model, "scores");

    /// <summary>The statement that stores the network's own values into <c>output</c>.</summary>
    public static void Raw(IndentedWriter writer, ClassModel model)
    {
        if (model.Network.OutputType == Quantization.Float32)
        {
            Values(writer, model, "output");
            return;
        }

        bool signed = model.Network.OutputType == Quantization.Int8;
        writer.WriteLine($"fixed ({model.RawOutput}* destination = output)");
        writer.WriteLine($"    {Names.Kernels}.UInt8Kernels.StoreRaw({Result(model)}, {(signed ? "(byte*)" : "")}destination, OutputLength, flip: {(signed ? "0x80" : "0x00")});");
    }

    private static void Values(IndentedWriter writer, ClassModel model, string destination)
    {
        if (!model.IsQuantized)
        {
            writer.WriteLine($"new {Names.ReadOnlySpan}<float>({Result(model)}, OutputLength).CopyTo({destination});");
            return;
        }

        QuantizedTensor output = model.Packed!.Output!;
        writer.WriteLine($"fixed (float* destination = {destination})");
        writer.WriteLine($"    {Names.Kernels}.UInt8Kernels.Dequantize({Result(model)}, destination, OutputLength, scale: {Literals.Scale(output)}, zeroPoint: {output.ZeroPoint});");
    }

    private static string Result(ClassModel model) => Literals.At("aligned", model.Plan.Output.Origin);
}
