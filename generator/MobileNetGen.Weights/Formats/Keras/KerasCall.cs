using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>The result of a layer.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="Call">Which of its calls: 0, but for layers that are called more than once.</param>
internal readonly record struct KerasReference(string Layer, int Call);

/// <summary>What a layer is called with.</summary>
/// <param name="Name">The argument's name, where that is written.</param>
/// <param name="Result">The layer whose result it is; null for a constant.</param>
/// <param name="Constant">The constant.</param>
internal readonly record struct KerasArgument(string? Name, KerasReference? Result, JsonElement Constant);

/// <summary>One call of a layer, as a Functional model's <c>inbound_nodes</c> lists them.</summary>
/// <param name="Arguments">Lists of results are taken apart.</param>
internal sealed record KerasCall(ImmutableArray<KerasArgument> Arguments)
{
    /// <summary>The results that it reads.</summary>
    public IEnumerable<KerasReference> Results => Arguments.Where(argument => argument.Result is not null).Select(argument => argument.Result!.Value);

    /// <summary>Reads a call.</summary>
    /// <param name="json">
    /// In Keras 2 lists of [layer, call, result, named arguments], nested in as many lists as the layer was given, in Keras 3 an object with "args" and "kwargs".
    /// </param>
    /// <param name="layers">Whether the model has a layer of a name: ["a", 0, 0] may as well be a constant.</param>
    public static KerasCall Read(JsonElement json, IReadOnlyDictionary<string, KerasLayer> layers)
    {
        var arguments = ImmutableArray.CreateBuilder<KerasArgument>();
        if (json.ValueKind == JsonValueKind.Object)
        {
            Positional(Json.Required(json, "args"));
            Named(Json.Property(json, "kwargs"));
        }
        else
        {
            Listed(json);
        }

        return new KerasCall(arguments.DrainToImmutable());

        void Listed(JsonElement item)
        {
            if (item.ValueKind != JsonValueKind.Array)
                throw Json.Unexpected($"what a layer reads is {item.ValueKind}");
            if (item.GetArrayLength() < 3 || item[0].ValueKind != JsonValueKind.String)
            {
                foreach (JsonElement part in item.EnumerateArray())
                    Listed(part);
                return;
            }

            bool isConstant = item[0].ValueEquals("_CONSTANT_VALUE");
            arguments.Add(isConstant ? new KerasArgument(null, null, item[2]) : new KerasArgument(null, Reference(item), default));
            if (item.GetArrayLength() > 3)
                Named(item[3]);
        }

        void Positional(JsonElement items)
        {
            foreach (JsonElement item in Json.Items(items, "the arguments of a layer"))
            {
                if (IsResult(item))
                    arguments.Add(new KerasArgument(null, Tensor(item), default));
                else if (item.ValueKind == JsonValueKind.Array && item.EnumerateArray().Any(IsResult))
                    Positional(item);
                else
                    arguments.Add(new KerasArgument(null, null, item));
            }
        }

        void Named(JsonElement items)
        {
            if (items.ValueKind != JsonValueKind.Object)
                return;
            foreach (JsonProperty item in items.EnumerateObject())
            {
                if (IsResult(item.Value))
                    arguments.Add(new KerasArgument(item.Name, Tensor(item.Value), default));
                else if (item.Value is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 3 && list[0].ValueKind == JsonValueKind.String && layers.ContainsKey(list[0].GetString()!))
                    arguments.Add(new KerasArgument(item.Name, Reference(list), default));
                else
                    arguments.Add(new KerasArgument(item.Name, null, item.Value));
            }
        }
    }

    /// <summary>Reads the results that a model's <c>input_layers</c> or <c>output_layers</c> lists: one, a list, or an object of them.</summary>
    public static ImmutableArray<KerasReference> References(JsonElement json, string what)
    {
        if (json.ValueKind == JsonValueKind.Object)
            return [.. json.EnumerateObject().SelectMany(item => References(item.Value, what))];
        return Json.Items(json, what).FirstOrDefault().ValueKind == JsonValueKind.String
            ? [Reference(json)]
            : [.. json.EnumerateArray().SelectMany(item => References(item, what))];
    }

    private static bool IsResult(JsonElement json) => Json.Property(json, "class_name") is { ValueKind: JsonValueKind.String } kind && kind.ValueEquals("__keras_tensor__");

    private static KerasReference Tensor(JsonElement json) => Reference(Json.Required(Json.Property(json, "config"), "keras_history"));

    private static KerasReference Reference(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() < 3)
            throw Json.Unexpected("what a layer reads is not a layer, a call and a result");
        string layer = Json.Text(json[0], "the name of a layer");
        if (json[1].ValueKind != JsonValueKind.Number || !json[1].TryGetInt32(out int call) || call < 0)
            throw Json.Unexpected($"the call of \"{PrintableName.Of(layer)}\" is not a number");
        if (json[2].ValueKind != JsonValueKind.Number || !json[2].TryGetInt32(out int result) || result != 0)
            throw new WeightsException($"Another result of the layer \"{PrintableName.Of(layer)}\" than its first is read; a MobileNet's layers have one.");
        return new KerasReference(layer, call);
    }
}
