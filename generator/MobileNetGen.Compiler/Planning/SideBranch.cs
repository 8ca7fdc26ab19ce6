using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Compiler.Planning;

/// <summary>
/// The way to a result of a streamed stage that the stage's last step does not need. Nobody asks it for rows, so the map at which it begins, which the last step does need, lets it compute
/// whatever its new rows are enough for, before they are written over.
/// </summary>
/// <param name="Map">The map at which it begins; null for one from before the stage, which is there whole.</param>
/// <param name="Layers">Its layers, the last of which gives the result.</param>
public sealed record SideBranch(string? Map, EquatableArray<Layer> Layers)
{
    /// <summary>The last of its layers.</summary>
    public Layer End => Layers[Layers.Count - 1];

    /// <summary>The branches of some steps; null where one is of a form that cannot be streamed.</summary>
    internal static IReadOnlyList<SideBranch>? Of(IReadOnlyList<Draft> steps)
    {
        if (steps.All(s => s.Stored is null))
            return [];
        Dictionary<string, Draft> writers = steps.ToDictionary(s => s.Output);
        HashSet<string> main = [];
        Need(steps[steps.Count - 1].Output);
        var branches = new List<SideBranch>();
        foreach (Draft end in steps.Where(s => s.Stored is not null && !main.Contains(s.Output)))
        {
            List<Layer> layers = [];
            Draft? step = end;
            string map = end.Output;
            for (; step is not null; writers.TryGetValue(map, out step))
            {
                if (step.Second is not null || step.Input == Network.InputName)
                    return null;
                layers.Insert(0, step.Layer);
                map = step.Input;
                if (main.Contains(map))
                    break;
            }

            branches.Add(new SideBranch(step is null ? null : map, layers.ToEquatableArray()));
        }

        return branches;

        void Need(string output)
        {
            if (!writers.TryGetValue(output, out Draft? step) || !main.Add(output))
                return;
            foreach (string read in step.Reads)
                Need(read);
        }
    }

    /// <summary>How many rows of its end can be computed when some rows of its map are there.</summary>
    /// <param name="rows">The rows that are there.</param>
    /// <param name="padTop">Rows of padding above the input of a layer.</param>
    internal int Ready(int rows, System.Func<Layer, int> padTop) =>
        Layers.Aggregate(rows, (there, layer) => there >= layer.Input.Height
            ? layer.Output.Height
            : System.Math.Max(0, there + padTop(layer) - layer.Kernel + layer.Stride) / layer.Stride);
}
