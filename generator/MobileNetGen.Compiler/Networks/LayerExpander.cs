using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Networks;

/// <summary>A layer's result. A vector is not the same as a map of one pixel: only pooling, flattening and dense layers give one.</summary>
internal sealed record LayerResult(string Name, Shape Shape, bool IsVector);

/// <summary>A line that is being expanded.</summary>
/// <param name="Name">The name of what it becomes.</param>
/// <param name="Definition">What it says.</param>
/// <param name="Input">What it reads.</param>
internal sealed record LayerLine(string Name, LayerDefinition Definition, LayerResult Input);

/// <summary>Multiplies lines out at one α and resolution: blocks become layers, layers get shapes.</summary>
internal sealed class LayerExpander
{
    /// <summary>Values in one map or in all weights: 512 MiB of float32, twenty times the largest published network.</summary>
    public const long MaximumValues = 1L << 27;

    private const int MaximumLayers = 1_024;

    private readonly DiagnosticBag _diagnostics;
    private readonly Settings _settings;
    private readonly Positions _positions;
    private readonly decimal _alpha;
    private readonly List<Layer> _layers = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    // What 'add' and 'from' may name: layers, and blocks by the last layer they became.
    private readonly List<KeyValuePair<string, LayerResult>> _names = [];

    // Method names in generated code ignore underscores, so layer names must differ in more.
    private readonly HashSet<string> _methodNames = new(StringComparer.Ordinal) { ClassNames.Pascal(Network.InputName) };
    private LayerResult _last;

    // The line that gave probabilities, which are the end: nothing of a MobileNet reads them.
    private string? _end;

    public LayerExpander(Settings settings, decimal alpha, Shape input, Positions positions, DiagnosticBag diagnostics)
    {
        (_settings, _alpha, _positions, _diagnostics) = (settings, alpha, positions, diagnostics);
        _last = new LayerResult(Network.InputName, input, IsVector: false);
        _names.Add(new(Network.InputName, _last));
    }

    /// <summary>The layers, which of their results are the network's, and what makes boxes of them; or null after reporting what is wrong with them.</summary>
    public (EquatableArray<Layer> Layers, EquatableArray<NetworkOutput> Outputs, Detector? Detector)? Build(IEnumerable<LayerDefinition> definitions, DetectorDefinition? detector)
    {
        TextSpan end = _settings.NameSpan;
        foreach (LayerDefinition definition in definitions)
        {
            end = definition.Span;
            for (int i = 0; i < definition.Repeat; i++)
            {
                LayerDefinition repetition = definition with { Repeat = 1, Stride = i == 0 ? definition.Stride : 1, From = i == 0 ? definition.From : null };
                if (_layers.Count >= MaximumLayers)
                {
                    _diagnostics.Report(Rules.TooLarge, definition.Span, "the network", $"more than {MaximumLayers} layers", $"{MaximumLayers} layers");
                    return null;
                }

                if (!Append(repetition))
                    return null;
            }
        }

        if (_layers.Count == 0)
        {
            _diagnostics.Report(Rules.IncompleteNetwork, end, "the network has no layers", "add some below 'layers'");
            return null;
        }

        if (detector is not null)
            return new DetectorExpander(this, _settings, _diagnostics).Expand(detector) is { } expanded ? (_layers.ToEquatableArray(), DetectorExpander.Outputs(expanded), expanded) : null;
        if (Outputs() is not { } outputs)
            return null;
        if (!_last.IsVector && outputs[0].IsImplied)
        {
            _diagnostics.Report(Rules.IncompleteNetwork, end, $"the network ends in a map of {_last.Shape}", "end its head with avgpool, dense, sigmoid or softmax");
            return null;
        }

        return (_layers.ToEquatableArray(), outputs, null);
    }

