using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>
/// Writes streamed stages. The method of each step computes the rows that are asked of it, a band a call, and first asks the steps it reads for theirs;
/// the stage asks its last step for all.
/// </summary>
internal sealed class StreamEmitter(IndentedWriter writer, ClassModel model, MethodNames names)
{
    private const string Rows = "Rows";

    private IEnumerable<Stage> Stages => model.Plan.Stages.Where(s => s.IsStreamed);

    /// <summary>The method of a stage, named for its ends.</summary>
    public string Name(Stage stage) => $"Stream{names[stage.Steps[0].Layer]}To{names[stage.Last.Layer]}";

    /// <summary>Writes what the streamed stages of a network have in common.</summary>
    public void EmitRows()
    {
        if (!Stages.Any())
            return;

        writer.WriteLine();
        writer.WriteLine("/// <summary>Where a streamed stage stands: the row that each map gets next.</summary>");
        writer.WriteLine($"private struct {Rows}");
        using (writer.Block())
        {
            if (InputEmitter.IsStreamed(model))
            {
                writer.WriteLine(InputEmitter.SourceFields(model));
                writer.WriteLine($"internal int {InputEmitter.PullMethod};");
            }

            foreach (Step step in Stages.SelectMany(s => s.Steps))
                writer.WriteLine($"internal int {names[step.Layer]};");
        }
    }

    /// <summary>Writes the method of a stage and those of its steps.</summary>
    public void Emit(Stage stage)
    {
        writer.WriteLine($"""
            /// <summary>
            /// {stage.Steps[0].Last.Name} … {stage.Last.Last.Name}, a few rows at a time: of the maps between them no more exist.
            /// </summary>
            private static void {Name(stage)}({Parameters(stage)})
            """);
        using (writer.Block())
        {
            foreach (FeatureBuffer ring in Rings(stage).Where(r => r.Halo > 0))
                StepEmitter.Call(writer, "Halo.FillRing", $"{StepEmitter.MapExpression(model, ring)}, {Geometry(ring)}, value: {Zero(ring)}");

            string source = string.Join(", ", InputEmitter.SourceNames(model).Select(field => $"{ClassNames.Pascal(field)} = {field}"));
            writer.WriteLine(IsFirst(stage) ? $"var rows = new {Rows} {{ {source} }};" : $"{Rows} rows = default;");
            int parts = Sharing.Of(model, stage).Parts;
            bool isShared = parts > 1;
            if (isShared)
                EmitBegins(stage, parts);
            writer.WriteLine($"{names[stage.Last.Layer]}(ref rows, end: {(isShared ? "share.End" : $"{stage.Last.Rows}")}, {StepEmitter.StageArguments(model)});");
            Step[] drained = [.. stage.Drained];
            if (drained.Length > 0)
                writer.WriteLine("// Rows that it did not need.");
            foreach (Step step in drained)
                writer.WriteLine($"{names[step.Layer]}(ref rows, end: {step.Output.Shape.Height}, {StepEmitter.StageArguments(model)});");
        }

        if (InputEmitter.IsStreamed(model) && stage == model.Plan.Stages[0])
        {
            writer.WriteLine();
            InputEmitter.EmitPull(writer, model, this);
        }

        foreach (Step step in stage.Steps)
        {
            writer.WriteLine();
            EmitStep(stage, step);
        }
    }

    /// <summary>The call of a stage's method.</summary>
    public string Call(Stage stage) =>
        $"{Name(stage)}({(IsFirst(stage) ? string.Join(", ", InputEmitter.SourceNames(model)) + ", " : "")}{StepEmitter.StageArguments(model)});";

    /// <summary>Writes where a thread begins: at the first of its rows, and in the maps before that at what these need.</summary>
    private void EmitBegins(Stage stage, int parts)
    {
        TeamEmitter.Share(writer, model, parts);
        for (int i = stage.Steps.Count - 1; i >= 0; i--)
        {
            Step step = stage.Steps[i];
            Begin(names[step.Layer], step == stage.Last ? ["share.First"] : [.. stage.Steps.SelectMany(reader => BeginsOf(step.Output, reader))]);
        }

        if (IsFirst(stage))
            Begin(InputEmitter.PullMethod, [.. stage.Steps.SelectMany(reader => BeginsOf(model.Plan.Input, reader))]);

        void Begin(string map, IReadOnlyList<string> needs) =>
            writer.WriteLine($"rows.{map} = {needs.Skip(1).Aggregate(needs[0], (least, row) => $"{Names.Math}.Min({least}, {row})")};");

        IEnumerable<string> BeginsOf(FeatureBuffer map, Step reader)
        {
            string row = $"rows.{names[reader.Layer]}";
            if (reader.Input == map)
            {
                int padTop = reader.Layer.HasWeights ? model.Packed!.Layer(reader.Layer.Name).Weights?.PadTop ?? 0 : 0;
                string first = reader.Layer.Stride > 1 ? $"{row} * {reader.Layer.Stride}" : row;
                yield return padTop > 0 ? $"{Names.Math}.Max(0, {(reader.Layer.Stride > 1 ? $"({first})" : first)} - {padTop})" : first;
            }

            if (reader.Second == map && !reader.Layer.Operator.ReadsWholeSecond)
                yield return row;
        }
    }

