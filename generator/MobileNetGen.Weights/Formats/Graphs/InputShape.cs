using System;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <summary>The shape of a network's input, where the file leaves some of it open.</summary>
internal static class InputShape
{
    /// <summary>Completes a map's shape: the batch with 1, and height, width and channels with those of the network's text.</summary>
    /// <param name="file">The file, which knows the text's sizes.</param>
    /// <param name="place">Where the input is in the file, for messages.</param>
    /// <param name="order">The order of the map's dimensions.</param>
    /// <param name="sizes">As the file has them; below 1 where open, and empty where it says nothing. A shape of other than four dimensions remains as it is.</param>
    /// <exception cref="WeightsException">Something is open and there is no text, or a size is out of range.</exception>
    public static ImmutableArray<int> Complete(WeightsInput file, string place, MapOrder order, ImmutableArray<long> sizes)
    {
        if (sizes.IsEmpty)
            sizes = [0, 0, 0, 0];
        if (sizes.Any(size => size > int.MaxValue))
            throw new WeightsException($"{place}, has the shape [{string.Join(", ", sizes)}]; sizes below 2³¹ were expected.");
        if (sizes.Length != 4 || !sizes.Any(size => size < 1))
            return [.. sizes.Select(size => (int)size)];

        ReadOnlySpan<int> stated = file.InputSize is not { } text ? [1, 0, 0, 0]
            : order == MapOrder.ChannelsFirst ? [1, text.Channels, text.Height, text.Width]
            : [1, text.Height, text.Width, text.Channels];
        var shape = ImmutableArray.CreateBuilder<int>(sizes.Length);
        for (int i = 0; i < sizes.Length; i++)
        {
            int size = sizes[i] < 1 ? stated[i] : (int)sizes[i];
            if (size < 1)
                throw new WeightsException($"{place}, leaves its size open, [{string.Join(", ", sizes)}], and nothing else says it; state the resolution, in the .mbnet or to mbnet import by --resolution.");
            shape.Add(size);
        }

        return shape.DrainToImmutable();
    }
}
