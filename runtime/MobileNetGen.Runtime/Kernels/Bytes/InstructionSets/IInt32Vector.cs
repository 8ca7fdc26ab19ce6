namespace MobileNetGen.Runtime.Kernels;

/// <summary>A vector of 32-bit lanes, one channel each: a sum, or a number in single precision.</summary>
internal unsafe interface IInt32Vector<TSelf>
    where TSelf : struct, IInt32Vector<TSelf>
{
    /// <summary>Channels of a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Sums, or numbers in single precision.</summary>
    static abstract TSelf Load(void* address);

    /// <summary>Writes sums.</summary>
    void Store(int* address);

    /// <summary>One number for every channel.</summary>
    static abstract TSelf Broadcast(int value);

    /// <summary>Differences of sums.</summary>
    static abstract TSelf Subtract(TSelf left, TSelf right);

    /// <summary>Activations in single precision.</summary>
    static abstract TSelf ToSingle(byte* activations);

    /// <summary>Weights in single precision.</summary>
    static abstract TSelf ToSingle(short* weights);

    /// <summary>left · right + sum in single precision, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf sum);

    /// <summary>Sums of numbers in single precision.</summary>
    static abstract TSelf AddSingle(TSelf left, TSelf right);

    /// <summary>Sets in every lane the bits that are set in two others.</summary>
    static abstract TSelf OrAnd(TSelf value, TSelf left, TSelf right);

    /// <summary>
    /// Writes the channels of four pixels. A lane is 2²³ + 2²² larger than the integer meant, in single precision; its lower 16 bits, with their sign, are that
    /// integer, and are cut to a byte and to a range.
    /// </summary>
    /// <param name="a">The first pixel's.</param>
    /// <param name="b">The second's.</param>
    /// <param name="c">The third's.</param>
    /// <param name="d">The fourth's.</param>
    /// <param name="min">8-bit lanes.</param>
    /// <param name="max">8-bit lanes.</param>
    /// <param name="pa">Where the first pixel's go.</param>
    /// <param name="pb">Where the second's go.</param>
    /// <param name="pc">Where the third's go.</param>
    /// <param name="pd">Where the fourth's go.</param>
    static abstract void StoreBytes(TSelf a, TSelf b, TSelf c, TSelf d, TSelf min, TSelf max, byte* pa, byte* pb, byte* pc, byte* pd);
}
