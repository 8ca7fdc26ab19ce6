using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>
/// Writes streamed stages. The method of each step computes the rows up to one that is asked of it, and first asks the steps it reads for theirs;
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
        writer.WriteLine("/// <summary>Where a streamed stage stands: the row that each map gets next. Those below 0 and beyond its height are halo.</summary>");
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
        string rows = string.Join(", ", Start(stage));
        writer.WriteLine($"""
            /// <summary>
            /// {stage.Steps[0].Last.Name} … {stage.Last.Last.Name}, row by row: of the maps between them no more than a few rows exist at a time.
            /// </summary>
            private static void {Name(stage)}({Parameters(stage)})
            """);
        using (writer.Block())
        {
            foreach (FeatureBuffer ring in Rings(stage).Where(r => r.Halo > 0))
            {
                StepEmitter.Call(
                    writer, "Halo.FillColumns", $"{StepEmitter.MapExpression(model, ring)}, firstRow: 0, rowCount: {ring.Ring}, {Geometry(ring)}, value: {Zero(ring)}");
            }

            writer.WriteLine(rows.Length == 0 ? $"{Rows} rows = default;" : $"var rows = new {Rows} {{ {rows} }};");
            writer.WriteLine($"{names[stage.Last.Layer]}(ref rows, last: {stage.Last.Output.Shape.Height - 1}, {StepEmitter.StageArguments});");
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
        $"{Name(stage)}({(IsFirst(stage) ? string.Join(", ", InputEmitter.SourceNames(model)) + ", " : "")}{StepEmitter.StageArguments});";

    private void EmitStep(Stage stage, Step step)
    {
        string row = $"rows.{names[step.Layer]}";
        StepEmitter.Summary(writer, step);
        writer.WriteLine($"private static void {names[step.Layer]}(ref {Rows} rows, int last, {StepEmitter.StageParameters})");
        using (writer.Block())
        {
            StepEmitter.Maps(writer, model, step);
            writer.WriteLine($"for (; {row} <= last; {row}++)");
            using (writer.Block())
            {
                writer.WriteLine($"int y = {row};");
                if (step.Output is { Ring: > 0, Halo: > 0 })
                    HaloRow("output", step.Output, Zero(step.Output));
                Pull(stage, step.Input, Last(step));
                if (step.Second is not null)
                    Pull(stage, step.Second, "y");
                StepEmitter.Kernel(writer, model, step);
            }

            if (step.Output.Ring == 0)
                StepEmitter.Halo(writer, "output", step.Output, Zero(step.Output));
        }
    }

    /// <summary>The statements that fill a row of halo instead of computing it.</summary>
    public void HaloRow(string map, FeatureBuffer buffer, string zero)
    {
        writer.WriteLine($"if (y is < 0 or >= {buffer.Shape.Height})");
        using (writer.Block())
        {
            StepEmitter.Call(writer, "Halo.FillRow", $"{map}, y, {Geometry(buffer)}, value: {zero}");
            writer.WriteLine("continue;");
        }

        writer.WriteLine();
    }

    private void Pull(Stage stage, FeatureBuffer map, string last)
    {
        if (map.Ring == 0)
            return;
        Step? writtenBy = stage.Steps.FirstOrDefault(s => s.Output.Name == map.Name);
        writer.WriteLine($"{(writtenBy is null ? InputEmitter.PullMethod : names[writtenBy.Layer])}(ref rows, last: {last}, {StepEmitter.StageArguments});");
    }

    /// <summary>The last row of its input that row y of a step reads.</summary>
    private string Last(Step step)
    {
        PackedWeights? weights = step.Layer.HasWeights ? model.Packed!.Layer(step.Layer.Name).Weights : null;
        int ahead = step.Layer.Kernel - 1 - (weights?.PadTop ?? 0);
        string row = step.Layer.Stride == 1 ? "y" : $"(y * {step.Layer.Stride})";
        return ahead == 0 ? row.Trim('(', ')') : $"{row} + {ahead}";
    }

    private IEnumerable<string> Start(Stage stage)
    {
        if (IsFirst(stage))
        {
            foreach (string field in InputEmitter.SourceNames(model))
                yield return $"{ClassNames.Pascal(field)} = {field}";
            if (model.Plan.Input.Halo > 0)
                yield return $"{InputEmitter.PullMethod} = -{model.Plan.Input.Halo}";
        }

        foreach (Step step in stage.Steps.Where(s => s.Output is { Ring: > 0, Halo: > 0 }))
            yield return $"{names[step.Layer]} = -{step.Output.Halo}";
    }

    private bool IsFirst(Stage stage) => InputEmitter.IsStreamed(model) && stage.Steps[0] == model.Plan.Steps[0];

    private string Parameters(Stage stage) =>
        (IsFirst(stage) ? InputEmitter.SourceParameters(model) + ", " : "") + StepEmitter.StageParameters;

    private IEnumerable<FeatureBuffer> Rings(Stage stage) =>
        (IsFirst(stage) ? [model.Plan.Input] : Enumerable.Empty<FeatureBuffer>()).Concat(stage.Steps.Select(s => s.Output)).Where(b => b.Ring > 0);

    private static string Geometry(FeatureBuffer buffer) =>
        $"width: {buffer.Shape.Width}, blocks: {buffer.Blocks}, lanes: {buffer.Lanes}, halo: {buffer.Halo}";

    private string Zero(FeatureBuffer buffer) =>
        buffer.Name == model.Plan.Input.Name ? InputEmitter.Zero(model) : StepEmitter.Zero(model, buffer);
}
