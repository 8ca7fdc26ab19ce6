namespace MobileNetGen.Runtime.Kernels;

/// <summary>What a block of 16 channels is requantised with: 16 numbers each of bias, factor and offset in single precision, and of bias, multiplier and shift in integers.</summary>
internal static class Channels
{
    /// <summary>Numbers of a block.</summary>
    public const int Length = 96;

    /// <summary>Where the factors begin; NaN where the block has no single precision.</summary>
    public const int Factor = 16;

    /// <summary>Where the offsets begin.</summary>
    public const int Offset = 32;

    /// <summary>Where bias, multiplier and shift in integers begin.</summary>
    public const int Integers = 48;
}