    /// <summary>The last result, and those that the text names.</summary>
    private EquatableArray<NetworkOutput>? Outputs()
    {
        var outputs = new List<NetworkOutput> { new(_last.Name, _last.Name, _last.Shape, _last.IsVector, IsImplied: true) };
        foreach (Token name in _settings.Outputs)
        {
            if (name.Text == Network.InputName || _names.FirstOrDefault(n => n.Key == name.Text).Value is not { } result)
            {
                _diagnostics.Report(Rules.UnknownOutput, name.Span, name, LastNames(_names.Skip(1)));
                return null;
            }

            var output = new NetworkOutput(name.Text, result.Name, result.Shape, result.IsVector, IsImplied: false);
            int same = outputs.FindIndex(o => o.Layer == result.Name);
            if (same < 0)
                outputs.Add(output);
            else if (outputs[same].IsImplied)
                outputs[same] = output;
            else
                _diagnostics.Report(Rules.GivenTwice, name.Span, name, _diagnostics.LineOf(_settings.Outputs.First(o => o.Text == outputs[same].Name).Span));
        }

        return outputs.ToEquatableArray();
    }

    private bool Append(LayerDefinition d)
    {
        string name = d.Name ?? NextName(d.Word);
        if (Source(d) is not { } input || (d.Operand is not null && Find(d.Operand) is null))
            return false;

        LayerWord word = LayerWords.All[d.Word];
        if (_end is not null)
            return Wrong(d, "a layer's result", input, "the network's result", $"make {_end} the last layer");
        if (word.Input is LayerInput.Vector or LayerInput.VectorOrPixel && !input.IsVector && !(word.Input == LayerInput.VectorOrPixel && input.Shape.IsVector))
            return Wrong(d, "a vector", input, $"a map of {input.Shape}", word.Remedy);
        if (word.Input == LayerInput.Map && input.IsVector)
            return Wrong(d, "a feature map", input, $"a vector of {input.Shape.Channels}", $"move it above {MakerOf(input)}");
        if (word.Input == LayerInput.Vector && _layers.Any(l => l.Name == input.Name && l.Operator == Operator.Flatten))
            return Wrong(d, "the result of another layer", input, "a flattened map, which only dense layers read", "put a dense layer between them");

        if (word.Expand(this, new LayerLine(name, d, input)) is not { } result)
            return false;
        if (result.Name != name && _layers.All(l => l.Name != name) && !Register(name, result, d.Span))
            return false;
        if (word.EndsNetwork)
            _end = d.Word;
        _last = result;
        return true;
    }

    /// <summary>The layer of a line, with its own filter and activation.</summary>
    internal LayerResult? Window(LayerLine line, Operator op) => Window(line.Name, op, line.Definition, line.Input, line.Definition.Activation ?? _settings.Activation);

    /// <summary>A full convolution.</summary>
    internal LayerResult? Convolution(LayerLine line) => Convolution(line.Name, line.Definition, line.Input, line.Definition.Activation ?? _settings.Activation);

    /// <summary>The layer of a line, over all of what it reads.</summary>
    internal LayerResult? Whole(LayerLine line, Operator op) => Layer(line.Name, op, line.Definition, [line.Input]);

    /// <summary>A depthwise layer and a pointwise one (MobileNetV1).</summary>
    internal LayerResult? Separable(LayerLine line)
    {
        (string name, LayerDefinition d, LayerResult input) = line;
        Activation activation = d.Activation ?? _settings.Activation;
        return Window(name + "_depthwise", Operator.Depthwise, d with { Multiplier = 1 }, input, activation) is { } depthwise
            ? Window(name + "_pointwise", Operator.Pointwise, OfPixels(d), depthwise, activation)
            : null;
    }