    private void EmitStep(Stage stage, Step step)
    {
        string row = $"rows.{names[step.Layer]}";
        StepEmitter.Summary(writer, step);
        writer.WriteLine($"private static void {names[step.Layer]}(ref {Rows} rows, int end, {StepEmitter.StageParameters(model)})");
        using (writer.Block())
        {
            StepEmitter.Maps(writer, model, step);
            string end = Interior(step.Output);
            writer.WriteLine($"while ({row} < {end})");
            using (writer.Block())
            {
                writer.WriteLine($"int y = {row}, count = {Names.Math}.Min({end} - y, {step.Band});");
                Pull(stage, step.Input, End(step));
                if (step.Second is not null && !step.Layer.Operator.ReadsWholeSecond)
                    Pull(stage, step.Second, "y + count");
                StepEmitter.Kernel(writer, model, step);
                ResultsEmitter.Store(writer, model, step);
                writer.WriteLine($"{row} += count;");
                foreach (SideBranch branch in stage.Branches.Where(b => b.Map == step.Output.Name))
                    Push(branch, row);
            }

            if (step.Output.Ring > 0)
                HaloBelow("output", step.Output, Zero(step.Output));
            else
                StepEmitter.Halo(writer, model, step);
        }
    }

    /// <summary>Where the rows end that are asked for and are not halo; declares it where the two differ.</summary>
    public string Interior(FeatureBuffer buffer)
    {
        if (buffer is not { Ring: > 0, Halo: > 0 })
            return "end";
        writer.WriteLine($"int interior = {Names.Math}.Min(end, {buffer.Shape.Height});");
        return "interior";
    }

    /// <summary>The statements that write the halo below a ring when it is asked for.</summary>
    public void HaloBelow(string map, FeatureBuffer buffer, string zero)
    {
        if (buffer.Halo == 0)
            return;
        writer.WriteLine();
        writer.WriteLine($"for (int y = {buffer.Shape.Height}; y < end; y++)");
        writer.WriteLine($"    {Names.Kernels}.Halo.FillRow({map}, y, {Geometry(buffer)}, value: {zero});");
    }

    private void Pull(Stage stage, FeatureBuffer map, string end)
    {
        // A map of which the stage keeps all rows is read behind it too.
        Step? writtenBy = stage.Steps.FirstOrDefault(s => s.Output.Name == map.Name);
        if (writtenBy is null && map.Ring == 0)
            return;
        writer.WriteLine(writtenBy is null
            ? $"{InputEmitter.PullMethod}(ref rows, end: {end}, {StepEmitter.InputArguments(model)});"
            : $"{names[writtenBy.Layer]}(ref rows, end: {end}, {StepEmitter.StageArguments(model)});");
    }

    /// <summary>Lets a branch compute the rows for which its map has enough.</summary>
    private void Push(SideBranch branch, string row)
    {
        string ready = row;
        foreach (Layer layer in branch.Layers.Where(l => l.Kernel > 1 || l.Stride > 1))
        {
            int ahead = layer.Kernel - layer.Stride - model.Packed!.Layer(layer.Name).Weights!.PadTop;
            string rows = ahead == 0 ? ready : $"{Names.Math}.Max(0, {ready} {(ahead < 0 ? "+" : "-")} {Math.Abs(ahead)})";
            string result = $"ready{ClassNames.Pascal(layer.Name)}";
            writer.WriteLine($"int {result} = {ready} < {layer.Input.Height} ? {rows}{(layer.Stride > 1 ? $" / {layer.Stride}" : "")} : {layer.Output.Height};");
            ready = result;
        }

        writer.WriteLine($"{names[branch.End]}(ref rows, end: {ready}, {StepEmitter.StageArguments(model)});");
    }

    /// <summary>Where the rows of its input end that a band of a step reads.</summary>
    private string End(Step step)
    {
        PackedWeights? weights = step.Layer.HasWeights ? model.Packed!.Layer(step.Layer.Name).Weights : null;
        int ahead = step.Layer.Kernel - step.Layer.Stride - (weights?.PadTop ?? 0);
        string next = step.Layer.Stride == 1 ? "y + count" : $"(y + count) * {step.Layer.Stride}";
        return ahead == 0 ? next : $"{next} {(ahead < 0 ? "-" : "+")} {Math.Abs(ahead)}";
    }

    private bool IsFirst(Stage stage) => InputEmitter.IsStreamed(model) && stage == model.Plan.Stages[0];

    private string Parameters(Stage stage) =>
        (IsFirst(stage) ? InputEmitter.SourceParameters(model) + ", " : "") + StepEmitter.StageParameters(model);

    private IEnumerable<FeatureBuffer> Rings(Stage stage) =>
        (IsFirst(stage) ? [model.Plan.Input] : Enumerable.Empty<FeatureBuffer>()).Concat(stage.Steps.Select(s => s.Output)).Where(b => b.Ring > 0);

    private static string Geometry(FeatureBuffer buffer) =>
        $"width: {buffer.Shape.Width}, blocks: {buffer.Blocks}, lanes: {buffer.Lanes}, halo: {buffer.Halo}";

    private string Zero(FeatureBuffer buffer) =>
        buffer.Name == model.Plan.Input.Name ? InputEmitter.Zero(model) : StepEmitter.Zero(model, buffer);
}
