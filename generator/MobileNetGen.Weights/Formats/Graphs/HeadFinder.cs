using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <summary>The results of one kind of predictor, boxes or scores, of all maps.</summary>
/// <param name="Cuts">By map, in the file's order: the index of the step that first gives the predictor's result another shape. What it reads is the head.</param>
/// <param name="Join">The index of the step that joins them; −1 where there is one map.</param>
internal sealed record FoundPredictors(ImmutableArray<int> Cuts, int Join)
{
    /// <summary>The step that makes scores of them; −1 where there is none.</summary>
    public int Function { get; init; } = -1;
}

/// <summary>The heads of a detector.</summary>
/// <param name="Boxes">Those that predict boxes.</param>
/// <param name="Scores">Those that predict classes.</param>
/// <param name="Detection">The index of the step that does the post-processing; −1 where there is none.</param>
internal sealed record FoundHeads(FoundPredictors Boxes, FoundPredictors Scores, int Detection)
{
    /// <summary>Whether nothing but the order tells boxes from scores, so that the channels have to.</summary>
    public bool AreInterchangeable { get; init; }

    /// <summary>The same with boxes and scores exchanged.</summary>
    public FoundHeads Exchanged => this with { Boxes = Scores, Scores = Boxes };
}

/// <summary>
/// Finds the heads of a detector in a graph of any format: convolutions of which the results, with nothing but reshapes between, are joined, twice as many at a time, once for boxes and once for
/// scores. What stands behind does not matter, and may be anything.
/// </summary>
internal sealed class HeadFinder
{
    // Between a predictor and where its results are joined there are a handful of steps.
    private const int MaximumPath = 32;
    private const int MaximumMaps = 64;

    private readonly IReadOnlyList<HeadStep> _steps;
    private readonly Dictionary<string, int> _producers = new(StringComparer.Ordinal);
    private readonly ILookup<string, int> _readers;

    private HeadFinder(IReadOnlyList<HeadStep> steps)
    {
        _steps = steps;
        foreach ((int index, HeadStep step) in steps.Index())
        {
            foreach (string output in step.Outputs)
                _producers.TryAdd(output, index);
        }

        _readers = steps.Index().SelectMany(pair => pair.Item.Inputs.Distinct().Select(input => (input, pair.Index))).ToLookup(pair => pair.input, pair => pair.Index, StringComparer.Ordinal);
    }

    /// <summary>Finds the heads; null where the graph is no detector's.</summary>
    /// <param name="steps">All operators of the graph, in any order.</param>
    public static FoundHeads? Find(IReadOnlyList<HeadStep> steps) => new HeadFinder(steps).Find();

    private FoundHeads? Find()
    {
        int detection = Index(HeadStepKind.Detection).FirstOrDefault(-1);
        if (detection >= 0 && _steps[detection].Inputs is [var encodings, var scores, ..])
        {
            return Predictors(encodings) is { } boxes && Predictors(scores) is { } classes && boxes.Cuts.Length == classes.Cuts.Length
                ? new FoundHeads(boxes, classes, detection)
                : null;
        }

        List<FoundPredictors> joined = [.. Index(HeadStepKind.Join).Select(Joined).OfType<FoundPredictors>().Where(found => found.Cuts.Length > 1)];
        if (joined.Count != 2 || joined[0].Cuts.Length != joined[1].Cuts.Length)
            return null;

        // What tells best comes first: what is computed of them, then their names.
        bool? isFirstBoxes = Tell(found => found.Function >= 0) ?? Tell(found => Names(found).Any(IsClass)) ?? !Tell(found => Names(found).Any(IsBox)) ?? !Tell(found => Reaches(found, HeadStepKind.Exponential));
        return isFirstBoxes == false
            ? new FoundHeads(joined[1], joined[0], -1)
            : new FoundHeads(joined[0], joined[1], -1) { AreInterchangeable = isFirstBoxes is null };

        // Whether the second ones alone are scores, or the first.
        bool? Tell(Func<FoundPredictors, bool> isScores) => (isScores(joined[0]), isScores(joined[1])) switch
        {
            (false, true) => true,
            (true, false) => false,
            _ => null,
        };
    }

    private IEnumerable<int> Index(HeadStepKind kind) => _steps.Index().Where(pair => pair.Item.Kind == kind).Select(pair => pair.Index);

