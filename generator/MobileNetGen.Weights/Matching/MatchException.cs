using System;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Weights.Matching;

/// <summary>A weights or labels file that does not fit the network's text: a diagnostic on its way to the place that has the text.</summary>
public sealed class MatchException(Rule rule, TextSpan span, params object[] arguments) : Exception(string.Format(System.Globalization.CultureInfo.InvariantCulture, rule.Format, arguments))
{
    /// <summary>Which diagnostic.</summary>
    public Rule Rule => rule;

    /// <summary>The statement it is about.</summary>
    public TextSpan Span => span;

    /// <summary>The arguments of the rule's message.</summary>
    public object[] Arguments => arguments;
}
