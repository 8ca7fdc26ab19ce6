using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Tasks;

namespace MobileNetGen.Batch.Output;

/// <summary>What a run's rows depend on, beside its output: who goes on with them must ask for the same.</summary>
internal sealed record JobFile
{
    /// <summary>The form of parts.</summary>
    public const int CurrentVersion = 1;

    private static readonly JobFileJson s_json = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });

    /// <summary>The form of parts.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The network and its options.</summary>
    public required string Network { get; init; }

    /// <summary>The inputs as they were given.</summary>
    public required string[] Inputs { get; init; }

    /// <summary>The part of them.</summary>
    public required string Shard { get; init; }

    /// <summary>Rows of a part.</summary>
    public required int PartRows { get; init; }

    /// <summary>Pixels of a photograph.</summary>
    public required int MaximumPixels { get; init; }

    /// <summary>Bytes of a file.</summary>
    public required int MaximumBytes { get; init; }

    /// <summary>How many rows the output has; null before it is finished.</summary>
    public long? Rows { get; init; }

    /// <summary>How many of them are errors; null before it is finished.</summary>
    public long? Errors { get; init; }

    /// <summary>Reads one; null where there is none.</summary>
    /// <exception cref="BatchException">It is none, or cannot be read.</exception>
    public static JobFile? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), s_json.JobFile) : null;
        }
        catch (Exception damage) when (damage is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new BatchException($"{path}: this does not say which job the parts belong to. {damage.Message} {JobOutput.Remedy}", damage);
        }
    }

    /// <summary>Writes it, whole or not at all.</summary>
    public Task Write(string path) => DurableFile.Write(path, file => JsonSerializer.SerializeAsync(file, this, s_json.JobFile));

    /// <summary>In what it differs from that of the job that is to be done.</summary>
    public IEnumerable<string> Differences(JobFile asked) => new (string Name, string Was, string Is)[]
    {
        ("version", $"{Version}", $"{asked.Version}"),
        ("network", Network, asked.Network),
        ("inputs", string.Join(" ", Inputs), string.Join(" ", asked.Inputs)),
        ("shard", Shard, asked.Shard),
        ("partRows", $"{PartRows}", $"{asked.PartRows}"),
        ("maximumPixels", $"{MaximumPixels}", $"{asked.MaximumPixels}"),
        ("maximumBytes", $"{MaximumBytes}", $"{asked.MaximumBytes}"),
    }.Where(f => f.Was != f.Is).Select(f => $"{f.Name} was \"{f.Was}\" and is \"{f.Is}\"");
}

/// <summary>Its JSON, without reflection.</summary>
[JsonSerializable(typeof(JobFile))]
internal sealed partial class JobFileJson : JsonSerializerContext;
