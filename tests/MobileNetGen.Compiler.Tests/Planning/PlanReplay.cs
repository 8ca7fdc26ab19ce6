using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Compiler.Tests.Planning;

/// <summary>Runs a plan over a map that records, for every cache line of scratch, which buffer it holds.</summary>
internal static class PlanReplay
{
    /// <summary>Throws where a step would read what is no longer there, write what it still reads, or leave scratch.</summary>
    public static void Check(Plan plan)
    {
        Network network = plan.Network;
        var owner = new string?[plan.ScratchBytes / Plan.Alignment];
        Write(plan.Input);
        foreach (Step step in plan.Steps)
        {
            AssertHolds(step.Input, step);
            Assert.Equal(step.Layer.Inputs[0], step.Input.Name);
            Assert.Equal(step.Last.Kind == LayerKind.Add, step.Second is not null);
            if (step.Second is not null)
            {
                AssertHolds(step.Second, step);
                Assert.Contains(step.Second.Name, step.Last.Inputs);
            }

            // Only a sum may take its operand's place, value for value; nothing that reads a value twice may overwrite its input.
            if (Overlap(step.Output, step.Input))
                Assert.True(step.Layer.Kind == LayerKind.Add && SamePlace(step.Output, step.Input), $"{step.Last.Name} overwrites its input {step.Input.Name}");
            if (step.Second is not null && Overlap(step.Output, step.Second))
                Assert.True(SamePlace(step.Output, step.Second), $"{step.Last.Name} overlaps its operand {step.Second.Name}");
            Write(step.Output);
        }

        Assert.Equal(network.Layers, plan.Steps.SelectMany(s => s.FusedAdd is null ? new[] { s.Layer } : [s.Layer, s.FusedAdd]));
        Assert.Equal(network.Layers[^1].Name, plan.Output.Name);
        Assert.True(plan.PeakBytes <= plan.ScratchBytes - Plan.Alignment, "less scratch than is live at the peak");
        Assert.Contains(plan.Steps, s => s.Last.Name == plan.PeakStep);
        foreach (FeatureBuffer buffer in plan.Steps.Select(s => s.Output).Prepend(plan.Input))
            AssertLayout(network, buffer);

        void Write(FeatureBuffer buffer)
        {
            Assert.Equal(0, buffer.Offset % Plan.Alignment);
            Assert.InRange(buffer.Offset + buffer.Bytes, 1, plan.ScratchBytes - Plan.Alignment);
            (int start, int count) = Lines(buffer);
            Array.Fill(owner, buffer.Name, start, count);
        }

        void AssertHolds(FeatureBuffer buffer, Step step)
        {
            (int start, int count) = Lines(buffer);
            Assert.True(owner.AsSpan(start, count).IndexOfAnyExcept(buffer.Name) < 0, $"{step.Last.Name} reads {buffer.Name}, which is overwritten");
        }
    }

    /// <summary>A halo as wide as the largest filter that reads the map needs, blocks of 16 channels, and the element's size.</summary>
    private static void AssertLayout(Network network, FeatureBuffer buffer)
    {
        IEnumerable<Layer> readers = network.Layers.Where(l => l.Inputs.Contains(buffer.Name)).ToList();
        Assert.Equal(readers.Select(l => l.Kernel / 2).Append(0).Max(), buffer.Halo);
        Assert.Equal(network.Quantization == Quantization.Float32 ? 4 : 1, buffer.ElementSize);
        bool mayStayNarrow = buffer.Name == Network.InputName && readers.All(l => l.Kind is LayerKind.Convolution or LayerKind.Pointwise);
        Assert.Equal(!mayStayNarrow, buffer.IsBlocked);
        Assert.True(buffer.Blocks * buffer.Lanes >= buffer.Shape.Channels);
        long values = (buffer.Shape.Height + (2L * buffer.Halo)) * (buffer.Shape.Width + (2L * buffer.Halo)) * buffer.Blocks * buffer.Lanes;
        Assert.Equal(values * buffer.ElementSize, buffer.Bytes);
        Assert.InRange(buffer.Origin, buffer.Offset, buffer.Offset + buffer.Bytes - 1);
    }

    private static (int Start, int Count) Lines(FeatureBuffer buffer) =>
        ((int)(buffer.Offset / Plan.Alignment), (int)((buffer.Bytes + Plan.Alignment - 1) / Plan.Alignment));

    private static bool Overlap(FeatureBuffer a, FeatureBuffer b) => a.Offset < b.Offset + b.Bytes && b.Offset < a.Offset + a.Bytes;

    private static bool SamePlace(FeatureBuffer a, FeatureBuffer b) => (a.Offset, a.Shape, a.Lanes, a.Halo) == (b.Offset, b.Shape, b.Lanes, b.Halo);
}
