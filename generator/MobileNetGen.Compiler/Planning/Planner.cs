using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Compiler.Planning;

/// <summary>Decides which layers share a step, and where each map lies.</summary>
public static class Planner
{
    /// <summary>Lanes of a pixel of a quantised input: kernels read four channels at a time.</summary>
    private const int ByteInputLanes = 4;

    /// <summary>Plans a network, one whole map after the other.</summary>
    public static Plan Plan(Network network)
    {
        ILookup<string, Layer> readers = network.Layers.SelectMany(l => l.Inputs.Distinct().Select(i => (Input: i, Layer: l))).ToLookup(r => r.Input, r => r.Layer);
        FeatureBuffer input = InputBuffer(network, readers);
        var buffers = new List<Lifetime> { new(input, 0) };
        var byName = new Dictionary<string, Lifetime>(StringComparer.Ordinal) { [Network.InputName] = buffers[0] };
        var drafts = new List<(Layer Layer, Layer? Add, Lifetime Input, Lifetime? Second, Lifetime Output)>();

        for (int i = 0; i < network.Layers.Count; i++)
        {
            Layer layer = network.Layers[i];
            Layer? add = i + 1 < network.Layers.Count && CanFuse(layer, network.Layers[i + 1], byName, readers) ? network.Layers[i + 1] : null;
            Layer last = add ?? layer;
            if (add is not null)
                i++;

            int step = drafts.Count;
            Lifetime source = byName[layer.Inputs[0]];
            Lifetime? second = last.Kind == LayerKind.Add ? byName[last.Inputs[last.Inputs[0] == layer.Name ? 1 : last.Inputs.Count - 1]] : null;
            source.LastStep = step;
            if (second is not null)
                second.LastStep = step;

            var output = new Lifetime(Buffer(network, readers, last.Name, last.Output, FeatureBuffer.BlockChannels), step);

            // An addition may overwrite an operand that nothing reads later: it reads each value before it writes it.
            // The layer it is fused into, though, reads its own input once for every block of channels that it writes.
            bool isFree = second is not null && (add is null || second != source) && ReferenceEquals(readers[second.Buffer.Name].Last(), last);
            if (isFree && SameLayout(second!.Buffer, output.Buffer))
                output.Memory = second.Memory;
            buffers.Add(output);
            byName[last.Name] = output;
            drafts.Add((layer, add, source, second, output));
        }

        buffers[buffers.Count - 1].LastStep = drafts.Count;
        long size = ScratchAllocator.Place(buffers);
        (int peakStep, long peakBytes) = ScratchAllocator.Peak(buffers, drafts.Count);
        return new Plan(
            network,
            buffers[0].Buffer,
            drafts.Select(d => new Step(d.Layer, d.Add, d.Input.Buffer, d.Second?.Buffer, d.Output.Buffer)).ToEquatableArray(),
            size + MobileNetGen.Compiler.Planning.Plan.Alignment,
            (drafts[peakStep].Add ?? drafts[peakStep].Layer).Name,
            peakBytes);
    }

    /// <summary>A pointwise layer without activation takes in the addition behind it where nothing else reads its result.</summary>
    private static bool CanFuse(Layer layer, Layer next, Dictionary<string, Lifetime> buffers, ILookup<string, Layer> readers) =>
        layer is { Kind: LayerKind.Pointwise, Activation: Activation.Linear }
        && buffers[layer.Inputs[0]].Buffer.IsBlocked
        && next.Kind == LayerKind.Add
        && next.Inputs.Count(i => i == layer.Name) == 1
        && readers[layer.Name].Count() == 1;

    private static bool SameLayout(FeatureBuffer a, FeatureBuffer b) => a.Shape == b.Shape && a.Lanes == b.Lanes && a.Halo == b.Halo;

    private static FeatureBuffer InputBuffer(Network network, ILookup<string, Layer> readers)
    {
        bool blocked = readers[Network.InputName].Any(l => l.Kind is not (LayerKind.Convolution or LayerKind.Pointwise));
        int channels = network.Input.Channels;
        int lanes = blocked ? FeatureBuffer.BlockChannels : network.Quantization == Quantization.Float32 ? channels : ByteInputLanes;
        return Buffer(network, readers, Network.InputName, network.Input, lanes);
    }

    private static FeatureBuffer Buffer(Network network, ILookup<string, Layer> readers, string name, Shape shape, int lanes)
    {
        // (kernel − 1) / 2 on every side holds both SAME's and symmetric padding.
        int halo = readers[name].Where(l => l.IsSpatial).Select(l => l.Kernel / 2).DefaultIfEmpty(0).Max();
        return new FeatureBuffer(name, shape, lanes, halo, network.Quantization == Quantization.Float32 ? 4 : 1, 0);
    }
}
