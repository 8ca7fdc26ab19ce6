using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>The greatest of some channels of a pixel, where other channels share their first and last vectors.</summary>
internal static unsafe class Maxima
{
    private const float None = float.NegativeInfinity;
    private const float All = float.PositiveInfinity;

    /// <summary>What a float's minimum with is nothing, or itself: 16 lanes each.</summary>
    private static ReadOnlySpan<float> FloatMasks =>
    [
        None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None,
        All, All, All, All, All, All, All, All, All, All, All, All, All, All, All, All,
        None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None,
    ];

    private static ReadOnlySpan<byte> ByteMasks =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>The greatest of channels [from, to), or, where one is NaN, that or NaN. Whole vectors are read, to the end of a block.</summary>
    /// <param name="pixel">Lane 0 of the pixel's first block.</param>
    /// <param name="blockStride">Elements from one block to the next.</param>
    /// <param name="from">The first channel.</param>
    /// <param name="to">The end of the channels.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of<TSimd, TVector>(float* pixel, int blockStride, int from, int to) where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged
    {
        const int Lanes = BlobLayout.Lanes;
        int lanes = sizeof(TVector) / sizeof(float);
        float* masks = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(FloatMasks));
        TVector greatest = TSimd.Create(None);
        for (int channel = from & -lanes; channel < to; channel += lanes)
        {
            // NaN stays as the second operand of a minimum, and as the first of a maximum it is ignored or, on Arm64, stays too.
            TVector values = *(TVector*)(pixel + ScoreRow.Offset(channel, blockStride));
            if (channel < from)
                values = TSimd.Min(*(TVector*)(masks + Lanes - (from - channel)), values);
            if (channel + lanes > to)
                values = TSimd.Min(*(TVector*)(masks + (2 * Lanes) - (to - channel)), values);
            greatest = TSimd.Max(values, greatest);
        }

        float* across = stackalloc float[Lanes];
        *(TVector*)across = greatest;
        Vector128<float> quarter = Vector128.Load(across);
        for (int lane = 4; lane < lanes; lane += 4)
            quarter = Vector128.MaxNative(quarter, Vector128.Load(across + lane));
        quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    /// <summary>The greatest of channels [from, to). Whole vectors are read, to the end of a block.</summary>
    /// <inheritdoc cref="Of{TSimd, TVector}(float*, int, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Of(byte* pixel, int blockStride, int from, int to)
    {
        const int Lanes = BlobLayout.Lanes;
        byte* masks = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(ByteMasks));
        Vector128<byte> greatest = Vector128<byte>.Zero;
        for (int channel = from & -Lanes; channel < to; channel += Lanes)
        {
            Vector128<byte> values = Vector128.Load(pixel + ScoreRow.Offset(channel, blockStride));
            if (channel < from)
                values &= Vector128.Load(masks + Lanes - (from - channel));
            if (channel + Lanes > to)
                values &= Vector128.Load(masks + (2 * Lanes) - (to - channel));
            greatest = Vector128.Max(greatest, values);
        }

        greatest = Vector128.Max(greatest, Vector128.Shuffle(greatest.AsUInt64(), Vector128.Create(1UL, 0UL)).AsByte());
        greatest = Vector128.Max(greatest, (greatest.AsUInt64() >>> 32).AsByte());
        greatest = Vector128.Max(greatest, (greatest.AsUInt64() >>> 16).AsByte());
        return Vector128.Max(greatest, (greatest.AsUInt64() >>> 8).AsByte()).ToScalar();
    }
}
