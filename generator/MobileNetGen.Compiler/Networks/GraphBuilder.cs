using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Networks;

/// <summary>Multiplies definitions out at one α and resolution: blocks become layers, layers get shapes.</summary>
internal sealed class GraphBuilder
{
    /// <summary>Values in one map or in all weights: 512 MiB of float32, twenty times the largest published network.</summary>
    public const long MaximumValues = 1L << 27;

    private const int MaximumLayers = 1_024;

    private readonly DiagnosticBag _diagnostics;
    private readonly Settings _settings;
    private readonly decimal _alpha;
    private readonly List<Layer> _layers = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    // What 'add' and 'from' may name: layers, and blocks by the last layer they became.
    private readonly List<KeyValuePair<string, Node>> _names = [];

    // Method names in generated code ignore underscores, so layer names must differ in more.
    private readonly HashSet<string> _methodNames = new(StringComparer.Ordinal) { ClassNames.Pascal(Network.InputName) };
    private Node _last;

    // The line that gave probabilities, which are the end: nothing of a MobileNet reads them.
    private string? _end;

    public GraphBuilder(Settings settings, decimal alpha, Shape input, DiagnosticBag diagnostics)
    {
        (_settings, _alpha, _diagnostics) = (settings, alpha, diagnostics);
        _last = new Node(Network.InputName, input, IsVector: false);
        _names.Add(new(Network.InputName, _last));
    }

    /// <summary>A layer's result. A vector is not the same as a map of one pixel: only pooling, flattening and dense layers give one.</summary>
    private sealed record Node(string Name, Shape Shape, bool IsVector);

