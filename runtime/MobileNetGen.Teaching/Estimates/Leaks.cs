using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using MobileNetGen.Teaching.Photographs;

namespace MobileNetGen.Teaching.Estimates;

/// <summary>Finds what tells the classes of photographs apart that has nothing to do with what they show: a network learns that first.</summary>
internal static class Leaks
{
    /// <summary>How much of what guessing leaves open may be told.</summary>
    private const double Tolerated = 0.5;

    private const int FewPhotographs = 30;

    /// <summary>What to warn of.</summary>
    /// <param name="photographs">The photographs.</param>
    /// <param name="classes">The class of each.</param>
    /// <param name="labels">The names of classes.</param>
    public static IEnumerable<string> Warnings(IReadOnlyList<Photograph> photographs, int[] classes, IReadOnlyList<string> labels)
    {
        (string What, Func<Photograph, string> Of)[] traits =
        [
            ("the size of a photograph in pixels", p => string.Create(CultureInfo.InvariantCulture, $"{p.Width}×{p.Height}")),
            ("the camera that a file names", p => p.Camera),
            ("the kind of file", p => Path.GetExtension(p.Name).ToLowerInvariant()),
        ];
        foreach ((string what, Func<Photograph, string> of) in traits)
        {
            if (Told([.. photographs.Select(of)], classes, labels.Count) is { } share)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Of {100 * share:0} % of the photographs {what} alone tells the class. A classifier may learn that and not what is in the picture: take photographs of all classes with the same cameras, and save them alike.");
            }
        }

        int[] counts = [.. labels.Select((_, c) => classes.Count(k => k == c))];
        if (counts.Min() < FewPhotographs)
        {
            string few = string.Join(", ", labels.Zip(counts).Where(c => c.Second < FewPhotographs).Select(c => $"{c.First} ({c.Second})"));
            yield return $"Some classes have fewer than {FewPhotographs} photographs: {few}. The estimate is rough, and more photographs of them are likely to help.";
        }
    }

    /// <summary>The share of photographs whose class is that of most others with the same trait; null if that is little more than guessing.</summary>
    internal static double? Told(string[] traits, int[] classes, int classCount)
    {
        Dictionary<string, int[]> counts = [];
        for (int i = 0; i < traits.Length; i++)
        {
            if (!counts.TryGetValue(traits[i], out int[]? of))
                counts.Add(traits[i], of = new int[classCount]);
            of[classes[i]]++;
        }

        int told = 0;
        for (int i = 0; i < traits.Length; i++)
        {
            int[] others = [.. counts[traits[i]]];
            others[classes[i]]--;
            int most = others.Max();
            told += most > 0 && others[classes[i]] == most && others.Count(o => o == most) == 1 ? 1 : 0;
        }

        double share = (double)told / traits.Length, guessed = (double)Enumerable.Range(0, classCount).Max(c => classes.Count(k => k == c)) / traits.Length;
        return share - guessed >= Tolerated * (1 - guessed) ? share : null;
    }
}
