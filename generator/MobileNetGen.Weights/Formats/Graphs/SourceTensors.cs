using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <summary>Trained tensors in another order.</summary>
internal static class SourceTensors
{
    /// <summary>A tensor with its dimensions in another order.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="order">For each new dimension, the old one; each once.</param>
    public static SourceTensor Transpose(SourceTensor tensor, ImmutableArray<int> order)
    {
        ImmutableArray<int> shape = [.. order.Select(i => tensor.Shape[i])];
        SourceQuantization? q = tensor.Quantization is { IsPerTensor: false } p ? p with { Axis = order.IndexOf(p.Axis) } : tensor.Quantization;
        return tensor.Type switch
        {
            ElementType.Float32 => new SourceTensor(tensor.Name, shape, Transpose(tensor.Floats, tensor.Shape, order)),
            ElementType.UInt8 => new SourceTensor(tensor.Name, shape, q!, Transpose(tensor.Bytes, tensor.Shape, order)),
            ElementType.Int8 => new SourceTensor(tensor.Name, shape, q!, Transpose(tensor.SBytes, tensor.Shape, order)),
            _ => new SourceTensor(tensor.Name, shape, q!, Transpose(tensor.Ints, tensor.Shape, order)),
        };
    }

    /// <summary>Row-major numbers with their dimensions in another order.</summary>
    public static T[] Transpose<T>(T[] numbers, ImmutableArray<int> shape, ImmutableArray<int> order)
    {
        int rank = order.Length;
        var step = new int[rank];
        for (int d = 0; d < rank; d++)
            step[d] = shape.Skip(order[d] + 1).Aggregate(1, (product, size) => product * size);

        var result = new T[numbers.Length];
        var at = new int[rank];
        int source = 0;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = numbers[source];
            for (int d = rank - 1; d >= 0; d--)
            {
                source += step[d];
                if (++at[d] < shape[order[d]])
                    break;
                source -= at[d] * step[d];
                at[d] = 0;
            }
        }

        return result;
    }
}
