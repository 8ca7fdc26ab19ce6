using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Tool.Draw;

/// <summary>A row of the picture: the steps of a block, or a layer that stands alone.</summary>
/// <param name="Name">The block's name, or the layer's.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="FirstStep">The index of the first of them in the plan.</param>
internal sealed record DrawnBlock(string Name, ImmutableArray<Step> Steps, int FirstStep)
{
    /// <summary>What a map's predictors are called behind its name.</summary>
    private static readonly string[] s_predictors = ["_boxes_depthwise", "_boxes", "_scores_depthwise", "_scores"];

    private static readonly string[] s_parts = ["_expand", "_depthwise", "_project", "_pointwise", "_add", "_tanh", "_sigmoid"];

    /// <summary>Its layers.</summary>
    public IEnumerable<Layer> Layers => Steps.SelectMany(s => s.FusedAdd is null ? new[] { s.Layer } : [s.Layer, s.FusedAdd]);

    /// <summary>The shape of its result.</summary>
    public Shape Output => Steps[^1].Last.Output;

    /// <summary>Its multiply-adds.</summary>
    public long MultiplyAdds => Layers.Sum(l => l.MultiplyAdds);

    /// <summary>Its parameters.</summary>
    public long Parameters => Layers.Sum(l => l.Parameters);

    /// <summary>The blocks of a plan, in order.</summary>
    public static ImmutableArray<DrawnBlock> Of(Plan plan)
    {
        var blocks = ImmutableArray.CreateBuilder<DrawnBlock>();
        int index = 0;
        foreach (Step step in plan.Steps)
        {
            string name = Predicted(plan.Network, step.Layer.Name) ?? Block(step.Layer.Name);
            if (blocks.Count > 0 && blocks[^1].Name == name)
                blocks[^1] = blocks[^1] with { Steps = blocks[^1].Steps.Add(step) };
            else
                blocks.Add(new DrawnBlock(name, [step], index));
            index++;
        }

        return blocks.ToImmutable();
    }

    private static string Block(string layer) => s_parts.FirstOrDefault(p => layer.EndsWith(p, StringComparison.Ordinal)) is { } part ? layer[..^part.Length] : layer;

    /// <summary>The row of both predictors of a map; null for other layers.</summary>
    private static string? Predicted(Network network, string layer) =>
        network.Detector?.Maps.FirstOrDefault(m => Array.Exists(s_predictors, p => layer == m.Name + p)) is { } map ? $"on {map.Name}" : null;
}
