using System;
using System.Collections.Immutable;
using System.CommandLine;
using System.Linq;

namespace MobileNetGen.Tool.Batches;

/// <summary>The files of a command that runs a network on photographs: one is its description, the others are the photographs.</summary>
/// <param name="Net">The description.</param>
/// <param name="Photographs">Whatever has photographs in it.</param>
internal sealed record NetworkFiles(string Net, ImmutableArray<string> Photographs)
{
    private const string Extension = ".mbnet";

    /// <summary>The argument.</summary>
    /// <param name="kind">The network's kind, as messages call it.</param>
    public static Argument<string[]> Argument(string kind)
    {
        var files = new Argument<string[]>("files")
        {
            Description = $"The .mbnet file of a {kind}, and photographs, folders, .txt or .ndjson lists, .tar or .zip files, or \"-\" for a list from the standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        files.Validators.Add(result =>
        {
            string[] nets = [.. result.Tokens.Select(t => t.Value).Where(IsDescription)];
            if (nets.Length != 1)
                result.AddError(nets.Length == 0 ? $"None of the files is a {Extension} file: name that of the {kind}." : $"Several files are {Extension} files: {string.Join(", ", nets)}; name one {kind}.");
            else if (result.Tokens.Count == 1)
                result.AddError("There is no photograph among the files.");
        });
        return files;
    }

    /// <summary>What the command line gives.</summary>
    public static NetworkFiles Of(string[] files) => new(files.Single(IsDescription), [.. files.Where(f => !IsDescription(f))]);

    private static bool IsDescription(string file) => file.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);
}
