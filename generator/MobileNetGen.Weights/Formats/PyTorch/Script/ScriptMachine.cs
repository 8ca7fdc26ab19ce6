using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.PyTorch.Script;

/// <summary>
/// Follows the code of a TorchScript archive from the picture to the result, and notes what it does to them. Only a few dozen functions have a meaning here, none of which reaches beyond the file;
/// conditions and loops are followed where they are of numbers that the code states.
/// </summary>
/// <remarks>Values are those of <see cref="PickleMachine"/>, <see cref="GraphValue"/> for what is computed of the picture, and <see cref="ScriptPath"/>.</remarks>
internal sealed partial class ScriptMachine
{
    /// <summary>The code of the largest MobileNet takes some ten thousand.</summary>
    private const int MaximumSteps = 200_000;

    /// <summary>Calls, blocks and expressions within each other.</summary>
    private const int MaximumDepth = 512;

    private const int MaximumNameLength = 1000;

    private readonly TorchArchive _archive;
    private readonly TorchGraph _graph;
    private readonly Dictionary<string, ScriptFile> _files;
    private readonly Dictionary<PickleObject, string> _paths = new(ReferenceEqualityComparer.Instance);
    private int _steps;
    private int _depth;

    private ScriptMachine(TorchArchive archive, Dictionary<string, ScriptFile> files, TorchGraph graph) => (_archive, _files, _graph) = (archive, files, graph);

    /// <summary>A name that is none of a variable's: "torch", "__torch__.torch.nn.functional.hardtanh".</summary>
    private sealed record ScriptPath(string Name);

    /// <summary>A function as it runs.</summary>
    /// <param name="File">The file of its code.</param>
    /// <param name="Module">The module it was called on, or that of its caller.</param>
    private sealed record Frame(string File, string Module)
    {
        public Dictionary<string, object?> Variables { get; } = new(StringComparer.Ordinal);

        public int Line { get; set; }

        public bool HasReturned { get; set; }

        public object? Result { get; set; }
    }

    /// <summary>What a network makes of a picture.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="network">Its network.</param>
    /// <param name="files">The files of code that were parsed, by package; what is parsed here is added.</param>
    /// <param name="graph">What the network is added to.</param>
    /// <param name="input">The picture.</param>
    /// <exception cref="WeightsException">Its code does something that no MobileNet does, or that is not understood.</exception>
    public static GraphValue Run(TorchArchive archive, PickleObject network, Dictionary<string, ScriptFile> files, TorchGraph graph, GraphValue input)
    {
        var machine = new ScriptMachine(archive, files, graph);
        machine.Name(network);
        return machine.Invoke(network, "forward", [(null, input)], new Frame("code", "")) switch
        {
            GraphValue result => result,
            object?[] and [GraphValue only] => only,
            _ => throw new WeightsException("The network's forward gives something else than one tensor; a classifier has one result. Save one that has."),
        };
    }

    /// <summary>The exception for code that is not followed.</summary>
    public static WeightsException NotUnderstood(string file, int line, string what) =>
        new($"The file's code is not understood: {PrintableName.Of(file)}, line {line}: {what}. Save the network's state_dict() instead, or export it to ONNX.");

    /// <summary>Gives every module the name that the network has for it.</summary>
    private void Name(PickleObject network)
    {
        var waiting = new Queue<(PickleObject, string)>([(network, "")]);
        while (waiting.TryDequeue(out (PickleObject Module, string Path) next))
        {
            if (!_paths.TryAdd(next.Module, next.Path))
                continue;
            foreach ((string key, object? value) in next.Module.State?.Named() ?? [])
            {
                if (value is PickleObject inner && next.Path.Length + key.Length < MaximumNameLength)
                    waiting.Enqueue((inner, next.Path.Length == 0 ? key : $"{next.Path}.{key}"));
            }
        }
    }

    private object? Invoke(PickleObject module, string method, IReadOnlyList<(string? Name, object? Value)> arguments, Frame caller)
    {
        string type = module.Type?.ToString() ?? "";
        int dot = type.LastIndexOf('.');
        ScriptFile? file = dot < 0 ? null : File(type[..dot]);
        if (file is null || !file.Classes.TryGetValue(type[(dot + 1)..], out ScriptClass? code) || !code.Methods.TryGetValue(method, out ScriptFunction? function))
            throw NotUnderstood(caller, $"'{PrintableName.Of(type)}' has no method '{PrintableName.Of(method)}' in the archive's code");
        return Invoke(function, [(null, module), .. arguments], new Frame(Path(type[..dot]), _paths.GetValueOrDefault(module, caller.Module)), caller);
    }

