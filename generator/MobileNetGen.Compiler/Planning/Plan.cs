using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;

namespace MobileNetGen.Compiler.Planning;

/// <summary>One kernel: called once for a whole map, or for a few rows at a time in a streamed stage.</summary>
/// <param name="Layer">The layer it computes.</param>
/// <param name="FusedAdd">The addition done on its results before they are stored, or null.</param>
/// <param name="Input">What it reads.</param>
/// <param name="Second">The other operand of an addition, fused or not, or null.</param>
/// <param name="Output">What it writes. May be the memory of <paramref name="Second"/>.</param>
/// <param name="Band">The most rows that one call computes in a streamed stage, or takes in, where it gathers them; 0 for the whole map.</param>
/// <param name="Stored">The output of the network that its result is, where that is stored for the caller as soon as rows of it are there; else null.</param>
public sealed record Step(Layer Layer, Layer? FusedAdd, FeatureBuffer Input, FeatureBuffer? Second, FeatureBuffer Output, int Band, NetworkOutput? Stored)
{
    /// <summary>The last layer of the step, whose name the result has.</summary>
    public Layer Last => FusedAdd ?? Layer;

    /// <summary>How many blocks of channels a call computes in a sliced stage; 0 for all.</summary>
    public int Slice { get; init; }

    /// <summary>The rows that its calls run through: those of its result, or of what it gathers.</summary>
    public int Rows => Layer.Operator.GathersRows ? Input.Shape.Height : Output.Shape.Height;
}

/// <summary>
/// Steps that belong together. A stage of one step computes a whole map. A streamed stage runs all its steps a band of rows at a time: each band of
/// the last asks for the rows it needs, so that of the maps between only rings of a few rows exist. A sliced stage runs all its steps a few blocks of
/// channels at a time, so that of the first map no more exist; its last step pools.
/// </summary>
/// <param name="Steps">Its steps, each after those it reads.</param>
public sealed record Stage(EquatableArray<Step> Steps)
{
    /// <summary>The branches of a streamed stage that no step asks for rows.</summary>
    public EquatableArray<SideBranch> Branches { get; init; }

    /// <summary>Whether they run band by band.</summary>
    public bool IsStreamed => Steps[0].Band > 0;

    /// <summary>Whether they run slice by slice.</summary>
    public bool IsSliced => Steps[0].Slice > 0;

    /// <summary>The step that asks the others for rows, whose result is a whole map.</summary>
    public Step Last => Steps[Steps.Count - 1];

    /// <summary>The other steps of a streamed stage of which all rows are needed, by callers or later stages, and perhaps not asked for.</summary>
    public IEnumerable<Step> Drained => Steps.Where(s => s != Last && (s.Stored is not null || (s.Output.Ring == 0 && !IsAskedWhole(s))));

    /// <summary>Whether a step that reads another asks for each of its rows.</summary>
    private bool IsAskedWhole(Step step) =>
        step == Last || Steps.Any(s => s.Layer.Stride == 1 && !s.Layer.Operator.ReadsWholeSecond && (s.Input == step.Output || s.Second == step.Output) && IsAskedWhole(s));
}

/// <summary>How a network runs: its stages in order and where in scratch their maps lie. Depends on the text alone.</summary>
/// <param name="Network">The network.</param>
/// <param name="Input">The prepared input; a ring where the first stage prepares it row by row.</param>
/// <param name="Stages">The stages.</param>
/// <param name="ScratchBytes">Scratch a call needs, with room to align its start.</param>
/// <param name="PeakStep">Name of the step during which the most bytes are live.</param>
/// <param name="PeakBytes">Bytes live then: what no order of offsets could go below.</param>
public sealed record Plan(Network Network, FeatureBuffer Input, EquatableArray<Stage> Stages, long ScratchBytes, string PeakStep, long PeakBytes)
{
    /// <summary>Buffers start at multiples of this many bytes, a cache line.</summary>
    public const int Alignment = 64;

    /// <summary>Where what a detector's predictors give lies until boxes are made of it; null for other networks.</summary>
    public DetectorBuffers? Detector { get; init; }

    /// <summary>All steps, in order.</summary>
    public IEnumerable<Step> Steps => Stages.SelectMany(s => s.Steps);

    /// <summary>The last result.</summary>
    public FeatureBuffer Output => Stages[Stages.Count - 1].Last.Output;

    /// <summary>Whether a call takes its scratch from the stack.</summary>
    public bool FitsStack => ScratchBytes <= Network.StackBudget;

    /// <summary>
    /// The earlier step that left a step's result its halo: both write maps of one shape to one place, and no step between writes there. Null where the halo has to be written; in a
    /// ring its rows move.
    /// </summary>
    public Step? HaloBefore(Step step)
    {
        FeatureBuffer map = step.Output;
        if (map is not { Halo: > 0, Ring: 0 })
            return null;
        Step? before = Steps.TakeWhile(s => s != step).LastOrDefault(s => s.Output.Overlaps(map));
        return before is not null && before.Output == map with { Name = before.Output.Name } ? before : null;
    }
}
