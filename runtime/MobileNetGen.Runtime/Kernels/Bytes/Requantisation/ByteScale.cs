using System;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>The rescaling in single precision of some channels of a block.</summary>
internal unsafe interface IByteScale<TSelf, TVector>
    where TSelf : struct, IByteScale<TSelf, TVector>
    where TVector : struct, IInt32Vector<TVector>
{
    /// <param name="rescaling">The block's parameters, from the first channel meant on.</param>
    /// <param name="r">What they have in common.</param>
    static abstract TSelf Load(int* rescaling, in Requantization r);

    /// <summary>What sums begin with.</summary>
    /// <param name="rescaling">The block's parameters, from the first channel meant on.</param>
    static abstract TVector Begin(int* rescaling);

    /// <summary>Rescaled sums: the integers in the lowest bits, still to be cut to bytes.</summary>
    TVector Scale(TVector sums);

    /// <summary>Writes the bytes of four pixels' sums.</summary>
    void Store(TVector a, TVector b, TVector c, TVector d, byte* pa, byte* pb, byte* pc, byte* pd);
}

/// <summary>The rescaling in one step.</summary>
internal readonly unsafe struct OneStep<TVector> : IByteScale<OneStep<TVector>, TVector>
    where TVector : struct, IInt32Vector<TVector>
{
    private readonly TVector _factor;
    private readonly TVector _offset;
    private readonly TVector _min;
    private readonly TVector _max;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private OneStep(int* rescaling, in Requantization r)
    {
        _factor = TVector.Load(rescaling + RescalingLayout.Factor);
        _offset = TVector.Load(rescaling + RescalingLayout.Offset);
        _min = TVector.Broadcast(r.Min * 0x1010101);
        _max = TVector.Broadcast(r.Max * 0x1010101);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneStep<TVector> Load(int* rescaling, in Requantization r) => new(rescaling, r);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Begin(int* rescaling) => TVector.Load(rescaling);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(TVector a, TVector b, TVector c, TVector d, byte* pa, byte* pb, byte* pc, byte* pd)
        => TVector.StoreBytes(Scale(a), Scale(b), Scale(c), Scale(d), _min, _max, pa, pb, pc, pd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Scale(TVector sums) => TVector.MultiplyAdd(sums, _factor, _offset);
}

/// <summary>The rescaling in two steps.</summary>
internal readonly unsafe struct TwoSteps<TVector> : IByteScale<TwoSteps<TVector>, TVector>
    where TVector : struct, IInt32Vector<TVector>
{
    private readonly TVector _gain;
    private readonly TVector _start;
    private readonly TVector _factor;
    private readonly TVector _offset;
    private readonly TVector _sign;
    private readonly TVector _end;
    private readonly TVector _min;
    private readonly TVector _max;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TwoSteps(int* rescaling, in Requantization r)
    {
        // Rounding twice takes halves away from zero, where there are negative results: their offset is negative too. Elsewhere it is all there is to add.
        bool isSymmetric = r.Rounding == Rounding.Twice && r.Min < r.OutputZeroPoint;
        _gain = TVector.Load(rescaling + RescalingLayout.Gain);
        _start = TVector.MultiplyAdd(_gain, TVector.Broadcast(BitConverter.SingleToInt32Bits(-SinglePrecision.Origin)), TVector.Broadcast(0));
        _factor = TVector.Load(rescaling + RescalingLayout.Factor);
        _offset = TVector.Load(rescaling + RescalingLayout.Offset);
        _sign = TVector.Broadcast(isSymmetric ? int.MinValue : 0);
        _end = TVector.Broadcast(isSymmetric ? BitConverter.SingleToInt32Bits(SinglePrecision.Origin + r.OutputZeroPoint) : 0);
        _min = TVector.Broadcast(r.Min * 0x1010101);
        _max = TVector.Broadcast(r.Max * 0x1010101);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoSteps<TVector> Load(int* rescaling, in Requantization r) => new(rescaling, r);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Begin(int* rescaling) => TVector.Load(rescaling);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(TVector a, TVector b, TVector c, TVector d, byte* pa, byte* pb, byte* pc, byte* pd)
        => TVector.StoreBytes(Scale(a), Scale(b), Scale(c), Scale(d), _min, _max, pa, pb, pc, pd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Scale(TVector sums)
    {
        TVector scaled = TVector.MultiplyAdd(sums, _gain, _start);
        return TVector.AddSingle(TVector.MultiplyAdd(scaled, _factor, TVector.OrAnd(_offset, scaled, _sign)), _end);
    }
}

/// <summary>
/// The rescaling in two steps of sums that are added up in single precision without their bias, for which there may be no room: windows up to 7×7, whose sums are less than 2²² on either
/// side. The bias is added to the integers in their bits.
/// </summary>
internal readonly unsafe struct TwoStepsOfWindows<TVector> : IByteScale<TwoStepsOfWindows<TVector>, TVector>
    where TVector : struct, IInt32Vector<TVector>
{
    private readonly TwoSteps<TVector> _steps;
    private readonly TVector _excess;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TwoStepsOfWindows(int* rescaling, in Requantization r)
    {
        _steps = TwoSteps<TVector>.Load(rescaling, r);
        _excess = TVector.Subtract(Begin(rescaling), TVector.Load(rescaling));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoStepsOfWindows<TVector> Load(int* rescaling, in Requantization r) => new(rescaling, r);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Begin(int* rescaling) => TVector.Broadcast(BitConverter.SingleToInt32Bits(SinglePrecision.Origin));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(TVector a, TVector b, TVector c, TVector d, byte* pa, byte* pb, byte* pc, byte* pd)
        => _steps.Store(TVector.Subtract(a, _excess), TVector.Subtract(b, _excess), TVector.Subtract(c, _excess), TVector.Subtract(d, _excess), pa, pb, pc, pd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Scale(TVector sums) => _steps.Scale(TVector.Subtract(sums, _excess));
}

/// <summary>No rescaling: sums of windows that are added up in the same way remain integers, with their bias.</summary>
internal readonly unsafe struct SumsOfWindows<TVector> : IByteScale<SumsOfWindows<TVector>, TVector>
    where TVector : struct, IInt32Vector<TVector>
{
    private readonly TVector _excess;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SumsOfWindows(int* rescaling) => _excess = TVector.Subtract(Begin(rescaling), TVector.Load(rescaling + RescalingLayout.Integers));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SumsOfWindows<TVector> Load(int* rescaling, in Requantization r) => new(rescaling);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Begin(int* rescaling) => TVector.Broadcast(BitConverter.SingleToInt32Bits(SinglePrecision.Origin));

    public void Store(TVector a, TVector b, TVector c, TVector d, byte* pa, byte* pb, byte* pc, byte* pd) => throw new NotSupportedException("Sums are stored as they are.");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Scale(TVector sums) => TVector.Subtract(sums, _excess);
}
