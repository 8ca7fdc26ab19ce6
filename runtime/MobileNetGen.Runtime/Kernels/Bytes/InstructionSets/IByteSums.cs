using System.Runtime.Intrinsics;

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

    /// <summary>The sums in the first lanes of a vector; what is in others does not matter.</summary>
    Vector512<int> ToVector512();

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