    /// <summary>The layers, or null after reporting what is wrong with them.</summary>
    public EquatableArray<Layer>? Build(IEnumerable<LayerDefinition> definitions)
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
            _diagnostics.Report(Rules.IncompleteNetwork, end, "the network has no layers", "add some below 'layers'");
        else if (!_last.IsVector)
            _diagnostics.Report(Rules.IncompleteNetwork, end, $"the network ends in a map of {_last.Shape}", "end its head with avgpool, dense, sigmoid or softmax");
        else
            return _layers.ToEquatableArray();
        return null;
    }

    private bool Append(LayerDefinition d)
    {
        string name = d.Name ?? NextName(d.Kind);
        if (Source(d) is not { } input || (d.Operand is not null && Find(d.Operand) is null))
            return false;

        if (_end is not null)
            return Wrong(d, "a layer's result", input, "the network's result", $"make {_end} the last layer");

        // Dense layers also take a map of one pixel: to them it is a vector, with or without a halo around it.
        bool needsVector = d.Kind is "dense" or "sigmoid" or "softmax";
        if (needsVector && !input.IsVector && !(d.Kind == "dense" && input.Shape.IsVector))
            return Wrong(d, "a vector", input, $"a map of {input.Shape}", d.Kind == "dense" ? "put avgpool, maxpool or flatten above it" : "put avgpool above it");
        if (!needsVector && input.IsVector)
            return Wrong(d, "a feature map", input, $"a vector of {input.Shape.Channels}", $"move it above {FirstVector()}");
        if (d.Kind != "dense" && input.IsVector && _layers.Any(l => l.Name == input.Name && l.Kind == LayerKind.Flatten))
            return Wrong(d, "the result of another layer", input, "a flattened map, which only dense layers read", "put a dense layer between them");
        if (d.Kind == "softmax" && input.Shape.Channels == 1)
        {
            // Where the line is a built-in network's, the file has only said how many classes there are.
            _diagnostics.Report(Rules.SoftmaxOfOne, d.Span == _settings.NameSpan ? _settings.ClassesSpan ?? d.Span : d.Span, input.Name);
            return false;
        }

        Activation usual = _settings.Activation;
        int channels = d.Channels is { } written ? Scale(written, d.Widening) : 0;
        Node? result = d.Kind switch
        {
            "conv" => Filter(name, d is { Kernel: 1, Stride: 1 } ? LayerKind.Pointwise : LayerKind.Convolution, d, input, channels, d.Kernel, d.Stride, 1, d.Activation ?? usual),
            "pointwise" => Filter(name, LayerKind.Pointwise, d, input, channels, 1, 1, 1, d.Activation ?? usual),
            "depthwise" => Filter(name, LayerKind.Depthwise, d, input, Product(input.Shape.Channels, d.Multiplier), d.Kernel, d.Stride, d.Multiplier, d.Activation ?? usual),
            "separable" => Separable(name, d, input, channels, usual),
            "bottleneck" => Bottleneck(name, d, input, channels, usual),
            "add" => Add(name, d, input, Find(d.Operand!)!),
            "avgpool" => Vector(name, LayerKind.AveragePool, d, input, input.Shape.Channels),
            "maxpool" => Vector(name, LayerKind.MaxPool, d, input, input.Shape.Channels),
            "flatten" => Vector(name, LayerKind.Flatten, d, input, (int)input.Shape.Length),
            "dense" => Dense(name, d, input, channels),
            "sigmoid" => Vector(name, LayerKind.Sigmoid, d, input, input.Shape.Channels),
            "softmax" => Vector(name, LayerKind.Softmax, d, input, input.Shape.Channels),
            _ => throw new InvalidOperationException($"The compiler has no layer for '{d.Kind}'."),
        };
        if (result is null)
            return false;
        if (result.Name != name && _layers.All(l => l.Name != name) && !Register(name, result, d.Span))
            return false;
        if (d.Kind is "sigmoid" or "softmax")
            _end = d.Kind;
        _last = result;
        return true;
    }

    /// <summary>A dense layer, and its function as a layer of its own, as files and kernels have it. The name is that of the dense layer, and where others refer to it, of both together.</summary>
    private Node? Dense(string name, LayerDefinition d, Node input, int outputs)
    {
        Node? dense = Vector(name, LayerKind.Dense, d, input, outputs, d.Activation ?? Activation.Linear);
        if (dense is null || d.Function is not { } function)
            return dense;
        Node? result = Vector($"{name}_{function.ToString().ToLowerInvariant()}", function, d, dense, outputs);
        if (result is not null)
            _names[_names.FindIndex(n => n.Key == name)] = new(name, result);
        return result;
    }

    /// <summary>The keyword of the layer that made a vector of the map.</summary>
    private string FirstVector()
    {
        Node vector = _names.First(n => n.Value.IsVector).Value;
        return _layers.First(l => l.Name == vector.Name).Source.Split(' ')[0];
    }

    private Node? Vector(string name, LayerKind kind, LayerDefinition d, Node input, int length, Activation activation = Activation.Linear) =>
        Layer(name, kind, d, [input], new Shape(1, 1, length), isVector: true, activation);

    private Node? Separable(string name, LayerDefinition d, Node input, int channels, Activation usual)
    {
        Node? depthwise = Filter(name + "_depthwise", LayerKind.Depthwise, d, input, input.Shape.Channels, d.Kernel, d.Stride, 1, d.Activation ?? usual);
        return depthwise is null ? null : Filter(name + "_pointwise", LayerKind.Pointwise, d, depthwise, channels, 1, 1, 1, d.Activation ?? usual);
    }

    private Node? Bottleneck(string name, LayerDefinition d, Node input, int channels, Activation usual)
    {
        Activation inner = d.Activation ?? usual;
        int hidden = Product(input.Shape.Channels, d.Expand);
        Node? node = input;

        // An expansion by 1 is no layer in the released networks (the first bottleneck).
        if (d.Expand > 1)
            node = Filter(name + "_expand", LayerKind.Pointwise, d, node, hidden, 1, 1, 1, inner);
        if (node is not null)
            node = Filter(name + "_depthwise", LayerKind.Depthwise, d, node, hidden, d.Kernel, d.Stride, 1, inner);
        if (node is not null)
            node = Filter(name + "_project", LayerKind.Pointwise, d, node, channels, 1, 1, 1, Activation.Linear);
        if (node is not null && d.Stride == 1 && input.Shape.Channels == channels)
            node = Layer(name + "_add", LayerKind.Add, d, [node, input], node.Shape, isVector: false);
        return node;
    }

    private Node? Add(string name, LayerDefinition d, Node input, Node operand)
    {
        if (input.Shape == operand.Shape && !operand.IsVector)
            return Layer(name, LayerKind.Add, d, [input, operand], input.Shape, isVector: false, activation: d.Activation ?? Activation.Linear);
        _diagnostics.Report(Rules.ShapesDiffer, d.Span, d.Operand!.Text, operand.Shape, input.Name, input.Shape);
        return null;
    }

    private Node? Filter(string name, LayerKind kind, LayerDefinition d, Node input, int channels, int kernel, int stride, int multiplier, Activation activation)
    {
        // Both paddings give this size for odd kernels, so shapes do not depend on the weights' format.
        var output = new Shape((input.Shape.Height + stride - 1) / stride, (input.Shape.Width + stride - 1) / stride, channels);
        return Layer(name, kind, d, [input], output, isVector: false, activation, kernel, stride, multiplier);
    }

    private Node? Layer(
        string name, LayerKind kind, LayerDefinition d, Node[] inputs, Shape output, bool isVector,
        Activation activation = Activation.Linear, int kernel = 1, int stride = 1, int multiplier = 1)
    {
        var layer = new Layer(
            name, kind, inputs.Select(i => i.Name).ToEquatableArray(), inputs[0].Shape, output, kernel, stride, multiplier, activation, d.Source, d.Span);
        long largest = Math.Max(layer.Output.Length, layer.WeightCount);
        if (largest > MaximumValues)
        {
            _diagnostics.Report(Rules.TooLarge, d.Span, name, $"{largest} values", $"{MaximumValues} values");
            return null;
        }

        var node = new Node(name, output, isVector);
        if (!Register(name, node, d.Span))
            return null;
        _layers.Add(layer);
        return node;
    }

    private bool Register(string name, Node node, TextSpan span)
    {
        if (!_methodNames.Add(ClassNames.Pascal(name)))
        {
            _diagnostics.Report(Rules.DuplicateLayer, span, name);
            return false;
        }

        _names.Add(new(name, node));
        return true;
    }

    private Node? Source(LayerDefinition d) => d.From is null ? _last : Find(d.From);

    private Node? Find(Token name)
    {
        if (_names.FirstOrDefault(n => n.Key == name.Text).Value is { } node)
            return node;
        IEnumerable<string> last = _names.Select(n => n.Key).Reverse().Take(12).Reverse();
        _diagnostics.Report(Rules.UnknownLayer, name.Span, name, (_names.Count > 12 ? "…, " : "") + string.Join(", ", last));
        return null;
    }

    private bool Wrong(LayerDefinition d, string needed, Node input, string found, string advice)
    {
        _diagnostics.Report(Rules.WrongInput, d.Span, d.Kind, needed, input.Name, found, advice);
        return false;
    }

    private string NextName(string kind)
    {
        _counts.TryGetValue(kind, out int count);
        _counts[kind] = count + 1;
        return $"{kind}{count + 1}";
    }

    /// <summary>A product that saturates; the limit on values then reports it.</summary>
    private static int Product(int a, int b) => (int)Math.Min((long)a * b, int.MaxValue);

    private int Scale(int channels, Widening widening) => widening switch
    {
        Widening.Fixed => channels,
        Widening.WidenOnly when _alpha <= 1 => channels,
        _ => ChannelRounding.Scale(channels, _alpha, _settings.Divisor),
    };
}