    /// <summary>
    /// An expansion, a depthwise layer and a linear projection, with a residual where shapes allow it (MobileNetV2); with a squeeze before the projection (MobileNetV3), or a full
    /// convolution in place of the first two (MobileNetEdgeTPU).
    /// </summary>
    internal LayerResult? Bottleneck(LayerLine line)
    {
        (string name, LayerDefinition d, LayerResult input) = line;
        Activation activation = d.Activation ?? _settings.Activation;
        LayerResult? node = input;
        int expanded = d.Expand!.Of(input.Shape.Channels, channels => Scale(channels, d.Widening));
        LayerDefinition expansion = d with { Channels = expanded, Widening = Widening.Fixed };
        if (d.IsFused)
        {
            node = Convolution(name + "_expand", expansion, node, activation);
        }
        else
        {
            // An expansion to as many channels is no layer in the released networks (the first bottleneck).
            if (expanded != input.Shape.Channels)
                node = Window(name + "_expand", Operator.Pointwise, OfPixels(expansion), node, activation);
            if (node is not null)
                node = Window(name + "_depthwise", Operator.Depthwise, d, node, activation);
        }

        if (node is not null && d.Squeeze is { } squeeze)
            node = Squeeze(name, d, node, squeeze);
        if (node is not null)
            node = Window(name + "_project", Operator.Pointwise, OfPixels(d), node, Activation.Linear);
        if (node is not null && !d.HasNoResidual && d.Stride == 1 && input.Shape == node.Shape)
            node = Layer(name + "_add", Operator.Add, d with { Kernel = 1 }, [node, input]);
        return node;
    }

    /// <summary>A map with its channels weighted by what all of it says of them: pool, two dense layers, multiplication (arXiv:1905.02244, section 5.3).</summary>
    private LayerResult? Squeeze(string name, LayerDefinition d, LayerResult map, double part)
    {
        LayerDefinition whole = d with { Channels = map.Shape.Channels, Widening = Widening.Fixed };
        LayerResult? node = Layer(name + "_squeeze", Operator.AveragePool, whole, [map]);
        if (node is not null)
            node = Layer(name + "_reduce", Operator.Dense, whole with { Channels = ChannelRounding.ToMultiple(map.Shape.Channels * part) }, [node], Activation.Relu);
        if (node is not null)
            node = Layer(name + "_excite", Operator.Dense, whole, [node], Activation.HSigmoid);
        return node is null ? null : Layer(name + "_multiply", Operator.Multiply, whole, [map, node]);
    }

    /// <summary>A full convolution; of single pixels it is a pointwise layer.</summary>
    private LayerResult? Convolution(string name, LayerDefinition d, LayerResult input, Activation activation) =>
        Window(name, d is { Kernel: 1, Stride: 1 } ? Operator.Pointwise : Operator.Convolution, d, input, activation);

    /// <summary>A sum.</summary>
    internal LayerResult? Add(LayerLine line)
    {
        (LayerDefinition d, LayerResult input) = (line.Definition, line.Input);
        LayerResult operand = Find(d.Operand!)!;
        if (input.Shape == operand.Shape && !operand.IsVector)
            return Layer(line.Name, Operator.Add, d, [input, operand], d.Activation ?? Activation.Linear);
        _diagnostics.Report(Rules.ShapesDiffer, d.Span, d.Operand!.Text, operand.Shape, input.Name, input.Shape);
        return null;
    }

    /// <summary>A map times a vector. Either may be the operand that the line names.</summary>
    internal LayerResult? Multiply(LayerLine line)
    {
        (LayerDefinition d, LayerResult input) = (line.Definition, line.Input);
        LayerResult operand = Find(d.Operand!)!;
        (LayerResult map, LayerResult vector) = input.IsVector ? (operand, input) : (input, operand);
        if (!map.IsVector && vector.IsVector && map.Shape.Channels == vector.Shape.Channels)
            return Layer(line.Name, Operator.Multiply, d, [map, vector]);
        _diagnostics.Report(Rules.FactorsDiffer, d.Span, input.Name, Kind(input), d.Operand!.Text, Kind(operand));
        return null;

        static string Kind(LayerResult result) => result.IsVector ? $"a vector of {result.Shape.Channels}" : $"a map of {result.Shape}";
    }

    /// <summary>A dense layer, and its function as a layer of its own, as files and kernels have it. The name is that of the dense layer, and where others refer to it, of both together.</summary>
    internal LayerResult? Dense(LayerLine line)
    {
        (string name, LayerDefinition d, LayerResult input) = line;
        LayerResult? dense = Layer(name, Operator.Dense, d, [input], d.Activation ?? Activation.Linear);
        if (dense is null || d.Function is not { } function)
            return dense;
        LayerResult? result = Layer($"{name}_{function}", function, d, [dense]);
        if (result is not null)
            _names[_names.FindIndex(n => n.Key == name)] = new(name, result);
        return result;
    }

