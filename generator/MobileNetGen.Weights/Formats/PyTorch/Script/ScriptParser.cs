using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats.PyTorch.Script;

/// <summary>Parses the part of Python that PyTorch prints its code in.</summary>
internal sealed class ScriptParser
{
    /// <summary>Expressions within expressions; a traced sequence has one for each of its parts at most.</summary>
    private const int MaximumDepth = 128;

    private readonly string _file;
    private readonly List<ScriptToken> _tokens;
    private int _next;
    private int _depth;

    private ScriptParser(string file, string text) => (_file, _tokens) = (file, ScriptLexer.Read(file, text));

    private ScriptToken Current => _tokens[_next];

    /// <summary>Parses a file.</summary>
    /// <exception cref="WeightsException">It is not what PyTorch prints.</exception>
    public static ScriptFile Parse(string file, string text)
    {
        var parser = new ScriptParser(file, text);
        var classes = new Dictionary<string, ScriptClass>(StringComparer.Ordinal);
        var functions = new Dictionary<string, ScriptFunction>(StringComparer.Ordinal);
        while (parser.Current.Kind != ScriptTokenKind.End)
        {
            if (parser.Accept("class"))
            {
                string name = parser.Name();
                classes[name] = parser.Class();
            }
            else if (parser.Accept("def"))
            {
                ScriptFunction function = parser.Function();
                functions[function.Name] = function;
            }
            else
            {
                // The version of its operators, which old files begin with.
                while (!parser.AcceptKind(ScriptTokenKind.LineEnd))
                    parser._next += parser.Current.Kind is ScriptTokenKind.Name or ScriptTokenKind.Constant || parser.Current.Text == "=" ? 1 : throw parser.Unexpected();
            }
        }

        return new ScriptFile(classes, functions);
    }

    private ScriptClass Class()
    {
        var constants = new Dictionary<string, ScriptExpression>(StringComparer.Ordinal);
        var methods = new Dictionary<string, ScriptFunction>(StringComparer.Ordinal);
        while (!Accept(":"))
            _next += Current.Kind is ScriptTokenKind.LineEnd or ScriptTokenKind.End ? throw Unexpected() : 1;
        Begin();
        while (!AcceptKind(ScriptTokenKind.Dedent))
        {
            if (Accept("def"))
            {
                ScriptFunction method = Function();
                methods[method.Name] = method;
                continue;
            }

            ScriptExpression target = Expression();
            if (Accept(":"))
                Expression();
            if (Accept("=") && Values(out _) is var value && target is ScriptName { Name: var name })
                constants[name] = value;
            EndLine();
        }

        return new ScriptClass(constants, methods);
    }

    private ScriptFunction Function()
    {
        string name = Name();
        var parameters = ImmutableArray.CreateBuilder<(string, ScriptExpression?)>();
        Expect("(");
        while (!Accept(")"))
        {
            string parameter = Name();
            if (Accept(":"))
                Expression();
            parameters.Add((parameter, Accept("=") ? Expression() : null));
            if (!Accept(","))
                Peek(")");
        }

        if (Accept("->"))
            Expression();
        Expect(":");
        return new ScriptFunction(name, parameters.ToImmutable(), Block());
    }

    private ImmutableArray<ScriptStatement> Block()
    {
        Begin();
        Deepen();
        var statements = ImmutableArray.CreateBuilder<ScriptStatement>();
        while (!AcceptKind(ScriptTokenKind.Dedent))
        {
            if (Statement() is { } statement)
                statements.Add(statement);
        }

        _depth--;
        return statements.ToImmutable();
    }

    /// <summary>A statement; null for one that does nothing.</summary>
    private ScriptStatement? Statement()
    {
        int line = Current.Line;
        if (Accept("pass"))
        {
            EndLine();
            return null;
        }

        if (Accept("return"))
        {
            ScriptExpression? value = Current.Kind == ScriptTokenKind.LineEnd ? null : Values(out _);
            EndLine();
            return new ScriptReturn(line, value);
        }

        if (Accept("if"))
        {
            ScriptExpression condition = Expression();
            Expect(":");
            ImmutableArray<ScriptStatement> then = Block();
            if (!Accept("else"))
                return new ScriptIf(line, condition, then, []);
            Expect(":");
            return new ScriptIf(line, condition, then, Block());
        }

        if (Accept("for"))
        {
            string name = Name();
            Expect("in");
            ScriptExpression values = Expression();
            Expect(":");
            return new ScriptFor(line, name, values, Block());
        }

        if (Accept("while"))
        {
            ScriptExpression condition = Expression();
            Expect(":");
            return new ScriptWhile(line, condition, Block());
        }

        ScriptExpression first = Values(out bool isUnpacked);
        if (Accept(":"))
            Expression();
        ScriptStatement statement = !Accept("=")
            ? new ScriptAssignment(line, [], false, first)
            : new ScriptAssignment(line, Targets(first), isUnpacked, Values(out _));
        EndLine();
        return statement;
    }

    /// <summary>The names that a statement assigns to.</summary>
    private ImmutableArray<string> Targets(ScriptExpression target)
    {
        ImmutableArray<ScriptExpression> items = target is ScriptList { IsTuple: true } tuple ? tuple.Items : [target];
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (ScriptExpression item in items)
            names.Add(item is ScriptName { Name: var name } ? name : throw Broken("something else than a name is assigned to"));
        return names.ToImmutable();
    }

