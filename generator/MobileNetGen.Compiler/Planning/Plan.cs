using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Compiler.Planning;

/// <summary>One call of a kernel.</summary>
/// <param name="Layer">The layer it computes.</param>
/// <param name="FusedAdd">The addition done on its results before they are stored, or null.</param>
/// <param name="Input">What it reads.</param>
/// <param name="Second">The other operand of an addition, fused or not, or null.</param>
/// <param name="Output">What it writes. May be the memory of <paramref name="Second"/>.</param>
public sealed record Step(Layer Layer, Layer? FusedAdd, FeatureBuffer Input, FeatureBuffer? Second, FeatureBuffer Output)
{
    /// <summary>The last layer of the step, whose name the result has.</summary>
    public Layer Last => FusedAdd ?? Layer;
}

/// <summary>How a network runs: its steps in order and where in scratch their maps lie. Depends on the text alone.</summary>
/// <param name="Network">The network.</param>
/// <param name="Input">The prepared input.</param>
/// <param name="Steps">The steps.</param>
/// <param name="ScratchBytes">Scratch a call needs, with room to align its start.</param>
/// <param name="PeakStep">Name of the step during which the most bytes are live.</param>
/// <param name="PeakBytes">Bytes live then: what no order of offsets could go below.</param>
public sealed record Plan(Network Network, FeatureBuffer Input, EquatableArray<Step> Steps, long ScratchBytes, string PeakStep, long PeakBytes)
{
    /// <summary>Buffers start at multiples of this many bytes, a cache line.</summary>
    public const int Alignment = 64;

    /// <summary>The network's result.</summary>
    public FeatureBuffer Output => Steps[Steps.Count - 1].Output;

    /// <summary>Whether a call takes its scratch from the stack.</summary>
    public bool FitsStack => ScratchBytes <= Network.StackBudget;
}
