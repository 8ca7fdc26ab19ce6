using System.ComponentModel;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// TensorFlow Lite's quantised addition: each operand (q − zero point)·2²⁰ is rescaled to a common scale, the sum to the output's, all rounded
/// twice. Zero points are those of unsigned activations.
/// </summary>
/// <param name="leftZeroPoint">Zero point of the left operand.</param>
/// <param name="leftMultiplier">Multiplier of the left operand, 0 … 2³¹ − 1.</param>
/// <param name="leftShift">Shift of the left operand, −31 … 0.</param>
/// <param name="rightZeroPoint">Zero point of the right operand.</param>
/// <param name="rightMultiplier">Multiplier of the right operand, 0 … 2³¹ − 1.</param>
/// <param name="rightShift">Shift of the right operand, −31 … 0.</param>
/// <param name="outputMultiplier">Multiplier of the sum, 0 … 2³¹ − 1.</param>
/// <param name="outputShift">Shift of the sum, −31 … 30.</param>
/// <param name="outputZeroPoint">Zero point of the output.</param>
/// <param name="min">Lower end of the activation.</param>
/// <param name="max">Upper end of the activation.</param>
/// <param name="leftFactor">
/// Where left · leftFactor + (right · rightFactor + offset) in single precision, each product and addition rounded once, plus 128, rounded to the nearest integer and cut to the
/// activation, is that very byte for every pair of bytes: the left operand's factor. Else 0.
/// </param>
/// <param name="rightFactor">The right operand's factor.</param>
/// <param name="offset">The output's zero point and what the operands' take away, less 128.</param>
/// <param name="table">256 bytes, what becomes of each byte after that: an activation that is not a range; or null.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct QuantizedAdd(int leftZeroPoint, int leftMultiplier, int leftShift, int rightZeroPoint, int rightMultiplier, int rightShift,
    int outputMultiplier, int outputShift, int outputZeroPoint, byte min, byte max,
    float leftFactor = 0, float rightFactor = 0, float offset = 0, byte* table = null)
{
    /// <summary>Zero point of the left operand.</summary>
    public int LeftZeroPoint { get; } = leftZeroPoint;

    /// <summary>Multiplier of the left operand, 0 … 2³¹ − 1.</summary>
    public int LeftMultiplier { get; } = leftMultiplier;

    /// <summary>Shift of the left operand, −31 … 0.</summary>
    public int LeftShift { get; } = leftShift;

    /// <summary>Zero point of the right operand.</summary>
    public int RightZeroPoint { get; } = rightZeroPoint;

    /// <summary>Multiplier of the right operand, 0 … 2³¹ − 1.</summary>
    public int RightMultiplier { get; } = rightMultiplier;

    /// <summary>Shift of the right operand, −31 … 0.</summary>
    public int RightShift { get; } = rightShift;

    /// <summary>Multiplier of the sum, 0 … 2³¹ − 1.</summary>
    public int OutputMultiplier { get; } = outputMultiplier;

    /// <summary>Shift of the sum, −31 … 30.</summary>
    public int OutputShift { get; } = outputShift;

    /// <summary>Zero point of the output.</summary>
    public int OutputZeroPoint { get; } = outputZeroPoint;

    /// <summary>Lower end of the activation.</summary>
    public byte Min { get; } = min;

    /// <summary>Upper end of the activation.</summary>
    public byte Max { get; } = max;

    /// <summary>The left operand's factor in single precision, or 0.</summary>
    public float LeftFactor { get; } = leftFactor;

    /// <summary>The right operand's.</summary>
    public float RightFactor { get; } = rightFactor;

    /// <summary>What the sum in single precision begins with.</summary>
    public float Offset { get; } = offset;

    /// <summary>What becomes of each byte after that, or null.</summary>
    public byte* Table { get; } = table;

    /// <summary>Whether it has single precision, on this machine.</summary>
    internal bool IsSinglePrecision => LeftFactor > 0 && SinglePrecision.IsSupported;

    /// <summary>Whether all shifts are to the right, and the output's at most 20: what the vectorised forms need.</summary>
    internal bool IsNarrow => LeftShift is >= -31 and <= 0 && RightShift is >= -31 and <= 0 && OutputShift is >= -20 and <= 0;
}
