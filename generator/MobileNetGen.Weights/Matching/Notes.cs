using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Matching;

/// <summary>What a user should know of a file, whichever way its numbers get to their layers.</summary>
internal static class Notes
{
    private const int MostNames = 3;

    /// <summary>What is true of a file by itself.</summary>
    /// <param name="model">The file.</param>
    /// <param name="file">Its name, for messages.</param>
    public static IEnumerable<string> Of(SourceModel model, string file)
    {
        if (!model.LeftAside.IsEmpty)
        {
            string names = string.Join(", ", model.LeftAside.Take(MostNames).Select(name => $"\"{name}\"")), more = model.LeftAside.Length > MostNames ? $" and {model.LeftAside.Length - MostNames} more" : "";
            yield return $"'{file}' also holds what is no part of a network, and was left aside: {names}{more}";
        }

        foreach (string note in model.Notes)
            yield return $"'{file}': {note}";
    }
}
