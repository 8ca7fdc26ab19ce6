using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// From sums to bytes in single precision. With the bias that the packer gives them, the sums' bits are those of numbers about 2²³ + 2²², whose last place
/// is 1, and so are the results': one multiplication and addition makes the one the other, rounds to the nearest integer, and leaves it in the lowest
/// bits. The packer compares that with the integer definition on both sides of every sum at which the byte changes; as both only grow with the sum,
/// they are then equal for every sum there can be. Where no factor is near enough to the multiplier, or negative results round the other way, it takes two
/// multiplications and additions, and is no kernel's business but has a pass of its own. A block of channels for which the packer finds no such numbers has
/// none, and <see cref="Requantize"/> does it in integers.
/// </summary>
internal static unsafe class SinglePrecision
{
    /// <summary>2²³ + 2²²: what the sums and the results begin with.</summary>
    public const float Origin = 3 << 22;

    /// <summary>Whether this machine multiplies and adds with one rounding.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512BW.IsSupported || (Avx2.IsSupported && Fma.IsSupported) || AdvSimd.Arm64.IsSupported;
    }

    /// <summary>Whether a block's sums become bytes in one step, which is for kernels to do.</summary>
    /// <param name="channels">The block's parameters.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Has(int* channels) => IsSupported && ((float*)channels)[Channels.Gain] == 0;

    /// <summary>Whether they do in two.</summary>
    /// <param name="channels">The block's parameters.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HasTwoSteps(int* channels) => IsSupported && ((float*)channels)[Channels.Gain] > 0;

    /// <summary>The biases that a block's sums start with.</summary>
    /// <param name="channels">The block's parameters.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int* Bias(int* channels) => Has(channels) || HasTwoSteps(channels) ? channels : channels + Channels.Integers;

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
        bool hasTwoSteps = HasTwoSteps(channels);
        for (int first = 0; first < 16; first += TVector.Count)
        {
            var scale = new SinglePrecision<TVector>(channels + first, r);
            var steps = new TwoSteps<TVector>(channels + first, r);
            nint lane = offset + first;
            for (int i = 0; i < count; i += 4)
            {
                // What is missing in the last four is the last pixel once more.
                int j = Math.Min(i + 1, count - 1), k = Math.Min(i + 2, count - 1), l = Math.Min(i + 3, count - 1);
                TVector a = Sum(i), b = Sum(j), c = Sum(k), d = Sum(l);
                if (hasTwoSteps)
                    TVector.StoreBytes(steps.Scale(a), steps.Scale(b), steps.Scale(c), steps.Scale(d), scale.Min, scale.Max, outputs[i] + lane, outputs[j] + lane, outputs[k] + lane, outputs[l] + lane);
                else
                    scale.Store(a, b, c, d, outputs[i] + lane, outputs[j] + lane, outputs[k] + lane, outputs[l] + lane);
            }

            TVector Sum(int pixel) => TVector.Subtract(TVector.Load(sums + pixel * 16 + first), TVector.Broadcast(corrections[pixel]));
        }
    }

    /// <summary>The two steps of some channels of a block.</summary>
    private readonly struct TwoSteps<TVector>
        where TVector : struct, IByteVector<TVector>
    {
        private readonly TVector _gain;
        private readonly TVector _start;
        private readonly TVector _factor;
        private readonly TVector _offset;
        private readonly TVector _sign;
        private readonly TVector _end;

        /// <param name="channels">The block's parameters, from the first channel meant on.</param>
        /// <param name="r">What they have in common.</param>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TwoSteps(int* channels, in Requantization r)
        {
            // Rounding twice takes halves away from zero, where there are negative results: their offset is negative too. Elsewhere it is all there is to add.
            bool isSymmetric = r.Rounding == Rounding.Twice && r.Min < r.OutputZeroPoint;
            _gain = TVector.Load(channels + Channels.Gain);
            _start = TVector.MultiplyAdd(_gain, TVector.Broadcast(BitConverter.SingleToInt32Bits(-Origin)), TVector.Broadcast(0));
            _factor = TVector.Load(channels + Channels.Factor);
            _offset = TVector.Load(channels + Channels.Offset);
            _sign = TVector.Broadcast(isSymmetric ? int.MinValue : 0);
            _end = TVector.Broadcast(isSymmetric ? BitConverter.SingleToInt32Bits(Origin + r.OutputZeroPoint) : 0);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Scale(TVector sums)
        {
            TVector scaled = TVector.MultiplyAdd(sums, _gain, _start);
            return TVector.AddSingle(TVector.MultiplyAdd(scaled, _factor, TVector.OrAnd(_offset, scaled, _sign)), _end);
        }
    }
}

/// <summary>The rescaling in single precision, in one step, of some channels of a block.</summary>
internal readonly unsafe struct SinglePrecision<TVector>
    where TVector : struct, IByteVector<TVector>
{
    private readonly TVector _factor;
    private readonly TVector _offset;

    /// <param name="channels">The block's parameters, from the first channel meant on.</param>
    /// <param name="r">What they have in common.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SinglePrecision(int* channels, in Requantization r)
    {
        _factor = TVector.Load(channels + Channels.Factor);
        _offset = TVector.Load(channels + Channels.Offset);
        Min = TVector.Broadcast(r.Min * 0x1010101);
        Max = TVector.Broadcast(r.Max * 0x1010101);
    }

    /// <summary>Lower end of the activation, in 8-bit lanes.</summary>
    public TVector Min { get; }

    /// <summary>Upper end of the activation, in 8-bit lanes.</summary>
    public TVector Max { get; }

    /// <summary>Writes the bytes of four pixels' sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(TVector a, TVector b, TVector c, TVector d, byte* pa, byte* pb, byte* pc, byte* pd)
        => TVector.StoreBytes(Scale(a), Scale(b), Scale(c), Scale(d), Min, Max, pa, pb, pc, pd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Scale(TVector sums) => TVector.MultiplyAdd(sums, _factor, _offset);
}
