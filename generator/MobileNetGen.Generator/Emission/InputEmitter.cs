using System.Linq;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>Writes what brings pixels or raw values into the network's input map.</summary>
internal static class InputEmitter
{
    /// <summary>Bytes in, whatever they mean: one method serves pixels and raw values.</summary>
    private static bool TakesBytes(ClassModel model) => model.IsQuantized && model.Network.Io != Quantization.Float32;

    /// <summary>The statement that loads pixels.</summary>
    public static string CallForPixels(ClassModel model, string source) => TakesBytes(model)
        ? $"LoadBytes({source}, flip: 0x00, {Scratch(model)});"
        : $"LoadPixels({source}, aligned);";

    /// <summary>The statement that loads values of the network's own type.</summary>
    public static string CallForValues(ClassModel model, string source) => TakesBytes(model)
        ? model.Network.Io == Quantization.Int8
            ? $"LoadBytes((byte*){source}, flip: 0x80, {Scratch(model)});"
            : CallForPixels(model, source)
        : $"LoadValues({source}, aligned);";

    public static void Emit(IndentedWriter writer, ClassModel model)
    {
        writer.WriteLine();
        if (TakesBytes(model))
        {
            EmitBytes(writer, model);
            return;
        }

        if (model.IsQuantized)
            EmitQuantizedPixels(writer, model);
        else
            EmitPixels(writer, model);
        writer.WriteLine();
        EmitValues(writer, model);
    }

    private static string Scratch(ClassModel model) => model.Packed!.InputTable is null ? "aligned" : "aligned, Weights.Data";

    private static void EmitBytes(IndentedWriter writer, ClassModel model)
    {
        string table = model.Packed!.InputTable is { } offset ? Literals.At("weights", offset) : "null";
        bool hasTable = model.Packed.InputTable is not null;
        string mapping = hasTable ? " A table takes them to the first layer's scale." : "";
        writer.WriteLine($"""
            /// <summary>Bytes to the input map, where they are unsigned: a signed byte is stored as itself ^ 0x80, and a pixel already is unsigned.{mapping}</summary>
            private static void LoadBytes(byte* values, byte flip, byte* scratch{(hasTable ? ", byte* weights" : "")})
            """);
        using (writer.Block())
        {
            writer.WriteLine(StepEmitter.Map(model, "input", model.Plan.Input));
            StepEmitter.Call(writer, "UInt8Kernels.LoadPixels", "values, input", Geometry(model), $"flip: flip, table: {table}");
            StepEmitter.Halo(writer, "input", model.Plan.Input, InputZero(model));
        }
    }

    private static void EmitPixels(IndentedWriter writer, ClassModel model)
    {
        writer.WriteLine("""
            /// <summary>Pixels to the normalised input.</summary>
            private static void LoadPixels(byte* pixels, byte* scratch)
            """);
        using (writer.Block())
        {
            writer.WriteLine(StepEmitter.Map(model, "input", model.Plan.Input));
            StepEmitter.Call(writer, "Float32Kernels.LoadPixels", "pixels, input", Geometry(model), Normalization(model));
            StepEmitter.Halo(writer, "input", model.Plan.Input, "0f");
        }
    }

    private static void EmitQuantizedPixels(IndentedWriter writer, ClassModel model)
    {
        Shape shape = model.Network.Input;
        FeatureBuffer input = model.Plan.Input;
        writer.WriteLine("""
            /// <summary>Pixels to the input, one row at a time: normalised, then quantised.</summary>
            [SkipLocalsInit]
            private static void LoadPixels(byte* pixels, byte* scratch)
            """);
        using (writer.Block())
        {
            writer.WriteLine(StepEmitter.Map(model, "input", input));
            writer.WriteLine($"float* values = stackalloc float[{shape.Width * shape.Channels}];");
            writer.WriteLine($"for (int y = 0; y < {shape.Height}; y++)");
            using (writer.Block())
            {
                string geometry = $"channels: {shape.Channels}, width: {shape.Width}, firstRow: 0, rowCount: 1";
                StepEmitter.Call(
                    writer, "Float32Kernels.LoadPixels", $"pixels + (y * {shape.Width * shape.Channels}), new FeatureMap<float>(values, rowStride: 0, blockStride: 0)",
                    $"lanes: {shape.Channels}, {geometry}", Normalization(model));
                StepEmitter.Call(
                    writer, "UInt8Kernels.LoadValues", $"values, new FeatureMap<byte>(input.Row(y), rowStride: 0, blockStride: {input.BlockStride})",
                    $"lanes: {input.Lanes}, {geometry}", InputScale(model));
            }

            StepEmitter.Halo(writer, "input", input, InputZero(model));
        }
    }

    private static void EmitValues(IndentedWriter writer, ClassModel model)
    {
        writer.WriteLine($"""
            /// <summary>Values to the input{(model.IsQuantized ? ", quantised" : "")}.</summary>
            private static void LoadValues(float* values, byte* scratch)
            """);
        using (writer.Block())
        {
            writer.WriteLine(StepEmitter.Map(model, "input", model.Plan.Input));
            if (model.IsQuantized)
                StepEmitter.Call(writer, "UInt8Kernels.LoadValues", "values, input", Geometry(model), InputScale(model));
            else
                StepEmitter.Call(writer, "Float32Kernels.LoadValues", "values, input", Geometry(model));
            StepEmitter.Halo(writer, "input", model.Plan.Input, model.IsQuantized ? InputZero(model) : "0f");
        }
    }

    private static string Geometry(ClassModel model)
    {
        Shape shape = model.Network.Input;
        return $"lanes: {model.Plan.Input.Lanes}, channels: {shape.Channels}, width: {shape.Width}, firstRow: 0, rowCount: {shape.Height}";
    }

    private static string Normalization(ClassModel model)
    {
        Normalization normalization = model.Network.Normalization;
        return $"mean: [{Numbers(normalization.Mean)}], std: [{Numbers(normalization.Std)}]";
    }

    private static string Numbers(EquatableArray<decimal> numbers) => string.Join(", ", numbers.Select(Literals.Single));

    private static string InputScale(ClassModel model) =>
        $"scale: {Literals.Scale(model.Packed!.Input!)}, zeroPoint: {model.Packed.Input!.ZeroPoint}";

    /// <summary>The byte that means zero to the first layer: where a table maps the input, what it maps the input's zero point to.</summary>
    private static string InputZero(ClassModel model)
    {
        int zeroPoint = model.Packed!.Input!.ZeroPoint;
        return model.Packed.InputTable is { } table ? $"weights[{table + zeroPoint}]" : StepEmitter.Byte(zeroPoint);
    }
}
