using System;
using System.Collections.Generic;
using System.Text.Json;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>Reads JSON that could be anything.</summary>
internal static class Json
{
    /// <summary>Reads a document, which is gone after.</summary>
    /// <param name="document">The document, not as bytes: those that are not UTF-8 would be exceptions wherever a name is compared.</param>
    /// <param name="read">Reads its root.</param>
    /// <exception cref="WeightsException">It is not JSON.</exception>
    public static T Read<T>(string document, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument parsed = JsonDocument.Parse(document);
            return read(parsed.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The latter is an escape that stands for half a character; it shows only when the text is asked for.
            throw Unexpected(error.Message);
        }
    }

    /// <summary>A property of an object; undefined where the element is no object or has none.</summary>
    public static JsonElement Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    /// <summary>A property of an object.</summary>
    /// <exception cref="WeightsException">The element is no object, or has none.</exception>
    public static JsonElement Required(JsonElement element, string name) =>
        Property(element, name) is { ValueKind: not JsonValueKind.Undefined } value ? value : throw Unexpected($"\"{name}\" is missing");

    /// <summary>The elements of an array.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement element, string what) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw Unexpected($"{what} is not an array");

    /// <summary>A string.</summary>
    public static string Text(JsonElement element, string what) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Unexpected($"{what} is not a string");

    /// <summary>A finite number.</summary>
    public static double Number(JsonElement element, string what) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double number) && double.IsFinite(number) ? number : throw Unexpected($"{what} is not a number");

    /// <summary>The JSON is something else than what was to be read.</summary>
    public static WeightsException Unexpected(string what) =>
        new($"The JSON is not that of a model: {what}. Save, convert or fetch the model again; a web page saved under its name looks like this.");
}
