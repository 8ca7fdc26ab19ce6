using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Tool.Import.Detectors;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Tool.Import;

/// <summary>Writes the operators of a network as lines of the language: blocks where they form blocks, repetitions where lines repeat.</summary>
internal sealed class LayerLines
{
    private readonly SourceNetwork _network;
    private readonly Activation _usual;
    private readonly ImmutableArray<SourceOperator> _body;
    private readonly ImmutableArray<SourceOperator> _head;
    private readonly ImmutableArray<SourceOperator> _operators;
    private readonly SourcePredictors? _predictors;
    private readonly List<Line> _lines = [];

    /// <param name="network">The network.</param>
    /// <param name="usual">The activation of which nothing is written.</param>
    /// <exception cref="InputException">It is no classifier or feature extractor: nothing pools its last map.</exception>
    public LayerLines(SourceNetwork network, Activation usual)
    {
        (_network, _usual) = (network, usual);
        ImmutableArray<SourceOperator> steps = [.. network.Operators.Where(o => o is not (SourceQuantize or SourceDequantize))];
        int squeezed = steps.Length - steps.Reverse().TakeWhile(o => o is not SourceMultiply).Count();
        int end = squeezed + steps.Skip(squeezed).TakeWhile(o => o is not (SourcePool or SourceFlatten)).Count();
        if (end == steps.Length)
            throw new InputException("The network has no pooling over its last map, and does not read it as one row either: it is no classifier or feature extractor.");
        (_body, _head, _operators) = (steps[..end], steps[end..], network.Operators);
    }

    /// <summary>The lines of a detector.</summary>
    /// <param name="network">The network.</param>
    /// <param name="usual">The activation of which nothing is written.</param>
    /// <param name="predictors">What is no line, since the maps' own lines say it.</param>
    public LayerLines(SourceNetwork network, Activation usual, SourcePredictors predictors)
    {
        (_network, _usual, _head, _predictors) = (network, usual, [], predictors);
        _operators = network.Operators.RemoveAll(predictors.Operators.Contains);
        _body = _operators.RemoveAll(o => o is SourceQuantize or SourceDequantize);
    }

    /// <summary>A line, with what decides whether others can follow or join it.</summary>
    private sealed record Line(string Text, int Stride, int Input, int Result)
    {
        public int Repeat { get; init; } = 1;

        public string? Name { get; set; }

        /// <summary>What the expansion of a bottleneck gives; -1 where there is none.</summary>
        public int Expanded { get; init; } = -1;

        public string Suffix { get; init; } = "";
    }

    /// <summary>The operators before the pooling.</summary>
    public ImmutableArray<SourceOperator> BodyOperators => _body;

    /// <summary>The names of a detector's maps, once <see cref="Body"/> has given them.</summary>
    public ImmutableArray<string> Maps { get; private set; } = [];

    /// <summary>The lines of a <c>layers</c> block.</summary>
    public IEnumerable<string> Body()
    {
        for (int i = 0; i < _body.Length;)
            i += Block(i);
        Maps = [.. (_predictors?.Maps ?? []).Select((map, i) => NameOf(map.Value, i))];
        Join();
        return _lines.Select(l =>
        {
            string stride = l.Stride > 1 ? $" stride {l.Stride}" : "", repeat = l.Repeat > 1 ? $" repeat {l.Repeat}" : "", name = l.Name is null ? "" : $" as {l.Name}";
            return l.Text + stride + repeat + l.Suffix + name;
        });
    }

