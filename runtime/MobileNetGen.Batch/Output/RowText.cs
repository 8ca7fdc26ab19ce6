using System;
using System.Buffers;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using MobileNetGen.Runtime;

namespace MobileNetGen.Batch.Output;

/// <summary>Rows as lines of JSON.</summary>
internal static class RowText
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a row and the end of its line.</summary>
    public static void Write(BatchRow row, IBufferWriter<byte> output)
    {
        using (var json = new Utf8JsonWriter(output, s_options))
        {
            json.WriteStartObject();
            json.WriteString("file", row.File);
            if (row.Id is not null)
                json.WriteString("id", row.Id);
            if (row.Error is null)
                WriteResult(json, row);
            else
                json.WriteString("error", row.Error);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">It is none of these.</exception>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static BatchRow Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            return new BatchRow(root.GetProperty("file").GetString()!)
            {
                Id = Text(root, "id"),
                Error = Text(root, "error"),
                Width = root.TryGetProperty("width", out JsonElement width) ? width.GetInt32() : 0,
                Height = root.TryGetProperty("height", out JsonElement height) ? height.GetInt32() : 0,
                Predictions = root.TryGetProperty("predictions", out JsonElement predictions) ? [.. predictions.EnumerateArray().Select(Prediction)] : default,
                Detections = root.TryGetProperty("detections", out JsonElement detections) ? [.. detections.EnumerateArray().Select(Detection)] : default,
            };
        }
        catch (Exception damage) when (damage is InvalidOperationException or System.Collections.Generic.KeyNotFoundException)
        {
            throw new FormatException("The line is no row.", damage);
        }
    }

    private static void WriteResult(Utf8JsonWriter json, BatchRow row)
    {
        json.WriteNumber("width", row.Width);
        json.WriteNumber("height", row.Height);
        if (!row.Predictions.IsDefault)
            WriteAll(json, "predictions", row.Predictions, Write);
        if (!row.Detections.IsDefault)
            WriteAll(json, "detections", row.Detections, Write);
    }

    private static void WriteAll<T>(Utf8JsonWriter json, string name, ImmutableArray<T> values, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (T value in values)
        {
            json.WriteStartObject();
            write(json, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Prediction prediction)
    {
        WriteClass(json, prediction.Index, prediction.Label);
        WriteNumber(json, "probability", prediction.Probability);
        if (!prediction.IsKnown)
            json.WriteBoolean("known", false);
    }

    private static void Write(Utf8JsonWriter json, Detection detection)
    {
        WriteClass(json, detection.Class, detection.Label);
        WriteNumber(json, "score", detection.Score);
        WriteNumber(json, "left", detection.Left);
        WriteNumber(json, "top", detection.Top);
        WriteNumber(json, "right", detection.Right);
        WriteNumber(json, "bottom", detection.Bottom);
    }

    private static void WriteClass(Utf8JsonWriter json, int index, string label)
    {
        json.WriteNumber("class", index);
        if (!string.IsNullOrEmpty(label))
            json.WriteString("label", label);
    }

    /// <summary>JSON has no words for what is no number.</summary>
    private static void WriteNumber(Utf8JsonWriter json, string name, float value)
    {
        if (float.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }

    private static Prediction Prediction(JsonElement value) => new(value.GetProperty("class").GetInt32(), Number(value, "probability"), Text(value, "label") ?? "")
    {
        IsKnown = !value.TryGetProperty("known", out JsonElement known) || known.GetBoolean(),
    };

    private static Detection Detection(JsonElement value) => new(
        value.GetProperty("class").GetInt32(), Number(value, "score"), Number(value, "left"), Number(value, "top"), Number(value, "right"), Number(value, "bottom"), Text(value, "label") ?? "");

    private static float Number(JsonElement value, string name) => value.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetSingle() : float.NaN;

    private static string? Text(JsonElement value, string name) => value.TryGetProperty(name, out JsonElement text) ? text.GetString() : null;
}
