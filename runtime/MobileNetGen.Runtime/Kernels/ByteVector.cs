namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// A vector of 32-bit lanes, one output channel each. A lane holds four products' bytes, two 16-bit sums of products, their 32-bit sum, or that in single
/// precision. 16-bit sums wrap, and no operation saturates as long as both products of each pair and all sums of pairs fit 16 bits, which the packer proves
/// of every weight.
/// </summary>
internal unsafe interface IByteVector<TSelf>
    where TSelf : struct, IByteVector<TSelf>
{
    /// <summary>Output channels of a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Weights, [outputs][4], sums, or numbers in single precision.</summary>
    static abstract TSelf Load(void* address);

    /// <summary>Writes sums.</summary>
    void Store(int* address);

    /// <summary>Four activations, or one number, for every output.</summary>
    static abstract TSelf Broadcast(int value);

    /// <summary>a₀·w₀ + a₁·w₁ and a₂·w₂ + a₃·w₃ in 16 bits.</summary>
    static abstract TSelf MultiplyBytes(TSelf activations, TSelf weights);

    /// <summary>Sums of 16-bit sums.</summary>
    static abstract TSelf AddWords(TSelf left, TSelf right);

    /// <summary>A 32-bit sum plus both 16-bit sums.</summary>
    static abstract TSelf AddPairs(TSelf sum, TSelf pairs);

    /// <summary>Differences of sums.</summary>
    static abstract TSelf Subtract(TSelf left, TSelf right);

    /// <summary>Activations in single precision.</summary>
    static abstract TSelf ToSingle(byte* activations);

    /// <summary>Weights in single precision.</summary>
    static abstract TSelf ToSingle(short* weights);

    /// <summary>Sums in single precision, rounded to the nearest.</summary>
    static abstract TSelf ToSingle(TSelf sums);

    /// <summary>left · right + sum in single precision, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf sum);

    /// <summary>Numbers in single precision to the nearest integers, halves to the even ones.</summary>
    static abstract TSelf Round(TSelf values);

    /// <summary>Sets in every lane the bits that are set in two others.</summary>
    static abstract TSelf OrAnd(TSelf value, TSelf left, TSelf right);

    /// <summary>Writes the channels of four pixels: lane + zero, cut to a byte and to a range.</summary>
    /// <param name="a">The first pixel's.</param>
    /// <param name="b">The second's.</param>
    /// <param name="c">The third's.</param>
    /// <param name="d">The fourth's.</param>
    /// <param name="zero">16-bit lanes.</param>
    /// <param name="min">8-bit lanes.</param>
    /// <param name="max">8-bit lanes.</param>
    /// <param name="pa">Where the first pixel's go.</param>
    /// <param name="pb">Where the second's go.</param>
    /// <param name="pc">Where the third's go.</param>
    /// <param name="pd">Where the fourth's go.</param>
    static abstract void StoreBytes(TSelf a, TSelf b, TSelf c, TSelf d, TSelf zero, TSelf min, TSelf max, byte* pa, byte* pb, byte* pc, byte* pd);
}
