using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Caffe;

/// <summary>What a layer PriorBox of Caffe's branch for SSD computes: its anchors, of a map and the picture.</summary>
internal static class CaffePriors
{
    private const int MaximumBoxes = 64;

    /// <summary>The anchors of all maps, and the box coder that goes with their variances.</summary>
    /// <param name="network">The network, with its heads.</param>
    /// <param name="layers">A layer for each map.</param>
    /// <exception cref="WeightsException">They do not fit the maps, or their variances differ.</exception>
    public static (SourceAnchors Anchors, SourceCoder Coder) Compute(SourceNetwork network, CaffeLayer[] layers)
    {
        ImmutableArray<SourceHead> heads = network.Detector!.Heads;
        if (layers.Length != heads.Length)
            throw new WeightsException($"{layers[0].Place}, and others give anchors for {layers.Length} maps, and {heads.Length} are predicted; as many were expected. The file is damaged.");
        ImmutableArray<int> input = network.Values[network.Inputs[0]].Shape;
        var boxes = new List<float>();
        SourceCoder? coder = null;
        for (int i = 0; i < layers.Length; i++)
        {
            ImmutableArray<int> map = network.Values[heads[i].Boxes].Shape;
            SourceCoder own = Coder(layers[i]);
            coder ??= own;
            if (own != coder)
                throw new WeightsException($"{layers[i].Place}, has other variances than {layers[0].Place}; one box coder for all maps was expected.");
            (double Width, double Height)[] sizes = Sizes(layers[i]);
            if (4 * sizes.Length != map[3])
                throw new WeightsException($"{layers[i].Place}, gives {sizes.Length} anchors for each pixel, and {map[3] / 4} boxes are predicted there; as many were expected. The file is damaged.");
            Add(boxes, layers[i], (map[1], map[2]), (input[1], input[2]), sizes);
        }

        return (new SourceAnchors(layers[0].Place, [.. boxes]), coder!);
    }

    /// <summary>Variances multiply what is predicted; there may be one for all.</summary>
    private static SourceCoder Coder(CaffeLayer layer)
    {
        float[] variances = layer.Numbers("prior_box_param.variance") switch
        {
            [] => [0.1f, 0.1f, 0.1f, 0.1f],
            [var one] => [one, one, one, one],
            [var x, var y, var width, var height] => [x, y, width, height],
            var other => throw new WeightsException($"{layer.Place}, has {other.Length} variances; one or four were expected."),
        };
        if (variances.Any(variance => !(variance is > 1e-6f and < 1e6f)))
            throw new WeightsException($"{layer.Place}, has a variance that is not a positive number.");
        return new SourceCoder((float)(1.0 / variances[1]), (float)(1.0 / variances[0]), (float)(1.0 / variances[3]), (float)(1.0 / variances[2]), IsXFirst: true);
    }

    /// <summary>For each smallest size: the square, that between it and the largest, and those of the ratios other than 1, each with its reciprocal.</summary>
    private static (double Width, double Height)[] Sizes(CaffeLayer layer)
    {
        ImmutableArray<float> smallest = layer.Numbers("prior_box_param.min_size"), largest = layer.Numbers("prior_box_param.max_size");
        bool isFlipped = layer.Flag("prior_box_param.flip", true);
        if (smallest.IsEmpty || (!largest.IsEmpty && largest.Length != smallest.Length) || smallest.Concat(largest).Any(size => !(size is > 0 and < 1e6f)))
            throw new WeightsException($"{layer.Place}, has {smallest.Length} smallest and {largest.Length} largest sizes (min_size, max_size); as many positive ones were expected, or no largest.");
        var ratios = new List<double> { 1 };
        foreach (float ratio in layer.Numbers("prior_box_param.aspect_ratio"))
        {
            if (!(ratio is > 1e-3f and < 1e3f))
                throw new WeightsException(string.Create(CultureInfo.InvariantCulture, $"{layer.Place}, has the ratio {ratio:R}; a positive one was expected."));
            if (ratios.Any(known => Math.Abs(ratio - known) < 1e-6))
                continue;
            ratios.Add(ratio);
            if (isFlipped)
                ratios.Add(1.0 / ratio);
        }

        var sizes = new List<(double, double)>();
        for (int i = 0; i < smallest.Length; i++)
        {
            sizes.Add((smallest[i], smallest[i]));
            if (!largest.IsEmpty)
            {
                double between = Math.Sqrt((double)smallest[i] * largest[i]);
                sizes.Add((between, between));
            }

            sizes.AddRange(ratios.Skip(1).Select(ratio => (smallest[i] * Math.Sqrt(ratio), smallest[i] / Math.Sqrt(ratio))));
        }

        return sizes.Count <= MaximumBoxes ? [.. sizes] : throw new WeightsException($"{layer.Place}, gives {sizes.Count} anchors for each pixel; at most {MaximumBoxes} were expected.");
    }

    private static void Add(List<float> boxes, CaffeLayer layer, (int Height, int Width) map, (int Height, int Width) picture, (double Width, double Height)[] sizes)
    {
        (double height, double width) = (Side("img_h", picture.Height), Side("img_w", picture.Width));
        float step = layer.Number("prior_box_param.step", 0);
        double down = layer.Number("prior_box_param.step_h", step), along = layer.Number("prior_box_param.step_w", step);
        (down, along) = (down > 0 ? down : height / map.Height, along > 0 ? along : width / map.Width);
        double offset = layer.Number("prior_box_param.offset", 0.5f);
        bool isClipped = layer.Flag("prior_box_param.clip", false);
        for (int row = 0; row < map.Height; row++)
        {
            for (int column = 0; column < map.Width; column++)
            {
                foreach ((double w, double h) in sizes)
                {
                    (double y, double x) = ((row + offset) * down, (column + offset) * along);
                    (double top, double bottom) = (Clip((y - (h / 2)) / height), Clip((y + (h / 2)) / height));
                    (double left, double right) = (Clip((x - (w / 2)) / width), Clip((x + (w / 2)) / width));
                    boxes.AddRange([(float)((top + bottom) / 2), (float)((left + right) / 2), (float)(bottom - top), (float)(right - left)]);
                }
            }
        }

        long Side(string own, int absent) => Math.Max(1, layer.Integer($"prior_box_param.{own}", layer.Integer("prior_box_param.img_size", absent)));

        double Clip(double number) => isClipped ? Math.Clamp(number, 0, 1) : number;
    }
}
