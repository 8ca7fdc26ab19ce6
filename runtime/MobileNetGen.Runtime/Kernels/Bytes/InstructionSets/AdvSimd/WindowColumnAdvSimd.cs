using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Any Arm64 processor: the products of two activations, less 128, and two weights of −127 … 127 are added in 16 bits, which hold 2 · 128 · 127, and then to sums.</summary>
internal readonly unsafe struct WindowColumnAdvSimd(Vector64<sbyte> v0, Vector64<sbyte> v1, Vector64<sbyte> v2, Vector64<sbyte> v3) : IWindowColumn<WindowColumnAdvSimd, WindowColumnAdvSimd.Taps>
{
    private readonly Vector64<sbyte> _v0 = v0;
    private readonly Vector64<sbyte> _v1 = v1;
    private readonly Vector64<sbyte> _v2 = v2;
    private readonly Vector64<sbyte> _v3 = v3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WindowColumnAdvSimd Load<TRows>(byte* p0, byte* p1, byte* p2, byte* p3) where TRows : unmanaged, IConstant
    {
        Vector64<sbyte> third = Signed(p2);
        return new(Signed(p0), Signed(p1), third, sizeof(TRows) > 1 ? Signed(p3) : third);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Taps LoadTaps(short* weights)
    {
        return new(Narrow(weights), Narrow(weights + 3 * BlobLayout.Lanes), Narrow(weights + 6 * BlobLayout.Lanes));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector64<sbyte> Narrow(short* weights) => AdvSimd.ExtractNarrowingLower(Vector128.Load(weights));
    }

    // Activations are less 128, and what that takes from the sums does not depend on them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WindowSums Begin(int* bias, Taps left, Taps centre, Taps right)
    {
        Vector64<sbyte> lowest = Vector64.Create(sbyte.MinValue);
        var all = new WindowColumnAdvSimd(lowest, lowest, lowest, lowest);
        WindowSums less = Add<N1>(default, all, left, all, centre, all, right);
        Vector128<int> lower = Vector128.Load(bias) - less.Lower, upper = Vector128.Load(bias + 4) - less.Upper;
        return new(lower, upper, lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WindowSums Add<TRows>(WindowSums sums, WindowColumnAdvSimd a, Taps left, WindowColumnAdvSimd b, Taps centre, WindowColumnAdvSimd c, Taps right) where TRows : unmanaged, IConstant
    {
        Vector128<int> lower = sums.Lower, upper = sums.Upper, lowerBelow = lower, upperBelow = upper;
        Add(Multiply(a._v0, left.K0, a._v1, left.K1), ref lower, ref upper);
        Add(Multiply(b._v0, centre.K0, b._v1, centre.K1), ref lower, ref upper);
        Add(Multiply(c._v0, right.K0, c._v1, right.K1), ref lower, ref upper);
        Add(Multiply(a._v2, left.K2, b._v2, centre.K2), ref lower, ref upper);
        Add(AdvSimd.MultiplyWideningLower(c._v2, right.K2), ref lower, ref upper);
        if (sizeof(TRows) > 1)
        {
            Add(Multiply(a._v1, left.K0, a._v2, left.K1), ref lowerBelow, ref upperBelow);
            Add(Multiply(b._v1, centre.K0, b._v2, centre.K1), ref lowerBelow, ref upperBelow);
            Add(Multiply(c._v1, right.K0, c._v2, right.K1), ref lowerBelow, ref upperBelow);
            Add(Multiply(a._v3, left.K2, b._v3, centre.K2), ref lowerBelow, ref upperBelow);
            Add(AdvSimd.MultiplyWideningLower(c._v3, right.K2), ref lowerBelow, ref upperBelow);
        }
        return new(lower, upper, lowerBelow, upperBelow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector64<sbyte> Signed(byte* activations) => (Vector64.Load(activations) ^ Vector64.Create((byte)0x80)).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Multiply(Vector64<sbyte> v, Vector64<sbyte> k, Vector64<sbyte> w, Vector64<sbyte> l)
        => AdvSimd.MultiplyWideningLowerAndAdd(AdvSimd.MultiplyWideningLower(v, k), w, l);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector128<short> products, ref Vector128<int> lower, ref Vector128<int> upper)
    {
        upper = AdvSimd.AddWideningUpper(upper, products);
        lower = AdvSimd.AddWideningLower(lower, products.GetLower());
    }

    /// <summary>The weights of three rows.</summary>
    public readonly struct Taps(Vector64<sbyte> k0, Vector64<sbyte> k1, Vector64<sbyte> k2)
    {
        public readonly Vector64<sbyte> K0 = k0;
        public readonly Vector64<sbyte> K1 = k1;
        public readonly Vector64<sbyte> K2 = k2;
    }
}
