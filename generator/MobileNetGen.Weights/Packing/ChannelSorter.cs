using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Runtime.Intrinsics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Packing;

/// <summary>
/// The order of the channels of maps between a quantised network's layers, which nobody sees: any is right as long as all that write or read a map agree. Two weights of which a
/// lane cannot hold the products cost an entry more (<see cref="SixteenBitEntry"/>), so channels become neighbours whose weights are heavy for different outputs, and
/// outputs come into one panel that are heavy in the same entries. Weights of one scale for all outputs have few such pairs, and keep their order.
/// </summary>
internal static class ChannelSorter
{
    /// <summary>The same network with its channels in such an order.</summary>
    public static ArrangedNetwork Arrange(TrainedNetwork trained)
    {
        var orders = new Dictionary<string, int[]>(StringComparer.Ordinal);
        TrainedLayer[] layers = [.. trained.Layers];
        Dictionary<string, string> maps = Maps(layers);
        HashSet<string> fixedMaps = Fixed(trained.Network, layers, maps);
        for (int i = 0; i < layers.Length; i++)
        {
            string map = layers[i].Layer.Name;
            if (layers[i] is not { Filter: QuantizedFilter { Scales.Length: > 1 }, Layer.Output.Channels: <= SixteenBitFilter.MaxInputs } || maps[map] != map || fixedMaps.Contains(map))
                continue;
            int[] order = Order(layers[i], [.. layers.Where(l => l.Layer.Operator == Operator.Pointwise && maps[l.Layer.Inputs[0]] == map)]);
            layers = Array.ConvertAll(layers, l => Permute(l, maps[l.Layer.Name] == map ? order : null, maps[l.Layer.Inputs[0]] == map ? order : null));
            foreach (TrainedLayer layer in layers.Where(l => maps[l.Layer.Name] == map))
                orders.Add(layer.Layer.Name, order);
        }

        return new ArrangedNetwork(trained with { Layers = [.. layers] }, orders);
    }

    /// <summary>What map every layer writes, named by the layer that decides on its channels: one that leaves them where they are writes its input's.</summary>
    private static Dictionary<string, string> Maps(TrainedLayer[] layers)
    {
        var maps = new Dictionary<string, string>(StringComparer.Ordinal) { [Network.InputName] = Network.InputName };
        foreach (Layer layer in layers.Select(l => l.Layer))
            maps[layer.Name] = layer.Operator.Channels(layer) == ChannelUse.Kept ? maps[layer.Inputs[0]] : layer.Name;

        // The factors of a multiplication lie as the channels that they multiply.
        foreach (Layer layer in layers.Select(l => l.Layer).Where(l => l.Operator.ReadsWholeSecond))
        {
            (string map, string factors) = (maps[layer.Inputs[0]], maps[layer.Inputs[1]]);
            foreach (string name in maps.Where(pair => pair.Value == factors).Select(pair => pair.Key).ToArray())
                maps[name] = map;
        }

        return maps;
    }

    /// <summary>
    /// The maps that keep their order: the network's input and outputs, and what operators read and write that cannot do with any order, as too many layers would have to agree on one.
    /// </summary>
    private static HashSet<string> Fixed(Network network, TrainedLayer[] layers, Dictionary<string, string> maps)
    {
        HashSet<string> found = [Network.InputName, .. network.Outputs.Select(output => maps[output.Layer])];
        foreach (Layer layer in layers.Select(l => l.Layer).Where(l => l.Operator.Channels(l) == ChannelUse.Fixed))
            found.UnionWith([layer.Name, .. layer.Inputs.Select(name => maps[name])]);
        return found;
    }

    /// <summary>The channels in their new order.</summary>
    /// <param name="writer">The layer whose outputs they are.</param>
    /// <param name="readers">The layers that sum over them.</param>
    private static int[] Order(TrainedLayer writer, TrainedLayer[] readers)
    {
        ulong[][] wide = [.. Enumerable.Range(0, writer.Layer.Output.Channels).Select(output => WideEntries(writer, output))];
        List<(int[] Pair, ulong[] Wide)> left = [.. Pairs(wide.Length, readers).Select(pair => (pair, pair.Select(channel => wide[channel]).Aggregate(Union))).OrderBy(p => Count(p.Item2))];
        List<int> order = [];
        ulong[] panel = [];
        while (left.Count > 0)
        {
            if (order.Count % FeatureBuffer.BlockChannels == 0)
                panel = new ulong[wide[0].Length];
            (int[] Pair, ulong[] Wide) next = left.MinBy(p => Count(Union(panel, p.Wide)));
            panel = Union(panel, next.Wide);
            order.AddRange(next.Pair);
            left.Remove(next);
        }

        return [.. order];
    }

