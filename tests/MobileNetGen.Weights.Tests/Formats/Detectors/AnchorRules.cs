using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Weights.Tests.Formats.Detectors;

/// <summary>The anchors of published detectors, computed from their papers' and repositories' rules in double precision: y and x of the centre, height and width.</summary>
internal static class AnchorRules
{
    /// <summary>TensorFlow's: scales from 0.2 to 0.95, three boxes on the first map.</summary>
    /// <param name="sides">The sides of the maps, which are square.</param>
    /// <param name="isNextSecond">Whether the box between two scales is the second, as in 2017, and not the last.</param>
    /// <param name="third">The ratio that stands for a third.</param>
    public static double[] TensorFlow(IReadOnlyList<int> sides, bool isNextSecond = false, double third = 0.3333)
    {
        double[] scales = [.. Enumerable.Range(0, 6).Select(i => 0.2 + (0.15 * i)), 1];
        return Anchors(sides.Select(side => (side, side)), map =>
        {
            if (map == 0)
                return [Box(0.1, 1), Box(0.2, 2), Box(0.2, 0.5)];
            double[] ratios = [1, 2, 0.5, 3, third];
            List<(double, double)> boxes = [.. ratios.Select(ratio => Box(scales[map], ratio))];
            boxes.Insert(isNextSecond ? 1 : boxes.Count, Box(Math.Sqrt(scales[map] * scales[map + 1]), 1));
            return [.. boxes];
        });

        static (double Height, double Width) Box(double scale, double ratio) => (scale / Math.Sqrt(ratio), scale * Math.Sqrt(ratio));
    }

    /// <summary>Caffe's MobileNet-SSD at 300.</summary>
    public static double[] Caffe(IReadOnlyList<int> sides)
    {
        double[] minimum = [60, 105, 150, 195, 240, 285], maximum = [0, 150, 195, 240, 285, 300];
        return Anchors(sides.Select(side => (side, side)), map =>
        {
            double size = minimum[map] / 300;
            double[] ratios = map == 0 ? [2, 0.5] : [2, 0.5, 3, 1.0 / 3];
            IEnumerable<(double, double)> square = map == 0 ? [(size, size)] : [(size, size), (Math.Sqrt(size * maximum[map] / 300), Math.Sqrt(size * maximum[map] / 300))];
            return [.. square, .. ratios.Select(ratio => (size / Math.Sqrt(ratio), size * Math.Sqrt(ratio)))];
        });
    }

    /// <summary>UltraFace's at 320×240: squares of pixels, clipped.</summary>
    public static double[] UltraFace()
    {
        double[][] sizes = [[10, 16, 24], [32, 48], [64, 96], [128, 192, 256]];
        double[] anchors = Anchors([(30, 40), (15, 20), (8, 10), (4, 5)], map => [.. sizes[map].Select(size => (size / 240, size / 320))]);
        return [.. anchors.Select(number => Math.Clamp(number, 0, 1))];
    }

    private static double[] Anchors(IEnumerable<(int Height, int Width)> maps, Func<int, (double Height, double Width)[]> boxes) =>
    [
        .. from map in maps.Select((size, index) => (size.Height, size.Width, Boxes: boxes(index)))
           from y in Enumerable.Range(0, map.Height)
           from x in Enumerable.Range(0, map.Width)
           from box in map.Boxes
           from number in new[] { (y + 0.5) / map.Height, (x + 0.5) / map.Width, box.Height, box.Width }
           select number,
    ];
}
