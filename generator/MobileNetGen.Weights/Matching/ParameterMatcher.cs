using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Parameters;
using MobileNetGen.Weights.Operators;

namespace MobileNetGen.Weights.Matching;

/// <summary>
/// Gives each layer of a network the parameters that fit it, by shape and order; names do not matter. What the file states of a layer beside its numbers is compared; the rest is assumed, and listed.
/// </summary>
/// <remarks>
/// A file whose filters fit the layers one after the other is taken as it stands. Else it is in another order, by name or as its author happened to
/// define the layers; then the filters of one shape go in their order to the layers of that shape, provided that there are exactly as many. One
/// filter too many and nobody could say which is not the network's: that is refused.
/// </remarks>
public sealed class ParameterMatcher
{
    private readonly Network _network;
    private readonly SourceParameters _source;
    private readonly string _file;
    private readonly ImmutableArray<Layer> _layers;
    private readonly List<string> _notes = [];
    private readonly DetectorMatcher? _detector;

    /// <summary>What is matched by shape and order: layers, and filters, that are no predictors.</summary>
    private readonly ImmutableArray<Layer> _own;
    private readonly ImmutableArray<SourceFilter> _filters;

    /// <summary>Whether filters tell by their normalisation whether they are those of a squeeze, which have none: a pointwise layer may have the same shape.</summary>
    private readonly bool _tellsSqueezes;

    private ParameterMatcher(Network network, SourceParameters source)
    {
        (_network, _source, _file) = (network, source, network.Weights.FileNames);
        _layers = [.. network.Layers.Where(layer => layer.HasWeights)];
        (_own, _filters) = (_layers, source.Filters);
        _tellsSqueezes = network.Layers.Any(layer => layer.Operator == Operator.Multiply) && source.Filters.Any(filter => filter.Normalization is not null);
        if (network.Detector is not { } detector)
            return;
        _detector = new DetectorMatcher(network, _file, _notes);
        if (!source.Filters.Any(filter => PredictorNames.Role(filter.Place) is not null))
            return;
        HashSet<string> predictors = [.. detector.Maps.SelectMany(map => new[] { map.Boxes, map.Scores, map.Boxes + "_depthwise", map.Scores + "_depthwise" })];
        _own = [.. _layers.Where(layer => !predictors.Contains(layer.Name))];
        _filters = [.. source.Filters.Where(filter => PredictorNames.Role(filter.Place) is null)];
    }

