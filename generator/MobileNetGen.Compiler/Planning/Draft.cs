using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;

namespace MobileNetGen.Compiler.Planning;

/// <summary>A step before its buffers have places: which layers it computes and which results it reads.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="FusedAdd">The addition fused into it, or null.</param>
/// <param name="Second">Name of the other operand of an addition, or null.</param>
internal sealed record Draft(Layer Layer, Layer? FusedAdd, string? Second)
{
    public Layer Last => FusedAdd ?? Layer;

    public string Input => Layer.Inputs[0];

    public string Output => Last.Name;

    /// <summary>The results it reads.</summary>
    public IEnumerable<string> Reads => Second is null ? [Input] : [Input, Second];

    /// <summary>Splits a network into steps.</summary>
    public static List<Draft> Of(Network network, ILookup<string, Layer> readers, FeatureBuffer input)
    {
        var drafts = new List<Draft>();
        for (int i = 0; i < network.Layers.Count; i++)
        {
            Layer layer = network.Layers[i];
            Layer? add = i + 1 < network.Layers.Count && CanFuse(layer, network.Layers[i + 1], readers, input) ? network.Layers[++i] : null;
            Layer last = add ?? layer;
            drafts.Add(new Draft(layer, add, last.Inputs.Count > 1 ? last.Inputs[last.Inputs[0] == layer.Name ? 1 : last.Inputs.Count - 1] : null));
        }

        return drafts;
    }

    /// <summary>A pointwise layer without activation takes in the addition behind it where nothing else reads its result.</summary>
    private static bool CanFuse(Layer layer, Layer next, ILookup<string, Layer> readers, FeatureBuffer input) =>
        layer is { Operator.TakesAddition: true, Activation: Activation.Linear }
        && (layer.Inputs[0] != Network.InputName || input.IsBlocked)
        && next.Operator == Operator.Add
        && next.Inputs.Count(i => i == layer.Name) == 1
        && readers[layer.Name].Count() == 1;
}
