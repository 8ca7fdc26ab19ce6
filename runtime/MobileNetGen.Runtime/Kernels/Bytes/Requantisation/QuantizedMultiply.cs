using System.ComponentModel;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// TensorFlow Lite's quantised multiplication, its MUL for int8 and uint8: the product of what two bytes lie above their zero points is rescaled, rounding twice, to the output. Zero points
/// are those of unsigned activations.
/// </summary>
/// <param name="mapZeroPoint">Zero point of the map, 0 … 255.</param>
/// <param name="factorZeroPoint">Zero point of the factors, 0 … 255.</param>
/// <param name="multiplier">Multiplier of the product, 0 … 2³¹ − 1.</param>
/// <param name="shift">Shift of the product, −31 … 30, positive to the left.</param>
/// <param name="outputZeroPoint">Zero point of the output, 0 … 255.</param>
/// <param name="min">Lower end of the activation.</param>
/// <param name="max">Upper end of the activation.</param>
/// <param name="scale">
/// Where product · scale ± nudge in single precision, rounded once, with the product's sign, plus the output's zero point, rounded to the nearest integer and cut to the activation, is that
/// very byte for every pair of bytes: the scale. Else 0.
/// </param>
/// <param name="nudge">What is added to it, which makes one rounding of the two; not negative.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct QuantizedMultiply(int mapZeroPoint, int factorZeroPoint, int multiplier, int shift, int outputZeroPoint, byte min, byte max, float scale = 0, float nudge = 0)
{
    /// <summary>Zero point of the map.</summary>
    public int MapZeroPoint { get; } = mapZeroPoint;

    /// <summary>Zero point of the factors.</summary>
    public int FactorZeroPoint { get; } = factorZeroPoint;

    /// <summary>Multiplier of the product, 0 … 2³¹ − 1.</summary>
    public int Multiplier { get; } = multiplier;

    /// <summary>Shift of the product, −31 … 30.</summary>
    public int Shift { get; } = shift;

    /// <summary>Zero point of the output.</summary>
    public int OutputZeroPoint { get; } = outputZeroPoint;

    /// <summary>Lower end of the activation.</summary>
    public byte Min { get; } = min;

    /// <summary>Upper end of the activation.</summary>
    public byte Max { get; } = max;

    /// <summary>The scale in single precision, or 0.</summary>
    public float Scale { get; } = scale;

    /// <summary>What is added in single precision, with the product's sign.</summary>
    public float Nudge { get; } = nudge;

    /// <summary>Whether it has single precision, on this machine.</summary>
    internal bool IsSinglePrecision => Scale > 0 && SinglePrecision.IsSupported;
}
