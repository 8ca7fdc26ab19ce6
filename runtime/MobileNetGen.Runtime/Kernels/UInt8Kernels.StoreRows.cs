using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>The bytes of some rows' pixels in a block of outputs.</summary>
    /// <param name="sums">[rows][width][16].</param>
    /// <param name="corrections">[rows][width], subtracted from a pixel's sums.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="width">Pixels of a row, which lie side by side in the output too.</param>
    /// <param name="channels">The block's parameters.</param>
    /// <param name="outputs">[rows], where each row's bytes of block 0 go.</param>
    /// <param name="offset">From there to the block meant.</param>
    /// <param name="r">What the channels have in common.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRows(int* sums, int* corrections, int rows, int width, int* channels, byte** outputs, nint offset, in Requantization r)
    {
        if (!SinglePrecision.Has(channels))
            StoreRowsInPass(sums, corrections, rows, width, channels, outputs, offset, r);
        else if (Avx512BW.IsSupported)
            StoreRows<ByteVector512>(sums, corrections, rows, width, channels, outputs, offset, r);
        else if (Avx2.IsSupported)
            StoreRows<ByteVector256>(sums, corrections, rows, width, channels, outputs, offset, r);
        else
            StoreRows<ByteVector128>(sums, corrections, rows, width, channels, outputs, offset, r);
    }

    /// <summary>Four pixels at a time, so that the last ones of a row may be stored twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void StoreRows<TVector>(int* sums, int* corrections, int rows, int width, int* channels, byte** outputs, nint offset, in Requantization r)
        where TVector : struct, IByteVector<TVector>
    {
        bool isCorrected = r.WeightZeroPoint != 0;
        int fours = width & ~3;
        for (int lane = 0; lane < Lanes; lane += TVector.Count)
        {
            var scale = new SinglePrecision<TVector>(channels + lane, r);
            int* a = sums + lane, correction = corrections;
            for (int row = 0; row < rows; row++, a += width * Lanes, correction += width)
            {
                byte* output = outputs[row] + offset + lane;
                for (int i = 0; i < fours && isCorrected; i += 4)
                    StoreFour(scale, a, correction, i, i + 1, i + 2, i + 3, output);
                for (int i = 0; i < fours && !isCorrected; i += 4)
                {
                    int* four = a + i * Lanes;
                    byte* target = output + i * Lanes;
                    scale.Store(
                        TVector.Load(four), TVector.Load(four + Lanes), TVector.Load(four + 2 * Lanes), TVector.Load(four + 3 * Lanes),
                        target, target + Lanes, target + 2 * Lanes, target + 3 * Lanes);
                }
                if (fours < width)
                    StoreFour(scale, a, correction, Math.Max(width - 4, 0), Math.Max(width - 3, 0), Math.Max(width - 2, 0), width - 1, output);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour<TVector>(in SinglePrecision<TVector> scale, int* sums, int* corrections, int i, int j, int k, int l, byte* output)
        where TVector : struct, IByteVector<TVector>
        => scale.Store(
            Corrected<TVector>(sums, corrections, i), Corrected<TVector>(sums, corrections, j), Corrected<TVector>(sums, corrections, k), Corrected<TVector>(sums, corrections, l),
            output + i * Lanes, output + j * Lanes, output + k * Lanes, output + l * Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Corrected<TVector>(int* sums, int* corrections, int pixel)
        where TVector : struct, IByteVector<TVector>
        => TVector.Subtract(TVector.Load(sums + pixel * Lanes), TVector.Broadcast(corrections[pixel]));

    /// <summary>What takes more than one step, or integers.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void StoreRowsInPass(int* sums, int* corrections, int rows, int width, int* channels, byte** outputs, nint offset, in Requantization r)
    {
        byte** pixels = stackalloc byte*[StripMemory.Pixels + Spare];
        for (int row = 0; row < rows; row++)
            FillPointers(pixels + row * width, width, outputs[row] + offset, Lanes);
        Requantize.Store(sums, corrections, rows * width, channels, pixels, 0, r);
    }

    /// <summary>Room behind pointers that are written in whole vectors.</summary>
    private const int Spare = 8;

    /// <summary>Addresses a step apart, in whole vectors: up to three more may be written behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FillPointers(byte** pointers, int count, byte* first, nint step)
    {
        Vector256<nint> next = Vector256.CreateSequence((nint)first, step), steps = Vector256.Create(Vector256<nint>.Count * step);
        for (int i = 0; i < count; i += Vector256<nint>.Count, next += steps)
            next.Store((nint*)(pointers + i));
    }
}
