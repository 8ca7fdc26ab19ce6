using System;

namespace MobileNetGen.AspNetCore.Tensors;

/// <summary>A tensor of a request. Its data belong to the request, and have the length that its shape says.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Shape">Its lengths, each 0 or more.</param>
internal sealed record InputTensor(string Name, DataType Type, long[] Shape)
{
    /// <summary>The most axes that are read.</summary>
    public const int MaximumRank = 8;

    /// <summary>The elements, little-endian, the last axis running fastest; empty of strings.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The strings; empty of other types.</summary>
    public ReadOnlyMemory<byte>[] Items { get; init; } = [];

    /// <summary>The number of elements that a shape has.</summary>
    /// <param name="shape">The lengths.</param>
    /// <param name="most">The most elements there can be.</param>
    /// <exception cref="InferenceException">A length is negative, there are too many axes, or more elements.</exception>
    public static int Count(ReadOnlySpan<long> shape, int most)
    {
        if (shape.Length > MaximumRank)
            throw new InferenceException(Problem.Invalid, $"The shape has {shape.Length} axes; at most {MaximumRank} are read.");
        Int128 count = 1;
        foreach (long length in shape)
        {
            if (length < 0)
                throw new InferenceException(Problem.Invalid, $"The shape has the length {length}; lengths are 0 or more.");
            count *= length;
            if (count > long.MaxValue)
                break;
        }

        return count <= most ? (int)count : throw new InferenceException(Problem.Invalid, $"The shape [{string.Join(", ", shape.ToArray())}] has more elements than the request has data for.");
    }
}
