using System.Collections.Generic;
using System.IO;
using System.Text.Json;

namespace MobileNetGen.Samples.Benchmarks.Reports;

/// <summary>Results for machines: an array with an object for each network.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions s_options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Writes the file.</summary>
    public static void Write(string file, IReadOnlyList<Result> results) => File.WriteAllText(file, JsonSerializer.Serialize(results, s_options));
}
