using System;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <content>What every operator must satisfy.</content>
internal sealed partial class NetworkBuilder
{
    private static void CheckInputs(StoredOperator step, int least, int most)
    {
        if (step.Inputs.Length < least || step.Inputs.Length > most)
            throw FlatTable.Broken($"{step.Place}, has {step.Inputs.Length} inputs");
    }

    private void CheckShape(StoredOperator step, int tensor, ImmutableArray<int> expected)
    {
        StoredTensor stored = _model.Tensor(tensor);
        if (!stored.Shape.AsSpan().SequenceEqual(expected.AsSpan()))
        {
            throw new WeightsException(
                $"{step.Place}: {stored} is [{string.Join(", ", stored.Shape)}]; [{string.Join(", ", expected)}] was expected. Export the network with a fixed input shape.");
        }
    }

    private static void CheckAxis(StoredOperator step, SourceTensor tensor, int axis)
    {
        if (tensor.Quantization is { IsPerTensor: false } q && q.Axis != axis)
            throw new WeightsException($"{step.Place}: the scales of its \"{tensor.Name}\" run along dimension {q.Axis}; {axis}, the output channels, was expected.");
    }

    private void CheckSameType(StoredOperator step, int input, int output)
    {
        if (_flows[input].Value.Type != _flows[output].Value.Type)
            throw new WeightsException($"{step.Place}, makes {_flows[output].Value.Type} of {_flows[input].Value.Type}; one type was expected.");
    }

    private static void CheckUnchanged(StoredOperator step, SourceValue before, SourceValue after)
    {
        if (before.Type != after.Type || before.Quantization != after.Quantization)
            throw new WeightsException($"{step.Place}, changes type, scale or zero point; only an operator that is computed could.");
    }

    /// <summary>Float32 throughout; or uint8 with per-tensor weights; or int8 with symmetric weights: both with int32 biases.</summary>
    private void CheckTypes(StoredOperator step, int input, SourceTensor weights, SourceTensor? bias, int output)
    {
        ElementType type = _flows[input].Value.Type;
        CheckSameType(step, input, output);
        if (weights.Type != type)
        {
            throw new WeightsException(
                $"{step.Place}, has {weights.Type} weights and reads {type}; both of one type were expected. "
                + "Quantise activations too (full integer quantisation), or keep float weights.");
        }

        if (bias is not null && bias.Type != (type == ElementType.Float32 ? ElementType.Float32 : ElementType.Int32))
            throw new WeightsException($"{step.Place}, has {bias.Type} biases and reads {type}; int32 biases go with quantised networks, float32 ones with float32.");
        if (type == ElementType.UInt8 && !weights.Quantization!.IsPerTensor)
            throw new WeightsException($"{step.Place}, has a scale per channel; uint8 weights have one.");
        if (type == ElementType.Int8 && weights.Quantization!.ZeroPoints.Any(zero => zero != 0))
            throw new WeightsException($"{step.Place}, has int8 weights with a zero point; symmetric ones were expected.");
        if (bias?.Quantization is { } q && q.ZeroPoints.Any(zero => zero != 0))
            throw new WeightsException($"{step.Place}, has biases with a zero point; none was expected.");
    }
}
