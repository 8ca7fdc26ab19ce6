using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>Turns the configuration of a Keras model and the weights of its layers into a <see cref="SourceNetwork"/>.</summary>
/// <remarks>
/// A configuration states every layer with every option, so each is taken over or refused: there is no option that is passed over without being known to do nothing after
/// training. Only layers that the results need are looked at.
/// </remarks>
internal sealed partial class KerasGraphBuilder
{
    /// <summary>How often a layer without weights may be called.</summary>
    private const int MostCalls = 1024;

    private readonly WeightsInput _file;
    private readonly WeightsBudget _budget;
    private readonly GraphBuilder _builder;
    private readonly KerasWeights _weights;
    private readonly HashSet<KerasLayer> _isCalled = [];
    private int _calls;

    private KerasGraphBuilder(SourceFormat format, WeightsInput file, WeightsBudget budget, KerasWeights weights) =>
        (_file, _budget, _builder, _weights) = (file, budget, new GraphBuilder(format, MapOrder.ChannelsLast, budget), weights);

    /// <summary>Builds the network of a model.</summary>
    /// <param name="format">The facts of the file's format.</param>
    /// <param name="file">The file.</param>
    /// <param name="budget">What limits copies of weights.</param>
    /// <param name="model">The model.</param>
    /// <param name="weights">Its weights.</param>
    /// <exception cref="WeightsException">The model is damaged, or not a MobileNet.</exception>
    public static SourceNetwork Build(SourceFormat format, WeightsInput file, WeightsBudget budget, KerasLayer model, KerasWeights weights)
    {
        var builder = new KerasGraphBuilder(format, file, budget, weights);
        foreach (GraphValue output in builder.Run(model, null))
            builder._builder.Output(output);
        return builder._builder.Build() with { LeftAside = weights.Left() };
    }

    /// <summary>The results of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="given">What it reads; null for the network's own input.</param>
    private ImmutableArray<GraphValue> Run(KerasLayer model, GraphValue? given)
    {
        if (!KerasNames.IsModel(model.Class))
            throw new WeightsException($"{model.Place}, is a model of a class of its own; a Sequential or Functional one was expected. Build its layers into one, copy the weights, and save that.");
        return model.Class == KerasNames.Sequential ? [RunSequence(model, given)] : RunGraph(model, given);
    }

    private GraphValue RunSequence(KerasLayer model, GraphValue? given)
    {
        GraphValue? value = given;
        foreach (KerasLayer layer in model.Layers)
        {
            if (layer.Class == KerasNames.InputLayer)
                value = Enter(layer, value);
            else
                value = Apply(layer, [new KerasOperand(null, value ?? Input(layer.Name, layer.Place, StatedShape(model), ElementType.Float32), default)]);
        }

        return value ?? throw new WeightsException($"The model \"{PrintableName.Of(model.Path)}\" has no layers; those of a MobileNet were expected. Save the model again.");
    }

