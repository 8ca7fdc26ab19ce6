using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>
/// The options of a layer, of which each has to be looked at: what is left at the end and could change what the layer computes is an error. What is missing has Keras'
/// default, as in files of TensorFlow.js and of older versions.
/// </summary>
/// <param name="place">Where the layer is in the file, for messages.</param>
/// <param name="config">The options.</param>
internal sealed class KerasOptions(string place, JsonElement config)
{
    private const int Largest = ushort.MaxValue;

    private readonly List<string> _seen = [];

    /// <summary>An option; undefined where it is missing or null.</summary>
    public JsonElement this[string name]
    {
        get
        {
            _seen.Add(name);
            JsonElement value = Json.Property(config, name);
            return value.ValueKind == JsonValueKind.Null ? default : value;
        }
    }

    /// <summary>Options that are nothing to what the layer computes after training.</summary>
    public void Ignore(params ReadOnlySpan<string> names) => _seen.AddRange(names);

    /// <summary>Options that have to be one of some values where they are not missing; compared as JSON writes them.</summary>
    public void Expect(string name, params ReadOnlySpan<string> neutral)
    {
        JsonElement value = this[name];
        if (value.ValueKind != JsonValueKind.Undefined && !neutral.Contains(value.GetRawText()))
            throw Differs(name, value, string.Join(" or ", neutral.ToArray()));
    }

    /// <summary>The order of a map's dimensions, which has to be TensorFlow's.</summary>
    public void ChannelsLast() => Expect("data_format", "\"channels_last\"");

    /// <summary>true or false.</summary>
    public bool Flag(string name, bool missing) => this[name] switch
    {
        { ValueKind: JsonValueKind.Undefined } => missing,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        var other => throw Differs(name, other, "true or false"),
    };

    /// <summary>A finite number; null where it is missing.</summary>
    public double? Number(string name) => this[name] is { ValueKind: not JsonValueKind.Undefined } value ? Json.Number(value, $"\"{name}\" of {place},") : null;

    /// <summary>A whole number, at least 1.</summary>
    public int Count(string name, int? missing = null) => this[name] switch
    {
        { ValueKind: JsonValueKind.Undefined } => missing ?? throw Missing(name),
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out int count) && count > 0 => count,
        var other => throw Differs(name, other, "a number from 1"),
    };

    /// <summary>Text; null where it is missing.</summary>
    public string? Text(string name) => this[name] switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        var other => throw Differs(name, other, "text"),
    };

    /// <summary>Numbers for height and width: one for both, or a list of two.</summary>
    public (int Height, int Width) Pair(string name, (int Height, int Width)? missing = null)
    {
        JsonElement value = this[name];
        if (value.ValueKind == JsonValueKind.Undefined)
            return missing ?? throw Missing(name);
        int[] numbers = [.. Whole(value)];
        return numbers.All(number => number is > 0 and <= Largest) && numbers.Length is 1 or 2
            ? (numbers[0], numbers[^1])
            : throw Differs(name, value, $"one number from 1 to {Largest}, or two");
    }

    /// <summary>Whole numbers: one, or a list; none where it is something else.</summary>
    public static IEnumerable<int> Whole(JsonElement value)
    {
        IEnumerable<JsonElement> items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
        return items.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int number) ? (int?)number : null) is var numbers && numbers.All(number => number is not null)
            ? numbers.Select(number => number!.Value)
            : [];
    }

    /// <summary>Once the layer has taken its options.</summary>
    /// <param name="isInteger">Whether its type is one of integers, as an input's may be.</param>
    /// <exception cref="WeightsException">One is left that is not known to be nothing to the layer's results.</exception>
    public void CheckAll(bool isInteger = false)
    {
        if (!isInteger)
            CheckType(this["dtype"]);
        if (config.ValueKind != JsonValueKind.Object)
            return;
        foreach (JsonProperty option in config.EnumerateObject())
        {
            if (!_seen.Contains(option.Name) && option.Value.ValueKind != JsonValueKind.Null && !IsOfTraining(option.Name))
                throw Differs(option.Name, option.Value, "an option that is known");
        }
    }

    /// <summary>The type that a layer computes with. Half precision is that of training on graphics cards: weights are kept in single, and computed with.</summary>
    private void CheckType(JsonElement type)
    {
        if (type.ValueKind == JsonValueKind.Object)
            type = Json.Property(Json.Property(type, "config"), "name");
        bool isReal = type.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
            || (type.ValueKind == JsonValueKind.String && type.GetString() is "float32" or "float16" or "float64" or "bfloat16" or "mixed_float16" or "mixed_bfloat16");
        if (!isReal)
            throw new WeightsException($"{place}, computes with {Shown(type)}; float32, or float16 or bfloat16 as in mixed precision, was expected. Give the model from before its quantisation.");
    }

    private static bool IsOfTraining(string option) => option is "name" or "trainable" or "autocast" or "batch_input_shape" or "batch_shape" or "activity_regularizer" or "seed"
        || option.EndsWith("_initializer", StringComparison.Ordinal) || option.EndsWith("_regularizer", StringComparison.Ordinal) || option.EndsWith("_constraint", StringComparison.Ordinal);

    public WeightsException Differs(string name, JsonElement found, string expected) =>
        new($"{place}, has \"{PrintableName.Of(name)}\" {Shown(found)}; {expected} was expected. A MobileNet's layers have it so, and nothing else is computed.");

    private WeightsException Missing(string name) => new($"{place}, does not say \"{name}\". The file is damaged, or was not written by Keras.");

    private static string Shown(JsonElement json) => json.ValueKind == JsonValueKind.Undefined ? "nothing" : PrintableName.Of(json.GetRawText());
}
