namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// What a block of 16 channels is requantised with: 16 numbers each of bias, gain, factor and offset in single precision, and of bias, multiplier and shift
/// in integers.
/// </summary>
internal static class Channels
{
    /// <summary>Numbers of a block.</summary>
    public const int Length = 112;

    /// <summary>Where the gains begin; 0 where the block has single precision in one step, NaN where it has none.</summary>
    public const int Gain = 16;

    /// <summary>Where the factors begin.</summary>
    public const int Factor = 32;

    /// <summary>Where the offsets begin.</summary>
    public const int Offset = 48;

    /// <summary>Where bias, multiplier and shift in integers begin.</summary>
    public const int Integers = 64;
}
