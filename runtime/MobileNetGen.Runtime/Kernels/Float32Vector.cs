namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// A vector of floats of one width. Kernels are written once over it; each instruction set instantiates them with its own, and the JIT compiles
/// every member to the instruction it names.
/// </summary>
internal unsafe interface IFloat32Vector<TSelf> where TSelf : struct, IFloat32Vector<TSelf>
{
    /// <summary>Lanes: 4, 8 or 16.</summary>
    static abstract int Count { get; }

    /// <summary>The pixels of the tallest tile whose two accumulators each, two weights and one pixel fit the registers.</summary>
    static abstract int TilePixels { get; }

    /// <summary>The pixels of the longest row whose accumulators and three weights fit the registers, at most 14.</summary>
    static abstract int RowPixels { get; }

    static abstract TSelf Load(float* source);

    /// <summary>As many bytes, each converted.</summary>
    static abstract TSelf Load(byte* source);

    static abstract TSelf Create(float value);

    void Store(float* target);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>left · right + sum, fused where the machine does that fast.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf sum);

    static abstract TSelf Clamp(TSelf value, TSelf min, TSelf max);

    static abstract TSelf Max(TSelf left, TSelf right);

    static abstract TSelf Exp(TSelf value);
}
