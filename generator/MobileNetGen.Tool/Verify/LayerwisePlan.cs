using System;
using System.Collections.Generic;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Tool.Verify;

/// <summary>
/// A plan of the same steps in which nothing runs row by row and no two maps share memory: after a call scratch holds the result of every step, computed by
/// the kernels that the network calls.
/// </summary>
internal static class LayerwisePlan
{
    /// <summary>Makes one of a plan.</summary>
    public static Plan Of(Plan plan)
    {
        long next = 0;
        var buffers = new Dictionary<string, FeatureBuffer>(StringComparer.Ordinal) { [plan.Input.Name] = Whole(plan.Input) };
        var stages = new List<Stage>();
        foreach (Step step in plan.Steps)
        {
            FeatureBuffer output = Whole(step.Output);
            buffers.Add(output.Name, output);
            stages.Add(new Stage(EquatableArray.Of(step with
            {
                Input = buffers[step.Input.Name],
                Second = step.Second is null ? null : buffers[step.Second.Name],
                Output = output,
                Band = 0,
                Slice = 0,
            })));
        }

        return plan with { Input = buffers[plan.Input.Name], Stages = stages.ToEquatableArray(), ScratchBytes = next + Plan.Alignment };

        FeatureBuffer Whole(FeatureBuffer buffer)
        {
            FeatureBuffer whole = buffer with { Ring = 0, Slice = 0, SumBytes = 0, Offset = next };
            next += (whole.Bytes + Plan.Alignment - 1) / Plan.Alignment * Plan.Alignment;
            return whole;
        }
    }

    /// <summary>Reads a map out of scratch, height × width × channels.</summary>
    /// <param name="buffer">The map.</param>
    /// <param name="read">Reads the value at an offset in bytes.</param>
    public static T[] Read<T>(FeatureBuffer buffer, Func<long, T> read)
    {
        Shape shape = buffer.Shape;
        var values = new T[shape.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (int pixel, int c) = (i / shape.Channels, i % shape.Channels);
            (int y, int x) = (pixel / shape.Width, pixel % shape.Width);
            long element = (y * buffer.RowStride) + (c / buffer.Lanes * buffer.BlockStride) + ((long)x * buffer.Lanes) + (c % buffer.Lanes);
            values[i] = read(buffer.Origin + (element * buffer.ElementSize));
        }

        return values;
    }
}
