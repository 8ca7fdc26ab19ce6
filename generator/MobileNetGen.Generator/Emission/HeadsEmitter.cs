using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>
/// Writes what stores the results of a detector's predictors as soon as rows of them are there: boxes where those of all maps lie one after the other, so that nothing has to be joined
/// later; scores too, or at once the best class of each anchor, where no more is needed of them.
/// </summary>
internal sealed class HeadsEmitter(IndentedWriter writer, ClassModel model, Detector detector)
{
    /// <summary>The type of the values.</summary>
    private string Element => model.IsQuantized ? "byte" : "float";

    /// <summary>Whether only the best class of an anchor takes part in suppression.</summary>
    private bool PushesBest => !detector.Suppression.IsPerClass;

    /// <summary>Writes the struct that says where results go.</summary>
    public void EmitResults()
    {
        writer.WriteLine();
        writer.WriteLine(PushesBest
            ? "/// <summary>Where what the predictors give goes: boxes of all maps; scores of all maps, or if they have no place, the best class of each anchor that reaches the threshold.</summary>"
            : "/// <summary>Where what the predictors give goes: boxes and scores of all maps.</summary>");
        writer.WriteLine("private struct Results");
        using (writer.Block())
        {
            writer.WriteLine($"internal {Element}* Boxes;");
            writer.WriteLine($"internal {Element}* Scores;");
            if (!PushesBest)
                return;
            writer.WriteLine("internal ulong* Candidates;");
            writer.WriteLine("internal int Count;");
            writer.WriteLine("internal float Threshold;");
        }
    }

    /// <summary>Stores what a predictor has just computed.</summary>
    /// <param name="step">Its step.</param>
    /// <param name="map">The map that it wrote.</param>
    /// <param name="rows">The rows, as arguments.</param>
    public void Store(Step step, string map, string rows)
    {
        if (detector.Predicted(step.Last.Name) is not var (predicted, isBoxes))
            return;
        PackedOutput packed = Output(step.Last.Name);
        if (isBoxes)
        {
            StoreAll(map, Literals.At("results->Boxes", 4L * predicted.FirstAnchor), step, rows, packed);
            return;
        }

        string scores = Literals.At("results->Scores", (long)detector.Columns * predicted.FirstAnchor);
        if (!PushesBest)
        {
            StoreAll(map, scores, step, rows, packed);
            return;
        }

        writer.WriteLine("if (results->Scores != null)");
        using (writer.Block())
            StoreAll(map, scores, step, rows, packed);
        writer.WriteLine("else");
        using (writer.Block())
            Push(map, predicted, rows, step, packed);
    }

    private void StoreAll(string map, string values, Step step, string rows, PackedOutput packed)
    {
        string shape = $"width: {step.Output.Shape.Width}, channels: {step.Output.Shape.Channels}, {rows}";
        if (packed.Table is { } table)
            StepEmitter.Call(writer, "UInt8Kernels.StoreBytes", map, values, shape, $"table: {Literals.At("weights", table)}");
        else
            StepEmitter.Call(writer, "Float32Kernels.StoreValues", map, values, shape);
    }

    private void Push(string map, DetectorMap predicted, string rows, Step step, PackedOutput packed)
    {
        string geometry = $"width: {predicted.Shape.Width}, anchors: {predicted.Sizes.Count}, columns: {detector.Columns}, offset: 1, firstAnchor: {predicted.FirstAnchor}, {rows}";
        const string candidates = "results->Threshold, results->Candidates, &results->Count";
        string function = $"{Names.Runtime}.ScoreFunction.{detector.Scores}";
        if (!model.IsQuantized)
        {
            StepEmitter.Call(writer, "Float32Kernels.PushBest", map, geometry, function, candidates);
        }
        else if (detector.Scores == ScoreFunction.Sigmoid)
        {
            StepEmitter.Call(writer, "UInt8Kernels.PushBest", map, $"table: {Literals.At("weights", packed.Table!.Value)}, {Scale(packed.Tensor!)}", geometry, candidates);
        }
        else
        {
            StepEmitter.Call(writer, "UInt8Kernels.MapRows", map, $"width: {step.Output.Shape.Width}, channels: {step.Output.Shape.Channels}, {rows}", $"table: {Literals.At("weights", packed.Table!.Value)}");
            StepEmitter.Call(writer, "UInt8Kernels.PushBest", map, Scale(packed.Tensor!), geometry, function, candidates);
        }
    }

    private PackedOutput Output(string layer)
    {
        foreach (PackedOutput output in model.Packed!.Outputs)
        {
            if (output.Name == layer)
                return output;
        }

        throw new System.InvalidOperationException($"The packed network has no output {layer}.");
    }

    private static string Scale(QuantizedTensor tensor) => $"scale: {Literals.Scale(tensor)}, zeroPoint: {tensor.ZeroPoint}";
}
