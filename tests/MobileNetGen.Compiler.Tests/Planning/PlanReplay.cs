using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Compiler.Tests.Planning;

/// <summary>Runs a plan, band by band where it streams, over a map that records for every cache line of scratch which buffer it holds.</summary>
internal sealed class PlanReplay
{
    private readonly Plan _plan;
    private readonly string?[] _owner;
    private readonly PaddingRule _padding;

    // The row that each slot of a ring holds, and the row that each map gets next.
    private readonly Dictionary<string, int[]> _slots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);

    // The operands whose place sums take, row by row: the other rows are still theirs.
    private readonly Dictionary<string, string> _takes = new(StringComparer.Ordinal);

    // How many rows of a whole map a sum has overwritten.
    private readonly Dictionary<string, int> _overwritten = new(StringComparer.Ordinal);

    private PlanReplay(Plan plan, PaddingRule padding)
    {
        (_plan, _padding) = (plan, padding);
        _owner = new string?[plan.ScratchBytes / Plan.Alignment];
    }

    /// <summary>Throws where a step would read what is no longer there, write what it still reads, or leave scratch.</summary>
    public static void Check(Plan plan)
    {
        Network network = plan.Network;

        // The plan must hold whatever padding the weights ask for.
        new PlanReplay(plan, PaddingRule.Same).Run();
        new PlanReplay(plan, PaddingRule.Symmetric).Run();

        Layer[] run = [.. plan.Steps.SelectMany(s => s.FusedAdd is null ? new[] { s.Layer } : [s.Layer, s.FusedAdd])];
        Assert.Equal(network.Layers.OrderBy(l => l.Name, StringComparer.Ordinal), run.OrderBy(l => l.Name, StringComparer.Ordinal));
        Assert.Equal(network.StoredOutputs.Select(o => o.Layer).Order(), plan.Steps.Where(s => s.Stored is not null).Select(s => s.Last.Name).Order());
        Assert.Equal(network.Layers[^1].Name, plan.Output.Name);
        Assert.True(plan.PeakBytes <= plan.ScratchBytes - Plan.Alignment, "less scratch than is live at the peak");
        Assert.Contains(plan.Steps, s => s.Last.Name == plan.PeakStep);
        Assert.All(plan.Stages, s => Assert.True(s.IsStreamed || s.IsSliced || s.Steps.Count == 1));
        Assert.All(plan.Stages, s => Assert.Equal(0, s.Last.Output.Ring));
        foreach (FeatureBuffer buffer in plan.Steps.Select(s => s.Output).Prepend(plan.Input))
            AssertLayout(network, buffer);
    }

    private void Run()
    {
        if (_plan.Input.Ring == 0)
            Write(_plan.Input);
        foreach (Stage stage in _plan.Stages)
        {
            AssertHasHalo(stage);
            if (stage.IsSliced)
            {
                RunSlices(stage);
                continue;
            }

            if (!stage.IsStreamed)
            {
                Compute(stage.Last, () => Write(stage.Last.Output));
                continue;
            }

            foreach (FeatureBuffer ring in stage.Steps.Select(s => s.Output).Prepend(_plan.Input).Where(r => r is { Ring: > 0, Halo: > 0 }))
            {
                if (ring.Name == _plan.Input.Name && stage != _plan.Stages[0])
                    continue;
                for (int y = -ring.Halo; y < 0; y++)
                    WriteRow(ring, y, keepsOwner: false);
            }

            ComputeRows(stage, stage.Last, stage.Last.Rows);

            // What the caller gets is computed to its end, and what it is made of must still be there.
            foreach (Step step in stage.Drained)
                ComputeRows(stage, step, step.Output.Shape.Height);
            Assert.All(stage.Steps.Where(s => s.Stored is not null || (s.Output.Ring == 0 && s != stage.Last)), s => Assert.True(Next(s.Output) >= s.Output.Shape.Height, $"{s.Last.Name} is not whole"));
        }
    }

    /// <summary>Every slice takes the place of the one before it; what is made of it is whole behind the last.</summary>
    private void RunSlices(Stage stage)
    {
        Step expand = stage.Steps[0];
        Assert.All(stage.Steps, step => Assert.Equal(expand.Output.Slice, step.Slice));
        Assert.Equal(0, (expand.Output.Shape.Channels + 15) / 16 % expand.Output.Slice);
        for (int block = 0; block < stage.Last.Output.Blocks; block += expand.Output.Slice)
        {
            foreach (Step step in stage.Steps)
                Compute(step, () => Write(step.Output));
        }
    }

    private void Compute(Step step, Action write)
    {
        AssertHolds(step.Input, step);
        Assert.Equal(step.Layer.Inputs[0], step.Input.Name);
        Assert.Equal(step.Last.Operator == Operator.Add || step.Last.Operator == Operator.Multiply, step.Second is not null);
        if (step.Second is not null)
        {
            AssertHolds(step.Second, step);
            Assert.Contains(step.Second.Name, step.Last.Inputs);
        }

        // Only a sum may take its operand's place, value for value; nothing that reads a value twice may overwrite its input.
        if (Overlap(step.Output, step.Input))
            Assert.True((step.Layer.Operator == Operator.Add || step.Layer.Operator == Operator.Multiply) && SamePlace(step.Output, step.Input), $"{step.Last.Name} overwrites its input {step.Input.Name}");
        if (step.Second is not null && Overlap(step.Output, step.Second))
            Assert.True(SamePlace(step.Output, step.Second), $"{step.Last.Name} overlaps its operand {step.Second.Name}");
        write();
    }

    /// <summary>Computes a step's rows up to one, in bands.</summary>
    private void ComputeRows(Stage stage, Step step, int end)
    {
        // A pool runs through the rows that it gathers.
        while (Next(step.Output) < Math.Min(end, step.Rows))
        {
            int y = Next(step.Output), count = Math.Min(Math.Min(end, step.Rows) - y, step.Band);
            ComputeBand(stage, step, y, count);
            if (step.Layer.Operator.GathersRows)
                Write(step.Output);
            _next[step.Output.Name] = y + count;
            foreach (SideBranch branch in stage.Branches.Where(b => b.Map == step.Output.Name))
                ComputeRows(stage, stage.Steps.Single(s => s.Layer == branch.End), branch.Layers.Aggregate(y + count, Ready));
        }
    }

    /// <summary>How many rows of a layer need no more than some rows of its input.</summary>
    private int Ready(int rows, Layer layer) => Enumerable.Range(0, layer.Output.Height).Count(y => rows == layer.Input.Height || (y * layer.Stride) - PadTop(layer) + layer.Kernel <= rows);

    private int PadTop(Layer layer)
    {
        (int stride, int kernel, int height) = (layer.Stride, layer.Kernel, layer.Input.Height);
        int same = Math.Max((((height + stride - 1) / stride) - 1) * stride + kernel - height, 0) / 2;
        return _padding == PaddingRule.Same ? same : kernel / 2;
    }

    private void ComputeBand(Stage stage, Step step, int y, int count)
    {
        (int stride, int kernel) = (step.Layer.Stride, step.Layer.Kernel);
        int first = (y * stride) - PadTop(step.Layer), end = first + ((count - 1) * stride) + kernel;
        Pull(stage, step.Input, end);
        FeatureBuffer? second = step.Layer.Operator == Operator.Multiply ? null : step.Second;
        if (second is not null)
            Pull(stage, second, y + count);
        for (int row = first; row < end; row++)
            AssertHoldsRow(step.Input, row, step);
        for (int row = y; row < y + count && second is not null; row++)
            AssertHoldsRow(second, row, step);

        // Rows of a whole map in a sum's operand's place take those rows' place alone.
        bool inPlace = second is not null && SamePlace(step.Output, second) && Overlap(step.Output, second);
        if (inPlace)
        {
            _overwritten[second!.Name] = y + count;
            _takes[step.Output.Name] = second.Name;
        }

        Compute(step, () =>
        {
            for (int row = y; row < y + count && !step.Layer.Operator.GathersRows; row++)
                WriteRow(step.Output, row, inPlace && row < step.Output.Shape.Height - 1);
        });
    }

    private void Pull(Stage stage, FeatureBuffer map, int end)
    {
        if (stage.Steps.FirstOrDefault(s => s.Output.Name == map.Name) is { } writer)
            ComputeRows(stage, writer, end);
        if (map.Ring == 0)
            return;
        for (; Next(map) < end; _next[map.Name]++)
        {
            Assert.True(Next(map) < map.Shape.Height + map.Halo, $"row {Next(map)} of {map.Name} is beyond its halo");
            WriteRow(map, Next(map), keepsOwner: false);
        }
    }

    private int Next(FeatureBuffer map)
    {
        _next.TryAdd(map.Name, 0);
        return _next[map.Name];
    }

    private void WriteRow(FeatureBuffer buffer, int y, bool keepsOwner)
    {
        if (!keepsOwner)
            Write(buffer);
        if (buffer.Ring > 0)
        {
            if (!_slots.TryGetValue(buffer.Name, out int[]? slots))
                _slots.Add(buffer.Name, slots = [.. Enumerable.Repeat(int.MinValue, buffer.Ring)]);
            slots[(y + buffer.Ring) % buffer.Ring] = y;
        }
    }

    private void Write(FeatureBuffer buffer)
    {
        Assert.Equal(0, buffer.Offset % Plan.Alignment);
        Assert.InRange(buffer.Offset + buffer.Bytes, 1, _plan.ScratchBytes - Plan.Alignment);
        (int start, int count) = Lines(buffer);
        Array.Fill(_owner, buffer.Name, start, count);
    }

    private void AssertHoldsRow(FeatureBuffer buffer, int row, Step step)
    {
        Assert.InRange(row, -buffer.Halo, buffer.Shape.Height + buffer.Halo - 1);
        Assert.True(row < 0 || row >= _overwritten.GetValueOrDefault(buffer.Name), $"{step.Last.Name} reads row {row} of {buffer.Name}, which a sum has overwritten");
        if (buffer.Ring > 0)
            Assert.True(_slots[buffer.Name][(row + buffer.Ring) % buffer.Ring] == row, $"{step.Last.Name} reads row {row} of {buffer.Name}, which is overwritten");
    }

    private void AssertHolds(FeatureBuffer buffer, Step step)
    {
        (int start, int count) = Lines(buffer);
        Assert.True(_owner.AsSpan(start, count).IndexOfAnyExcept(buffer.Name, _takes.GetValueOrDefault(buffer.Name)) < 0, $"{step.Last.Name} reads {buffer.Name}, which is overwritten");
    }

    /// <summary>A halo that a stage's result need not write is there before it starts, and none of its other steps touches it.</summary>
    private void AssertHasHalo(Stage stage)
    {
        FeatureBuffer output = stage.Last.Output;
        if (_plan.HaloBefore(stage.Last) is not { } before)
            return;
        Assert.True(SamePlace(before.Output, output), $"the halo of {output.Name} is not that of {before.Output.Name}");
        (int start, int count) = Lines(output);
        Assert.True(_owner.AsSpan(start, count).IndexOfAnyExcept(before.Output.Name) < 0, $"the halo of {output.Name} is overwritten");
        Assert.All(stage.Steps.SkipLast(1), s => Assert.False(Overlap(s.Output, output), $"{s.Last.Name} overwrites the halo of {output.Name}"));
    }

    /// <summary>A halo as wide as the largest filter that reads the map needs, blocks of 16 channels, and the element's size.</summary>
    private static void AssertLayout(Network network, FeatureBuffer buffer)
    {
        IEnumerable<Layer> readers = network.Layers.Where(l => l.Inputs.Contains(buffer.Name)).ToList();
        Assert.Equal(readers.Select(l => l.Kernel / 2).Append(0).Max(), buffer.Halo);
        Assert.Equal(network.Quantization == Quantization.Float32 ? 4 : 1, buffer.ElementSize);
        bool mayStayNarrow = buffer.Name == Network.InputName && readers.All(l => (l.Operator == Operator.Convolution || l.Operator == Operator.Pointwise));
        Assert.Equal(!mayStayNarrow, buffer.IsBlocked);
        Assert.True(buffer.Blocks * buffer.Lanes >= (buffer.Slice > 0 ? 1 : buffer.Shape.Channels));
        long rows = buffer.Ring > 0 ? buffer.Ring : buffer.Shape.Height + (2L * buffer.Halo);
        Assert.Equal(rows * (buffer.Shape.Width + (2L * buffer.Halo)) * buffer.Blocks * buffer.Lanes * buffer.ElementSize, buffer.Bytes - buffer.SumBytes);
        Assert.InRange(buffer.Origin, buffer.Offset, buffer.Offset + buffer.Bytes - 1);
    }

    private static (int Start, int Count) Lines(FeatureBuffer buffer) =>
        ((int)(buffer.Offset / Plan.Alignment), (int)((buffer.Bytes + Plan.Alignment - 1) / Plan.Alignment));

    private static bool Overlap(FeatureBuffer a, FeatureBuffer b) => a.Offset < b.Offset + b.Bytes && b.Offset < a.Offset + a.Bytes;

    private static bool SamePlace(FeatureBuffer a, FeatureBuffer b) => (a.Offset, a.Shape, a.Lanes, a.Halo, a.Ring) == (b.Offset, b.Shape, b.Lanes, b.Halo, b.Ring);
}
