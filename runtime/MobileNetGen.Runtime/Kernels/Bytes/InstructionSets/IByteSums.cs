namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// The sums of a pixel for some outputs, and how they grow: by entries, each of which is four neighbouring activations and the weights that they meet, [outputs][4].
/// An entry's weights are a value of the same type. Its activations lie <c>pixel</c> elements behind i: the first pixel of a tile has them at i.
/// </summary>
internal unsafe interface IByteSums<TSelf>
    where TSelf : struct, IByteSums<TSelf>
{
    /// <summary>Outputs.</summary>
    static abstract int Count { get; }

    /// <summary>The most pixels whose sums stay in registers.</summary>
    static abstract int TilePixels { get; }

    /// <summary>Biases, or an entry's weights.</summary>
    static abstract TSelf Load(void* address);

    /// <summary>Whether entries of the next panel, which mostly lies in the second- or third-level cache, are asked for beside those of this one.</summary>
    static virtual bool PrefetchesWeights => false;

    /// <summary>Whether tiles of so many pixels had better make bytes of their sums, which are then all outputs of a block; never, where they cannot.</summary>
    static virtual bool MakesBytes(int pixels) => false;

    /// <summary>Writes the bytes of neighbouring pixels, of the first four if there are more. Only called where <see cref="MakesBytes"/> says so.</summary>
    /// <param name="a">The first pixel's sums.</param>
    /// <param name="b">The second's; any where there is none.</param>
    /// <param name="c">The third's, likewise.</param>
    /// <param name="d">The fourth's, likewise.</param>
    /// <param name="count">How many pixels, a constant to the JIT.</param>
    /// <param name="target">How sums become bytes.</param>
    /// <param name="address">Where the first pixel's go.</param>
    static virtual void StoreBytes(TSelf a, TSelf b, TSelf c, TSelf d, int count, in ByteTarget target, byte* address)
    {
    }

    /// <summary>Writes the sums.</summary>
    void Store(int* address);

    /// <summary>Adds an entry.</summary>
    static abstract TSelf AddOne(TSelf sums, nint pixel, byte* i, TSelf wi);
}

/// <summary>Sums to which products of several entries are added in 16 bits first, which only weights packed for it allow.</summary>
internal unsafe interface IBatchSums<TSelf> : IByteSums<TSelf>
    where TSelf : struct, IBatchSums<TSelf>
{
    /// <summary>Adds a batch of two.</summary>
    static abstract TSelf AddTwo(TSelf sums, nint pixel, byte* i, byte* j, TSelf wi, TSelf wj);

    /// <summary>Adds a batch of three.</summary>
    static abstract TSelf AddThree(TSelf sums, nint pixel, byte* i, byte* j, byte* k, TSelf wi, TSelf wj, TSelf wk);

    /// <summary>Adds a batch of four.</summary>
    static abstract TSelf AddFour(TSelf sums, nint pixel, byte* i, byte* j, byte* k, byte* l, TSelf wi, TSelf wj, TSelf wk, TSelf wl);
}