    /// <summary>The lines of a <c>head</c> block.</summary>
    /// <param name="classes">The outputs of the last dense layer, or null where there is none.</param>
    public ImmutableArray<string> Head(out int? classes)
    {
        SourceOperator? last = _head.LastOrDefault(o => Outputs(o) is not null);
        classes = last is null ? null : Outputs(last);
        var lines = ImmutableArray.CreateBuilder<string>();
        for (int i = 0; i < _head.Length; i++)
        {
            SourceOperator step = _head[i];
            if (i > 0 && step.Input != _head[i - 1].Output)
                throw new InputException($"{step.Place}, does not read what stands before it; behind the pooling the language has one layer after the other.");
            lines.Add(step switch
            {
                SourcePool { Kind: SourcePoolKind.Max } => "maxpool",
                SourcePool => "avgpool",
                SourceFlatten => "flatten",
                SourceSoftmax => "softmax",
                SourceElementwise { Function: SourceFunction.Sigmoid } when i == _head.Length - 1 => "sigmoid",
                _ when Outputs(step) is { } outputs => Dense(step == last ? "classes" : $"{outputs}", step, i + 1 < _head.Length ? _head[i + 1] : null, ref i),
                _ => throw new InputException($"{step.Place}, stands behind the pooling, where the language has dense layers and softmax or sigmoid only."),
            });
        }

        return lines.DrainToImmutable();
    }

    /// <summary>A dense layer, and the function behind it that the language has on its line.</summary>
    private string Dense(string outputs, SourceOperator step, SourceOperator? next, ref int at)
    {
        string activation = ActivationSuffix(ActivationOf(step), Activation.Linear);
        bool isHidden = next is SourceElementwise { Function: SourceFunction.Tanh } || (next is SourceElementwise && next != _head[^1]);
        if (!isHidden || activation.Length > 0)
            return $"dense {outputs}{activation}";
        at++;
        return $"dense {outputs} {((SourceElementwise)next!).Function.ToString().ToLowerInvariant()}";
    }

    /// <summary>What an operator does to its result. A quantised range that ends where an activation does amounts to it.</summary>
    private Activation ActivationOf(SourceOperator step)
    {
        SourceActivation stated = step switch
        {
            SourceConvolution c => c.Activation,
            SourceDepthwise d => d.Activation,
            SourceDense d => d.Activation,
            SourceAdd a => a.Activation,
            _ => SourceActivation.None,
        };
        SourceValue output = _network.Values[step.Output];
        (double minimum, double maximum) = output.RealRange;
        double tolerance = (output.Quantization?.Scale ?? 0) / 2.0;
        bool isCut = step is SourceConvolution or SourceDepthwise && output.Quantization is not null && minimum >= -tolerance;
        return stated switch
        {
            SourceActivation.HSwish => Activation.HSwish,
            SourceActivation.HSigmoid => Activation.HSigmoid,
            SourceActivation.Relu6 => Activation.Relu6,
            SourceActivation.Relu => Activation.Relu,
            _ when isCut && _usual == Activation.Relu6 && maximum <= 6 + tolerance => Activation.Relu6,
            _ when isCut && _usual == Activation.Relu => Activation.Relu,
            _ => Activation.Linear,
        };
    }

    /// <summary>Writes the block or layer that begins at an operator; gives how many it is.</summary>
    private int Block(int i) => Bottleneck(i) is var bottleneck and > 0 ? bottleneck : Separable(i) is var separable and > 0 ? separable : Single(_body[i]);

    private int Bottleneck(int i)
    {
        int input = _body[i].Input, next = i;
        SourceConvolution? expand = Pointwise(i);
        if (expand is not null)
            next++;
        if (Depthwise(next) is not { } depthwise)
            return 0;
        SourceMultiply? squeeze = Squeeze(next + 1, depthwise);
        int last = next + 1 + (squeeze is null ? 0 : SqueezeLength);
        if (Pointwise(last) is not { } project)
            return 0;
        Activation inner = ActivationOf(depthwise);
        int channels = Channels(input), expanded = expand is null ? channels : Channels(expand.Output);
        bool fits = inner != Activation.Linear && ActivationOf(project) == Activation.Linear && (squeeze is null ? Follows(depthwise, project) : Follows(squeeze, project))
            && (expand is null || (expanded != channels && ActivationOf(expand) == inner && Follows(expand, depthwise)));
        if (!fits)
            return 0;
        bool hasShape = depthwise.StrideHeight == 1 && channels == Channels(project.Output);
        bool isResidual = hasShape && last + 1 < _body.Length && _body[last + 1] is SourceAdd add && ActivationOf(add) == Activation.Linear
            && add.Inputs.Order().SequenceEqual(new[] { input, project.Output }.Order()) && Readers(project.Output) == 1;
        string factor = expanded % channels == 0 ? $"{expanded / channels}" : $"to {expanded}";
        string options = (squeeze is null ? "" : " squeeze 1/4") + (hasShape && !isResidual ? " no-residual" : "");
        Add(
            $"bottleneck {Channels(project.Output),4} expand {factor}{Kernel(depthwise)}{options}",
            depthwise.StrideHeight, input, _body[isResidual ? last + 1 : last].Output, ActivationSuffix(inner, _usual), expand?.Output ?? -1);
        return last + (isResidual ? 2 : 1) - i;
    }

