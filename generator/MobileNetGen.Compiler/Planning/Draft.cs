using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;

namespace MobileNetGen.Compiler.Planning;

/// <summary>A step before its buffers have places: which layers it computes and which results it reads.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="FusedAdd">The addition fused into it, or null.</param>
/// <param name="Second">Name of the other operand of an addition, or null.</param>
/// <param name="Stored">The output that its result is, where that is stored for the caller as soon as it is there; else null.</param>
internal sealed record Draft(Layer Layer, Layer? FusedAdd, string? Second, NetworkOutput? Stored)
{
    public Layer Last => FusedAdd ?? Layer;

    public string Input => Layer.Inputs[0];

    public string Output => Last.Name;

    /// <summary>The results it reads.</summary>
    public IEnumerable<string> Reads => Second is null ? [Input] : [Input, Second];

    /// <summary>Splits a network into steps.</summary>
    /// <param name="network">The network.</param>
    /// <param name="layers">Its layers in the order in which they run.</param>
    /// <param name="readers">The layers that read each result.</param>
    /// <param name="input">The map of the network's input.</param>
    public static List<Draft> Of(Network network, IReadOnlyList<Layer> layers, ILookup<string, Layer> readers, FeatureBuffer input)
    {
        var drafts = new List<Draft>();
        for (int i = 0; i < layers.Count; i++)
        {
            Layer layer = layers[i];
            bool isVisible = network.Outputs.Any(o => o.Layer == layer.Name);
            Layer? add = !isVisible && i + 1 < layers.Count && CanFuse(layer, layers[i + 1], readers, input) ? layers[++i] : null;
            Layer last = add ?? layer;
            string? second = last.Inputs.Count < 2 ? null : last.Inputs[add is not null && last.Inputs[1] == layer.Name ? 0 : 1];
            drafts.Add(new Draft(layer, add, second, network.StoredOutputs.FirstOrDefault(o => o.Layer == last.Name)));
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
