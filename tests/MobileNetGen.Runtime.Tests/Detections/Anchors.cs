using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Runtime.Tests.Detections;

/// <summary>Anchors of published detectors, y x h w, by their rules.</summary>
internal static class Anchors
{
    /// <summary>TensorFlow's detectors at 300×300: six square maps, the interpolated box last.</summary>
    public static float[] TensorFlow()
    {
        float[] scales = [0.2f, 0.35f, 0.5f, 0.65f, 0.8f, 0.95f, 1];
        var anchors = new List<float>();
        int[] sides = [19, 10, 5, 3, 2, 1];
        for (int map = 0; map < sides.Length; map++)
        {
            (float Scale, float Ratio)[] boxes = map == 0
                ? [(0.1f, 1), (0.2f, 2), (0.2f, 0.5f)]
                : [.. new[] { 1, 2, 0.5f, 3, 0.3333f }.Select(ratio => (scales[map], ratio)), (MathF.Sqrt(scales[map] * scales[map + 1]), 1)];
            float stride = 1f / sides[map];
            for (int cell = 0; cell < sides[map] * sides[map]; cell++)
            {
                foreach ((float scale, float ratio) in boxes)
                {
                    float root = MathF.Sqrt(ratio);
                    anchors.AddRange([(cell / sides[map] * stride) + (0.5f * stride), (cell % sides[map] * stride) + (0.5f * stride), scale / root, scale * root]);
                }
            }
        }
        return [.. anchors];
    }

    /// <summary>UltraFace at 320×240: squares of pixels, clipped.</summary>
    public static float[] UltraFace()
    {
        int[][] sizes = [[10, 16, 24], [32, 48], [64, 96], [128, 192, 256]];
        (int Width, int Height)[] maps = [(40, 30), (20, 15), (10, 8), (5, 4)];
        var anchors = new List<float>();
        for (int map = 0; map < maps.Length; map++)
        {
            for (int y = 0; y < maps[map].Height; y++)
            {
                for (int x = 0; x < maps[map].Width; x++)
                {
                    foreach (int size in sizes[map])
                        anchors.AddRange([(y + 0.5f) / maps[map].Height, (x + 0.5f) / maps[map].Width, Math.Min(size / 240f, 1), Math.Min(size / 320f, 1)]);
                }
            }
        }
        return [.. anchors];
    }

    /// <summary>From corners, y before x or x before y, to centres.</summary>
    public static float[] OfCorners(ReadOnlySpan<float> corners, bool xFirst)
    {
        var anchors = new float[corners.Length];
        for (int i = 0; i < corners.Length; i += 4)
        {
            (float y0, float x0, float y1, float x1) = xFirst
                ? (corners[i + 1], corners[i], corners[i + 3], corners[i + 2])
                : (corners[i], corners[i + 1], corners[i + 2], corners[i + 3]);
            (anchors[i], anchors[i + 1], anchors[i + 2], anchors[i + 3]) = ((y0 + y1) / 2, (x0 + x1) / 2, y1 - y0, x1 - x0);
        }
        return anchors;
    }

    /// <summary>As TensorFlow's quantised detectors have them: in 255 steps to the greatest number.</summary>
    public static float[] Quantized(float[] anchors)
    {
        float scale = (float)((double)anchors.Max() / 255);
        return [.. anchors.Select(a => MathF.Round(a / scale) * scale)];
    }
}