    private ImmutableArray<GraphValue> RunGraph(KerasLayer model, GraphValue? given)
    {
        Dictionary<string, KerasLayer> layers = model.Layers.ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        ImmutableArray<KerasReference> inputs = KerasCall.References(Json.Required(model.Config, "input_layers"), "the list of inputs");
        ImmutableArray<KerasReference> outputs = KerasCall.References(Json.Required(model.Config, "output_layers"), "the list of outputs");
        if (inputs is not [var input])
        {
            string names = string.Join(", ", inputs.Take(4).Select(one => $"\"{PrintableName.Of(one.Layer)}\""));
            throw new WeightsException($"The model \"{PrintableName.Of(model.Path)}\" has {inputs.Length} inputs ({names}); a classifier has one, the picture.");
        }

        if (!layers.TryGetValue(input.Layer, out KerasLayer? entrance) || entrance.Class != KerasNames.InputLayer)
            throw new WeightsException($"The input \"{PrintableName.Of(input.Layer)}\" of the model \"{PrintableName.Of(model.Path)}\" is not an InputLayer of it. The file is damaged; save the model again.");

        var values = new Dictionary<KerasReference, GraphValue> { [input] = Enter(entrance, given) };
        var isOpen = new HashSet<KerasReference>();
        var open = new Stack<(KerasLayer Layer, KerasReference Result, KerasCall Call, IEnumerator<KerasReference> Sources)>();
        foreach (KerasReference output in outputs)
        {
            Open(output, "the model's outputs");
            while (open.TryPeek(out (KerasLayer Layer, KerasReference Result, KerasCall Call, IEnumerator<KerasReference> Sources) top))
            {
                if (top.Sources.MoveNext())
                {
                    Open(top.Sources.Current, top.Layer.Place);
                    continue;
                }

                open.Pop();
                isOpen.Remove(top.Result);
                ImmutableArray<KerasOperand> operands =
                    [.. top.Call.Arguments.Select(argument => new KerasOperand(argument.Name, argument.Result is { } result ? values[Known(result)] : null, argument.Constant))];
                values.Add(top.Result, Apply(top.Layer, operands));
            }
        }

        return [.. outputs.Select(output => values[Known(output)])];

        void Open(KerasReference result, string reader)
        {
            if (!layers.TryGetValue(result.Layer, out KerasLayer? layer))
                throw new WeightsException($"{reader}: the layer \"{PrintableName.Of(result.Layer)}\" is not in the model. The file is damaged; save the model again.");
            result = Known(result);
            if (values.ContainsKey(result))
                return;
            if (!isOpen.Add(result))
                throw new WeightsException($"{reader}, depends on itself by way of \"{PrintableName.Of(result.Layer)}\"; a MobileNet has no loops.");
            JsonElement calls = Json.Property(layer.Stated, "inbound_nodes");
            if (calls.ValueKind != JsonValueKind.Array || result.Call >= Math.Min(calls.GetArrayLength(), MostCalls))
                throw new WeightsException($"{reader}, reads call {result.Call} of {layer.Place}, which the configuration does not have. The file is damaged; save the model again.");
            KerasCall call = KerasCall.Read(calls[result.Call], layers);
            open.Push((layer, result, call, call.Results.GetEnumerator()));
        }

        // Keras 2 counts the call by which a model was made as its first, and does not list it.
        KerasReference Known(KerasReference result) => result.Call == 1 && layers[result.Layer] is { IsModel: true } ? result with { Call = 0 } : result;
    }

    /// <summary>What a layer or a model in the place of one gives.</summary>
    private GraphValue Apply(KerasLayer layer, ImmutableArray<KerasOperand> operands)
    {
        CheckOrigin(layer);
        if (++_calls > KerasLayer.MaximumLayers)
            throw new WeightsException($"The layers of the model are called more than {KerasLayer.MaximumLayers} times in all; a MobileNet has a few hundred.");
        bool isFirst = _isCalled.Add(layer);
        if (!isFirst && (layer.IsModel || !layer.WeightNames.IsEmpty))
            throw new WeightsException($"{layer.Place}, is called more than once, each time with the same weights; a MobileNet's layers run once.");
        GraphValue result;
        if (layer.IsModel)
        {
            ImmutableArray<GraphValue> results = Run(layer, Sole(layer.Place, operands));
            result = results is [var one] ? one : throw new WeightsException($"{layer.Place}, is a model with {results.Length} outputs; one was expected.");
        }
        else
        {
            var options = new KerasOptions(layer.Place, layer.Config);
            result = Compute(layer, options, operands);
            options.CheckAll();
        }

        if (_weights.Of(layer) is [var (_, tensor), ..])
        {
            throw new WeightsException(
                $"{layer.Place}, has the weights \"{PrintableName.Of(tensor.Name)}\", which by its options it does not use. They are of another model than the configuration; save it again.");
        }

        return result;
    }

