using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Protobuf;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <summary>TensorFlow's message TensorShapeProto.</summary>
internal static class TensorShape
{
    private const int MaximumRank = 8;

    /// <summary>Reads a shape. Sizes that are not known are −1, and none are there where not even their number is known.</summary>
    /// <param name="fields">The message.</param>
    /// <param name="name">What has the shape, for messages.</param>
    /// <exception cref="WeightsException">There are too many dimensions.</exception>
    public static List<long> ReadSizes(ProtobufReader fields, string name)
    {
        var sizes = new List<long>();
        while (fields.Next())
        {
            if (fields.Field != 2)
            {
                fields.Skip();
                continue;
            }

            if (sizes.Count == MaximumRank)
                throw new WeightsException($"\"{name}\" has more than {MaximumRank} dimensions; a MobileNet's tensors have four at most.");
            sizes.Add(0);
            ProtobufReader dimension = fields.Message();
            while (dimension.Next())
            {
                if (dimension.Field == 1)
                    sizes[^1] = dimension.Integer();
                else
                    dimension.Skip();
            }
        }

        return sizes;
    }

    /// <summary>A shape of which every size is known.</summary>
    /// <exception cref="WeightsException">A size is not known, or there are too many elements.</exception>
    public static ImmutableArray<int> Known(List<long> sizes, string name)
    {
        long count = 1;
        foreach (long size in sizes)
        {
            if (size is < 1 or > int.MaxValue)
                throw new WeightsException($"The shape of \"{name}\" is [{string.Join(", ", sizes)}]; every size must be stated and positive.");
            count *= size;
            if (count > int.MaxValue)
                throw new WeightsException($"The shape of \"{name}\", [{string.Join(", ", sizes)}], has more than {int.MaxValue} elements.");
        }

        return [.. sizes.Select(size => (int)size)];
    }

    /// <summary>The number of elements of a shape that <see cref="Known"/> gave.</summary>
    public static int Count(ImmutableArray<int> shape) => shape.Aggregate(1, (product, size) => product * size);
}
