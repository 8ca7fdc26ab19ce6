using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Tool.Draw;

/// <summary>A map in scratch, and while which steps it is there.</summary>
/// <param name="Buffer">The map.</param>
/// <param name="First">The first step.</param>
/// <param name="Last">The last step.</param>
internal sealed record MapLifetime(FeatureBuffer Buffer, int First, int Last)
{
    /// <summary>Those of a plan. A streamed stage runs all of its steps at once, so what lives in it lives throughout.</summary>
    public static ImmutableArray<MapLifetime> Of(Plan plan)
    {
        var lifetimes = new Dictionary<string, MapLifetime>(StringComparer.Ordinal) { [plan.Input.Name] = new(plan.Input, 0, 0) };
        int first = 0;
        foreach (Stage stage in plan.Stages)
        {
            int last = first + stage.Steps.Count - 1;
            foreach (Step step in stage.Steps)
            {
                foreach (FeatureBuffer read in new[] { step.Input, step.Second }.OfType<FeatureBuffer>())
                    lifetimes[read.Name] = lifetimes[read.Name] with { Last = last };
                lifetimes.Add(step.Output.Name, new MapLifetime(step.Output, first, last));
            }

            first = last + 1;
        }

        return [.. lifetimes.Values.OrderBy(l => l.First).ThenBy(l => l.Buffer.Offset).ThenBy(l => l.Buffer.Name, StringComparer.Ordinal)];
    }
}