    /// <summary>A class of the same name that is somebody's own computes nobody knows what.</summary>
    private static void CheckOrigin(KerasLayer layer)
    {
        JsonElement module = Json.Property(layer.Stated, "module"), registered = Json.Property(layer.Stated, "registered_name");
        bool isForeign = (module.ValueKind == JsonValueKind.String && !IsKeras(module.GetString()!))
            || (registered.ValueKind == JsonValueKind.String && registered.GetString()!.Contains('>', StringComparison.Ordinal));
        if (isForeign)
            throw new WeightsException($"{layer.Place}, is of a class of its own, {PrintableName.Of(registered.ToString())} in {PrintableName.Of(module.ToString())}; layers of Keras were expected. {PutInto}");

        static bool IsKeras(string module) => module is "keras" or "builtins" || module.StartsWith("keras.", StringComparison.Ordinal)
            || module.StartsWith("tf_keras.", StringComparison.Ordinal) || module.StartsWith("tensorflow.", StringComparison.Ordinal);
    }

    /// <summary>The input of a model: the network's, or what the model is called with, which has to be of the size that it states.</summary>
    private GraphValue Enter(KerasLayer layer, GraphValue? given)
    {
        var options = new KerasOptions(layer.Place, layer.Config);
        bool isBytes = options["dtype"] is { ValueKind: JsonValueKind.String } type && type.ValueEquals("uint8");
        options.Ignore("shape", "ragged", "optional");
        options.Expect("sparse", "false");
        options.CheckAll(isInteger: isBytes);
        ImmutableArray<long> shape = StatedShape(layer);
        if (given is null)
            return Input(layer.Name, layer.Place, shape, isBytes ? ElementType.UInt8 : ElementType.Float32);

        bool fits = shape.IsEmpty || (shape.Length == given.Shape.Length && shape.Zip(given.Shape).Skip(1).All(pair => pair.First < 1 || pair.First == pair.Second));
        return fits ? given : throw new WeightsException($"{layer.Place}, is for [{string.Join(", ", shape)}] and reads {given}; one size was expected. Build the models for one size.");
    }

    private GraphValue Input(string name, string place, ImmutableArray<long> shape, ElementType type)
    {
        // How many pictures were trained at once is nothing to what one gives.
        ImmutableArray<int> sizes = InputShape.Complete(_file, $"{place}", MapOrder.ChannelsLast, shape.IsEmpty ? shape : shape.SetItem(0, 1));
        return _builder.Input(PrintableName.Of(name), sizes, type);
    }

    /// <summary>The shape of a layer's input as it is stated, the number of pictures first and 0 where a size is open; none where nothing is stated.</summary>
    private static ImmutableArray<long> StatedShape(KerasLayer layer)
    {
        ImmutableArray<long> known = [.. new[] { "batch_input_shape", "batch_shape" }.Select(name => Sizes(layer.Config, name)).FirstOrDefault(sizes => !sizes.IsEmpty, [])];
        if (!known.IsEmpty || !layer.IsModel)
            return known.IsEmpty && Sizes(layer.Config, "shape") is [_, ..] sizes ? [0, .. sizes] : known;

        // A model has the size of what it begins with; Keras notes that of a Sequential, too, once it has run.
        KerasLayer? first = layer.Class == KerasNames.Sequential ? layer.Layers.FirstOrDefault() : layer.Layers.FirstOrDefault(one => one.Class == KerasNames.InputLayer);
        known = first is null ? [] : StatedShape(first);
        return known.IsEmpty && Sizes(layer.Config, "build_input_shape") is [_, ..] built ? built
            : known.IsEmpty ? Sizes(Json.Property(layer.Stated, "build_config"), "input_shape") : known;
    }

    private static ImmutableArray<long> Sizes(JsonElement json, string name) => Json.Property(json, name) is { ValueKind: JsonValueKind.Array } sizes
        ? [.. sizes.EnumerateArray().Select(size => size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out long number) ? number : 0)]
        : [];
}
