using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// From sums to bytes in single precision: sum · factor + offset, rounded once, then to the nearest integer. The packer compares that with the integer
/// definition on both sides of every sum at which the byte changes; as both only grow with the sum, they are then equal for every sum there can be. A
/// block of channels for which it finds no such numbers has none, and <see cref="Requantize"/> does it.
/// </summary>
internal static unsafe class SinglePrecision
{
    /// <summary>Whether this machine multiplies and adds with one rounding.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512BW.IsSupported || (Avx2.IsSupported && Fma.IsSupported) || AdvSimd.Arm64.IsSupported;
    }

    /// <summary>Whether a block's channels have it.</summary>
    /// <param name="channels">The block's parameters.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Has(int* channels) => IsSupported && !float.IsNaN(((float*)channels)[Channels.Factor]);

    /// <summary>The biases that a block's sums start with.</summary>
    /// <param name="channels">The block's parameters.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int* Bias(int* channels) => Has(channels) ? channels : channels + Channels.Integers;

    /// <summary>The bytes of some pixels' sums in a block, as <see cref="Requantize.Store(int*, int*, int, int*, byte**, nint, in Requantization)"/>.</summary>
    public static void Store(int* sums, int* corrections, int count, int* channels, byte** outputs, nint offset, in Requantization r)
    {
        if (Avx512BW.IsSupported)
            Store<ByteVector512>(sums, corrections, count, channels, outputs, offset, r);
        else if (Avx2.IsSupported)
            Store<ByteVector256>(sums, corrections, count, channels, outputs, offset, r);
        else
            Store<ByteVector128>(sums, corrections, count, channels, outputs, offset, r);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Store<TVector>(int* sums, int* corrections, int count, int* channels, byte** outputs, nint offset, in Requantization r)
        where TVector : struct, IByteVector<TVector>
    {
        for (int first = 0; first < 16; first += TVector.Count)
        {
            var scale = new SinglePrecision<TVector>(channels + first, r);
            nint lane = offset + first;
            for (int i = 0; i < count; i += 4)
            {
                // What is missing in the last four is the last pixel once more.
                int j = System.Math.Min(i + 1, count - 1), k = System.Math.Min(i + 2, count - 1), l = System.Math.Min(i + 3, count - 1);
                scale.Store(Sum(i), Sum(j), Sum(k), Sum(l), outputs[i] + lane, outputs[j] + lane, outputs[k] + lane, outputs[l] + lane);
            }

            TVector Sum(int pixel) => TVector.Subtract(TVector.Load(sums + pixel * 16 + first), TVector.Broadcast(corrections[pixel]));
        }
    }
}

/// <summary>The rescaling in single precision of some channels of a block.</summary>
internal readonly unsafe struct SinglePrecision<TVector>
    where TVector : struct, IByteVector<TVector>
{
    private readonly TVector _factor;
    private readonly TVector _offset;
    private readonly TVector _sign;
    private readonly TVector _zero;
    private readonly TVector _min;
    private readonly TVector _max;

    /// <param name="channels">The block's parameters, from the first channel meant on.</param>
    /// <param name="r">What they have in common.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SinglePrecision(int* channels, in Requantization r)
    {
        // Rounding twice takes halves away from zero, where there are negative results: their offset is negative too. Elsewhere it holds the zero point less 128.
        bool isSymmetric = r.Rounding == Rounding.Twice && r.Min < r.OutputZeroPoint;
        _factor = TVector.Load(channels + Channels.Factor);
        _offset = TVector.Load(channels + Channels.Offset);
        _sign = TVector.Broadcast(isSymmetric ? int.MinValue : 0);
        _zero = TVector.Broadcast((isSymmetric ? r.OutputZeroPoint : 128) * 0x10001);
        _min = TVector.Broadcast(r.Min * 0x1010101);
        _max = TVector.Broadcast(r.Max * 0x1010101);
    }

    /// <summary>Writes the bytes of four pixels' sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(TVector a, TVector b, TVector c, TVector d, byte* pa, byte* pb, byte* pc, byte* pd)
        => StoreSingle(TVector.ToSingle(a), TVector.ToSingle(b), TVector.ToSingle(c), TVector.ToSingle(d), pa, pb, pc, pd);

    /// <summary>The same of sums in single precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreSingle(TVector a, TVector b, TVector c, TVector d, byte* pa, byte* pb, byte* pc, byte* pd)
        => TVector.StoreBytes(Scale(a), Scale(b), Scale(c), Scale(d), _zero, _min, _max, pa, pb, pc, pd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Scale(TVector sums) => TVector.Round(TVector.MultiplyAdd(sums, _factor, TVector.OrAnd(_offset, sums, _sign)));
}
