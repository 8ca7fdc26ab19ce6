using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using MobileNetGen.Runtime;
using Parquet;
using Parquet.Schema;

namespace MobileNetGen.Batch.Output;

/// <summary>
/// Rows in columns: file, id, width, height and error, and predictions and detections as lists of structs, of which those that a network does not give are null. Row groups have a fixed number of rows, so memory
/// does not grow with the file, and the same rows give the same bytes.
/// </summary>
internal sealed class ParquetFormat : ResultFormat
{
    private const int GroupRows = 20_000;

    private static readonly Column<BatchRow>[] s_columns =
    [
        new TextColumn<BatchRow>("file", r => r.File),
        new TextColumn<BatchRow>("id", r => r.Id),
        new NumberColumn<BatchRow, int>("width", r => r.Error is null ? r.Width : null),
        new NumberColumn<BatchRow, int>("height", r => r.Error is null ? r.Height : null),
        new TextColumn<BatchRow>("error", r => r.Error),
    ];

    private static readonly Column<Prediction>[] s_predictions =
    [
        new NumberColumn<Prediction, int>("class", p => p.Index),
        new TextColumn<Prediction>("label", p => p.Label is { Length: > 0 } label ? label : null),
        new NumberColumn<Prediction, float>("probability", p => p.Probability),
        new NumberColumn<Prediction, bool>("known", p => p.IsKnown),
    ];

    private static readonly Column<Detection>[] s_detections =
    [
        new NumberColumn<Detection, int>("class", d => d.Class),
        new TextColumn<Detection>("label", d => d.Label is { Length: > 0 } label ? label : null),
        new NumberColumn<Detection, float>("score", d => d.Score),
        new NumberColumn<Detection, float>("left", d => d.Left),
        new NumberColumn<Detection, float>("top", d => d.Top),
        new NumberColumn<Detection, float>("right", d => d.Right),
        new NumberColumn<Detection, float>("bottom", d => d.Bottom),
    ];

    /// <inheritdoc/>
    public override async Task Write(PartFolder parts, Stream output)
    {
        // Fields belong to one file: a schema sets their places.
        DataField[] own = [.. s_columns.Select(c => c.Field())], ofPredictions = [.. s_predictions.Select(c => c.Field())], ofDetections = [.. s_detections.Select(c => c.Field())];
        var schema = new ParquetSchema([.. own, List("predictions", ofPredictions), List("detections", ofDetections)]);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, output).ConfigureAwait(false);
        foreach (BatchRow[] rows in parts.Rows().Chunk(GroupRows))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            foreach ((Column<BatchRow> column, DataField field) in s_columns.Zip(own))
                await column.Write(group, field, Nesting<BatchRow>.Flat(rows)).ConfigureAwait(false);
            await WriteList(group, ofPredictions, s_predictions, [.. rows.Select(r => r.Predictions)]).ConfigureAwait(false);
            await WriteList(group, ofDetections, s_detections, [.. rows.Select(r => r.Detections)]).ConfigureAwait(false);
        }
    }

    private static ListField List(string name, DataField[] fields) => new(name, new StructField("element", [.. fields]));

    private static async Task WriteList<T>(ParquetRowGroupWriter group, DataField[] fields, Column<T>[] columns, ImmutableArray<T>[] lists)
    {
        var nesting = Nesting<T>.Of(lists);
        foreach ((Column<T> column, DataField field) in columns.Zip(fields))
            await column.Write(group, field, nesting).ConfigureAwait(false);
    }
}
