using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Runtime.Tests.Detections;

/// <summary>What the operator does, written as its definition is: every box decoded, all pairs compared, lists sorted by stable sorts.</summary>
internal static class NaivePostProcessing
{
    private sealed record Box(float Top, float Left, float Bottom, float Right)
    {
        public bool IsBox => new[] { Top, Left, Bottom, Right }.All(float.IsFinite) && Top <= Bottom && Left <= Right;
    }

    /// <summary>Detections of scores, not clipped.</summary>
    public static Detection[] Detect(float[] encodings, float[] scores, float[] anchors, DetectionRules rules, float threshold)
    {
        int count = anchors.Length / 4, columns = rules.Classes + rules.LabelOffset;
        Box[] boxes = [.. Enumerable.Range(0, count).Select(i => Decode(encodings.AsSpan(i * 4, 4), anchors.AsSpan(i * 4, 4), rules))];
        float Score(int anchor, int label) => scores[(anchor * columns) + rules.LabelOffset + label];
        bool Passes(float score) => score >= Math.Max(0, threshold) && float.IsFinite(score);
        Detection Make(int anchor, int label) => new(label, Score(anchor, label) + 0f, boxes[anchor].Left, boxes[anchor].Top, boxes[anchor].Right, boxes[anchor].Bottom, "");

        if (rules.IsPerClass)
        {
            return [.. Enumerable.Range(0, rules.Classes)
                .SelectMany(label => Suppress(Enumerable.Range(0, count).Where(i => Passes(Score(i, label))), i => Score(i, label), rules.PerClass)
                    .Select((anchor, rank) => (Detection: Make(anchor, label), Rank: rank)))
                .OrderByDescending(d => d.Detection.Score).ThenByDescending(d => d.Detection.Class).ThenBy(d => d.Rank)
                .Select(d => d.Detection).Take(rules.Most)];
        }

        int[] best = [.. Enumerable.Range(0, count).Select(i => Enumerable.Range(0, rules.Classes).Where(c => !float.IsNaN(Score(i, c))).OrderByDescending(c => Score(i, c)).FirstOrDefault(-1))];
        return [.. Suppress(Enumerable.Range(0, count).Where(i => best[i] >= 0 && Passes(Score(i, best[i]))), i => Score(i, best[i]), rules.Most)
            .SelectMany(anchor => Enumerable.Range(0, rules.Classes).Where(c => Passes(Score(anchor, c))).OrderByDescending(c => Score(anchor, c)).Take(rules.ClassesPerBox).Select(c => Make(anchor, c)))];

        List<int> Suppress(IEnumerable<int> candidates, Func<int, float> score, int most)
        {
            List<int> left = [.. candidates.OrderByDescending(score).Take(rules.Top).Where(i => boxes[i].IsBox)], kept = [];
            while (left.Count > 0 && kept.Count < most)
            {
                int next = left[0];
                kept.Add(next);
                left = [.. left.Skip(1).Where(i => !(Overlap(boxes[next], boxes[i]) > rules.Overlap))];
            }
            return kept;
        }
    }

    private static Box Decode(ReadOnlySpan<float> encoding, ReadOnlySpan<float> anchor, DetectionRules rules)
    {
        (double y, double x, double h, double w) = rules.Order == BoxOrder.Yxhw ? (encoding[0], encoding[1], encoding[2], encoding[3]) : (encoding[1], encoding[0], encoding[3], encoding[2]);
        float centreY = (float)(y / rules.YScale * anchor[2] + anchor[0]), centreX = (float)(x / rules.XScale * anchor[3] + anchor[1]);
        float halfHeight = (float)(0.5 * Math.Exp(h / rules.HeightScale) * anchor[2]), halfWidth = (float)(0.5 * Math.Exp(w / rules.WidthScale) * anchor[3]);
        return new Box(centreY - halfHeight, centreX - halfWidth, centreY + halfHeight, centreX + halfWidth);
    }

    private static float Overlap(Box a, Box b)
    {
        float areaA = (a.Bottom - a.Top) * (a.Right - a.Left), areaB = (b.Bottom - b.Top) * (b.Right - b.Left);
        if (areaA <= 0 || areaB <= 0)
            return 0;
        float height = Math.Max(Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top), 0), width = Math.Max(Math.Min(a.Right, b.Right) - Math.Max(a.Left, b.Left), 0);
        return height * width / (areaA + areaB - height * width);
    }
}
