using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Networks;

/// <summary>Evaluates the statements outside the blocks. A built-in network's own statements are the defaults of a file that names it.</summary>
internal sealed class SettingsBinder(NetworkSyntax syntax, NetworkSyntax? builtIn, DiagnosticBag diagnostics)
{
    /// <summary>The papers' base resolution, which ρ multiplies.</summary>
    private const int BaseResolution = 224;

    private const int MaximumSide = 8192;
    private const decimal MinimumAlpha = 0.01m;
    private const decimal MaximumAlpha = 8;
    private const int MaximumThreads = 64;
    private const decimal MinimumEpsilon = 0.000000000001m;

    /// <summary>Every prediction is below 1, and none below 0: a share of predictions is meant.</summary>
    private const decimal LeastProbability = 0.000001m;

    public Settings Bind()
    {
        var settings = new Settings();
        if (builtIn is not null)
            settings = Apply(builtIn, settings);
        settings = Apply(syntax, settings);
        settings = settings with
        {
            ResolutionSpan = (syntax.Find("resolution") ?? syntax.Find("rho"))?.Span ?? settings.NameSpan, ClassesSpan = syntax.Find("classes")?.Span,
            Written = [.. syntax.Settings.Select(s => s.Keyword.Text), .. syntax.Head is null ? Array.Empty<string>() : ["head"], .. syntax.Detector is null ? Array.Empty<string>() : ["detector", .. syntax.Detector.Layers.Select(l => l.Keyword.Text).Distinct()]],
        };
        int reported = diagnostics.Count;
        settings = BindQuantization(settings);
        if (diagnostics.Count == reported)
            CheckMeaning(settings);
        CheckPresence(settings);
        return settings;
    }

    private Settings Apply(NetworkSyntax from, Settings s)
    {
        foreach (Statement statement in from.Settings)
        {
            var arguments = new ArgumentReader(statement, Keywords.Settings[statement.Keyword.Text], diagnostics);
            s = statement.Keyword.Text switch
            {
                "network" => s with { Architecture = arguments.Take("a name")?.Text ?? "", NameSpan = statement.Span },
                "class" => s with { ClassName = Name(arguments, "class", allowDots: false), ClassSpan = statement.Span },
                "namespace" => s with { Namespace = Name(arguments, "namespace", allowDots: true) },
                "alpha" => s with { Alphas = arguments.List(() => arguments.Number("the width multiplier", MinimumAlpha, MaximumAlpha)) ?? s.Alphas },
                "resolution" => s with { Resolutions = arguments.List(() => Resolution(arguments)) ?? s.Resolutions },
                "rho" => s with { Resolutions = arguments.List(() => Rho(arguments)) ?? s.Resolutions },
                "divisor" => s with { Divisor = arguments.Integer("the divisor", 1, 64) ?? s.Divisor },
                "minimum" => s with { Minimum = arguments.Integer("the smallest number of channels", 1, 1024) ?? s.Minimum },
                "fit" => s with { Fit = Fit(arguments), Bars = arguments.TakeWord("bars") ? arguments.Integer("the grey of bars", 0, 255) ?? s.Bars : s.Bars },
                "resize" => s with { Resampling = Enumeration(arguments, "a way to resize", s.Resampling) },
                "input" => s with { Order = Enumeration(arguments, "a channel order", s.Order) },
                "classes" => s with { Classes = arguments.Integer("the number of classes", 1, 1_000_000) ?? s.Classes ?? 1 },
                "activation" => s with { Activation = Activations.Find(arguments.Choice("an activation", "relu6", "relu", "hswish", "hsigmoid") ?? "") ?? Activation.Relu6 },
                "output" => s with { Outputs = Outputs(arguments, s.Outputs) },
                "padding" => s with { Padding = Enumeration(arguments, "a padding", PaddingRule.Same) },
                "rounding" => s with { Rounding = Enumeration(arguments, "a rounding", s.Rounding) },
                "weights" => s with { Weights = Weights(arguments) },
                "epsilon" => s with { Epsilon = arguments.Number("ε", MinimumEpsilon, 1) },
                "labels" => s with { Labels = arguments.String("a file name")?.Text },
                "unknown" => s with { Unknown = Unknown(arguments), UnknownSpan = statement.Span },
                "normalize" => s with { Normalization = Normalize(arguments) ?? s.Normalization },
                "stack" => s with { StackBudget = Stack(arguments) ?? s.StackBudget },
                "threads" => s with { Threads = arguments.Integer("the threads that share an image", 2, MaximumThreads) ?? s.Threads },
                "bake" => s with { Bake = Enumeration(arguments, "a place for weights", s.Bake) },
                _ => s, // quantization is bound last
            };
            if (statement.Keyword.Text != "quantization")
                arguments.End();
        }

        return s;
    }