    /// <summary>A pool, two dense layers and a product.</summary>
    private const int SqueezeLength = 4;

    /// <summary>The end of the squeeze of a depthwise layer's result that begins at an operator; null where none as the language has it in a block does.</summary>
    private SourceMultiply? Squeeze(int i, SourceDepthwise depthwise)
    {
        int map = depthwise.Output, channels = Channels(map);
        return i + SqueezeLength <= _body.Length && _body[i] is SourcePool { Kind: not SourcePoolKind.Max } pool && pool.Input == map && Readers(map) == 2
            && Outputs(_body[i + 1]) == ChannelRounding.ToMultiple(channels / 4.0, 8, 8) && ActivationOf(_body[i + 1]) == Activation.Relu && Follows(pool, _body[i + 1])
            && Outputs(_body[i + 2]) == channels && ActivationOf(_body[i + 2]) == Activation.HSigmoid && Follows(_body[i + 1], _body[i + 2])
            && _body[i + 3] is SourceMultiply multiply && multiply.Inputs.SequenceEqual([map, _body[i + 2].Output]) && Readers(_body[i + 2].Output) == 1
            ? multiply
            : null;
    }

    private int Separable(int i)
    {
        if (Depthwise(i) is not { } depthwise || Pointwise(i + 1) is not { } pointwise || !Follows(depthwise, pointwise) || ActivationOf(depthwise) != ActivationOf(pointwise))
            return 0;
        Add($"separable {Channels(pointwise.Output),5}{Kernel(depthwise)}", depthwise.StrideHeight, depthwise.Input, pointwise.Output, ActivationSuffix(ActivationOf(pointwise), _usual));
        return 2;
    }

    private int Single(SourceOperator step)
    {
        string activation = ActivationSuffix(ActivationOf(step), step is SourceAdd ? Activation.Linear : _usual);
        switch (step)
        {
            case SourceConvolution c when IsSquare(c.Weights.Shape[1], c.Weights.Shape[2], c.StrideHeight, c.StrideWidth):
                bool isPointwise = c.Weights.Shape[1] == 1 && c.StrideHeight == 1;
                Add(isPointwise ? $"pointwise {Channels(c.Output),5}" : $"conv {Channels(c.Output),10} kernel {c.Weights.Shape[1]}", c.StrideHeight, c.Input, c.Output, activation);
                return 1;
            case SourceDepthwise d when IsSquare(d.Weights.Shape[0], d.Weights.Shape[1], d.StrideHeight, d.StrideWidth):
                Add($"depthwise kernel {d.Weights.Shape[0]}" + (d.Multiplier > 1 ? $" multiplier {d.Multiplier}" : ""), d.StrideHeight, d.Input, d.Output, activation);
                return 1;
            case SourceAdd a:
                // Reads the line above where it can, and the other operand by name.
                bool isLeft = _lines.Count > 0 && a.Left == _lines[^1].Result;
                Add($"add {NameOf(isLeft ? a.Right : a.Left)}", 1, isLeft ? a.Left : a.Right, a.Output, activation);
                return 1;
            default:
                throw new InputException($"{step.Place}, is no layer of the language: kernels and strides are equal in both directions there, and dense layers stand behind the pooling.");
        }
    }