    /// <summary>An expression, or several with commas: a tuple.</summary>
    private ScriptExpression Values(out bool areSeveral)
    {
        ScriptExpression first = Expression();
        areSeveral = Current is { Kind: ScriptTokenKind.Sign, Text: "," };
        if (!areSeveral)
            return first;
        var items = ImmutableArray.CreateBuilder<ScriptExpression>();
        items.Add(first);
        while (Accept(","))
        {
            if (Current.Kind != ScriptTokenKind.LineEnd && Current is not { Kind: ScriptTokenKind.Sign, Text: "=" })
                items.Add(Expression());
        }

        return new ScriptList(items.ToImmutable(), IsTuple: true);
    }

    private ScriptExpression Expression()
    {
        Deepen();
        ScriptExpression value = Operand();
        if (Accept("if"))
        {
            ScriptExpression condition = Expression();
            Expect("else");
            value = new ScriptChoice(condition, value, Expression());
        }

        _depth--;
        return value;
    }

    private ScriptExpression Operand()
    {
        if (Accept("-"))
        {
            return Primary() switch
            {
                ScriptConstant { Value: long whole } => new ScriptConstant(-whole),
                ScriptConstant { Value: double real } => new ScriptConstant(-real),
                _ => throw Broken("only numbers have a sign"),
            };
        }

        ScriptExpression value = Primary();
        while (true)
        {
            if (Accept("."))
                value = new ScriptAttribute(value, Name());
            else if (Accept("("))
                value = new ScriptCall(value, Arguments());
            else if (Accept("["))
                value = new ScriptElement(value, List("]", isTuple: true) is { Items: [var one] } ? one : new ScriptConstant(null));
            else
                return value;
        }
    }

    private ScriptExpression Primary()
    {
        ScriptToken token = Current;
        _next++;
        switch (token.Kind, token.Text)
        {
            case (ScriptTokenKind.Constant, _):
                return new ScriptConstant(token.Value);
            case (ScriptTokenKind.Name, "True" or "False"):
                return new ScriptConstant(token.Text == "True");
            case (ScriptTokenKind.Name, "None"):
                return new ScriptConstant(null);
            case (ScriptTokenKind.Name, "inf"):
                return new ScriptConstant(double.PositiveInfinity);
            case (ScriptTokenKind.Name, _):
                return new ScriptName(token.Text);
            case (ScriptTokenKind.Sign, "("):
                bool isTuple = false;
                ScriptList items = List(")", isTuple: true, ref isTuple);
                return items.Items.Length == 1 && !isTuple ? items.Items[0] : items;
            case (ScriptTokenKind.Sign, "["):
                return List("]", isTuple: false);
            default:
                _next--;
                throw Unexpected();
        }
    }

    private ScriptList List(string end, bool isTuple)
    {
        bool hasComma = false;
        return List(end, isTuple, ref hasComma);
    }

    private ScriptList List(string end, bool isTuple, ref bool hasComma)
    {
        var items = ImmutableArray.CreateBuilder<ScriptExpression>();
        while (!Accept(end))
        {
            items.Add(Expression());
            if (Accept(","))
                hasComma = true;
            else
                Peek(end);
        }

        return new ScriptList(items.ToImmutable(), isTuple);
    }

    private ImmutableArray<(string?, ScriptExpression)> Arguments()
    {
        var arguments = ImmutableArray.CreateBuilder<(string?, ScriptExpression)>();
        while (!Accept(")"))
        {
            ScriptExpression value = Expression();
            arguments.Add(value is ScriptName { Name: var name } && Accept("=") ? (name, Expression()) : (null, value));
            if (!Accept(","))
                Peek(")");
        }

        return arguments.ToImmutable();
    }

    private void Begin()
    {
        EndLine();
        if (!AcceptKind(ScriptTokenKind.Indent))
            throw Unexpected();
    }

    private void EndLine()
    {
        if (!AcceptKind(ScriptTokenKind.LineEnd))
            throw Unexpected();
    }

    private string Name()
    {
        if (Current.Kind != ScriptTokenKind.Name)
            throw Unexpected();
        return _tokens[_next++].Text;
    }

    private void Expect(string text)
    {
        if (!Accept(text))
            throw Unexpected();
    }

    private void Peek(string text)
    {
        if (Current.Text != text)
            throw Unexpected();
    }

    private bool Accept(string text)
    {
        bool accepted = Current.Kind is ScriptTokenKind.Name or ScriptTokenKind.Sign && Current.Text == text;
        _next += accepted ? 1 : 0;
        return accepted;
    }

    private bool AcceptKind(ScriptTokenKind kind)
    {
        bool accepted = Current.Kind == kind;
        _next += accepted ? 1 : 0;
        return accepted;
    }

    private void Deepen()
    {
        if (++_depth > MaximumDepth)
            throw Broken($"expressions are nested more than {MaximumDepth} deep");
    }

    private WeightsException Unexpected() => Broken(Current.Kind switch
    {
        ScriptTokenKind.LineEnd or ScriptTokenKind.End => "it ends in the middle",
        ScriptTokenKind.Constant => "a constant stands where none was expected",
        ScriptTokenKind.Indent or ScriptTokenKind.Dedent => "its lines are not indented as Python's are",
        _ => $"'{PrintableName.Of(Current.Text)}' was not expected",
    });

    private WeightsException Broken(string what) => ScriptMachine.NotUnderstood(_file, Current.Line, what);
}
