using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Compiler.Planning;

/// <summary>
/// A branch of a streamed stage whose end no step reads: an output of the network. Nobody asks it for rows, so the map at which it begins lets it compute whatever its new rows are enough for,
/// before they are written over.
/// </summary>
/// <param name="Map">The map at which it begins; null for one from before the stage, which is there whole.</param>
/// <param name="Layers">Its layers.</param>
public sealed record SideBranch(string? Map, EquatableArray<Layer> Layers)
{
    /// <summary>The last of its layers.</summary>
    public Layer End => Layers[Layers.Count - 1];

    /// <summary>The branches of some steps; null where one is of a form that cannot be streamed.</summary>
    internal static IReadOnlyList<SideBranch>? Of(IReadOnlyList<Draft> steps)
    {
        Dictionary<string, Draft> writers = steps.ToDictionary(s => s.Output);
        ILookup<string, Draft> readers = steps.SelectMany(s => s.Reads.Distinct().Select(r => (r, s))).ToLookup(p => p.r, p => p.s);
        var branches = new List<SideBranch>();
        foreach (Draft end in steps.Take(steps.Count - 1).Where(s => !readers.Contains(s.Output)))
        {
            List<Layer> layers = [];
            Draft step = end;
            while (true)
            {
                if (step.Second is not null || step.Input == Network.InputName)
                    return null;
                layers.Insert(0, step.Layer);
                if (!writers.TryGetValue(step.Input, out Draft? writer) || readers[step.Input].Count() > 1)
                    break;
                step = writer;
            }

            branches.Add(new SideBranch(writers.ContainsKey(step.Input) ? step.Input : null, layers.ToEquatableArray()));
        }

        return branches;
    }

    /// <summary>How many rows of its end can be computed when some rows of its map are there.</summary>
    /// <param name="rows">The rows that are there.</param>
    /// <param name="padTop">Rows of padding above the input of a layer.</param>
    internal int Ready(int rows, System.Func<Layer, int> padTop) =>
        Layers.Aggregate(rows, (there, layer) => there >= layer.Input.Height
            ? layer.Output.Height
            : System.Math.Max(0, there + padTop(layer) - layer.Kernel + layer.Stride) / layer.Stride);
}
