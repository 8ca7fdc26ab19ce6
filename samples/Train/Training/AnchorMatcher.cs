using System;
using System.Collections.Generic;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Samples.Train.Data;
using SkiaSharp;

namespace MobileNetGen.Samples.Train.Training;

/// <summary>
/// Says what a detector's predictors should give for a picture: each anchor that overlaps an object by half belongs to it (SSD, arXiv:1512.02325, section 2.2), as does the one that overlaps it most.
/// Anchors and the coding of boxes are those with which the generated class decodes.
/// </summary>
internal sealed class AnchorMatcher(Network network)
{
    /// <summary>The label of anchors that overlap an object too much to be background, and too little to be it.</summary>
    public const int Ignored = -1;

    private const float LeastOverlap = 0.5f, MostOfBackground = 0.4f;

    private readonly Detector _detector = network.Detector!;
    private readonly float[] _anchors = network.Detector!.Anchors(network.Input);

    /// <summary>The anchors: centre y and x, height and width of each, in parts of the picture.</summary>
    public ReadOnlySpan<float> Anchors => _anchors;

    /// <summary>Matches the anchors to a picture's digits.</summary>
    /// <param name="digits">What the picture shows, in pixels of the network's input.</param>
    /// <param name="labels">Gets each anchor's column: 0 for the background, 1 more than its class, or <see cref="Ignored"/>.</param>
    /// <param name="boxes">Gets [anchors][4], coded; unchanged where the background is.</param>
    public void Match(IReadOnlyList<DrawnDigit> digits, Span<long> labels, Span<float> boxes)
    {
        var overlaps = new float[labels.Length];
        labels.Clear();
        foreach (DrawnDigit digit in digits)
        {
            SKRect box = digit.Box;
            (float width, float height) = (network.Input.Width, network.Input.Height);
            box = new SKRect(box.Left / width, box.Top / height, box.Right / width, box.Bottom / height);
            int best = 0;
            float bestOverlap = 0;
            for (int i = 0; i < labels.Length; i++)
            {
                float overlap = Overlap(_anchors.AsSpan(i * 4, 4), box);
                if (overlap > bestOverlap)
                    (best, bestOverlap) = (i, overlap);
                if (overlap >= MostOfBackground && overlap > overlaps[i])
                    Assign(i, overlap, overlap >= LeastOverlap ? digit.Class + 1 : Ignored, box, labels, boxes, overlaps);
            }

            // No other object takes it away.
            Assign(best, 1, digit.Class + 1, box, labels, boxes, overlaps);
        }
    }

    private void Assign(int anchor, float overlap, int label, SKRect box, Span<long> labels, Span<float> boxes, float[] overlaps)
    {
        (labels[anchor], overlaps[anchor]) = (label, overlap);
        ReadOnlySpan<float> a = _anchors.AsSpan(anchor * 4, 4);
        BoxCoder coder = _detector.Coder;
        float y = (box.MidY - a[0]) / a[2] * (float)coder.Y, x = (box.MidX - a[1]) / a[3] * (float)coder.X;
        float height = MathF.Log(box.Height / a[2]) * (float)coder.Height, width = MathF.Log(box.Width / a[3]) * (float)coder.Width;
        ReadOnlySpan<float> coded = coder.IsXFirst ? [x, y, width, height] : [y, x, height, width];
        coded.CopyTo(boxes[(anchor * 4)..]);
    }

    /// <summary>Intersection over union.</summary>
    private static float Overlap(ReadOnlySpan<float> anchor, SKRect box)
    {
        float height = MathF.Min(anchor[0] + (anchor[2] / 2), box.Bottom) - MathF.Max(anchor[0] - (anchor[2] / 2), box.Top);
        float width = MathF.Min(anchor[1] + (anchor[3] / 2), box.Right) - MathF.Max(anchor[1] - (anchor[3] / 2), box.Left);
        if (height <= 0 || width <= 0)
            return 0;
        float common = height * width;
        return common / ((anchor[2] * anchor[3]) + (box.Width * box.Height) - common);
    }
}
