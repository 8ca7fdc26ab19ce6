using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Tool.Terminal;

/// <summary>What somebody may have meant who misspelt a word.</summary>
internal static class Spelling
{
    /// <summary>The nearest of some words, at most a third of whose letters would have to change; or null.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates) => candidates
        .Select(candidate => (Candidate: candidate, Changes: candidate.StartsWith(word, StringComparison.Ordinal) && word.Length > 1 ? 1 : Changes(word, candidate)))
        .Where(c => c.Changes <= Math.Max(1, c.Candidate.Length / 3))
        .OrderBy(c => c.Changes).ThenBy(c => c.Candidate, StringComparer.Ordinal)
        .Select(c => c.Candidate).FirstOrDefault();

    /// <summary>How many letters have to be added, left out, replaced, or swapped with the next.</summary>
    private static int Changes(string from, string to)
    {
        var changes = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            for (int j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    changes[i, j] = i + j;
                    continue;
                }

                int least = Math.Min(Math.Min(changes[i - 1, j], changes[i, j - 1]) + 1, changes[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1));
                bool isSwapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
                changes[i, j] = isSwapped ? Math.Min(least, changes[i - 2, j - 2] + 1) : least;
            }
        }

        return changes[from.Length, to.Length];
    }
}