    /// <summary>Probabilities, of two classes or more.</summary>
    internal LayerResult? Softmax(LayerLine line)
    {
        if (line.Input.Shape.Channels > 1)
            return Whole(line, Operator.Softmax);

        // Where the line is a built-in network's, the file has only said how many classes there are.
        TextSpan span = line.Definition.Span;
        _diagnostics.Report(Rules.SoftmaxOfOne, span == _settings.NameSpan ? _settings.ClassesSpan ?? span : span, line.Input.Name);
        return null;
    }

    /// <summary>The keyword of the layer that made a vector of the map.</summary>
    private string MakerOf(LayerResult vector)
    {
        Layer layer = _layers.First(l => l.Name == vector.Name);
        while (_layers.FirstOrDefault(l => l.Name == layer.Inputs[0]) is { Operator.GivesVector: true } before)
            layer = before;
        return layer.Source.Split(' ')[0];
    }

    private static LayerDefinition OfPixels(LayerDefinition d) => d with { Kernel = 1, Stride = 1 };

    internal LayerResult? Window(string name, Operator op, LayerDefinition d, LayerResult input, Activation activation) =>
        Layer(name, op, d, [input], activation, d.Kernel, d.Stride, op.Filter == FilterKind.Depthwise ? d.Multiplier : 1);

    private LayerResult? Layer(
        string name, Operator op, LayerDefinition d, LayerResult[] inputs, Activation activation = Activation.Linear, int kernel = 1, int stride = 1, int multiplier = 1)
    {
        int channels = d.Channels is { } written ? Scale(written, d.Widening) : 0;
        Shape output = op.Result(inputs[0].Shape, channels, stride, multiplier);
        var layer = new Layer(
            name, op, inputs.Select(i => i.Name).ToEquatableArray(), inputs[0].Shape, output, kernel, stride, multiplier, activation, d.Source);
        long largest = Math.Max(layer.Output.Length, layer.WeightCount);
        if (largest > MaximumValues)
        {
            _diagnostics.Report(Rules.TooLarge, d.Span, name, $"{largest} values", $"{MaximumValues} values");
            return null;
        }

        var node = new LayerResult(name, output, op.GivesVector);
        if (!Register(name, node, d.Span))
            return null;
        _layers.Add(layer);
        _positions.Add(name, d.Span);
        return node;
    }

    private bool Register(string name, LayerResult node, TextSpan span)
    {
        if (!_methodNames.Add(ClassNames.Pascal(name)))
        {
            _diagnostics.Report(Rules.DuplicateLayer, span, name);
            return false;
        }

        _names.Add(new(name, node));
        return true;
    }

    private LayerResult? Source(LayerDefinition d) => d.From is null ? _last : Find(d.From);

    internal LayerResult? Find(Token name)
    {
        if (_names.FirstOrDefault(n => n.Key == name.Text).Value is { } node)
            return node;
        _diagnostics.Report(Rules.UnknownLayer, name.Span, name, LastNames(_names));
        return null;
    }

    private static string LastNames(IEnumerable<KeyValuePair<string, LayerResult>> names)
    {
        List<string> all = [.. names.Select(n => n.Key)];
        return (all.Count > 12 ? "…, " : "") + string.Join(", ", all.Skip(Math.Max(0, all.Count - 12)));
    }

    private bool Wrong(LayerDefinition d, string needed, LayerResult input, string found, string advice)
    {
        _diagnostics.Report(Rules.WrongInput, d.Span, d.Word, needed, input.Name, found, advice);
        return false;
    }

    private string NextName(string word)
    {
        _counts.TryGetValue(word, out int count);
        _counts[word] = count + 1;
        return $"{word}{count + 1}";
    }

    private int Scale(int channels, Widening widening) => widening switch
    {
        Widening.Fixed => channels,
        Widening.WidenOnly when _alpha <= 1 => channels,
        Widening.Truncated => ChannelRounding.Scale(channels, _alpha, 1, _settings.Minimum),
        _ => ChannelRounding.Scale(channels, _alpha, _settings.Divisor, _settings.Minimum),
    };
}
