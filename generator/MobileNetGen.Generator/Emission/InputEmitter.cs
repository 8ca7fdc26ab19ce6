using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>Writes what brings pixels or raw values into the network's input map: whole, or a few rows at a time where the first stage streams.</summary>
internal static class InputEmitter
{
    /// <summary>The method that brings the input up to a row, and the counter of its rows.</summary>
    public const string PullMethod = "Input";

    /// <summary>Whether of the input, too, only a few rows exist at a time.</summary>
    public static bool IsStreamed(ClassModel model) => model.Plan.Input.Ring > 0;

    /// <summary>What the caller's data is passed on as. Bytes serve pixels and raw values alike; otherwise one of the two pointers is null.</summary>
    public static IReadOnlyList<string> SourceNames(ClassModel model) => TakesBytes(model) ? ["values", "flip"] : ["pixels", "values"];

    /// <summary>The same as parameters.</summary>
    public static string SourceParameters(ClassModel model) => TakesBytes(model) ? "byte* values, byte flip" : "byte* pixels, float* values";

    /// <summary>The same as fields of the struct that a streamed stage hands on.</summary>
    public static string SourceFields(ClassModel model) => TakesBytes(model) ? "internal byte* Values; internal byte Flip;" : "internal byte* Pixels; internal float* Values;";

    /// <summary>The arguments for pixels.</summary>
    public static string ForPixels(ClassModel model, string source) => TakesBytes(model) ? $"{source}, flip: 0x00" : $"{source}, null";

    /// <summary>The arguments for values of the input's own type. A signed byte is stored as itself ^ 0x80.</summary>
    public static string ForValues(ClassModel model, string source) => !TakesBytes(model)
        ? $"null, {source}"
        : model.Network.InputType == Quantization.Int8 ? $"(byte*){source}, flip: 0x80" : ForPixels(model, source);

    /// <summary>The literal that means zero to the first layer: where a table maps the input, what it maps the input's zero point to.</summary>
    public static string Zero(ClassModel model)
    {
        if (!model.IsQuantized)
            return "0f";
        int zeroPoint = model.Packed!.Input!.ZeroPoint;
        return model.Packed.InputTable is { } table ? $"weights[{table + zeroPoint}]" : StepEmitter.Byte(zeroPoint);
    }

    public static void Emit(IndentedWriter writer, ClassModel model)
    {
        writer.WriteLine();
        if (!IsStreamed(model))
        {
            EmitWhole(writer, model);
            writer.WriteLine();
        }

        EmitRows(writer, model);
    }

    /// <summary>Writes the method that brings the input up to a row.</summary>
    public static void EmitPull(IndentedWriter writer, ClassModel model, StreamEmitter stream)
    {
        FeatureBuffer input = model.Plan.Input;
        string source = string.Join(", ", SourceNames(model).Select(n => "rows." + ClassNames.Pascal(n)));
        writer.WriteLine($"""
            /// <summary>The input, up to a row.</summary>
            private static void {PullMethod}(ref Rows rows, int end, {StepEmitter.InputParameters(model)})
            """);
        using (writer.Block())
        {
            if (input.Halo > 0)
                writer.WriteLine(StepEmitter.Map(model, "input", input));
            string end = stream.Interior(input);
            writer.WriteLine($"if (rows.{PullMethod} < {end})");
            using (writer.Block())
            {
                writer.WriteLine($"LoadInput({source}, firstRow: rows.{PullMethod}, rowCount: {end} - rows.{PullMethod}, {StepEmitter.InputArguments(model)});");
                writer.WriteLine($"rows.{PullMethod} = {end};");
            }

            stream.HaloBelow("input", input, Zero(model));
        }
    }

    /// <summary>Bytes in, whatever they mean: one method serves pixels and raw values.</summary>
    private static bool TakesBytes(ClassModel model) => model.IsQuantized && model.Network.InputType != Quantization.Float32;

    private static void EmitWhole(IndentedWriter writer, ClassModel model)
    {
        writer.WriteLine($"""
            /// <summary>The input: {model.Network.Input}.</summary>
            private static void {PullMethod}({SourceParameters(model)}, {TeamEmitter.Parameter(model)}{StepEmitter.InputParameters(model)})
            """);
        using (writer.Block())
        {
            if (model.IsShared)
                TeamEmitter.Share(writer, model, model.Network.Input.Height);
            string rows = model.IsShared ? TeamEmitter.Rows : $"firstRow: 0, rowCount: {model.Network.Input.Height}";
            writer.WriteLine($"LoadInput({string.Join(", ", SourceNames(model))}, {rows}, {StepEmitter.InputArguments(model)});");
            TeamEmitter.ByFirst(
                writer, model, model.Plan.Input.Halo > 0, () => StepEmitter.Halo(writer, StepEmitter.MapExpression(model, model.Plan.Input), model.Plan.Input, Zero(model)));
        }
    }

