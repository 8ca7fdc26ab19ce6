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

    /// <summary>Whether products of several entries are added in 16 bits first, which only weights packed for it allow. If not, all entries are added one by one.</summary>
    static abstract bool IsSixteenBit { get; }

    /// <summary>Whether there are batches of three: longer code, for weights that seldom go into batches of four. Requires <see cref="IsSixteenBit"/>.</summary>
    static abstract bool HasThrees { get; }

    /// <summary>Biases, or an entry's weights.</summary>
    static abstract TSelf Load(void* address);

    /// <summary>The sums of a block in one vector. Requires AVX-512, and <see cref="Count"/> to be 16.</summary>
    Vector512<int> ToVector512();

    /// <summary>Writes the sums.</summary>
    void Store(int* address);

    /// <summary>Adds an entry.</summary>
    static abstract TSelf AddOne(TSelf sums, nint pixel, byte* i, TSelf wi);

    /// <summary>Adds a batch of two. Requires <see cref="IsSixteenBit"/>.</summary>
    static abstract TSelf AddTwo(TSelf sums, nint pixel, byte* i, byte* j, TSelf wi, TSelf wj);

    /// <summary>Adds a batch of three. Requires <see cref="HasThrees"/>.</summary>
    static abstract TSelf AddThree(TSelf sums, nint pixel, byte* i, byte* j, byte* k, TSelf wi, TSelf wj, TSelf wk);

    /// <summary>Adds a batch of four. Requires <see cref="IsSixteenBit"/>.</summary>
    static abstract TSelf AddFour(TSelf sums, nint pixel, byte* i, byte* j, byte* k, byte* l, TSelf wi, TSelf wj, TSelf wk, TSelf wl);
}
