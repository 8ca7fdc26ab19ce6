using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Compiler.Planning;

/// <summary>Decides which layers share a step, which steps run row by row, and where each map lies.</summary>
public static class Planner
{
    /// <summary>Lanes of a pixel of a quantised input: kernels read four channels at a time.</summary>
    private const int ByteInputLanes = 4;

    private const int Alignment = MobileNetGen.Compiler.Planning.Plan.Alignment;

    /// <summary>Plans a network.</summary>
    public static Plan Plan(Network network)
    {
        (List<Draft> drafts, List<FeatureBuffer> maps) = Steps(network);
        (IReadOnlyList<Segment> segments, IReadOnlyList<Lifetime> lifetimes, long size) = StagePlanner.Plan(drafts, maps, network.Threads > 1, network.StackBudget - Alignment - (DetectorBuffers.Of(network, 0)?.Bytes ?? 0));
        (int peakStep, long peakBytes) = ScratchAllocator.Peak(lifetimes, 0, drafts.Count - 1);

        Dictionary<string, FeatureBuffer> buffers = lifetimes.ToDictionary(l => l.Buffer.Name, l => l.Buffer, StringComparer.Ordinal);
        IEnumerable<Stage> stages = segments.SelectMany(segment => Stages(segment, drafts.GetRange(segment.First, segment.Last - segment.First + 1), buffers));
        DetectorBuffers? detector = DetectorBuffers.Of(network, size);
        return new Plan(
            network, lifetimes[0].Buffer, stages.ToEquatableArray(), (detector?.End ?? size) + Alignment, drafts[peakStep].Output, peakBytes)
        {
            Detector = detector,
        };
    }

    /// <summary>The steps of a network, in the order in which they run, and its input and their results as whole maps.</summary>
    internal static (List<Draft> Drafts, List<FeatureBuffer> Maps) Steps(Network network)
    {
        ILookup<string, Layer> readers = network.Layers.SelectMany(l => l.Inputs.Distinct().Select(i => (Input: i, Layer: l))).ToLookup(r => r.Input, r => r.Layer);
        FeatureBuffer input = Input(network, readers);
        List<Draft> drafts = Draft.Of(network, Schedule.Of(network), readers, input);
        return (drafts, [input, .. drafts.Select(d => Buffer(network, readers, d.Output, d.Last.Output, FeatureBuffer.BlockChannels))]);
    }

    private static IEnumerable<Stage> Stages(Segment segment, List<Draft> drafts, Dictionary<string, FeatureBuffer> buffers)
    {
        IEnumerable<Step> steps = drafts.Select((d, i) => new Step(
            d.Layer, d.FusedAdd, buffers[d.Input], d.Second is null ? null : buffers[d.Second], buffers[d.Output], segment.Bands?[i] ?? 0, d.Stored));
        if (segment.Slice > 0)
            return [new Stage(steps.Select(step => step with { Slice = segment.Slice }).ToEquatableArray())];
        return segment.IsStreamed ? [new Stage(steps.ToEquatableArray()) { Branches = SideBranch.Of(drafts)!.ToEquatableArray() }] : steps.Select(step => new Stage(EquatableArray.Of(step)));
    }

    private static FeatureBuffer Input(Network network, ILookup<string, Layer> readers)
    {
        bool blocked = readers[Network.InputName].Any(l => !l.Operator.ReadsFewChannels);
        int channels = network.Input.Channels;
        int lanes = blocked ? FeatureBuffer.BlockChannels : network.Quantization == Quantization.Float32 ? channels : ByteInputLanes;
        return Buffer(network, readers, Network.InputName, network.Input, lanes);
    }

    private static FeatureBuffer Buffer(Network network, ILookup<string, Layer> readers, string name, Shape shape, int lanes)
    {
        // (kernel − 1) / 2 on every side holds both SAME's and symmetric padding.
        int halo = readers[name].Where(l => l.IsSpatial).Select(l => l.Kernel / 2).DefaultIfEmpty(0).Max();
        return new FeatureBuffer(name, shape, lanes, halo, network.Quantization == Quantization.Float32 ? 4 : 1, 0, 0);
    }
}