    private Settings BindQuantization(Settings s)
    {
        if ((syntax.Find("quantization") ?? builtIn?.Find("quantization")) is not { } statement)
            return s;
        var arguments = new ArgumentReader(statement, Keywords.Settings["quantization"], diagnostics);
        Quantization quantization = Enumeration(arguments, "a quantization", Quantization.Float32);
        (Quantization input, Quantization output) = (quantization, quantization);
        if (arguments.TakeWord("io"))
        {
            input = End("a type for input and output");
            output = arguments.Peek is null ? input : End("a type for the output");
        }

        arguments.End();
        return s with { Quantization = quantization, InputType = input, OutputType = output };

        Quantization End(string what)
        {
            Token? type = arguments.Peek;
            Quantization end = Enumeration(arguments, what, quantization);
            if (type is not null && quantization == Quantization.Float32 && end != quantization)
                diagnostics.Report(Rules.NoMeaning, type.Span, $"io {type.Text}", "in a float32 network", "remove it, or write: quantization int8 io " + type.Text);
            return end;
        }
    }

    private void CheckPresence(Settings s)
    {
        var start = new TextSpan(0, 0);
        if (syntax.Find("network") is null)
            diagnostics.Report(Rules.MissingStatement, start, "network", Keywords.Settings["network"]);
        if (syntax.Find("weights") is null)
            diagnostics.Report(Rules.MissingStatement, s.NameSpan, "weights", Keywords.Settings["weights"]);
        if (s.Resolutions.Count == 0 && syntax.Layers is not null && syntax.Find("resolution") is null && syntax.Find("rho") is null)
            diagnostics.Report(Rules.MissingStatement, s.NameSpan, "resolution", Keywords.Settings["resolution"]);
        if (syntax.Find("rho") is { } rho && syntax.Find("resolution") is not null)
            diagnostics.Report(Rules.Conflict, rho.Span, "resolution", "rho", "how large the input is");
    }

    private void CheckMeaning(Settings s)
    {
        if (syntax.Find("normalize") is { } normalize && s.InputType != Quantization.Float32)
            diagnostics.Report(Rules.NoMeaning, normalize.Span, "normalize", "where the input is quantised", "the input's scale and zero point hold the normalisation; remove the statement");
        if (syntax.Find("rounding") is { } rounding && s.Quantization != Quantization.Int8)
            diagnostics.Report(Rules.NoMeaning, rounding.Span, "rounding", "unless the quantization is int8", "uint8 always rounds twice; remove the statement");
        if (syntax.Find("epsilon") is { } epsilon && syntax.Find("weights")?.Arguments.FirstOrDefault() is { Kind: TokenKind.Word, Text: "random" })
            diagnostics.Report(Rules.NoMeaning, epsilon.Span, "epsilon", "with random weights", "they have no batch normalisation; remove the statement");
        if (syntax.Find("unknown") is { } unknown && s is { Unknown.ClassName: not null, Labels: null })
            diagnostics.Report(Rules.NoMeaning, unknown.Span, "class", "without names of classes", "name them with 'labels', or remove it");
        int channels = s.Order == PixelOrder.Grey ? 1 : 3;
        foreach (int count in new[] { s.Normalization.Mean.Count, s.Normalization.Std.Count })
        {
            if (syntax.Find("normalize") is { } statement && count != 1 && count != channels)
                diagnostics.Report(Rules.Malformed, statement.Span, statement, $"one number, or {channels}, for mean and for std", Keywords.Settings["normalize"]);
        }
    }