    /// <summary>Matches a file of parameters to a network.</summary>
    /// <exception cref="MatchException">They do not fit.</exception>
    public static TrainedNetwork Match(Network network, SourceParameters source)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(source);
        return new ParameterMatcher(network, source).Match();
    }

    private TrainedNetwork Match()
    {
        if (_network.Quantization != Quantization.Float32)
            throw MatchException.QuantizationDiffers(_network, Quantization.Float32, Quantization.Float32, Quantization.Float32);

        Dictionary<Layer, SourceFilter> filters = InSequence() ?? ByShape();
        if (_own.Length < _layers.Length)
            AddPredictors(filters);
        CheckOrder(filters);
        TrainedLayer[] layers = [.. _network.Layers.Select(layer => filters.TryGetValue(layer, out SourceFilter? filter) ? Trained(layer, filter) : new TrainedLayer(layer, null))];
        return new TrainedNetwork(_network, [.. layers], null, null, null, [.. Notes.Of(_source, _file), .. Unused([.. _source.Filters.Except(filters.Values)]), .. _notes])
        {
            Assumptions =
            [
                .. Assumptions.Parameters(
                    _network,
                    _source,
                    padding: filters.Any(pair => pair.Key.IsSpatial && pair.Value.Facts?.Padding is null),
                    activation: filters.Any(pair => pair.Key.Activation != Activation.Linear && pair.Value.Facts?.Activation is null),
                    end: filters[_layers[^1]].Facts?.Next is null or SourceFollower.Other),
                .. _detector is null ? [] : Assumptions.Boxes(_network, null, hasAnchors: _source.Anchors is not null),
            ],
            Detector = MatchDetector(),
        };
    }

    private TrainedDetector? MatchDetector()
    {
        if (_source.Anchors is { } anchors)
            _detector?.CheckAnchors(anchors);
        return _detector?.Trained(null, _source.Anchors, _ => null);
    }

    /// <summary>Predictors are told by names: those for boxes and those for scores may have one shape.</summary>
    private void AddPredictors(Dictionary<Layer, SourceFilter> filters)
    {
        foreach (bool areScores in new[] { false, true })
        {
            SourceFilter[] found = [.. _source.Filters.Where(filter => PredictorNames.Role(filter.Place) == areScores)];
            Layer[][] maps = [.. _network.Detector!.Maps.Select(map => areScores ? map.Scores : map.Boxes).Select(name => _layers.Where(layer => layer.Name == name || layer.Name == name + "_depthwise").ToArray())];
            int needed = maps.Sum(layers => layers.Length);
            if (found.Length != needed)
            {
                bool isSeparable = found.Any(IsDepthwise);
                string advice = isSeparable == maps.Any(layers => layers.Length > 1)
                    ? "give each map of the file a line 'map', and those of another kind of predictor 'predict' at its end"
                    : $"write in the detector: predict kernel {found.Max(filter => FilterShape.Of(filter).Height)}{(isSeparable ? " separable" : "")}";
                throw new MatchException(
                    Rules.DetectorMismatch, Place.Statement("detector"), $"{needed} layers that predict {(areScores ? "scores" : "boxes")}, of {maps.Length} maps", _file, found.Length == 0 ? "none" : $"{found.Length}, from {found[0].Place} on", advice);
            }

            int next = 0;
            foreach ((Layer[] layers, DetectorMap map) in maps.Zip(_network.Detector.Maps))
            {
                // Names in order may have the depthwise one of a pair second.
                SourceFilter[] own = [.. found.Skip(next).Take(layers.Length).OrderBy(filter => !IsDepthwise(filter))];
                next += layers.Length;
                CheckPredictor(map, layers[^1], own[^1], areScores);
                foreach ((Layer layer, SourceFilter filter) in layers.Zip(own))
                    filters.Add(layer, FilterShape.Of(layer) == FilterShape.Of(filter) ? filter : throw Missing(layer, [filter]));
            }
        }

        static bool IsDepthwise(SourceFilter filter) => FilterShape.Of(filter) is { Inputs: 1, Height: > 1 };
    }

    private void CheckPredictor(DetectorMap map, Layer layer, SourceFilter filter, bool areScores)
    {
        int channels = FilterShape.Of(filter).Outputs;
        if (FilterShape.Of(filter) with { Outputs = layer.Output.Channels } != FilterShape.Of(layer))
            throw Missing(layer, [filter]);
        if (!areScores)
            _detector!.CheckBoxes(map, channels);
        else if (channels % map.Sizes.Count == 0)
            _detector!.CheckColumns(channels / map.Sizes.Count);
    }

    /// <summary>The first filter for the first layer, and so on; null where one does not fit. A classifier's weights were sorted there if no classifier stands there.</summary>
    private Dictionary<Layer, SourceFilter>? InSequence()
    {
        if (_filters.Length < _own.Length)
            return null;
        var pairs = _own.Zip(_filters).ToDictionary(pair => pair.First, pair => pair.Second);
        return pairs.All(pair => Fits(pair.Key, pair.Value)) ? pairs : null;

        bool Fits(Layer layer, SourceFilter filter) =>
            FilterShape.Of(layer) == FilterShape.Of(filter) && MayBeOne(layer, filter) && (layer.Operator == Operator.Dense || filter.Kind != SourceFilterKind.Dense);
    }

    private bool MayBeOne(Layer layer, SourceFilter filter) => !_tellsSqueezes || IsDense(layer) == IsDense(filter);

    private static bool IsDense(Layer layer) => layer.Operator == Operator.Dense;

    /// <summary>Whether a filter is a fully connected layer's, also of a squeeze, whose files mostly have 1×1 convolutions.</summary>
    private bool IsDense(SourceFilter filter) => filter.Kind == SourceFilterKind.Dense || (_tellsSqueezes && filter.Normalization is null && FilterShape.Of(filter) is { Height: 1, Width: 1 });

    private Dictionary<Layer, SourceFilter> ByShape()
    {
        // A classifier is the last layer that reads what it reads, wherever its name was sorted to.
        ILookup<(FilterShape, bool), SourceFilter> filters = _filters.OrderBy(filter => filter.Kind == SourceFilterKind.Dense).ToLookup(filter => (FilterShape.Of(filter), _tellsSqueezes && IsDense(filter)));
        ILookup<(FilterShape, bool), Layer> layers = _own.OrderBy(IsDense).ToLookup(layer => (FilterShape.Of(layer), _tellsSqueezes && IsDense(layer)));
        var pairs = new Dictionary<Layer, SourceFilter>();
        foreach (IGrouping<(FilterShape, bool), Layer> equal in layers)
        {
            foreach ((Layer layer, SourceFilter filter) in equal.Zip(filters[equal.Key]))
                pairs.Add(layer, filter);
        }

        if (_own.FirstOrDefault(layer => !pairs.ContainsKey(layer)) is { } missing)
            throw Missing(missing, [.. _filters.Except(pairs.Values)]);
        if (layers.FirstOrDefault(equal => filters[equal.Key].Count() > equal.Count()) is { } ambiguous)
            throw Ambiguous([.. ambiguous], [.. filters[ambiguous.Key]]);
        return pairs;
    }

    /// <summary>Filters of one shape are told by their order, which names of a file without one do not always tell.</summary>
    private void CheckOrder(Dictionary<Layer, SourceFilter> filters)
    {
        Dictionary<string, SourceFilter> used = filters.Values.GroupBy(filter => filter.Place).ToDictionary(group => group.Key, group => group.First());
        foreach ((Layer layer, SourceFilter filter) in filters)
        {
            if (filter.UnorderedWith is not { } other || !used.TryGetValue(other, out SourceFilter? second) || (_tellsSqueezes && IsDense(filter) != IsDense(second)) || (_detector is not null && PredictorNames.Role(other) != PredictorNames.Role(filter.Place)))
                continue;
            throw new MatchException(
                Rules.LayerCount,
                Place.Layer(layer),
                $"'{_file}' has {FilterShape.Of(layer)} for {layer.Name} and another layer, in no order: their names, {other} and {filter.Place}, do not tell which of them runs first",
                "use a state dictionary (.pth), which has the order in which layers were defined, or give the tensors names that differ in numbers");
        }
    }

    private TrainedLayer Trained(Layer layer, SourceFilter source)
    {
        CheckFacts(layer, source);
        SourceFilter filter;
        try
        {
            filter = source.Fold((double?)_network.Epsilon);
        }
        catch (WeightsException error)
        {
            throw new MatchException(Rules.WeightsUnreadable, Place.Weights, _file, error.Message);
        }

        int outputs = layer.Output.Channels;
        var trained = new FloatFilter(filter.Weights.Floats, filter.Bias?.Floats ?? new float[outputs]);
        bool isDepthwise = layer.IsDepthwise;
        if (isDepthwise != (filter.Kind == SourceFilterKind.Depthwise))
        {
            // Both orders are of one input channel for each output, or the shapes had not been equal.
            (int rows, int columns) = isDepthwise ? (outputs, trained.Weights.Length / outputs) : (trained.Weights.Length / outputs, outputs);
            trained = trained with { Weights = KernelOrder.SwapLast(trained.Weights, 1, rows, columns) };
        }

        if (_source.IsChannelsFirst && layer.Operator == Operator.Dense && _network.Layers.FirstOrDefault(l => l.Name == layer.Inputs[0]) is { Input: { IsVector: false } map } read && read.Operator == Operator.Flatten)
            trained = trained with { Weights = KernelOrder.SwapLast(trained.Weights, outputs, map.Channels, map.Height * map.Width) };

        Padding padding = PaddingOf(layer, source);
        return new TrainedLayer(layer, null) { Filter = trained, PadTop = padding.Top, PadLeft = padding.Left, StoredAsDepthwise = isDepthwise };
    }

    /// <summary>The file's padding, where it states one, which has to be one that the layer can have; else the text's, or what is usual.</summary>
    private Padding PaddingOf(Layer layer, SourceFilter source)
    {
        Padding needed = Padding.Of(layer, _network, _source.Conventions);
        if (source.Facts?.Padding is not { } stated || layer.Operator == Operator.Dense)
            return needed;
        Padding padding = Padding.Of(layer, stated);
        if (!padding.Fits(layer))
            throw new MatchException(Rules.PaddingMismatch, Place.Layer(layer), $"{layer.Name} ({layer})", needed, _file, padding, "use a network with one of these paddings");
        if (_network.Padding is not null && (padding.Top, padding.Left) != (needed.Top, needed.Left))
            throw new MatchException(Rules.PaddingMismatch, Place.Layer(layer), $"{layer.Name} ({layer})", needed, _file, padding, "remove the statement 'padding' to follow the file");
        return padding;
    }

    /// <summary>Compares what the file states of a layer beside its numbers.</summary>
    private void CheckFacts(Layer layer, SourceFilter source)
    {
        if (source.Facts is not { } facts)
            return;
        FilterShape shape = FilterShape.Of(layer);
        if (facts.Stride is var (height, width) && (height != layer.Stride || width != layer.Stride))
        {
            string stride = height == width ? $"{height}" : $"{height}×{width}";
            throw Mismatch(layer, $"{shape}, stride {layer.Stride}", $"{source.Place} with {shape}, stride {stride}", "correct the layer");
        }

        Activation? activation = facts.Activation switch
        {
            null => null,
            SourceActivation.Relu => Activation.Relu,
            SourceActivation.Relu6 => Activation.Relu6,
            SourceActivation.HSwish => Activation.HSwish,
            SourceActivation.HSigmoid => Activation.HSigmoid,
            _ => Activation.Linear,
        };
        if (activation is { } found && found != layer.Activation)
        {
            string word = found.Word(), advice = layer.Activation == Activation.Linear || found == Activation.Linear || !found.IsClamp() || !layer.Activation.IsClamp() ? $"write '{word}' after the layer" : $"write: activation {word}";
            throw Mismatch(layer, layer.Activation.Word(), $"{source.Place} with {word}", advice);
        }

        if (facts.Next is { } next)
            CheckNext(layer, source, next);
    }

    private void CheckNext(Layer layer, SourceFilter source, SourceFollower next)
    {
        Layer[] readers = [.. _network.Layers.Where(reader => reader.Inputs.Contains(layer.Name))];
        SourceFollower needed = readers is [var only] ? TrainedOperator.Of(only).Follower.Kind : SourceFollower.Other;
        if (needed == next || (layer.Operator == Operator.Dense && (needed == SourceFollower.Flatten || next == SourceFollower.Flatten)))
            return;

        // What makes probabilities of a result has no numbers, and networks from PyTorch leave it to who calls them.
        bool isEnd = next == SourceFollower.Other && _network.EndsInProbabilities && readers is [var end] && end == _network.Layers[^1];
        bool isBehind = readers.Length == 0 && next is SourceFollower.Softmax or SourceFollower.Sigmoid;
        if (isEnd)
            _notes.Add($"'{_file}' ends before {readers[0].Name}, which is computed from its result");
        else if (isBehind)
            _notes.Add($"the network ends with {layer.Name}; what '{_file}' has behind it, {TrainedOperator.TextOf(next)}, is not used");
        else
            throw Mismatch(layer, $"{TrainedOperator.TextOf(needed)} behind it", $"{source.Place} with {TrainedOperator.TextOf(next)} behind it", "describe the network that the file holds");
    }

    private MatchException Mismatch(Layer layer, string needed, string found, string advice) =>
        new(Rules.LayerMismatch, Place.Layer(layer), $"{layer.Name} ({layer})", needed, _file, found, advice);

    /// <summary>A layer for which no filter is left, told by what is left that is most like it: the likeliest mistake is in one number.</summary>
    private MatchException Missing(Layer layer, ImmutableArray<SourceFilter> unused)
    {
        string name = $"{layer.Name} ({layer})";
        FilterShape needed = FilterShape.Of(layer);
        if (unused.MinBy(filter => needed.Difference(FilterShape.Of(filter))) is not { } nearest)
        {
            return new MatchException(
                Rules.LayerCount, Place.Layer(layer), $"'{_file}' has no weights left for {name}", "remove the layers that it does not have, or add the file that has them");
        }

        FilterShape found = FilterShape.Of(nearest);
        return new MatchException(Rules.LayerMismatch, found.PlaceFor(layer), name, needed, _file, $"{nearest.Place} with {found}", found.Advice(layer));
    }

    private MatchException Ambiguous(ImmutableArray<Layer> layers, ImmutableArray<SourceFilter> filters) => new(
        Rules.LayerCount,
        Place.Layer(layers[0]),
        $"'{_file}' has {FilterShape.Of(layers[0])} {filters.Length} times, from {filters[0].Place} to {filters[^1].Place}, and the network {layers.Length} times, from {layers[0].Name} to {layers[^1].Name}; which belong together, shapes cannot tell",
        "describe all layers that the file holds, or use a file that has them in the order they run");

    private ImmutableArray<string> Unused(ImmutableArray<SourceFilter> unused)
    {
        if (unused.IsEmpty)
            return [];
        string more = unused.Length == 1 ? "" : $" and {unused.Length - 1} more";
        return [$"'{_file}' also has weights that no layer of the network uses: {unused[0].Place}{more}"];
    }
}
