namespace MobileNetGen.Weights.Formats;

/// <summary>The scale and zero point that a quantised operator of TensorFlow Lite gives, whatever it reads.</summary>
/// <param name="Scale">The scale.</param>
/// <param name="ZeroPoint">The zero point of unsigned bytes.</param>
internal sealed record FixedScale(float Scale, int ZeroPoint)
{
    /// <summary>From 0 to 1: LOGISTIC and SOFTMAX.</summary>
    public static FixedScale Unit { get; } = new(1f / 256, 0);

    /// <summary>From −1 to 1: TANH.</summary>
    public static FixedScale SignedUnit { get; } = new(1f / 128, 128);

    /// <summary>The zero point of bytes of a type.</summary>
    public int ZeroPointOf(ElementType type) => type == ElementType.Int8 ? ZeroPoint - 128 : ZeroPoint;
}