    /// <summary>What a value was joined of, or the one predictor that it is the result of; null where it is neither.</summary>
    private FoundPredictors? Predictors(string value)
    {
        int function = -1;
        string at = value;
        for (int i = 0; i < MaximumPath && _producers.TryGetValue(at, out int index); i++)
        {
            HeadStep step = _steps[index];
            if (step.Kind == HeadStepKind.Join)
                return Joined(index) is { } joined ? joined with { Function = function >= 0 ? function : joined.Function } : null;
            if (step.Kind is HeadStepKind.Sigmoid or HeadStepKind.Softmax)
                function = index;
            if (step.Kind == HeadStepKind.Convolution || Before(step) is not { } before)
                break;
            at = before;
        }

        return Cut(value) is { } path ? new FoundPredictors([path.Cut], -1) { Function = path.Function } : null;
    }

    private FoundPredictors? Joined(int join)
    {
        string[] inputs = [.. _steps[join].Inputs.Where(input => !IsConstant(input))];
        if (inputs.Length is 0 or > MaximumMaps)
            return null;
        var cuts = ImmutableArray.CreateBuilder<int>(inputs.Length);
        int function = -1;
        foreach (string input in inputs)
        {
            if (Cut(input) is not var (cut, own))
                return null;
            cuts.Add(cut);
            function = Math.Max(function, own);
        }

        if (cuts.Distinct().Count() != cuts.Count)
            return null;
        var found = new FoundPredictors(cuts.DrainToImmutable(), join);
        return found with { Function = function >= 0 ? function : Behind(found, step => step.Kind is HeadStepKind.Sigmoid or HeadStepKind.Softmax, passesSlices: false) };
    }

    /// <summary>The reshape that is next to the convolution whose result a value is, and the function between them, −1 for none; null where a value is something else.</summary>
    private (int Cut, int Function)? Cut(string value)
    {
        (int cut, int function) = (-1, -1);
        for (int i = 0; i < MaximumPath && _producers.TryGetValue(value, out int index); i++)
        {
            HeadStep step = _steps[index];
            if (step.Kind == HeadStepKind.Convolution)
                return cut < 0 ? null : (cut, function);
            if (step.Kind == HeadStepKind.Reshape)
                cut = index;
            if (step.Kind is HeadStepKind.Sigmoid or HeadStepKind.Softmax)
                function = index;
            if (step.Kind is HeadStepKind.Join || Before(step) is not { } before)
                return null;
            value = before;
        }

        return null;
    }

    /// <summary>What a step that changes single numbers or moves them reads, but for constants; null for other steps.</summary>
    private string? Before(HeadStep step) =>
        step.Kind is HeadStepKind.Linear or HeadStepKind.Move or HeadStepKind.Reshape or HeadStepKind.Sigmoid or HeadStepKind.Softmax ? step.Inputs.FirstOrDefault(input => !IsConstant(input)) : null;

    private bool IsConstant(string value) => !_producers.TryGetValue(value, out int index) || _steps[index].Kind == HeadStepKind.Constant;

    private bool Reaches(FoundPredictors found, HeadStepKind kind) => Behind(found, step => step.Kind == kind, passesSlices: true) >= 0;

    /// <summary>The first step of a kind behind a join, with nothing but moves between; −1 where there is none.</summary>
    private int Behind(FoundPredictors found, Func<HeadStep, bool> isSought, bool passesSlices)
    {
        var open = new Queue<int>([found.Join]);
        var seen = new HashSet<int>();
        while (open.TryDequeue(out int index))
        {
            foreach (int reader in _steps[index].Outputs.SelectMany(output => _readers[output]).Order())
            {
                HeadStep step = _steps[reader];
                if (isSought(step))
                    return reader;
                bool isPassed = step.Kind is HeadStepKind.Linear or HeadStepKind.Move or HeadStepKind.Reshape || (passesSlices && step.Kind == HeadStepKind.Slice);
                if (isPassed && seen.Count < 4 * MaximumMaps && seen.Add(reader))
                    open.Enqueue(reader);
            }
        }

        return -1;
    }

    /// <summary>What the file calls the join, its results, and the predictors.</summary>
    private IEnumerable<string> Names(FoundPredictors found) => Array.Empty<string>()
        .Concat(_steps[found.Join].Outputs.Append(_steps[found.Join].Name))
        .Concat(found.Cuts.SelectMany(cut => _steps[cut].Inputs.Append(_steps[cut].Name)))
        .Concat(found.Cuts.SelectMany(PathNames));

    private IEnumerable<string> PathNames(int cut)
    {
        string? value = Before(_steps[cut]);
        for (int i = 0; i < MaximumPath && value is not null && _producers.TryGetValue(value, out int index); i++)
        {
            yield return _steps[index].Name;
            yield return value;
            value = Before(_steps[index]);
        }
    }

    // "BoxPredictor_0/ClassPredictor" is a class predictor.
    private static bool IsClass(string name) => PredictorNames.IsScores(name) == true;

    private static bool IsBox(string name) => PredictorNames.IsScores(name) == false;
}
