using System;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Onnx;

/// <summary>A constant of a file: an initialiser, a Constant node, or what other nodes make of those.</summary>
/// <param name="Name">The name, fit for a message.</param>
/// <param name="Type">The type of the elements. Real numbers of any width are <see cref="OnnxType.Float"/> here.</param>
/// <param name="Shape">At most 8 sizes, none negative; none for a scalar.</param>
/// <param name="Data">The elements, row-major: float[], byte[], sbyte[], int[] or long[] by <paramref name="Type"/>; null where it is another.</param>
internal sealed record OnnxTensor(string Name, OnnxType Type, ImmutableArray<int> Shape, Array? Data)
{
    /// <summary>The number of elements.</summary>
    public int Count => Shape.Aggregate(1, (product, size) => product * size);

    /// <summary>A row of whole numbers.</summary>
    public static OnnxTensor Row(string name, params ImmutableArray<long> numbers) => new(name, OnnxType.Int64, [numbers.Length], numbers.ToArray());

    /// <summary>The elements as whole numbers; null where they are of another type, or more than a list of sizes, axes or paddings has.</summary>
    public ImmutableArray<long>? Integers => (Count > 64 ? null : Data) switch
    {
        long[] numbers => [.. numbers],
        int[] numbers => [.. numbers.Select(number => (long)number)],
        _ => null,
    };

    /// <summary>The elements as real numbers.</summary>
    /// <exception cref="WeightsException">They are of another type, or not all finite.</exception>
    public SourceTensor ToReal(string place)
    {
        if (Data is not float[] numbers)
            throw new WeightsException($"{place}: {this} is {Type}; real numbers were expected: float, float16, bfloat16 or double.");
        int bad = Array.FindIndex(numbers, static number => !float.IsFinite(number));
        if (bad >= 0)
            throw new WeightsException($"{place}: element {bad} of {this} is not a finite number. The training diverged, or the file is damaged.");
        return new SourceTensor(Name, NotEmpty(place), numbers);
    }

    /// <summary>The elements as integers that stand for real numbers.</summary>
    /// <exception cref="WeightsException">They are of another type, or the scales do not fit.</exception>
    public SourceTensor ToQuantized(string place, SourceQuantization quantization)
    {
        ImmutableArray<int> shape = NotEmpty(place);
        if (!quantization.IsPerTensor && (quantization.Axis >= shape.Length || shape[quantization.Axis] != quantization.Scales.Length))
        {
            throw new WeightsException(
                $"{place}: {quantization.Scales.Length} scales along dimension {quantization.Axis} do not fit {this}; "
                + "one, or one an output channel, was expected.");
        }

        return Data switch
        {
            byte[] numbers when Type == OnnxType.UInt8 => new SourceTensor(Name, shape, quantization, numbers),
            sbyte[] numbers => new SourceTensor(Name, shape, quantization, numbers),
            int[] numbers => new SourceTensor(Name, shape, quantization, numbers),
            _ => throw new WeightsException($"{place}: {this} is {Type}; uint8, int8 or int32 numbers were expected."),
        };
    }

    public override string ToString() => $"\"{Name}\" [{string.Join(", ", Shape)}]";

    private ImmutableArray<int> NotEmpty(string place) => Shape.All(size => size > 0) ? Shape : throw new WeightsException($"{place}: {this} is empty.");
}
