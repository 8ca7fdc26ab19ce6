using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.Intrinsics;
using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Weights.Packing;

/// <summary>
/// Weights of four input channels for the 16 output channels of a panel, [16][4]. Each adjacent two of them share a 16-bit lane: their products with
/// activations of 0 … 255 are added in 16 bits, which is exact as long as neither the positive weights of a lane nor the negative ones sum to more
/// than 128, since 255 · 128 = 32640 fits and 255 · 129 = 32895 does not, whatever the activations are.
/// </summary>
internal sealed class SixteenBitEntry
{
    /// <summary>Input channels of an entry.</summary>
    public const int Inputs = BlobLayout.Group;

    /// <summary>Weights of an entry.</summary>
    public const int Size = BlobLayout.Entry;

    /// <summary>What the positive weights of a lane, and the negative ones, may sum to.</summary>
    public const int LaneLimit = 128;

    private SixteenBitEntry(int group, ReadOnlySpan<short> weights)
    {
        Group = group;
        for (int i = 0; i < Size; i++)
            Weights[i] = (sbyte)weights[i];
        Load = LaneLoad.Of(Weights);
    }

    /// <summary>Its input channels are 4 · Group … 4 · Group + 3.</summary>
    public int Group { get; }

    /// <summary>[16][4].</summary>
    public sbyte[] Weights { get; } = new sbyte[Size];

    /// <summary>What it adds to each lane.</summary>
    public LaneLoad Load { get; }

    /// <summary>
    /// Entries that sum to the weights given: one where it fits, more where a weight is no signed byte or two of a lane are too large together. The lanes that
    /// do not fit are halved, the rest stays in the first, so that the others are light and find room beside others.
    /// </summary>
    /// <param name="group">The group of input channels.</param>
    /// <param name="weights">[16][4], centred at their zero point: −255 … 255.</param>
    public static IEnumerable<SixteenBitEntry> Split(int group, short[] weights)
    {
        var rest = new short[Size];
        bool isSplit = false;
        for (int i = 0; i < Size; i += 2)
        {
            if (Fits(weights[i], weights[i + 1]))
                continue;
            for (int j = i; j < i + 2; j++)
            {
                short half = (short)(weights[j] / 2);
                (weights[j], rest[j]) = ((short)(weights[j] - half), half);
            }

            isSplit = true;
        }

        if (!isSplit)
            return [new SixteenBitEntry(group, weights)];
        return [.. Split(group, weights), .. Split(group, rest)];
    }

    /// <summary>Whether a lane holds two weights' products.</summary>
    public static bool Fits(int a, int b) =>
        a is >= sbyte.MinValue and <= sbyte.MaxValue && b is >= sbyte.MinValue and <= sbyte.MaxValue &&
        Math.Max(a, 0) + Math.Max(b, 0) <= LaneLimit && Math.Min(a, 0) + Math.Min(b, 0) >= -LaneLimit;
}

/// <summary>What is in each of a panel's 32 lanes: the sum of its positive weights and that of its negative ones, saturated at 255.</summary>
internal readonly record struct LaneLoad(Vector256<byte> Positive, Vector256<byte> Negative)
{
    private static readonly Vector256<byte> s_limit = Vector256.Create((byte)SixteenBitEntry.LaneLimit);

    /// <summary>Whether 16 bits hold every lane's sum of products.</summary>
    public bool Fits => Vector256.LessThanOrEqualAll(Vector256.Max(Positive, Negative), s_limit);

    /// <summary>How full the lanes are; full ones count for much more than half-full ones.</summary>
    public int Fullness
    {
        get
        {
            (Vector256<ushort> lower, Vector256<ushort> upper) = Vector256.Widen(Vector256.Max(Positive, Negative));
            return Fourths(lower) + Fourths(upper);
        }
    }

    /// <summary>How many lanes' sums 16 bits do not hold.</summary>
    public int Unfit => BitOperations.PopCount(Vector256.GreaterThan(Vector256.Max(Positive, Negative), s_limit).ExtractMostSignificantBits());

    public static LaneLoad operator +(LaneLoad a, LaneLoad b) =>
        new(Vector256.AddSaturate(a.Positive, b.Positive), Vector256.AddSaturate(a.Negative, b.Negative));

    public static LaneLoad Of(ReadOnlySpan<sbyte> weights)
    {
        Span<byte> positive = stackalloc byte[Vector256<byte>.Count], negative = stackalloc byte[Vector256<byte>.Count];
        for (int i = 0; i < SixteenBitEntry.Size; i += 2)
        {
            positive[i / 2] = (byte)(Math.Max((int)weights[i], 0) + Math.Max((int)weights[i + 1], 0));
            negative[i / 2] = (byte)Math.Min(-Math.Min((int)weights[i], 0) - Math.Min((int)weights[i + 1], 0), byte.MaxValue);
        }

        return new LaneLoad(Vector256.Create<byte>(positive), Vector256.Create<byte>(negative));
    }

    /// <summary>What up to 32 weights put into a lane each.</summary>
    public static LaneLoad Of(int[] weights)
    {
        Span<byte> positive = stackalloc byte[Vector256<byte>.Count], negative = stackalloc byte[Vector256<byte>.Count];
        for (int i = 0; i < weights.Length; i++)
            (positive[i], negative[i]) = ((byte)Math.Max(weights[i], 0), (byte)Math.Max(-weights[i], 0));
        return new LaneLoad(Vector256.Create<byte>(positive), Vector256.Create<byte>(negative));
    }

    /// <summary>Σ (v²/4)², at most 16 · 2²⁴ where all fit.</summary>
    private static int Fourths(Vector256<ushort> values)
    {
        (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen((values * values) >> 2);
        return (int)Vector256.Sum((lower * lower) + (upper * upper));
    }
}