    private static Fit Fit(ArgumentReader arguments) => arguments.Choice("a way to fit pictures in", "stretch", "letterbox") != "letterbox"
        ? Networks.Fit.Stretch
        : arguments.TakeWord("centre") ? Networks.Fit.LetterboxCentre : Networks.Fit.Letterbox;

    private static T Enumeration<T>(ArgumentReader arguments, string what, T otherwise)
        where T : struct, Enum
    {
        string[] names = Enum.GetNames(typeof(T)).Select(n => n.ToLowerInvariant()).ToArray();
        return arguments.Choice(what, names) is { } word ? (T)Enum.Parse(typeof(T), word, ignoreCase: true) : otherwise;
    }

    private string? Name(ArgumentReader arguments, string what, bool allowDots)
    {
        if (arguments.Take("a name") is not { } token)
            return null;
        if (token.Kind == TokenKind.Word && ClassNames.IsValid(token.Text, allowDots) && (allowDots || !ClassNames.GeneratedNames.Contains(token.Text)))
            return token.Text;
        diagnostics.Report(Rules.InvalidName, token.Span, token, what, Keywords.Settings[what]);
        return null;
    }

    private Resolution? Resolution(ArgumentReader arguments)
    {
        if (arguments.Take("a size") is not { } token)
            return null;
        string[] sides = token.Kind == TokenKind.Word ? token.Text.Split('x') : [];
        var values = new List<int>();
        foreach (string side in sides)
        {
            if (!ArgumentReader.TryDecimal(side, out decimal value) || decimal.Truncate(value) != value)
                break;
            if (!arguments.InRange(token, "the resolution", value, 1, MaximumSide))
                return null;
            values.Add((int)value);
        }

        if (values.Count == sides.Length && values.Count is 1 or 2)
            return new Resolution(values[0], values[values.Count - 1]);
        diagnostics.Report(Rules.Malformed, token.Span, token, "a side, or height x width", "resolution 160, or: resolution 192x256");
        return null;
    }

    private Resolution? Rho(ArgumentReader arguments)
    {
        if (arguments.Take("a resolution multiplier") is not { } token)
            return null;
        string[] parts = token.Text.Split('/');
        decimal numerator = 0, denominator = 1;
        bool good = token.Kind == TokenKind.Word && parts.Length is 1 or 2
            && ArgumentReader.TryDecimal(parts[0], out numerator)
            && (parts.Length == 1 || ArgumentReader.TryDecimal(parts[1], out denominator));
        if (!good || denominator == 0)
        {
            diagnostics.Report(Rules.Malformed, token.Span, token, "a resolution multiplier", Keywords.Settings["rho"]);
            return null;
        }

        // Guards the product below against overflow before the range is checked exactly.
        decimal rho = Math.Abs(numerator) > MaximumSide || Math.Abs(denominator) < 0.001m ? -1 : numerator / denominator;
        if (rho < 1m / BaseResolution || rho > (decimal)MaximumSide / BaseResolution)
        {
            diagnostics.Report(Rules.OutOfRange, token.Span, "rho", token.Text, "1/224", "8192/224");
            return null;
        }

        int side = (int)decimal.Round(BaseResolution * rho, MidpointRounding.AwayFromZero);
        return new Resolution(side, side);
    }

