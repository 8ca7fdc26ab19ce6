using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Compiler.Planning;

/// <summary>
/// The order in which layers run. Of those whose inputs are there, the one goes first that leaves the fewest bytes live, and of equal ones the one that the text has first. So a
/// head, whose result nothing reads, stands directly behind the map that it reads, wherever the text has it. The last layer stays last: its result is what callers read.
/// </summary>
internal static class Schedule
{
    /// <summary>The layers of a network, in order.</summary>
    public static IReadOnlyList<Layer> Of(Network network)
    {
        Dictionary<string, int> unread = network.Layers.SelectMany(l => l.Inputs.Distinct()).GroupBy(name => name).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        Dictionary<string, long> sizes = network.Layers.ToDictionary(l => l.Name, l => l.Output.Length, StringComparer.Ordinal);
        sizes.Add(Network.InputName, network.Input.Length);
        HashSet<string> there = [Network.InputName];
        List<Layer> left = [.. network.Layers], order = [];
        while (left.Count > 0)
        {
            Layer next = left.Count == 1 ? left[0] : left.Take(left.Count - 1).Where(l => l.Inputs.All(there.Contains)).OrderBy(Growth).First();
            foreach (string input in next.Inputs.Distinct())
                unread[input]--;
            there.Add(next.Name);
            left.Remove(next);
            order.Add(next);
        }

        return order;

        // OrderBy keeps the order of the text among equals.
        long Growth(Layer layer) => (unread.ContainsKey(layer.Name) ? sizes[layer.Name] : 0) - layer.Inputs.Distinct().Where(i => unread[i] == 1).Sum(i => sizes[i]);
    }
}