    private object? Invoke(ScriptFunction function, IReadOnlyList<(string? Name, object? Value)> arguments, Frame frame, Frame caller)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i].Name ?? (i < function.Parameters.Length ? function.Parameters[i].Name : throw NotUnderstood(caller, $"'{PrintableName.Of(function.Name)}' is given too much"));
            frame.Variables[name] = arguments[i].Value;
        }

        foreach ((string name, ScriptExpression? value) in function.Parameters)
        {
            if (!frame.Variables.ContainsKey(name))
                frame.Variables[name] = value is null ? throw NotUnderstood(caller, $"'{PrintableName.Of(function.Name)}' is not given its '{PrintableName.Of(name)}'") : Evaluate(value, frame);
        }

        Execute(function.Body, frame);
        return frame.Result;
    }

    private void Execute(ImmutableArray<ScriptStatement> statements, Frame frame)
    {
        Enter(frame);
        foreach (ScriptStatement statement in statements)
        {
            frame.Line = statement.Line;
            Execute(statement, frame);
            if (frame.HasReturned)
                break;
        }

        _depth--;
    }

    private void Execute(ScriptStatement statement, Frame frame)
    {
        switch (statement)
        {
            case ScriptReturn step:
                frame.Result = step.Value is null ? null : Evaluate(step.Value, frame);
                frame.HasReturned = true;
                break;
            case ScriptIf step:
                Execute(Holds(step.Condition, frame) ? step.Then : step.Else, frame);
                break;
            case ScriptFor step:
                foreach (object? value in Evaluate(step.Values, frame) as IEnumerable<object?> ?? throw NotUnderstood(frame, "a loop is over something that the code does not state"))
                {
                    frame.Variables[step.Name] = value;
                    Execute(step.Body, frame);
                    if (frame.HasReturned)
                        break;
                }

                break;
            case ScriptWhile step:
                while (!frame.HasReturned && Holds(step.Condition, frame))
                    Execute(step.Body, frame);
                break;
            case ScriptAssignment step:
                Assign(step, frame);
                break;
        }
    }

    private void Assign(ScriptAssignment step, Frame frame)
    {
        object? value = Evaluate(step.Value, frame);
        if (!step.IsUnpacked)
        {
            foreach (string name in step.Names)
                frame.Variables[name] = value;
            return;
        }

        IReadOnlyList<object?> items = value as IReadOnlyList<object?> ?? throw NotUnderstood(frame, "something is taken apart that is no list");
        if (items.Count != step.Names.Length)
            throw NotUnderstood(frame, $"{items.Count} values are given {step.Names.Length} names");
        for (int i = 0; i < items.Count; i++)
            frame.Variables[step.Names[i]] = items[i];
    }

    private object? Evaluate(ScriptExpression expression, Frame frame)
    {
        Enter(frame);
        object? value = expression switch
        {
            ScriptConstant constant => constant.Value,
            ScriptName { Name: var name } => frame.Variables.TryGetValue(name, out object? variable) ? variable : new ScriptPath(name),
            ScriptList { IsTuple: true, Items: var items } => items.Select(item => Evaluate(item, frame)).ToArray(),
            ScriptList { Items: var items } => items.Select(item => Evaluate(item, frame)).ToList(),
            ScriptChoice choice => Evaluate(Holds(choice.Condition, frame) ? choice.Then : choice.Else, frame),
            ScriptElement element => Element(Evaluate(element.Of, frame), Evaluate(element.Index, frame), frame),
            ScriptAttribute attribute => Attribute(Evaluate(attribute.Of, frame), attribute.Name, frame),
            ScriptCall call => Call(call, frame),
            _ => throw NotUnderstood(frame, "an expression"),
        };
        _depth--;
        return value;
    }

    private object? Element(object? of, object? index, Frame frame)
    {
        if (of is not IReadOnlyList<object?> list || index is not long at)
            throw NotUnderstood(frame, "an element is taken of something else than a list");
        long place = at < 0 ? at + list.Count : at;
        return place >= 0 && place < list.Count ? list[(int)place] : throw NotUnderstood(frame, $"element {at} is taken of {list.Count}");
    }

    private object? Attribute(object? of, string name, Frame frame)
    {
        switch (of)
        {
            case ScriptPath { Name: "CONSTANTS" }:
                return Constant(name, frame);
            case ScriptPath { Name: var path } when path.Length + name.Length < MaximumNameLength:
                return new ScriptPath($"{path}.{name}");
            case PickleObject when name == "training":
                // Whatever it was when it was saved: what is built does not train.
                return false;
            case PickleObject { State: { } state } when state.TryGet(name, out object? value):
                return value;
            case PickleObject { Type: { } type } when type.ToString() is var full && full.LastIndexOf('.') is > 0 and var dot
                && File(full[..dot]) is { } file && file.Classes.TryGetValue(full[(dot + 1)..], out ScriptClass? code) && code.Constants.TryGetValue(name, out ScriptExpression? constant):
                return Evaluate(constant, new Frame(Path(full[..dot]), frame.Module));
            default:
                throw NotUnderstood(frame, $"'.{PrintableName.Of(name)}' is asked of something that has it not");
        }
    }

    private object? Call(ScriptCall call, Frame frame)
    {
        if (call.Function is ScriptAttribute { Name: var method, Of: var of })
        {
            switch (Evaluate(of, frame))
            {
                case PickleObject module:
                    return Invoke(module, method, Arguments(call, frame), frame);
                case ScriptPath { Name: var path }:
                    return CallPath($"{path}.{method}", call, frame);
                default:
                    throw NotUnderstood(frame, $"'.{PrintableName.Of(method)}' is called on something that is no module");
            }
        }

        return Evaluate(call.Function, frame) is ScriptPath { Name: var name } ? CallPath(name, call, frame) : throw NotUnderstood(frame, "something is called that is no function");
    }

    private object? CallPath(string path, ScriptCall call, Frame frame)
    {
        // The first argument of these is a type.
        if (path is "annotate" or "unchecked_cast" && call.Arguments.Length == 2)
            return Evaluate(call.Arguments[1].Value, frame);
        if (path is "uninitialized")
            return null;
        List<(string? Name, object? Value)> arguments = Arguments(call, frame);
        if (!path.StartsWith("__torch__.", StringComparison.Ordinal))
            return Compute(path, arguments, frame);
        int dot = path.LastIndexOf('.');
        ScriptFile? file = File(path[..dot]);
        return file is not null && file.Functions.TryGetValue(path[(dot + 1)..], out ScriptFunction? function)
            ? Invoke(function, arguments, new Frame(Path(path[..dot]), frame.Module), frame)
            : throw NotUnderstood(frame, $"the archive's code has no '{PrintableName.Of(path)}'");
    }

    private List<(string? Name, object? Value)> Arguments(ScriptCall call, Frame frame) => [.. call.Arguments.Select(argument => (argument.Name, Evaluate(argument.Value, frame)))];

    private bool Holds(ScriptExpression condition, Frame frame) =>
        Evaluate(condition, frame) is bool holds ? holds : throw NotUnderstood(frame, "a condition is of something that the code does not state");

    private object? Constant(string name, Frame frame) =>
        name.Length > 1 && name[0] == 'c' && int.TryParse(name.AsSpan(1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int index)
        && _archive.Constants is { } constants && index < constants.Count
            ? constants[index]
            : throw NotUnderstood(frame, $"the archive has no constant '{PrintableName.Of(name)}'");

    /// <summary>The code of a package: "__torch__.torch.nn.functional"; null where the archive has none.</summary>
    private ScriptFile? File(string package)
    {
        if (_files.TryGetValue(package, out ScriptFile? file))
            return file;
        string path = Path(package);
        if (_archive.Code(path) is not { } text)
            return null;
        _files.Add(package, file = ScriptParser.Parse(path, text));
        return file;
    }

    private static string Path(string package) => $"code/{package.Replace('.', '/')}.py";

    private void Enter(Frame frame)
    {
        if (++_steps > MaximumSteps)
            throw NotUnderstood(frame, $"it takes more than {MaximumSteps} steps; a MobileNet's takes some thousand");
        if (++_depth > MaximumDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw NotUnderstood(frame, $"calls and expressions are nested more than {MaximumDepth} deep");
    }

    private static WeightsException NotUnderstood(Frame frame, string what) => NotUnderstood(frame.File, frame.Line, what);
}
