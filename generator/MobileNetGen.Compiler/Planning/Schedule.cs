using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Compiler.Planning;

/// <summary>
/// The order in which layers run: that of the text, unless another needs less memory. The other one takes, of the layers whose inputs are there, those first on which the last layer
/// does not depend: so a head stands directly behind the map that it reads, wherever the text has it, and the map need not wait for it. Of the rest it takes always the one that leaves
/// the fewest bytes live, and of equal ones the one that the text has first. The last layer stays last: its result is what callers read.
/// </summary>
internal sealed class Schedule
{
    private readonly Network _network;
    private readonly Dictionary<string, long> _sizes = new(StringComparer.Ordinal);

    private Schedule(Network network)
    {
        _network = network;
        _sizes.Add(Network.InputName, network.Input.Length);
        foreach (Layer layer in network.Layers)
            _sizes.Add(layer.Name, layer.Output.Length);
    }

    /// <summary>The layers of a network, in order.</summary>
    public static IReadOnlyList<Layer> Of(Network network)
    {
        // A chain has but one order.
        IReadOnlyList<Layer> text = network.Layers;
        if (text.Zip(text.Skip(1), (layer, next) => next.Inputs.Contains(layer.Name)).All(follows => follows))
            return text;
        var schedule = new Schedule(network);
        List<Layer> greedy = schedule.Greedy();
        long change = schedule.Peak(greedy) - schedule.Peak(text);
        return change < 0 || (change == 0 && network.StoredOutputs.Any()) ? greedy : text;
    }

    private List<Layer> Greedy()
    {
        Dictionary<string, int> unread = Readers();
        HashSet<string> there = [Network.InputName], trunk = Trunk();
        List<Layer> left = [.. _network.Layers], order = [];
        while (left.Count > 0)
        {
            Layer next = left.Count == 1 ? left[0] : left.Take(left.Count - 1).Where(l => l.Inputs.All(there.Contains)).OrderBy(l => trunk.Contains(l.Name)).ThenBy(l => trunk.Contains(l.Name) ? Growth(l) : 0).First();
            foreach (string input in next.Inputs.Distinct())
                unread[input]--;
            there.Add(next.Name);
            left.Remove(next);
            order.Add(next);
        }

        return order;

        // OrderBy keeps the order of the text among equals.
        long Growth(Layer layer) => (unread.ContainsKey(layer.Name) ? _sizes[layer.Name] : 0) - layer.Inputs.Distinct().Where(i => unread[i] == 1).Sum(i => _sizes[i]);
    }

    /// <summary>The layers on which the last one depends, and itself.</summary>
    private HashSet<string> Trunk()
    {
        HashSet<string> trunk = [_network.Layers[_network.Layers.Count - 1].Name];
        foreach (Layer layer in _network.Layers.Reverse().Where(l => trunk.Contains(l.Name)))
            trunk.UnionWith(layer.Inputs);
        return trunk;
    }

    /// <summary>The most values that are live at once.</summary>
    private long Peak(IEnumerable<Layer> order)
    {
        Dictionary<string, int> unread = Readers();
        long live = _sizes[Network.InputName], peak = 0;
        foreach (Layer layer in order)
        {
            live += _sizes[layer.Name];
            peak = Math.Max(peak, live);
            live -= unread.ContainsKey(layer.Name) ? 0 : _sizes[layer.Name];
            live -= layer.Inputs.Distinct().Where(i => --unread[i] == 0).Sum(i => _sizes[i]);
        }

        return peak;
    }

    /// <summary>How many layers read each result.</summary>
    private Dictionary<string, int> Readers() => _network.Layers.SelectMany(l => l.Inputs.Distinct()).GroupBy(name => name).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
}
