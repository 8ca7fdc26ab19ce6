using System.Collections.Generic;
using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats.PyTorch.Script;

/// <summary>An expression of TorchScript.</summary>
internal abstract record ScriptExpression;

/// <summary>A number, a text, True, False or None.</summary>
internal sealed record ScriptConstant(object? Value) : ScriptExpression;

/// <summary>A name: of a variable, or where names of functions and types begin.</summary>
internal sealed record ScriptName(string Name) : ScriptExpression;

/// <summary>What a value has under a name: "self.weight".</summary>
internal sealed record ScriptAttribute(ScriptExpression Of, string Name) : ScriptExpression;

/// <summary>A call; arguments by name have one.</summary>
internal sealed record ScriptCall(ScriptExpression Function, ImmutableArray<(string? Name, ScriptExpression Value)> Arguments) : ScriptExpression;

/// <summary>An element: "size[0]".</summary>
internal sealed record ScriptElement(ScriptExpression Of, ScriptExpression Index) : ScriptExpression;

/// <summary>A list or a tuple.</summary>
internal sealed record ScriptList(ImmutableArray<ScriptExpression> Items, bool IsTuple) : ScriptExpression;

/// <summary>"a if condition else b".</summary>
internal sealed record ScriptChoice(ScriptExpression Condition, ScriptExpression Then, ScriptExpression Else) : ScriptExpression;

/// <summary>A statement, and the line where it stands.</summary>
internal abstract record ScriptStatement(int Line);

/// <summary>Gives names to a value, or to the elements of one; no name where it is only computed.</summary>
internal sealed record ScriptAssignment(int Line, ImmutableArray<string> Names, bool IsUnpacked, ScriptExpression Value) : ScriptStatement(Line);

/// <summary>The result of a function.</summary>
internal sealed record ScriptReturn(int Line, ScriptExpression? Value) : ScriptStatement(Line);

/// <summary>A condition and what is done where it holds and where not.</summary>
internal sealed record ScriptIf(int Line, ScriptExpression Condition, ImmutableArray<ScriptStatement> Then, ImmutableArray<ScriptStatement> Else) : ScriptStatement(Line);

/// <summary>"for name in values".</summary>
internal sealed record ScriptFor(int Line, string Name, ScriptExpression Values, ImmutableArray<ScriptStatement> Body) : ScriptStatement(Line);

/// <summary>"while condition".</summary>
internal sealed record ScriptWhile(int Line, ScriptExpression Condition, ImmutableArray<ScriptStatement> Body) : ScriptStatement(Line);

/// <summary>A function or method.</summary>
internal sealed record ScriptFunction(string Name, ImmutableArray<(string Name, ScriptExpression? Default)> Parameters, ImmutableArray<ScriptStatement> Body);

/// <summary>A class: what its objects share, and its methods.</summary>
internal sealed record ScriptClass(IReadOnlyDictionary<string, ScriptExpression> Constants, IReadOnlyDictionary<string, ScriptFunction> Methods);

/// <summary>A file of code.</summary>
internal sealed record ScriptFile(IReadOnlyDictionary<string, ScriptClass> Classes, IReadOnlyDictionary<string, ScriptFunction> Functions);
