using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using MobileNetGen.Batch.Tests.Support;
using MobileNetGen.Runtime;
using Parquet.Serialization;
using SkiaSharp;

namespace MobileNetGen.Batch.Tests;

public class ParquetTests
{
    [Fact]
    public async Task Columns_have_what_lines_have()
    {
        using var drawn = new Drawn();
        drawn.Pictures(25);
        drawn.Write("photos/0007.png", "no picture"u8.ToArray());
        File.WriteAllLines(drawn["list.ndjson"], Directory.GetFiles(drawn["photos"]).Order(StringComparer.Ordinal).Select((path, i) => JsonSerializer.Serialize(new { path, id = i % 3 == 0 ? null : $"n{i}" })));
        var network = new Everything();
        BatchSummary lines = await new BatchJob(drawn["list.ndjson"]) { PartRows = 10 }.WriteAsync(network, drawn["a.ndjson"]);
        BatchSummary columns = await new BatchJob(drawn["list.ndjson"]) { PartRows = 10 }.WriteAsync(network, drawn["a.parquet"]);
        Assert.Equal(lines with { Output = columns.Output }, columns);

        IList<Row> rows = (await ParquetSerializer.DeserializeAsync<Row>(drawn["a.parquet"])).Data;
        JsonElement[] expected = [.. File.ReadLines(drawn["a.ndjson"]).Select(l => JsonDocument.Parse(l).RootElement)];
        Assert.Equal(25, rows.Count);
        var options = new JsonSerializerOptions { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };
        foreach ((Row row, JsonElement line) in rows.Zip(expected))
        {
            foreach (Row.Prediction prediction in row.predictions?.Where(p => p.known == true) ?? [])
                prediction.known = null;
            Assert.True(JsonElement.DeepEquals(line, JsonSerializer.SerializeToElement(row, options)), $"{line}\n{JsonSerializer.Serialize(row, options)}");
        }

        // The same rows give the same bytes.
        await new BatchJob(drawn["list.ndjson"]) { PartRows = 10, Threads = 1 }.WriteAsync(network, drawn["b.parquet"]);
        Assert.Equal(File.ReadAllBytes(drawn["a.parquet"]), File.ReadAllBytes(drawn["b.parquet"]));
    }

    /// <summary>Predictions and detections, as many as the colour says: none, an empty list, or some; with labels and without.</summary>
    private sealed class Everything : BatchNetwork
    {
        public override string Identity => "everything";

        public override BatchRow Run(SKBitmap photograph, BatchRow row)
        {
            int colour = (int)((uint)photograph.GetPixel(0, 0) & 0xFFFFFF);
            IEnumerable<int> some = Enumerable.Range(0, colour % 4);
            return row with
            {
                Predictions = colour % 5 == 0 ? default : [.. some.Select(i => new Prediction(i, i / 8f, i % 2 == 0 ? "" : $"label {i}") { IsKnown = i != 2 })],
                Detections = colour % 7 == 0 ? default : [.. some.Select(i => new Detection(i, i / 4f, i, 2 * i, 3 * i, 4.5f * i, i % 2 == 1 ? "" : "größe"))],
            };
        }
    }

    // As others would read it.
#pragma warning disable IDE1006, CA1034
    public sealed class Row
    {
        public string? file { get; set; }

        public string? id { get; set; }

        public int? width { get; set; }

        public int? height { get; set; }

        public string? error { get; set; }

        public List<Prediction>? predictions { get; set; }

        public List<Detection>? detections { get; set; }

        public sealed class Prediction
        {
            public int? @class { get; set; }

            public string? label { get; set; }

            public float? probability { get; set; }

            public bool? known { get; set; }
        }

        public sealed class Detection
        {
            public int? @class { get; set; }

            public string? label { get; set; }

            public float? score { get; set; }

            public float? left { get; set; }

            public float? top { get; set; }

            public float? right { get; set; }

            public float? bottom { get; set; }
        }
    }
}