    private void Add(string text, int stride, int input, int result, string suffix, int expanded = -1)
    {
        bool isChained = _lines.Count == 0 ? input == _network.Inputs[0] || _body[0].Input == input : _lines[^1].Result == input;
        _lines.Add(new Line(text, stride, input, result) { Suffix = suffix + (isChained ? "" : $" from {NameOf(input)}"), Expanded = expanded });
    }

    /// <summary>The name of a result that a line further down reads.</summary>
    private string NameOf(int value)
    {
        if (_lines.Find(l => l.Result == value) is { } line)
            return line.Name ??= $"branch{_lines.Count(l => l.Name is not null) + 1}";
        return value == _body[0].Input ? Network.InputName : throw new InputException("a layer reads what is inside a block of another; such networks cannot be described.");
    }

    /// <summary>The name of a map on which a detector predicts: the result of a line, or an expansion inside it.</summary>
    private string NameOf(int map, int index)
    {
        if (_lines.Find(l => l.Result == map) is { } line)
            return line.Name ??= $"map{index}";

        // As TensorFlow counts them: from 0.
        int at = _lines.FindIndex(l => l.Expanded == map);
        return at < 0
            ? throw new InputException($"predictors read '{_network.Values[map].Name}', which is inside a block of the language; such networks cannot be described.")
            : (_lines[at].Name ??= $"block{_lines.Take(at).Count(l => l.Text.StartsWith("bottleneck", StringComparison.Ordinal))}") + "_expand";
    }

    /// <summary>Makes equal lines one with <c>repeat</c>: all but the first at stride 1, none with a name.</summary>
    private void Join()
    {
        for (int i = _lines.Count - 1; i > 0; i--)
        {
            (Line line, Line before) = (_lines[i], _lines[i - 1]);
            if (line.Stride != 1 || line.Text != before.Text || line.Suffix != before.Suffix || line.Suffix.Contains(" from ", StringComparison.Ordinal) || line.Name is not null || before.Name is not null)
                continue;
            if (line.Text.StartsWith("add ", StringComparison.Ordinal))
                continue;
            _lines[i - 1] = before with { Repeat = line.Repeat + 1, Result = line.Result };
            _lines.RemoveAt(i);
        }
    }

    private SourceConvolution? Pointwise(int i) =>
        i < _body.Length && _body[i] is SourceConvolution { StrideHeight: 1, StrideWidth: 1 } c && c.Weights.Shape[1] == 1 && c.Weights.Shape[2] == 1 ? c : null;

    private SourceDepthwise? Depthwise(int i) =>
        i < _body.Length && _body[i] is SourceDepthwise { Multiplier: 1 } d && IsSquare(d.Weights.Shape[0], d.Weights.Shape[1], d.StrideHeight, d.StrideWidth) ? d : null;

    private bool Follows(SourceOperator first, SourceOperator second) => second.Input == first.Output && Readers(first.Output) == 1;

    private int Readers(int value) => _operators.Sum(o => o.Inputs.Count(i => i == value)) + (_predictors is null ? _network.Outputs.Count(o => o == value) : 0);

    private int Channels(int value) => _network.Values[value].Shape[^1];

    private static string Kernel(SourceDepthwise d) => d.Weights.Shape[0] == 3 ? "" : $" kernel {d.Weights.Shape[0]}";

    private static bool IsSquare(int height, int width, int strideHeight, int strideWidth) => height == width && strideHeight == strideWidth;

    private static string ActivationSuffix(Activation activation, Activation usual) => activation == usual ? "" : $" {activation.Word()}";

    /// <summary>The outputs of an operator of the head that has weights.</summary>
    private static int? Outputs(SourceOperator step) => step switch
    {
        SourceDense d => d.Weights.Shape[0],
        SourceConvolution c when c.Weights.Shape[1] == 1 && c.Weights.Shape[2] == 1 => c.Weights.Shape[0],
        _ => null,
    };
}
