namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// The arithmetic of one instruction set, on its vector of floats. Kernels are written once over it; each instruction set instantiates them with its own.
/// Its methods are the steps of those kernels rather than instructions, and take the vector itself rather than a structure around it: the first call of
/// a network waits for the JIT, which spends more on a call to inline than on the instructions inside.
/// </summary>
/// <typeparam name="TVector">The vector, of 4, 8 or 16 floats. Kernels load and store it through pointers, which need no alignment.</typeparam>
internal unsafe interface IFloat32Vector<TVector> : IFloat32Sums<TVector> where TVector : unmanaged
{
    /// <summary>The pixels of the tallest tile whose two accumulators each, two weights and one pixel fit the registers.</summary>
    static abstract int TilePixels { get; }

    /// <summary>The pixels of the longest row whose accumulators and three weights fit the registers, at most 14.</summary>
    static abstract int RowPixels { get; }

    /// <summary>Whether tiles ask for weights before they need them, which otherwise come from beyond the second-level cache too late.</summary>
    static abstract bool PrefetchesWeights { get; }

    /// <summary>Whether there are registers for the weights of two inputs, which each pixel of a tile of 8 to 13 then meets one after the other.</summary>
    static abstract bool PairsInputs { get; }

    /// <summary>Whether a network's first layer has tiles of its own: there are registers for 16 pixels and three weights, and a vector holds a block.</summary>
    static abstract bool HasStem { get; }

    /// <summary>Whether an instruction multiplies a vector by an element of another, which is a vector of four; then no input is broadcast.</summary>
    static virtual bool HasElements => false;

    /// <summary>Whether depthwise tiles had better load a value once for all windows that see it: where an instruction that multiplies does not load.</summary>
    static virtual bool SharesLoads => false;

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Divide(TVector left, TVector right);

    static abstract TVector Max(TVector left, TVector right);

    static abstract TVector Min(TVector left, TVector right);

    /// <summary>Adds the products of an input value and two vectors of weights, for other outputs each.</summary>
    static abstract void MultiplyAdd(float* value, TVector weightsA, TVector weightsB, ref TVector sumA, ref TVector sumB);

    /// <summary>left · right + sum, fused where the machine does that fast.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector sum);

    /// <summary>Three neighbouring pixels, 16 channels each, that meet three vectors of weights.</summary>
    static abstract TVector MultiplyAdd(float* pixels, int first, TVector left, TVector centre, TVector right, TVector sum);

    /// <summary>As many bytes as floats: (value − mean) / std.</summary>
    static abstract TVector Normalize(byte* values, TVector mean, TVector std);

    /// <summary>value · 2^exponent, of integers to 127; 0 where that is too small for a float, or even where it would be denormal.</summary>
    static abstract TVector Scale(TVector value, TVector exponent);
}
