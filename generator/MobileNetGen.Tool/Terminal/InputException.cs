using System;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;

namespace MobileNetGen.Tool.Terminal;

/// <summary>Something is wrong with what the user gave: what to print before the program ends with <see cref="ExitCode.InputIsWrong"/>.</summary>
internal sealed class InputException : Exception
{
    /// <summary>One thing that is wrong, not at a place in a file.</summary>
    public InputException(string message)
        : base(message) => Lines = [$"mbnet: {message}"];

    /// <summary>What is wrong with a description, by position.</summary>
    public InputException(params ReadOnlySpan<Diagnostic> diagnostics)
        : base(diagnostics[0].Message) => Lines = [.. diagnostics.ToArray().Select(d => d.ToString())];

    /// <summary>What to print.</summary>
    public ImmutableArray<string> Lines { get; }
}
