using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Operators;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>The scales of a layer in a network that is quantised here.</summary>
/// <param name="Output">Meaning of its result.</param>
/// <param name="Function">Its activation, where that is no range to cut to.</param>
internal sealed record LayerScales(TensorScale Output, ByteFunction? Function)
{
    // Where hard swish and hard sigmoid begin and cease to bend: below, both are 0, above, the sigmoid is 1.
    private const float Bend = 3;

    /// <summary>Chooses them.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="read">The scale of what it reads.</param>
    /// <param name="result">The range of its result.</param>
    /// <param name="linear">The range before an activation that is no clamp.</param>
    /// <param name="lowest">The smallest of the 256 integers.</param>
    public static LayerScales Choose(Layer layer, TensorScale read, Func<ActivationRange> result, Func<ActivationRange> linear, int lowest)
    {
        if (layer.Activation.IsClamp())
            return new LayerScales(TrainedOperator.Of(layer).Scale(read, result, lowest), null);

        bool isSigmoid = layer.Activation == Activation.HSigmoid;
        TensorScale output = isSigmoid ? new TensorScale(FixedScale.Unit.Scale, FixedScale.Unit.ZeroPoint + lowest) : result().ToScale(lowest);
        ActivationRange all = linear();
        TensorScale before = new ActivationRange(Math.Max(all.Minimum, -Bend), isSigmoid ? Math.Min(all.Maximum, Bend) : all.Maximum).ToScale(lowest);
        return new LayerScales(output, new ByteFunction(before, ActivationTable.Of(layer.Activation, Unsigned(before), Unsigned(output))));

        TensorScale Unsigned(TensorScale scale) => scale with { ZeroPoint = scale.ZeroPoint - lowest };
    }
}
