using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Tests.Coco;

/// <summary>How many objects were found, where one counts that has the right class and overlaps by half or more.</summary>
/// <param name="Right">Objects that were found.</param>
/// <param name="Found">Boxes that were said to be objects.</param>
/// <param name="There">Objects that there are.</param>
internal sealed record CocoCounts(int Right, int Found, int There)
{
    private const double LeastOverlap = 0.5;

    /// <summary>The part of the objects that was found.</summary>
    public double Recall => (double)Right / There;

    /// <summary>The part of the boxes that are objects.</summary>
    public double Precision => (double)Right / Found;

    /// <summary>Counts over photographs.</summary>
    /// <param name="truths">What is in each photograph.</param>
    /// <param name="found">What was found in each.</param>
    /// <param name="threshold">The least score of what counts as found.</param>
    public static CocoCounts Of(IReadOnlyDictionary<string, CocoBox[]> truths, IReadOnlyDictionary<string, CocoBox[]> found, double threshold)
    {
        int right = 0, all = 0;
        foreach ((string photograph, CocoBox[] truth) in truths)
        {
            List<CocoBox> missing = [.. truth];
            foreach (CocoBox box in found[photograph].Where(box => box.Score >= threshold).OrderByDescending(box => box.Score))
            {
                all++;

                // Each is found once.
                int match = missing.FindIndex(there => there.Id == box.Id && there.Overlap(box) >= LeastOverlap);
                if (match < 0)
                    continue;
                right++;
                missing.RemoveAt(match);
            }
        }

        return new CocoCounts(right, all, truths.Values.Sum(truth => truth.Length));
    }
}
