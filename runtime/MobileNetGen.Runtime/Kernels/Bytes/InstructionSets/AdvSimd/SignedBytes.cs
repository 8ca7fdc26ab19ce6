using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Activations as Arm64's kernels multiply them, less 128, and what becomes of their sums.</summary>
internal static unsafe class SignedBytes
{
    /// <summary>16 activations less 128.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Of(Vector128<byte> activations) => (activations ^ Vector128.Create((byte)0x80)).AsSByte();

    /// <summary>16 activations.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Load(byte* activations) => Of(Vector128.Load(activations));

    /// <summary>A group of activations; what is in other lanes does not matter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> LoadGroup(byte* activations) => Of(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<float>(activations)).AsByte());

    /// <summary>Rescaled sums, integers in the lowest 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Rescale(Vector128<int> sums, Vector128<int> factor, Vector128<int> offset)
        => AdvSimd.FusedMultiplyAdd(offset.AsSingle(), sums.AsSingle(), factor.AsSingle()).AsInt16();

    /// <summary>Integers of 16 bits, with their sign, cut to bytes and to a range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Cut(Vector128<short> lower, Vector128<short> upper, Vector128<byte> min, Vector128<byte> max)
        => Vector128.Min(Vector128.Max(AdvSimd.ExtractNarrowingSaturateUnsignedUpper(AdvSimd.ExtractNarrowingSaturateUnsignedLower(lower), upper), min), max);

    /// <summary>The lowest 16 bits of eight rescaled sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Narrow(Vector128<short> lower, Vector128<short> upper) => AdvSimd.Arm64.UnzipEven(lower, upper);
}
