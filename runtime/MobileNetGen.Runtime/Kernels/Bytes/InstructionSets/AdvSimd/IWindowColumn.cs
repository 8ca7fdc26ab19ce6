using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>A column of a map as 3×3 windows see it: eight channels of three rows, or of the four rows of two windows one above the other.</summary>
/// <typeparam name="TSelf">The column.</typeparam>
/// <typeparam name="TTaps">The weights that a window's column has for it.</typeparam>
internal unsafe interface IWindowColumn<TSelf, TTaps>
    where TSelf : struct, IWindowColumn<TSelf, TTaps> where TTaps : struct
{
    /// <summary>Activations of a column.</summary>
    /// <typeparam name="TRows">How many windows there are, one above the other: 1 or 2.</typeparam>
    /// <param name="p0">The first row's.</param>
    /// <param name="p1">The second's.</param>
    /// <param name="p2">The third's.</param>
    /// <param name="p3">The fourth's; not read where there is one window.</param>
    static abstract TSelf Load<TRows>(byte* p0, byte* p1, byte* p2, byte* p3) where TRows : unmanaged, IConstant;

    /// <summary>The weights of a window's column.</summary>
    /// <param name="weights">[3][3][16], from the column and the first channel meant on.</param>
    static abstract TTaps LoadTaps(short* weights);

    /// <summary>What sums begin with.</summary>
    /// <param name="bias">[8], the biases.</param>
    /// <param name="left">The weights of a window's first column.</param>
    /// <param name="centre">Those of the second.</param>
    /// <param name="right">Those of the third.</param>
    static abstract WindowSums Begin(int* bias, TTaps left, TTaps centre, TTaps right);

    /// <summary>Adds the three columns of a window.</summary>
    /// <typeparam name="TRows">How many windows there are, one above the other: 1 or 2.</typeparam>
    static abstract WindowSums Add<TRows>(WindowSums sums, TSelf a, TTaps left, TSelf b, TTaps centre, TSelf c, TTaps right) where TRows : unmanaged, IConstant;
}

/// <summary>The sums of eight channels of a window, and of that in the row below.</summary>
internal readonly struct WindowSums(Vector128<int> lower, Vector128<int> upper, Vector128<int> lowerBelow, Vector128<int> upperBelow)
{
    public readonly Vector128<int> Lower = lower;
    public readonly Vector128<int> Upper = upper;
    public readonly Vector128<int> LowerBelow = lowerBelow;
    public readonly Vector128<int> UpperBelow = upperBelow;
}
