using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Networks;

/// <summary>How a layer's channel count follows α.</summary>
internal enum Widening
{
    /// <summary>Scaled by α and rounded.</summary>
    Scaled,

    /// <summary>Scaled when α is above 1, else as written.</summary>
    WidenOnly,

    /// <summary>As written.</summary>
    Fixed,

    /// <summary>Scaled by α without its fraction, whatever the divisor.</summary>
    Truncated,
}

/// <summary>A line of a block, evaluated but independent of α and resolution.</summary>
/// <param name="Word">Its first word.</param>
/// <param name="Channels">Channels or outputs as written; null where the layer has none.</param>
/// <param name="Kernel">Side of the filter.</param>
/// <param name="Stride">Stride of the first repetition.</param>
/// <param name="Expand">How many channels a bottleneck has inside; null where the line does not say.</param>
/// <param name="Multiplier">Filters a channel of a depthwise layer.</param>
/// <param name="Repeat">How often the layer stands in a row.</param>
/// <param name="Activation">Null for the layer's usual one.</param>
/// <param name="Function">What a dense layer applies to its result as a layer of its own; null for nothing.</param>
/// <param name="Widening">How channels follow α.</param>
/// <param name="Name">Given name.</param>
/// <param name="From">Name of the layer it reads instead of the one above.</param>
/// <param name="Operand">What an addition adds.</param>
/// <param name="Source">The statement, for comments.</param>
/// <param name="Span">Where it stands in the user's file.</param>
internal sealed record LayerDefinition(
    string Word, int? Channels, int Kernel, int Stride, Expansion? Expand, int Multiplier, int Repeat, Activation? Activation,
    Operator? Function, Widening Widening, string? Name, Token? From, Token? Operand, string Source, TextSpan Span)
{
    /// <summary>What part of a bottleneck's channels its squeeze has; null for none.</summary>
    public double? Squeeze { get; init; }

    /// <summary>Whether a bottleneck has a full convolution in place of its expansion and depthwise layer.</summary>
    public bool IsFused { get; init; }

    /// <summary>Whether a bottleneck leaves its residual out where shapes would allow it.</summary>
    public bool HasNoResidual { get; init; }
}

/// <summary>Evaluates the lines of a block.</summary>
internal static class LayerBinder
{
    private const int MaximumChannels = 65_536;
    public const int MaximumKernel = 15;
    private const int MaximumRepeat = 1_000;
    private const decimal MinimumSqueeze = 1m / 64;

    /// <param name="block">The block.</param>
    /// <param name="classes">What <c>dense classes</c> stands for, if said.</param>
    /// <param name="span">Replaces the statements' own positions where the block is a built-in one.</param>
    /// <param name="diagnostics">Takes what is wrong.</param>
    public static IReadOnlyList<LayerDefinition> Bind(Block block, int? classes, TextSpan? span, DiagnosticBag diagnostics) =>
        block.Layers.Select(statement => Bind(statement, classes, span, diagnostics)).OfType<LayerDefinition>().ToList();

    private static LayerDefinition? Bind(Statement statement, int? classes, TextSpan? span, DiagnosticBag diagnostics)
    {
        string name = statement.Keyword.Text;
        LayerWord word = LayerWords.All[name];
        var arguments = new ArgumentReader(statement, Keywords.Layers[name], diagnostics);
        int? channels = word.Argument switch
        {
            LayerArgument.Channels => arguments.Integer("the number of channels", 1, MaximumChannels),
            LayerArgument.Outputs => Outputs(arguments, classes),
            _ => null,
        };
        Token? operand = word.Argument == LayerArgument.Operand ? arguments.Word("the name of a layer") : null;
        if (word.Argument != LayerArgument.None && channels is null && operand is null)
            return null;

        var layer = new LayerDefinition(
            name, channels, word.Kernel, Stride: 1, Expand: null, Multiplier: 1, Repeat: 1,
            Activation: null, Function: null, word.Argument == LayerArgument.Outputs ? Widening.Fixed : Widening.Scaled, Name: null, From: null, operand, statement.ToString(), span ?? statement.Span);
        var seen = new Dictionary<string, string>();
        while (arguments.Peek is { } option)
        {
            arguments.Take("an option");
            if (option.Kind == TokenKind.String || !LayerWords.OptionsOf(name).Contains(option.Text))
            {
                arguments.Unexpected(option, $"{name} takes {string.Join(", ", LayerWords.OptionsOf(name))}");
                return null;
            }

            string group = Group(option.Text);
            if (seen.TryGetValue(group, out string? earlier))
            {
                if (earlier == option.Text)
                    diagnostics.Report(Rules.GivenTwice, option.Span, option.Text, diagnostics.LineOf(option.Span));
                else
                    diagnostics.Report(Rules.Conflict, option.Span, earlier, option.Text, group);
                return null;
            }

            seen.Add(group, option.Text);

            if (With(layer, option.Text, arguments) is not { } next)
                return null;
            layer = next;
        }

        return Check(layer, seen, arguments) ? layer : null;
    }

