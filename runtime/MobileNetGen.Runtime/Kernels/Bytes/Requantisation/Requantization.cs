using System.ComponentModel;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// What turns the sums of a quantised layer into its output bytes, the same for all channels. Zero points are those of unsigned activations:
/// an int8 network's plus 128.
/// </summary>
/// <param name="weightZeroPoint">Zero point of the stored signed weights, −128 … 127. 0 for int8 networks and for depthwise weights.</param>
/// <param name="outputZeroPoint">Zero point of the output, 0 … 255.</param>
/// <param name="min">Lower end of the activation.</param>
/// <param name="max">Upper end of the activation.</param>
/// <param name="rounding">How the scaled sum is rounded.</param>
/// <param name="table">256 bytes, what becomes of each byte after that: an activation that is not a range; or null.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Requantization(int weightZeroPoint, int outputZeroPoint, byte min, byte max, Rounding rounding, byte* table = null)
{
    /// <summary>Zero point of the stored signed weights, −128 … 127.</summary>
    public int WeightZeroPoint { get; } = weightZeroPoint;

    /// <summary>Zero point of the output, 0 … 255.</summary>
    public int OutputZeroPoint { get; } = outputZeroPoint;

    /// <summary>Lower end of the activation.</summary>
    public byte Min { get; } = min;

    /// <summary>Upper end of the activation.</summary>
    public byte Max { get; } = max;

    /// <summary>How the scaled sum is rounded.</summary>
    public Rounding Rounding { get; } = rounding;

    /// <summary>What becomes of each byte after that, or null.</summary>
    public byte* Table { get; } = table;
}
