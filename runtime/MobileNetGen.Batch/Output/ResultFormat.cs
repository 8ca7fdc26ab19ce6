using System;
using System.IO;
using System.Threading.Tasks;

namespace MobileNetGen.Batch.Output;

/// <summary>What the finished parts are made into.</summary>
internal abstract class ResultFormat
{
    private static readonly ResultFormat s_lines = new NdjsonFormat(), s_columns = new ParquetFormat();

    /// <summary>That of a file's name.</summary>
    /// <exception cref="BatchException">There is none of that name.</exception>
    public static ResultFormat Of(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".ndjson" or ".jsonl" => s_lines,
        ".parquet" => s_columns,
        _ => throw new BatchException($"{path}: the output's name must end in .ndjson, .jsonl or .parquet."),
    };

    /// <summary>Writes all rows.</summary>
    public abstract Task Write(PartFolder parts, Stream output);

    /// <summary>The parts, one behind the other.</summary>
    private sealed class NdjsonFormat : ResultFormat
    {
        public override async Task Write(PartFolder parts, Stream output)
        {
            foreach (string part in parts.Files())
            {
                await using FileStream file = File.OpenRead(part);
                await file.CopyToAsync(output).ConfigureAwait(false);
            }
        }
    }
}
