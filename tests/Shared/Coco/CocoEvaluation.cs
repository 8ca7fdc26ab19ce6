using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Tests.Coco;

/// <summary>
/// How well objects were found, as COCO's own tool computes it for objects of all sizes: average precision over recalls of 0, 0.01, …, 1, averaged over the classes that there are.
/// No object is marked as a crowd.
/// </summary>
/// <param name="Mean">Mean average precision: the average over overlaps of 0.5, 0.55, …, 0.95.</param>
/// <param name="At50">At an overlap of 0.5.</param>
/// <param name="At75">At an overlap of 0.75.</param>
internal sealed record CocoEvaluation(double Mean, double At50, double At75)
{
    private const int Recalls = 101;

    private static readonly double[] s_overlaps = [.. Enumerable.Range(0, 10).Select(i => (50 + (5 * i)) / 100.0)];

    /// <summary>Compares what was found in photographs with what is there.</summary>
    /// <param name="truths">What is in each photograph.</param>
    /// <param name="found">What was found in each; none where it is not a key.</param>
    /// <param name="most">The most objects of a class that count in a photograph, the best first.</param>
    public static CocoEvaluation Of(IReadOnlyDictionary<string, CocoBox[]> truths, IReadOnlyDictionary<string, CocoBox[]> found, int most = 100)
    {
        double[][] precisions = [.. truths.Values.SelectMany(boxes => boxes).Select(box => box.Id).Distinct().Order().Select(id => OfClass(id, truths, found, most))];
        return new CocoEvaluation(precisions.Average(p => p.Average()), precisions.Average(p => p[0]), precisions.Average(p => p[5]));
    }

    /// <summary>Average precision of a class at each overlap.</summary>
    private static double[] OfClass(int id, IReadOnlyDictionary<string, CocoBox[]> truths, IReadOnlyDictionary<string, CocoBox[]> found, int most)
    {
        int there = 0;
        var matches = new List<(double Score, bool[] IsRight)>();
        foreach ((string photograph, CocoBox[] all) in truths)
        {
            CocoBox[] truth = [.. all.Where(box => box.Id == id)];
            there += truth.Length;

            // Sorts of lists are stable.
            CocoBox[] boxes = [.. found.GetValueOrDefault(photograph, []).Where(box => box.Id == id).OrderByDescending(box => box.Score).Take(most)];
            matches.AddRange(boxes.Zip(Match(boxes, truth), (box, isRight) => (box.Score, isRight)));
        }

        bool[][] byScore = [.. matches.OrderByDescending(match => match.Score).Select(match => match.IsRight)];
        return [.. s_overlaps.Select((_, at) => AveragePrecision([.. byScore.Select(isRight => isRight[at])], there))];
    }

    /// <summary>Of each box, whether it finds an object, at each overlap: the best one that no better box has found.</summary>
    private static bool[][] Match(CocoBox[] boxes, CocoBox[] truth)
    {
        bool[][] isRight = [.. boxes.Select(_ => new bool[s_overlaps.Length])];
        for (int at = 0; at < s_overlaps.Length; at++)
        {
            var isTaken = new bool[truth.Length];
            for (int i = 0; i < boxes.Length; i++)
            {
                double best = Math.Min(s_overlaps[at], 1 - 1e-10);
                int match = -1;
                for (int j = 0; j < truth.Length; j++)
                {
                    // Of equal overlaps the last.
                    double overlap = boxes[i].Overlap(truth[j]);
                    if (!isTaken[j] && overlap >= best)
                        (best, match) = (overlap, j);
                }

                if (match >= 0)
                    isRight[i][at] = isTaken[match] = true;
            }
        }
        return isRight;
    }

    /// <summary>The greatest precision at each recall or a higher one, averaged over recalls.</summary>
    private static double AveragePrecision(bool[] isRight, int there)
    {
        double[] recalls = new double[isRight.Length], precisions = new double[isRight.Length];
        int right = 0;
        for (int i = 0; i < isRight.Length; i++)
        {
            right += isRight[i] ? 1 : 0;
            (recalls[i], precisions[i]) = ((double)right / there, (double)right / (i + 1));
        }
        for (int i = isRight.Length - 2; i >= 0; i--)
            precisions[i] = Math.Max(precisions[i], precisions[i + 1]);

        double sum = 0;
        int first = 0;

        // The tool's recalls in its arithmetic: 7 · 0.01 is more than 0.07.
        for (int step = 0; step < Recalls; step++)
        {
            while (first < recalls.Length && recalls[first] < step * 0.01)
                first++;
            sum += first < recalls.Length ? precisions[first] : 0;
        }
        return sum / Recalls;
    }
}
