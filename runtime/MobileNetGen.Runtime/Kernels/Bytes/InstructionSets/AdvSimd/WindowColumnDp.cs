using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Dot products: the four bytes of a channel lie together, and weights that are bytes meet three of them, beside a zero.</summary>
internal readonly unsafe struct WindowColumnDp(Vector128<sbyte> lower, Vector128<sbyte> upper) : IWindowColumn<WindowColumnDp, WindowColumnDp.Taps>
{
    private readonly Vector128<sbyte> _lower = lower;
    private readonly Vector128<sbyte> _upper = upper;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WindowColumnDp Load<TRows>(byte* p0, byte* p1, byte* p2, byte* p3) where TRows : unmanaged, IConstant
    {
        Vector128<byte> third = Eight(p2);
        Vector128<ushort> lower = AdvSimd.Arm64.ZipLow(Eight(p0), Eight(p1)).AsUInt16(), upper = AdvSimd.Arm64.ZipLow(third, sizeof(TRows) > 1 ? Eight(p3) : third).AsUInt16();
        return new(SignedBytes.Of(AdvSimd.Arm64.ZipLow(lower, upper).AsByte()), SignedBytes.Of(AdvSimd.Arm64.ZipHigh(lower, upper).AsByte()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Taps LoadTaps(short* weights)
    {
        Vector128<sbyte> k0 = Narrow(weights), k1 = Narrow(weights + 3 * BlobLayout.Lanes), k2 = Narrow(weights + 6 * BlobLayout.Lanes), zero = default;
        Vector128<short> k01 = Zip(k0, k1), k20 = Zip(k2, zero), k00 = Zip(zero, k0), k12 = Zip(k1, k2);
        return new(AdvSimd.Arm64.ZipLow(k01, k20).AsSByte(), AdvSimd.Arm64.ZipHigh(k01, k20).AsSByte(), AdvSimd.Arm64.ZipLow(k00, k12).AsSByte(), AdvSimd.Arm64.ZipHigh(k00, k12).AsSByte());

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector128<sbyte> Narrow(short* weights) => AdvSimd.ExtractNarrowingLower(Vector128.Load(weights)).ToVector128Unsafe();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector128<short> Zip(Vector128<sbyte> even, Vector128<sbyte> odd) => AdvSimd.Arm64.ZipLow(even, odd).AsInt16();
    }

    // Activations are less 128, and what that takes from the sums does not depend on them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WindowSums Begin(int* bias, Taps left, Taps centre, Taps right)
    {
        Vector128<sbyte> lowest = Vector128.Create(sbyte.MinValue);
        var all = new WindowColumnDp(lowest, lowest);
        WindowSums less = Add<N1>(default, all, left, all, centre, all, right);
        Vector128<int> lower = Vector128.Load(bias) - less.Lower, upper = Vector128.Load(bias + 4) - less.Upper;
        return new(lower, upper, lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WindowSums Add<TRows>(WindowSums sums, WindowColumnDp a, Taps left, WindowColumnDp b, Taps centre, WindowColumnDp c, Taps right) where TRows : unmanaged, IConstant
        => Add<TRows>(Add<TRows>(Add<TRows>(sums, a, left), b, centre), c, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WindowSums Add<TRows>(WindowSums sums, WindowColumnDp column, Taps taps) where TRows : unmanaged, IConstant
    {
        Vector128<int> lower = Dp.DotProduct(sums.Lower, column._lower, taps.Lower), upper = Dp.DotProduct(sums.Upper, column._upper, taps.Upper);
        return sizeof(TRows) == 1
            ? new(lower, upper, lower, upper)
            : new(lower, upper, Dp.DotProduct(sums.LowerBelow, column._lower, taps.LowerBelow), Dp.DotProduct(sums.UpperBelow, column._upper, taps.UpperBelow));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Eight(byte* activations) => Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<double>(activations)).AsByte();

    /// <summary>Weights, four bytes a channel: those of a window, and those of the one below, which begins a row later.</summary>
    public readonly struct Taps(Vector128<sbyte> lower, Vector128<sbyte> upper, Vector128<sbyte> lowerBelow, Vector128<sbyte> upperBelow)
    {
        public readonly Vector128<sbyte> Lower = lower;
        public readonly Vector128<sbyte> Upper = upper;
        public readonly Vector128<sbyte> LowerBelow = lowerBelow;
        public readonly Vector128<sbyte> UpperBelow = upperBelow;
    }
}