    private static void EmitRows(IndentedWriter writer, ClassModel model)
    {
        string mapping = model.Packed!.InputTable is null ? "" : " A table takes them to the first layer's scale.";
        writer.WriteLine(TakesBytes(model)
            ? $"/// <summary>Bytes to rows of the input, where they are unsigned: a signed byte is stored as itself ^ 0x80, and a pixel already is unsigned.{mapping}</summary>"
            : $"/// <summary>Rows of the input: values as they are, or pixels normalised{(model.IsQuantized ? "; both are quantised" : "")}.</summary>");
        if (model.IsQuantized && !TakesBytes(model))
            writer.WriteLine(Names.SkipLocalsInit);
        writer.WriteLine($"private static void LoadInput({SourceParameters(model)}, int firstRow, int rowCount, {StepEmitter.InputParameters(model)})");
        using (writer.Block())
        {
            writer.WriteLine(StepEmitter.Map(model, "input", model.Plan.Input));
            if (TakesBytes(model))
                EmitBytes(writer, model);
            else if (model.IsQuantized)
                EmitQuantizedFloats(writer, model);
            else
                EmitFloats(writer, model);
        }
    }

    private static void EmitBytes(IndentedWriter writer, ClassModel model)
    {
        string table = model.Packed!.InputTable is { } offset ? Literals.At("weights", offset) : "null";
        StepEmitter.Call(writer, "UInt8Kernels.LoadPixels", "values, input", Geometry(model), $"flip, table: {table}");
    }

    private static void EmitFloats(IndentedWriter writer, ClassModel model)
    {
        writer.WriteLine("if (values is null)");
        using (writer.Block())
        {
            DeclareNormalization(writer, model);
            StepEmitter.Call(writer, "Float32Kernels.LoadPixels", "pixels, input", Geometry(model), Normalization(model));
        }

        writer.WriteLine("else");
        using (writer.Block())
            StepEmitter.Call(writer, "Float32Kernels.LoadValues", "values, input", Geometry(model));
    }

    private static void EmitQuantizedFloats(IndentedWriter writer, ClassModel model)
    {
        Shape shape = model.Network.Input;
        FeatureBuffer input = model.Plan.Input;
        int length = shape.Width * shape.Channels;
        string row = $"channels: {shape.Channels}, width: {shape.Width}, firstRow: 0, rowCount: 1";
        writer.WriteLine($"float* normalised = stackalloc float[{length}];");
        DeclareNormalization(writer, model);
        writer.WriteLine("for (int y = firstRow; y < firstRow + rowCount; y++)");
        using (writer.Block())
        {
            writer.WriteLine($"float* line = values + (y * {length});");
            writer.WriteLine("if (values is null)");
            using (writer.Block())
            {
                StepEmitter.Call(
                    writer, "Float32Kernels.LoadPixels", $"pixels + (y * {length}), new {Names.Kernels}.FeatureMap<float>(normalised, rowStride: 0, blockStride: 0)",
                    $"lanes: {shape.Channels}, {row}", Normalization(model));
                writer.WriteLine("line = normalised;");
            }

            writer.WriteLine();
            StepEmitter.Call(
                writer, "UInt8Kernels.LoadValues", $"line, new {Names.Kernels}.FeatureMap<byte>(input.Row(y), rowStride: 0, blockStride: {input.BlockStride})",
                $"lanes: {input.Lanes}, {row}", InputScale(model));
        }
    }

    private static string Geometry(ClassModel model) =>
        $"lanes: {model.Plan.Input.Lanes}, channels: {model.Network.Input.Channels}, width: {model.Network.Input.Width}, firstRow, rowCount";

    /// <summary>
    /// Declares what pixels are normalised by. Not as collection expressions: those are spans over the assembly's data, and code compiled for debugging
    /// allocates to reach it.
    /// </summary>
    private static void DeclareNormalization(IndentedWriter writer, ClassModel model)
    {
        Declare("mean", model.Network.Normalization.Mean);
        Declare("std", model.Network.Normalization.Std);

        void Declare(string name, EquatableArray<decimal> numbers) => writer.WriteLine(numbers.Count == 1
            ? $"float {name} = {Literals.Single(numbers[0])};"
            : $"var {name} = new global::System.Numerics.Vector3({string.Join(", ", numbers.Select(Literals.Single))});");
    }

    private static string Normalization(ClassModel model) =>
        $"mean: new {Names.ReadOnlySpan}<float>(&mean, {model.Network.Normalization.Mean.Count}), std: new {Names.ReadOnlySpan}<float>(&std, {model.Network.Normalization.Std.Count})";

    private static string InputScale(ClassModel model) =>
        $"scale: {Literals.Scale(model.Packed!.Input!)}, zeroPoint: {model.Packed.Input!.ZeroPoint}";
}