    private WeightsSource Weights(ArgumentReader arguments)
    {
        if (arguments.TakeWord("random"))
        {
            bool isUniform = arguments.TakeWord("uniform");
            int seed = arguments.Peek is null || isUniform ? 0 : arguments.Integer("the seed", 0, int.MaxValue) ?? 0;
            return new WeightsSource(default, (ulong)seed) { IsUniform = isUniform || arguments.TakeWord("uniform") };
        }

        var files = new List<string>();
        do
        {
            if (arguments.String("a file name") is not { } file)
                break;
            files.Add(file.Text);
        }
        while (arguments.Peek is not null);
        return new WeightsSource(files.ToEquatableArray(), 0);
    }

    /// <summary>One of the two parts, or both, in any order.</summary>
    private UnknownRule? Unknown(ArgumentReader arguments)
    {
        var rule = new UnknownRule(null, null);
        do
        {
            Token? word = arguments.Peek;
            switch (arguments.Choice("what is unknown", "below", "class"))
            {
                case "below" when rule.Below is null:
                    if (arguments.Number("the least probability of what is known", LeastProbability, 1 - LeastProbability) is not { } below)
                        return null;
                    rule = rule with { Below = below };
                    break;
                case "class" when rule.ClassName is null:
                    if (arguments.String("the name of a class") is not { } name)
                        return null;
                    rule = rule with { ClassName = name.Text };
                    break;
                case null:
                    return null;
                default:
                    diagnostics.Report(Rules.GivenTwice, word!.Span, word, diagnostics.LineOf(word.Span));
                    return null;
            }
        }
        while (arguments.Peek is not null);
        return rule;
    }

    private Normalization? Normalize(ArgumentReader arguments)
    {
        List<decimal>? mean = Numbers("mean", -1000, 1000), std = mean is null ? null : Numbers("std", 0.0001m, 1000);
        return mean is null || std is null ? null : new Normalization(mean.ToEquatableArray(), std.ToEquatableArray());

        List<decimal>? Numbers(string word, decimal minimum, decimal maximum)
        {
            if (!arguments.TakeWord(word))
            {
                diagnostics.Report(Rules.Missing, arguments.Statement.Span, "normalize", $"'{word}' and its numbers", Keywords.Settings["normalize"]);
                return null;
            }

            var values = new List<decimal>();
            do
            {
                if (arguments.Number(word, minimum, maximum) is not { } value)
                    return null;
                values.Add(value);
            }
            while (arguments.Peek is { Kind: TokenKind.Word } next && ArgumentReader.TryDecimal(next.Text, out _));
            return values;
        }
    }

    private IReadOnlyList<Token> Outputs(ArgumentReader arguments, IReadOnlyList<Token> earlier)
    {
        List<Token> outputs = [.. earlier];
        do
        {
            if (arguments.Word("the name of a layer") is not { } name)
                break;
            if (outputs.FirstOrDefault(o => o.Text == name.Text) is { } same)
                diagnostics.Report(Rules.GivenTwice, name.Span, name, diagnostics.LineOf(same.Span));
            outputs.Add(name);
        }
        while (arguments.Peek is not null);
        return outputs;
    }

    private long? Stack(ArgumentReader arguments)
    {
        if (arguments.Take("a size") is not { } token)
            return null;
        foreach ((string unit, long factor) in new[] { ("KiB", 1024L), ("MiB", 1024L * 1024), ("B", 1L), ("", 1L) })
        {
            if (token.Kind != TokenKind.Word || !token.Text.EndsWith(unit, StringComparison.Ordinal))
                continue;
            string digits = token.Text.Substring(0, token.Text.Length - unit.Length);
            if (!ArgumentReader.TryDecimal(digits, out decimal value))
                break;
            if (value < 0 || value > int.MaxValue || value * factor > 64 * 1024 * 1024)
            {
                diagnostics.Report(Rules.OutOfRange, token.Span, "the stack budget", token.Text, "0", "64MiB");
                return null;
            }

            return (long)(value * factor);
        }

        diagnostics.Report(Rules.Malformed, token.Span, token, "a size in B, KiB or MiB", Keywords.Settings["stack"]);
        return null;
    }
}
