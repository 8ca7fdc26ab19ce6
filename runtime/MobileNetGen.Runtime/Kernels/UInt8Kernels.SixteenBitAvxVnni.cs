using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// The same weights with vpdpbusd where there is no AVX-512: it does what two entries of a batch of four take at 256 bits in one instruction, and is exact
/// by itself, so the batches do not matter.
/// </summary>
public static unsafe partial class UInt8Kernels
{
    /// <summary>Tiles of <see cref="LargeTile"/> pixels, which are six here, and of four.</summary>
    private static void EntriesAvxVnni(int large, int small, byte** pixels, in SixteenBitBatches batches, int* bias, int* sums)
    {
        Entries6AvxVnni(large, pixels, batches, bias, sums);
        if (small > 0)
            Entries4AvxVnni(small, pixels + large * LargeTile, batches, bias, sums + large * LargeTile * Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Entries6AvxVnni(int tiles, byte** pixels, in SixteenBitBatches batches, int* bias, int* sums)
    {
        for (; tiles > 0; tiles--, pixels += 6, sums += 6 * Lanes)
        {
            sbyte* weights = batches.Weights;
            byte* p0 = pixels[0], p1 = pixels[1], p2 = pixels[2], p3 = pixels[3], p4 = pixels[4], p5 = pixels[5];
            Vector256<int> a0 = Vector256.Load(bias), b0 = Vector256.Load(bias + 8);
            Vector256<int> a1 = a0, b1 = b0;
            Vector256<int> a2 = a0, b2 = b0;
            Vector256<int> a3 = a0, b3 = b0;
            Vector256<int> a4 = a0, b4 = b0;
            Vector256<int> a5 = a0, b5 = b0;
            for (int* offset = batches.Offsets, end = batches.Ones; offset < end; offset++, weights += EntryBytes)
            {
                nint k = *offset;
                Vector256<sbyte> wa = Vector256.Load(weights), wb = Vector256.Load(weights + 32);
                Vector256<byte> x = Broadcast4V256(p0 + k);
                a0 = AvxVnni.MultiplyWideningAndAdd(a0, x, wa);
                b0 = AvxVnni.MultiplyWideningAndAdd(b0, x, wb);
                x = Broadcast4V256(p1 + k);
                a1 = AvxVnni.MultiplyWideningAndAdd(a1, x, wa);
                b1 = AvxVnni.MultiplyWideningAndAdd(b1, x, wb);
                x = Broadcast4V256(p2 + k);
                a2 = AvxVnni.MultiplyWideningAndAdd(a2, x, wa);
                b2 = AvxVnni.MultiplyWideningAndAdd(b2, x, wb);
                x = Broadcast4V256(p3 + k);
                a3 = AvxVnni.MultiplyWideningAndAdd(a3, x, wa);
                b3 = AvxVnni.MultiplyWideningAndAdd(b3, x, wb);
                x = Broadcast4V256(p4 + k);
                a4 = AvxVnni.MultiplyWideningAndAdd(a4, x, wa);
                b4 = AvxVnni.MultiplyWideningAndAdd(b4, x, wb);
                x = Broadcast4V256(p5 + k);
                a5 = AvxVnni.MultiplyWideningAndAdd(a5, x, wa);
                b5 = AvxVnni.MultiplyWideningAndAdd(b5, x, wb);
            }

            StoreSums(a0, b0, sums);
            StoreSums(a1, b1, sums + 1 * Lanes);
            StoreSums(a2, b2, sums + 2 * Lanes);
            StoreSums(a3, b3, sums + 3 * Lanes);
            StoreSums(a4, b4, sums + 4 * Lanes);
            StoreSums(a5, b5, sums + 5 * Lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Entries4AvxVnni(int tiles, byte** pixels, in SixteenBitBatches batches, int* bias, int* sums)
    {
        for (; tiles > 0; tiles--, pixels += 4, sums += 4 * Lanes)
        {
            sbyte* weights = batches.Weights;
            byte* p0 = pixels[0], p1 = pixels[1], p2 = pixels[2], p3 = pixels[3];
            Vector256<int> a0 = Vector256.Load(bias), b0 = Vector256.Load(bias + 8);
            Vector256<int> a1 = a0, b1 = b0;
            Vector256<int> a2 = a0, b2 = b0;
            Vector256<int> a3 = a0, b3 = b0;
            for (int* offset = batches.Offsets, end = batches.Ones; offset < end; offset++, weights += EntryBytes)
            {
                nint k = *offset;
                Vector256<sbyte> wa = Vector256.Load(weights), wb = Vector256.Load(weights + 32);
                Vector256<byte> x = Broadcast4V256(p0 + k);
                a0 = AvxVnni.MultiplyWideningAndAdd(a0, x, wa);
                b0 = AvxVnni.MultiplyWideningAndAdd(b0, x, wb);
                x = Broadcast4V256(p1 + k);
                a1 = AvxVnni.MultiplyWideningAndAdd(a1, x, wa);
                b1 = AvxVnni.MultiplyWideningAndAdd(b1, x, wb);
                x = Broadcast4V256(p2 + k);
                a2 = AvxVnni.MultiplyWideningAndAdd(a2, x, wa);
                b2 = AvxVnni.MultiplyWideningAndAdd(b2, x, wb);
                x = Broadcast4V256(p3 + k);
                a3 = AvxVnni.MultiplyWideningAndAdd(a3, x, wa);
                b3 = AvxVnni.MultiplyWideningAndAdd(b3, x, wb);
            }

            StoreSums(a0, b0, sums);
            StoreSums(a1, b1, sums + 1 * Lanes);
            StoreSums(a2, b2, sums + 2 * Lanes);
            StoreSums(a3, b3, sums + 3 * Lanes);
        }
    }
}