    /// <summary>Pairs of channels whose weights fit a lane for as many outputs as possible: the heaviest chooses first, and the heaviest that fits it, so that other entries are light.</summary>
    private static List<int[]> Pairs(int channels, TrainedLayer[] readers)
    {
        LaneLoad[][] loads = [.. Enumerable.Range(0, channels).Select(channel => Loads(readers, channel))];
        List<int> free = [.. Enumerable.Range(0, channels).OrderByDescending(channel => loads[channel].Sum(load => (long)load.Fullness))];
        List<int[]> pairs = [];
        while (free.Count > 1)
        {
            (int best, int fewest) = (0, int.MaxValue);
            for (int i = 1; i < free.Count && fewest > 0; i++)
            {
                int unfit = Unfit(loads[free[0]], loads[free[i]]);
                if (unfit < fewest)
                    (best, fewest) = (i, unfit);
            }

            pairs.Add([free[0], free[best]]);
            free.RemoveAt(best);
            free.RemoveAt(0);
        }

        return free.Count == 0 ? pairs : [.. pairs, [free[0]]];
    }

    /// <summary>The weights of an input channel, 32 outputs each.</summary>
    private static LaneLoad[] Loads(TrainedLayer[] readers, int channel)
    {
        List<LaneLoad> loads = [];
        foreach (TrainedLayer reader in readers)
        {
            var filter = (QuantizedFilter)reader.Filter!;
            int[] weights = [.. Enumerable.Range(0, filter.Weights.Length / reader.Layer.Input.Channels).Select(i => filter.Weights[(i * reader.Layer.Input.Channels) + channel] - filter.ZeroPoint)];
            loads.AddRange(weights.Chunk(Vector256<byte>.Count).Select(LaneLoad.Of));
        }

        return [.. loads];
    }

    private static int Unfit(LaneLoad[] a, LaneLoad[] b)
    {
        int unfit = 0;
        for (int i = 0; i < a.Length; i++)
            unfit += (a[i] + b[i]).Unfit;
        return unfit;
    }

    /// <summary>A bit for each entry in which an output's weights do not fit a lane.</summary>
    private static ulong[] WideEntries(TrainedLayer writer, int output)
    {
        var filter = (QuantizedFilter)writer.Filter!;
        int inputs = writer.Layer.Input.Channels, size = filter.Weights.Length / writer.Layer.Output.Channels;
        List<bool> wide = [];
        for (int first = 0; first < size; first += inputs)
        {
            for (int input = 0; input < inputs; input += SixteenBitEntry.Inputs)
                wide.Add(!Fits(first, input) || !Fits(first, input + 2));
        }

        return [.. wide.Chunk(64).Select(bits => bits.Select((bit, i) => bit ? 1UL << i : 0).Aggregate(0UL, (a, b) => a | b))];

        bool Fits(int first, int input) => SixteenBitEntry.Fits(Weight(first, input), Weight(first, input + 1));

        int Weight(int first, int input) => input < inputs ? filter.Weights[(output * size) + first + input] - filter.ZeroPoint : 0;
    }

    private static ulong[] Union(ulong[] a, ulong[] b)
    {
        var union = new ulong[a.Length];
        for (int i = 0; i < a.Length; i++)
            union[i] = a[i] | b[i];
        return union;
    }

    private static int Count(ulong[] bits)
    {
        int count = 0;
        foreach (ulong word in bits)
            count += BitOperations.PopCount(word);
        return count;
    }

    private static TrainedLayer Permute(TrainedLayer trained, int[]? outputs, int[]? inputs)
    {
        if ((outputs is null && inputs is null) || trained.Filter is not QuantizedFilter filter)
            return trained;

        // [rows][columns]: of a depthwise layer a column is a channel, of others an input.
        bool isDepthwise = trained.Layer.IsDepthwise;
        int columns = isDepthwise ? trained.Layer.Output.Channels : trained.Layer.Input.Channels, rows = filter.Weights.Length / columns, taps = rows / trained.Layer.Output.Channels;
        var weights = new sbyte[filter.Weights.Length];
        for (int row = 0; row < rows; row++)
        {
            int from = isDepthwise || outputs is null ? row : (outputs[row / taps] * taps) + (row % taps);
            for (int column = 0; column < columns; column++)
                weights[(row * columns) + column] = filter.Weights[(from * columns) + (inputs?[column] ?? column)];
        }

        filter = filter with { Weights = weights };
        if (outputs is not null)
            filter = filter with { Bias = [.. outputs.Select(n => filter.Bias[n])], Scales = filter.Scales.Length == 1 ? filter.Scales : [.. outputs.Select(n => filter.Scales[n])] };
        return trained with { Filter = filter };
    }
}

/// <summary>A network with the channels of some maps in another order.</summary>
/// <param name="Network">The network.</param>
/// <param name="Orders">Of each layer that writes such a map, which of its channels lies where.</param>
internal sealed record ArrangedNetwork(TrainedNetwork Network, IReadOnlyDictionary<string, int[]> Orders);