    /// <summary>What an option says; of those that say the same, a layer takes one.</summary>
    private static string Group(string option) => option switch
    {
        "tanh" or "sigmoid" => "what the activation is",
        _ when Activations.Find(option) is not null => "what the activation is",
        "widen-only" or "fixed" or "truncated" => "how the channels follow alpha",
        _ => option,
    };

    private static LayerDefinition? With(LayerDefinition layer, string option, ArgumentReader arguments)
    {
        switch (option)
        {
            case "kernel" when arguments.Integer("the kernel", 1, MaximumKernel) is { } kernel:
                return layer with { Kernel = kernel };
            case "stride" when arguments.Integer("the stride", 1, 8) is { } stride:
                return layer with { Stride = stride };
            case "expand" when Expand(arguments) is { } expand:
                return layer with { Expand = expand };
            case "squeeze" when arguments.Fraction("the squeeze", MinimumSqueeze, 1) is { } squeeze:
                return layer with { Squeeze = squeeze };
            case "fused":
                return layer with { IsFused = true };
            case "no-residual":
                return layer with { HasNoResidual = true };
            case "multiplier" when arguments.Integer("the multiplier", 1, 256) is { } multiplier:
                return layer with { Multiplier = multiplier };
            case "repeat" when arguments.Integer("the number of repetitions", 1, MaximumRepeat) is { } repeat:
                return layer with { Repeat = repeat };
            case "tanh":
                return layer with { Function = Operator.Tanh };
            case "sigmoid":
                return layer with { Function = Operator.Sigmoid };
            case "widen-only":
                return layer with { Widening = Widening.WidenOnly };
            case "fixed":
                return layer with { Widening = Widening.Fixed };
            case "truncated":
                return layer with { Widening = Widening.Truncated };
            case "from":
                return arguments.Word("the name of a layer after 'from'") is { } from ? layer with { From = from } : null;
            case "as":
                return Name(arguments) is { } name ? layer with { Name = name } : null;
            default:
                return Activations.Find(option) is { } activation ? layer with { Activation = activation } : null;
        }
    }

    /// <summary>A factor, or <c>to</c> and a number of channels.</summary>
    private static Expansion? Expand(ArgumentReader arguments)
    {
        if (arguments.TakeWord("to"))
            return arguments.Integer("the expanded channels", 1, MaximumChannels) is { } channels ? new Expansion(0, channels) : null;
        return arguments.Fraction("the expansion", 1, 64) is { } factor ? new Expansion(factor) : null;
    }

    private static string? Name(ArgumentReader arguments)
    {
        if (arguments.Take("a name after 'as'") is not { } token)
            return null;

        // A leading underscore would be lost in the method's name.
        if (token.Kind == TokenKind.Word && ClassNames.IsValid(token.Text) && token.Text[0] != '_' && token.Text.Length <= 80)
            return token.Text;
        arguments.Diagnostics.Report(Rules.InvalidName, token.Span, token, "layer", "as features");
        return null;
    }

    private static int? Outputs(ArgumentReader arguments, int? classes)
    {
        if (arguments.Take("the number of outputs, or 'classes'") is not { } token)
            return null;
        if (token.ToString() != "classes")
            return arguments.Integer(token, "the number of outputs", 1, 1_000_000);
        if (classes is null)
            arguments.Diagnostics.Report(Rules.MissingStatement, token.Span, "classes", Keywords.Settings["classes"]);
        return classes;
    }

    private static bool Check(LayerDefinition layer, Dictionary<string, string> seen, ArgumentReader arguments)
    {
        DiagnosticBag diagnostics = arguments.Diagnostics;
        TextSpan span = arguments.Statement.Span;
        if (layer.Word == "conv" && !seen.ContainsKey("kernel"))
            diagnostics.Report(Rules.Missing, span, "conv", "'kernel' and its size", Keywords.Layers["conv"]);
        else if (layer.Word == "bottleneck" && layer.Expand is null)
            diagnostics.Report(Rules.Missing, span, "bottleneck", "'expand' and its factor", Keywords.Layers["bottleneck"]);
        else if (layer.Kernel % 2 == 0)
            diagnostics.Report(Rules.Malformed, span, $"kernel {layer.Kernel}", "an odd kernel, which alone can be centred on a pixel", Keywords.Layers["conv"]);
        else if (layer.Repeat > 1 && layer.Name is not null)
            diagnostics.Report(Rules.NoMeaning, span, "as " + layer.Name, $"with 'repeat {layer.Repeat}'", "write the layer that needs a name on a line of its own");
        else
            return true;
        return false;
    }
}
