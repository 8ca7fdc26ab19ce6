using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Diagnostics;

/// <summary>How serious a diagnostic is.</summary>
public enum Severity
{
    /// <summary>Shown in editors only.</summary>
    Info,

    /// <summary>The build goes on.</summary>
    Warning,

    /// <summary>The build stops.</summary>
    Error,
}

/// <summary>A kind of diagnostic.</summary>
/// <param name="Id"><c>MBN</c> and four digits: 1 the language, 2 files and weights, 3 the project.</param>
/// <param name="Title">What is wrong, in a few words.</param>
/// <param name="Format">The message, a composite format string.</param>
/// <param name="Severity">How serious it is.</param>
public sealed record Rule(string Id, string Title, string Format, Severity Severity);

/// <summary>Something wrong, and where.</summary>
/// <param name="Rule">What kind it is.</param>
/// <param name="Path">The file.</param>
/// <param name="Span">The characters it is about.</param>
/// <param name="Start">Line and column of the first.</param>
/// <param name="End">Line and column after the last.</param>
/// <param name="Message">What was found, what was expected, what to do.</param>
public sealed record Diagnostic(Rule Rule, string Path, TextSpan Span, LinePosition Start, LinePosition End, string Message)
{
    /// <summary>The form that MSBuild and editors recognise: <c>file(line,column,line,column): error MBN1001: message</c>.</summary>
    public override string ToString() =>
        $"{Path}({Start.Line + 1},{Start.Column + 1},{End.Line + 1},{End.Column + 1}): {Rule.Severity.ToString().ToLowerInvariant()} {Rule.Id}: {Message}";
}

/// <summary>Collects the diagnostics of one file.</summary>
public sealed class DiagnosticBag(SourceText source)
{
    /// <summary>Nobody reads more, and a hostile file could ask for millions.</summary>
    private const int Maximum = 500;

    private readonly List<Diagnostic> _items = [];

    /// <summary>All that was reported, up to a limit, by position.</summary>
    public EquatableArray<Diagnostic> Items => _items.OrderBy(d => d.Span.Start).ThenBy(d => d.Rule.Id, StringComparer.Ordinal).ToEquatableArray();

    /// <summary>Whether an error was reported.</summary>
    public bool HasErrors => _items.Any(d => d.Rule.Severity == Severity.Error);

    /// <summary>How many were reported.</summary>
    internal int Count => _items.Count;

    /// <summary>The number, from one, of the line in which a span starts.</summary>
    internal int LineOf(TextSpan span) => source.Position(span.Start).Line + 1;

    /// <summary>Reports a rule at a place, once: the variants of a list would otherwise repeat what they share.</summary>
    public void Report(Rule rule, TextSpan span, params object[] arguments)
    {
        if (_items.Count == Maximum)
            return;
        string message = string.Format(CultureInfo.InvariantCulture, rule.Format, arguments);
        var diagnostic = new Diagnostic(rule, source.Path, span, source.Position(span.Start), source.Position(span.End), message);
        if (!_items.Contains(diagnostic))
            _items.Add(diagnostic);
    }
}
