using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <summary>
/// Which of TensorFlow Lite's two schemes a quantised network follows: int8, whose weights are symmetric with a scale a channel or one for all, or uint8,
/// whose weights have one scale and any zero point. Other engines mix them, most often as unsigned activations with signed weights. That changes no real
/// number: scale · (q − z) is the same where 128 is taken from both, so here everything is in the one type.
/// </summary>
internal sealed class QuantizedDomain
{
    private readonly ElementType? _type;

    private QuantizedDomain(ElementType? type) => _type = type;

    /// <summary>The scheme that a network's quantised filters fit.</summary>
    /// <exception cref="WeightsException">They fit neither.</exception>
    public static QuantizedDomain Of(IEnumerable<FilterNode> filters)
    {
        FilterNode? perChannel = null, asymmetric = null, signed = null;
        bool isEmpty = true;
        foreach (FilterNode filter in filters)
        {
            if (filter.Weights is not { Quantization: { } q, Type: ElementType.UInt8 or ElementType.Int8 } weights)
            {
                throw new WeightsException(
                    $"{filter.Place}, reads quantised numbers and has the weights {filter.Weights}; quantised ones were expected. "
                    + "Quantise the weights too.");
            }

            isEmpty = false;
            int middle = weights.Type == ElementType.UInt8 ? 128 : 0;
            perChannel ??= q.IsPerTensor ? null : filter;
            asymmetric ??= q.ZeroPoints.All(zero => zero == middle) ? null : filter;
            signed ??= weights.Type == ElementType.Int8 ? filter : null;
        }

        if (perChannel is not null && asymmetric is not null)
        {
            throw new WeightsException(
                $"{perChannel.Place}, has a scale per channel, as int8 networks have, and {asymmetric.Place}, weights with a zero point, as uint8 networks have; "
                + "one scheme was expected. Quantise the network with symmetric int8 weights.");
        }

        bool isUnsigned = asymmetric is not null || (signed is null && perChannel is null);
        return new QuantizedDomain(isEmpty ? null : isUnsigned ? ElementType.UInt8 : ElementType.Int8);
    }

    /// <summary>Bytes of the network's type that stand for the same real numbers.</summary>
    public QuantizedType Value(QuantizedType value) => _type is not { } own || own == value.Type ? value : new QuantizedType(own, Shift(value.Quantization, own));

    /// <summary>Weights in the network's type.</summary>
    public SourceTensor Weights(SourceTensor weights)
    {
        if (weights.Type == _type)
            return weights;
        return weights.Type == ElementType.UInt8
            ? new SourceTensor(weights.Name, weights.Shape, Shift(weights.Quantization!, ElementType.Int8), Array.ConvertAll(weights.Bytes, b => (sbyte)(b - 128)))
            : new SourceTensor(weights.Name, weights.Shape, Shift(weights.Quantization!, ElementType.UInt8), Array.ConvertAll(weights.SBytes, b => (byte)(b + 128)));
    }

    /// <summary>Biases of a quantised filter: int32 as they are, real ones rounded to the scale of input · weights.</summary>
    /// <exception cref="WeightsException">They do not fit int32, or are of another type.</exception>
    public static SourceTensor Bias(string place, SourceTensor bias, SourceTensor weights, SourceQuantization input)
    {
        if (bias.Type == ElementType.Int32)
            return bias;
        if (bias.Type != ElementType.Float32)
            throw new WeightsException($"{place}, has {bias.Type} biases, {bias}; int32 or float32 ones were expected.");

        ImmutableArray<float> scales = [.. weights.Quantization!.Scales.Select(scale => scale * input.Scale)];
        var integers = new int[bias.Count];
        for (int i = 0; i < integers.Length; i++)
        {
            float scale = scales[scales.Length == 1 ? 0 : i];
            double integer = Math.Round(bias.Floats[i] / (double)scale);
            if (!(Math.Abs(integer) <= int.MaxValue))
            {
                throw new WeightsException(string.Create(
                    CultureInfo.InvariantCulture, $"{place}: bias {bias.Floats[i]:R} of channel {i} is more than int32 holds at scale {scale:R}. Quantise the network again."));
            }

            integers[i] = (int)integer;
        }

        return new SourceTensor(bias.Name, bias.Shape, new SourceQuantization(scales, [.. scales.Select(_ => 0)], 0), integers);
    }

    /// <summary>The real numbers that a tensor's integers stand for; the tensor itself where it is real.</summary>
    /// <exception cref="WeightsException">One is not finite.</exception>
    public static SourceTensor ToReal(SourceTensor tensor)
    {
        if (tensor.Quantization is not { } q)
            return tensor;
        int inner = tensor.Shape.Skip(q.Axis + 1).Aggregate(1, (product, size) => product * size);
        var numbers = new float[tensor.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            int channel = q.IsPerTensor ? 0 : i / inner % q.Scales.Length;
            long integer = tensor.Type switch
            {
                ElementType.UInt8 => tensor.Bytes[i],
                ElementType.Int8 => tensor.SBytes[i],
                _ => tensor.Ints[i],
            };
            numbers[i] = q.Scales[channel] * (integer - q.ZeroPoints[channel]);
            if (!float.IsFinite(numbers[i]))
                throw new WeightsException($"Element {i} of {tensor} stands for a number that float32 cannot hold. The file is damaged.");
        }

        return new SourceTensor(tensor.Name, tensor.Shape, numbers);
    }

    private static SourceQuantization Shift(SourceQuantization quantization, ElementType to) =>
        quantization with { ZeroPoints = [.. quantization.ZeroPoints.Select(zero => to == ElementType.Int8 ? zero - 128 : zero + 128)] };
}
