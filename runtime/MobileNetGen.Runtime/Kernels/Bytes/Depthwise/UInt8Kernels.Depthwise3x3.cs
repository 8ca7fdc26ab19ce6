using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// 3×3 windows over some channels of a block, column by column: an input column is read and converted once, starts one output, continues the one before,
/// and completes the one before that. Products are added up in single precision, which is exact between 2²³ and 2²⁴: in one step with the bias, where the packer makes sure of that; in
/// two without.
/// </summary>
public static unsafe partial class UInt8Kernels
{
    /// <summary>Rows of a block.</summary>
    /// <param name="input">The input.</param>
    /// <param name="source">From a row's start to the first window.</param>
    /// <param name="output">The output.</param>
    /// <param name="target">From a row's start to the first output.</param>
    /// <param name="weights">The block's.</param>
    /// <param name="rescaling">The block's.</param>
    /// <param name="stride">1 or 2.</param>
    /// <param name="padTop">Halo rows above that the first output row sees.</param>
    /// <param name="width">Output columns.</param>
    /// <param name="firstRow">The first output row.</param>
    /// <param name="rowCount">How many output rows.</param>
    /// <param name="r">How sums become bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Depthwise3x3<TVector, TScale>(FeatureMap<byte> input, nint source, FeatureMap<byte> output, nint target, short* weights, int* rescaling, int stride, int padTop,
        int width, int firstRow, int rowCount, in Requantization r)
        where TVector : struct, IInt32Vector<TVector>
        where TScale : struct, IByteScale<TScale, TVector>
    {
        for (int lane = 0; lane < Lanes; lane += TVector.Count)
        {
            int paired = stride == 1 ? rowCount & ~1 : 0;
            if (paired > 0)
                DepthwiseRowPairs<TVector, TScale>(input, source + lane, output, target + lane, weights + lane, rescaling + lane, padTop, width, firstRow, paired, r);
            if (paired == rowCount)
                continue;
            if (stride == 1)
                DepthwiseRows<TVector, N1, TScale>(input, source + lane, output, target + lane, weights + lane, rescaling + lane, padTop, width, firstRow + paired, rowCount - paired, r);
            else
                DepthwiseRows<TVector, N2, TScale>(input, source + lane, output, target + lane, weights + lane, rescaling + lane, padTop, width, firstRow, rowCount, r);
        }
    }

    /// <summary>Rows at stride 1, an even number of them: a pair reads four rows of the input instead of six.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DepthwiseRowPairs<TVector, TScale>(FeatureMap<byte> input, nint source, FeatureMap<byte> output, nint target, short* weights, int* rescaling, int padTop,
        int width, int firstRow, int rowCount, in Requantization r)
        where TVector : struct, IInt32Vector<TVector>
        where TScale : struct, IByteScale<TScale, TVector>
    {
        TScale scale = TScale.Load(rescaling, r);
        TVector bias = TScale.Begin(rescaling);
        TVector k0 = TVector.ToSingle(weights), k1 = TVector.ToSingle(weights + 16), k2 = TVector.ToSingle(weights + 32);
        TVector k3 = TVector.ToSingle(weights + 48), k4 = TVector.ToSingle(weights + 64), k5 = TVector.ToSingle(weights + 80);
        TVector k6 = TVector.ToSingle(weights + 96), k7 = TVector.ToSingle(weights + 112), k8 = TVector.ToSingle(weights + 128);
        for (int y = firstRow; y < firstRow + rowCount; y += 2)
        {
            int top = y - padTop;
            byte* row0 = input.Row(top) + source, row1 = input.Row(top + 1) + source, row2 = input.Row(top + 2) + source, row3 = input.Row(top + 3) + source;
            byte* output0 = output.Row(y) + target, output1 = output.Row(y + 1) + target;
            TVector v0 = TVector.ToSingle(row0), v1 = TVector.ToSingle(row1), v2 = TVector.ToSingle(row2), v3 = TVector.ToSingle(row3);
            TVector a0 = AddColumn(bias, v0, v1, v2, k0, k3, k6), a1 = AddColumn(bias, v1, v2, v3, k0, k3, k6);
            v0 = TVector.ToSingle(row0 + 16);
            v1 = TVector.ToSingle(row1 + 16);
            v2 = TVector.ToSingle(row2 + 16);
            v3 = TVector.ToSingle(row3 + 16);
            a0 = AddColumn(a0, v0, v1, v2, k1, k4, k7);
            a1 = AddColumn(a1, v1, v2, v3, k1, k4, k7);
            TVector b0 = AddColumn(bias, v0, v1, v2, k0, k3, k6), b1 = AddColumn(bias, v1, v2, v3, k0, k3, k6);
            nint end = (nint)width * Lanes;
            for (nint x = 0; x < end; x += 2 * Lanes)
            {
                v0 = TVector.ToSingle(row0 + x + 32);
                v1 = TVector.ToSingle(row1 + x + 32);
                v2 = TVector.ToSingle(row2 + x + 32);
                v3 = TVector.ToSingle(row3 + x + 32);
                TVector first0 = AddColumn(a0, v0, v1, v2, k2, k5, k8), first1 = AddColumn(a1, v1, v2, v3, k2, k5, k8);
                a0 = AddColumn(b0, v0, v1, v2, k1, k4, k7);
                a1 = AddColumn(b1, v1, v2, v3, k1, k4, k7);
                b0 = AddColumn(bias, v0, v1, v2, k0, k3, k6);
                b1 = AddColumn(bias, v1, v2, v3, k0, k3, k6);
                if (x == end - Lanes)
                {
                    scale.Store(first0, first0, first1, first1, output0 + x, output0 + x, output1 + x, output1 + x);
                    break;
                }

                v0 = TVector.ToSingle(row0 + x + 48);
                v1 = TVector.ToSingle(row1 + x + 48);
                v2 = TVector.ToSingle(row2 + x + 48);
                v3 = TVector.ToSingle(row3 + x + 48);
                TVector second0 = AddColumn(a0, v0, v1, v2, k2, k5, k8), second1 = AddColumn(a1, v1, v2, v3, k2, k5, k8);
                a0 = AddColumn(b0, v0, v1, v2, k1, k4, k7);
                a1 = AddColumn(b1, v1, v2, v3, k1, k4, k7);
                b0 = AddColumn(bias, v0, v1, v2, k0, k3, k6);
                b1 = AddColumn(bias, v1, v2, v3, k0, k3, k6);
                scale.Store(first0, second0, first1, second1, output0 + x, output0 + x + Lanes, output1 + x, output1 + x + Lanes);
            }
        }
    }

    /// <summary>Rows one by one. At stride 2 the column that two neighbouring windows share is converted once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DepthwiseRows<TVector, TStride, TScale>(FeatureMap<byte> input, nint source, FeatureMap<byte> output, nint target, short* weights, int* rescaling, int padTop,
        int width, int firstRow, int rowCount, in Requantization r)
        where TVector : struct, IInt32Vector<TVector>
        where TStride : struct, IConstant
        where TScale : struct, IByteScale<TScale, TVector>
    {
        TScale scale = TScale.Load(rescaling, r);
        TVector bias = TScale.Begin(rescaling);
        TVector k0 = TVector.ToSingle(weights), k1 = TVector.ToSingle(weights + 16), k2 = TVector.ToSingle(weights + 32);
        TVector k3 = TVector.ToSingle(weights + 48), k4 = TVector.ToSingle(weights + 64), k5 = TVector.ToSingle(weights + 80);
        TVector k6 = TVector.ToSingle(weights + 96), k7 = TVector.ToSingle(weights + 112), k8 = TVector.ToSingle(weights + 128);
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            int top = y * TStride.Value - padTop;
            byte* row0 = input.Row(top) + source, row1 = input.Row(top + 1) + source, row2 = input.Row(top + 2) + source;
            byte* pixel = output.Row(y) + target, end = pixel + (nint)width * Lanes;

            // The sums of the next output and, at stride 1, of the one after that, from the columns before the next one.
            TVector v0 = TVector.ToSingle(row0), v1 = TVector.ToSingle(row1), v2 = TVector.ToSingle(row2);
            TVector a = AddColumn(bias, v0, v1, v2, k0, k3, k6), b = bias;
            if (TStride.Value == 1)
            {
                v0 = TVector.ToSingle(row0 + 16);
                v1 = TVector.ToSingle(row1 + 16);
                v2 = TVector.ToSingle(row2 + 16);
                a = AddColumn(a, v0, v1, v2, k1, k4, k7);
                b = AddColumn(bias, v0, v1, v2, k0, k3, k6);
            }
            nint column = (3 - TStride.Value) * Lanes;
            for (; pixel < end - 3 * Lanes; pixel += 4 * Lanes)
            {
                TVector first = NextOutput<TVector, TStride>(row0, row1, row2, ref column, ref a, ref b, bias, k0, k1, k2, k3, k4, k5, k6, k7, k8);
                TVector second = NextOutput<TVector, TStride>(row0, row1, row2, ref column, ref a, ref b, bias, k0, k1, k2, k3, k4, k5, k6, k7, k8);
                TVector third = NextOutput<TVector, TStride>(row0, row1, row2, ref column, ref a, ref b, bias, k0, k1, k2, k3, k4, k5, k6, k7, k8);
                TVector fourth = NextOutput<TVector, TStride>(row0, row1, row2, ref column, ref a, ref b, bias, k0, k1, k2, k3, k4, k5, k6, k7, k8);
                scale.Store(first, second, third, fourth, pixel, pixel + Lanes, pixel + 2 * Lanes, pixel + 3 * Lanes);
            }
            for (; pixel < end; pixel += Lanes)
            {
                TVector last = NextOutput<TVector, TStride>(row0, row1, row2, ref column, ref a, ref b, bias, k0, k1, k2, k3, k4, k5, k6, k7, k8);
                scale.Store(last, last, last, last, pixel, pixel, pixel, pixel);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector NextOutput<TVector, TStride>(byte* row0, byte* row1, byte* row2, ref nint column, ref TVector a, ref TVector b, TVector bias,
        TVector k0, TVector k1, TVector k2, TVector k3, TVector k4, TVector k5, TVector k6, TVector k7, TVector k8)
        where TVector : struct, IInt32Vector<TVector>
        where TStride : struct, IConstant
    {
        if (TStride.Value == 2)
        {
            a = AddColumn(a, TVector.ToSingle(row0 + column), TVector.ToSingle(row1 + column), TVector.ToSingle(row2 + column), k1, k4, k7);
            column += Lanes;
        }
        TVector v0 = TVector.ToSingle(row0 + column), v1 = TVector.ToSingle(row1 + column), v2 = TVector.ToSingle(row2 + column);
        column += Lanes;
        TVector sum = AddColumn(a, v0, v1, v2, k2, k5, k8);
        if (TStride.Value == 2)
        {
            a = AddColumn(bias, v0, v1, v2, k0, k3, k6);
        }
        else
        {
            a = AddColumn(b, v0, v1, v2, k1, k4, k7);
            b = AddColumn(bias, v0, v1, v2, k0, k3, k6);
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector AddColumn<TVector>(TVector sum, TVector v0, TVector v1, TVector v2, TVector k0, TVector k1, TVector k2)
        where TVector : struct, IInt32Vector<TVector>
        => TVector.MultiplyAdd(v2, k2, TVector.MultiplyAdd(v1, k1, TVector.MultiplyAdd(v0, k0, sum)));
}
