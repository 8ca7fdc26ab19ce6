using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// 3×3 windows over one block, column by column: an input column is read and converted once, starts one output, continues the one before, and
/// completes the one before that. So no width leaves a remainder. Products are added up in float32, where nine of at most 255·255 are exact, and
/// the bias after that in 32-bit integers. <c>source</c> leads from a row's origin to the block's first window; the sums are [rows][width][16].
/// </summary>
public static unsafe partial class UInt8Kernels
{
    /// <summary>Rows at stride 1, an even number of them, in pairs: a pair reads four rows of the input instead of six.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumTwoRows3x3Avx512(FeatureMap<byte> input, nint source, short* weights, int* bias, int padTop, int width, int firstRow, int rowCount, int* sums)
    {
        Vector512<float> k0 = WidenWeights(weights), k1 = WidenWeights(weights + 16), k2 = WidenWeights(weights + 32);
        Vector512<float> k3 = WidenWeights(weights + 48), k4 = WidenWeights(weights + 64), k5 = WidenWeights(weights + 80);
        Vector512<float> k6 = WidenWeights(weights + 96), k7 = WidenWeights(weights + 112), k8 = WidenWeights(weights + 128);
        Vector512<int> offset = Vector512.Load(bias);
        for (int top = firstRow - padTop; top < firstRow - padTop + rowCount; top += 2)
        {
            byte* row0 = input.Row(top) + source, row1 = input.Row(top + 1) + source, row2 = input.Row(top + 2) + source, row3 = input.Row(top + 3) + source;
            Vector512<float> v0 = WidenPixel(row0), v1 = WidenPixel(row1), v2 = WidenPixel(row2), v3 = WidenPixel(row3);
            Vector512<float> a0 = Column(v0, v1, v2, k0, k3, k6), a1 = Column(v1, v2, v3, k0, k3, k6);
            v0 = WidenPixel(row0 + 16);
            v1 = WidenPixel(row1 + 16);
            v2 = WidenPixel(row2 + 16);
            v3 = WidenPixel(row3 + 16);
            a0 = AddColumn(a0, v0, v1, v2, k1, k4, k7);
            a1 = AddColumn(a1, v1, v2, v3, k1, k4, k7);
            Vector512<float> b0 = Column(v0, v1, v2, k0, k3, k6), b1 = Column(v1, v2, v3, k0, k3, k6);
            int* nextSums = sums + width * Lanes;
            for (nint x = 0; x < (nint)width * Lanes; x += Lanes)
            {
                v0 = WidenPixel(row0 + x + 32);
                v1 = WidenPixel(row1 + x + 32);
                v2 = WidenPixel(row2 + x + 32);
                v3 = WidenPixel(row3 + x + 32);
                (Avx512F.ConvertToVector512Int32(AddColumn(a0, v0, v1, v2, k2, k5, k8)) + offset).Store(sums + x);
                (Avx512F.ConvertToVector512Int32(AddColumn(a1, v1, v2, v3, k2, k5, k8)) + offset).Store(nextSums + x);
                a0 = AddColumn(b0, v0, v1, v2, k1, k4, k7);
                a1 = AddColumn(b1, v1, v2, v3, k1, k4, k7);
                b0 = Column(v0, v1, v2, k0, k3, k6);
                b1 = Column(v1, v2, v3, k0, k3, k6);
            }
            sums = nextSums + width * Lanes;
        }
    }

    /// <summary>Rows one by one. At stride 2 the column that two neighbouring windows share is converted once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumRows3x3Avx512(FeatureMap<byte> input, nint source, short* weights, int* bias, int stride, int padTop, int width, int firstRow, int rowCount, int* sums)
    {
        Vector512<float> k0 = WidenWeights(weights), k1 = WidenWeights(weights + 16), k2 = WidenWeights(weights + 32);
        Vector512<float> k3 = WidenWeights(weights + 48), k4 = WidenWeights(weights + 64), k5 = WidenWeights(weights + 80);
        Vector512<float> k6 = WidenWeights(weights + 96), k7 = WidenWeights(weights + 112), k8 = WidenWeights(weights + 128);
        Vector512<int> offset = Vector512.Load(bias);
        for (int y = firstRow; y < firstRow + rowCount; y++, sums += width * Lanes)
        {
            int top = y * stride - padTop;
            byte* row0 = input.Row(top) + source, row1 = input.Row(top + 1) + source, row2 = input.Row(top + 2) + source;
            Vector512<float> v0 = WidenPixel(row0), v1 = WidenPixel(row1), v2 = WidenPixel(row2);
            Vector512<float> a = Column(v0, v1, v2, k0, k3, k6);
            if (stride == 2)
            {
                for (nint x = 0; x < (nint)width * Lanes; x += Lanes)
                {
                    a = AddColumn(a, WidenPixel(row0 + 2 * x + 16), WidenPixel(row1 + 2 * x + 16), WidenPixel(row2 + 2 * x + 16), k1, k4, k7);
                    v0 = WidenPixel(row0 + 2 * x + 32);
                    v1 = WidenPixel(row1 + 2 * x + 32);
                    v2 = WidenPixel(row2 + 2 * x + 32);
                    (Avx512F.ConvertToVector512Int32(AddColumn(a, v0, v1, v2, k2, k5, k8)) + offset).Store(sums + x);
                    a = Column(v0, v1, v2, k0, k3, k6);
                }
                continue;
            }

            v0 = WidenPixel(row0 + 16);
            v1 = WidenPixel(row1 + 16);
            v2 = WidenPixel(row2 + 16);
            a = AddColumn(a, v0, v1, v2, k1, k4, k7);
            Vector512<float> b = Column(v0, v1, v2, k0, k3, k6);
            for (nint x = 0; x < (nint)width * Lanes; x += Lanes)
            {
                v0 = WidenPixel(row0 + x + 32);
                v1 = WidenPixel(row1 + x + 32);
                v2 = WidenPixel(row2 + x + 32);
                (Avx512F.ConvertToVector512Int32(AddColumn(a, v0, v1, v2, k2, k5, k8)) + offset).Store(sums + x);
                a = AddColumn(b, v0, v1, v2, k1, k4, k7);
                b = Column(v0, v1, v2, k0, k3, k6);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Column(Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> k0, Vector512<float> k1, Vector512<float> k2)
        => Avx512F.FusedMultiplyAdd(v2, k2, Avx512F.FusedMultiplyAdd(v1, k1, v0 * k0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddColumn(Vector512<float> sum, Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> k0, Vector512<float> k1, Vector512<float> k2)
        => Avx512F.FusedMultiplyAdd(v2, k2, Avx512F.FusedMultiplyAdd(v1, k1, Avx512F.FusedMultiplyAdd(v0, k0, sum)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> WidenPixel(byte* pixel) => Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.Load(pixel)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> WidenWeights(short* weights) => Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector256.Load(weights)));
}
