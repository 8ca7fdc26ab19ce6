using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Arm64: 3×3 windows over half a block, in integers. A column of the map is read once, and meets three windows, or six in two rows; it is named anew from window to window rather than moved.
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
    private static void Depthwise3x3AdvSimd<TColumn, TTaps, TScale>(FeatureMap<byte> input, nint source, FeatureMap<byte> output, nint target, short* weights, int* rescaling, int stride, int padTop,
        int width, int firstRow, int rowCount, in Requantization r)
        where TColumn : struct, IWindowColumn<TColumn, TTaps> where TTaps : struct where TScale : struct, IByteScale<TScale, Int32Vector128>
    {
        int paired = stride == 1 ? rowCount & ~1 : 0;
        for (int lane = 0; lane < Lanes; lane += BlobLayout.HalfLanes)
        {
            if (paired > 0)
                DepthwiseColumns<TColumn, TTaps, TScale, N2, N1>(input, source + lane, output, target + lane, weights + lane, rescaling + lane, padTop, width, firstRow, paired, r);
            if (paired == rowCount)
                continue;
            if (stride == 1)
                DepthwiseColumns<TColumn, TTaps, TScale, N1, N1>(input, source + lane, output, target + lane, weights + lane, rescaling + lane, padTop, width, firstRow + paired, rowCount - paired, r);
            else
                DepthwiseColumns<TColumn, TTaps, TScale, N1, N2>(input, source + lane, output, target + lane, weights + lane, rescaling + lane, padTop, width, firstRow, rowCount, r);
        }
    }

    /// <summary>Whether a block's weights are no more than so far from zero; 128 is not for positive ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AreBytes(short* weights, int taps, int most)
    {
        Vector128<short> least = Vector128<short>.Zero, greatest = least;
        for (int i = 0; i < taps * Lanes; i += Vector128<short>.Count)
        {
            least = Vector128.Min(least, Vector128.Load(weights + i));
            greatest = Vector128.Max(greatest, Vector128.Load(weights + i));
        }
        return Vector128.GreaterThanOrEqualAll(least, Vector128.Create((short)-most)) && Vector128.LessThanOrEqualAll(greatest, Vector128.Create((short)sbyte.MaxValue));
    }

    /// <summary>Rows of half a block, one by one or, at stride 1, two by two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DepthwiseColumns<TColumn, TTaps, TScale, TRows, TStride>(FeatureMap<byte> input, nint source, FeatureMap<byte> output, nint target, short* weights, int* rescaling, int padTop,
        int width, int firstRow, int rowCount, in Requantization r)
        where TColumn : struct, IWindowColumn<TColumn, TTaps> where TTaps : struct where TScale : struct, IByteScale<TScale, Int32Vector128>
        where TRows : unmanaged, IConstant where TStride : unmanaged, IConstant
    {
        TScale lower = TScale.Load(rescaling, r), upper = TScale.Load(rescaling + 4, r);
        Vector128<byte> min = Vector128.Create(r.Min), max = Vector128.Create(r.Max);
        TTaps left = TColumn.LoadTaps(weights), centre = TColumn.LoadTaps(weights + Lanes), right = TColumn.LoadTaps(weights + 2 * Lanes);
        WindowSums begin = TColumn.Begin(SinglePrecision.Bias(rescaling), left, centre, right);
        for (int y = firstRow; y < firstRow + rowCount; y += sizeof(TRows))
        {
            int top = y * sizeof(TStride) - padTop;
            byte* p0 = input.Row(top) + source, p1 = input.Row(top + 1) + source, p2 = input.Row(top + 2) + source, p3 = sizeof(TRows) > 1 ? input.Row(top + 3) + source : p2;
            byte* pixel = output.Row(y) + target, end = pixel + (nint)width * Lanes;
            nint below = sizeof(TRows) > 1 ? (nint)(output.Row(y + 1) + target - pixel) : 0;
            TColumn a = TColumn.Load<TRows>(p0, p1, p2, p3), b = sizeof(TStride) == 1 ? TColumn.Load<TRows>(p0 + Lanes, p1 + Lanes, p2 + Lanes, p3 + Lanes) : a, c;
            if (sizeof(TStride) == 1)
            {
                for (; pixel < end - 2 * Lanes; p0 += 3 * Lanes, p1 += 3 * Lanes, p2 += 3 * Lanes, p3 += 3 * Lanes)
                {
                    c = TColumn.Load<TRows>(p0 + 2 * Lanes, p1 + 2 * Lanes, p2 + 2 * Lanes, p3 + 2 * Lanes);
                    StoreWindows<TColumn, TTaps, TScale, TRows>(begin, a, left, b, centre, c, right, lower, upper, min, max, pixel, below);
                    pixel += Lanes;
                    a = TColumn.Load<TRows>(p0 + 3 * Lanes, p1 + 3 * Lanes, p2 + 3 * Lanes, p3 + 3 * Lanes);
                    StoreWindows<TColumn, TTaps, TScale, TRows>(begin, b, left, c, centre, a, right, lower, upper, min, max, pixel, below);
                    pixel += Lanes;
                    b = TColumn.Load<TRows>(p0 + 4 * Lanes, p1 + 4 * Lanes, p2 + 4 * Lanes, p3 + 4 * Lanes);
                    StoreWindows<TColumn, TTaps, TScale, TRows>(begin, c, left, a, centre, b, right, lower, upper, min, max, pixel, below);
                    pixel += Lanes;
                }
                for (; pixel < end; p0 += Lanes, p1 += Lanes, p2 += Lanes, p3 += Lanes)
                {
                    c = TColumn.Load<TRows>(p0 + 2 * Lanes, p1 + 2 * Lanes, p2 + 2 * Lanes, p3 + 2 * Lanes);
                    StoreWindows<TColumn, TTaps, TScale, TRows>(begin, a, left, b, centre, c, right, lower, upper, min, max, pixel, below);
                    pixel += Lanes;
                    a = b;
                    b = c;
                }
            }
            else
            {
                for (; pixel < end - Lanes; p0 += 4 * Lanes, p1 += 4 * Lanes, p2 += 4 * Lanes, p3 += 4 * Lanes)
                {
                    b = TColumn.Load<TRows>(p0 + Lanes, p1 + Lanes, p2 + Lanes, p3 + Lanes);
                    c = TColumn.Load<TRows>(p0 + 2 * Lanes, p1 + 2 * Lanes, p2 + 2 * Lanes, p3 + 2 * Lanes);
                    StoreWindows<TColumn, TTaps, TScale, TRows>(begin, a, left, b, centre, c, right, lower, upper, min, max, pixel, below);
                    pixel += Lanes;
                    b = TColumn.Load<TRows>(p0 + 3 * Lanes, p1 + 3 * Lanes, p2 + 3 * Lanes, p3 + 3 * Lanes);
                    a = TColumn.Load<TRows>(p0 + 4 * Lanes, p1 + 4 * Lanes, p2 + 4 * Lanes, p3 + 4 * Lanes);
                    StoreWindows<TColumn, TTaps, TScale, TRows>(begin, c, left, b, centre, a, right, lower, upper, min, max, pixel, below);
                    pixel += Lanes;
                }
                if (pixel < end)
                    {
                    b = TColumn.Load<TRows>(p0 + Lanes, p1 + Lanes, p2 + Lanes, p3 + Lanes);
                    c = TColumn.Load<TRows>(p0 + 2 * Lanes, p1 + 2 * Lanes, p2 + 2 * Lanes, p3 + 2 * Lanes);
                    StoreWindows<TColumn, TTaps, TScale, TRows>(begin, a, left, b, centre, c, right, lower, upper, min, max, pixel, below);
                    pixel += Lanes;
                }
            }
        }
    }

    /// <summary>The bytes of a window, and of the one below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreWindows<TColumn, TTaps, TScale, TRows>(WindowSums sums, TColumn a, TTaps left, TColumn b, TTaps centre, TColumn c, TTaps right, TScale lower, TScale upper,
        Vector128<byte> min, Vector128<byte> max, byte* pixel, nint below)
        where TColumn : struct, IWindowColumn<TColumn, TTaps> where TTaps : struct where TScale : struct, IByteScale<TScale, Int32Vector128> where TRows : unmanaged, IConstant
    {
        sums = TColumn.Add<TRows>(sums, a, left, b, centre, c, right);
        Vector128<short> words = SignedBytes.Narrow(lower.Scale(new(sums.Lower)).Value.AsInt16(), upper.Scale(new(sums.Upper)).Value.AsInt16());
        if (sizeof(TRows) == 1)
        {
            Vector64.Min(Vector64.Max(AdvSimd.ExtractNarrowingSaturateUnsignedLower(words), min.GetLower()), max.GetLower()).Store(pixel);
            return;
        }

        Vector128<short> wordsBelow = SignedBytes.Narrow(lower.Scale(new(sums.LowerBelow)).Value.AsInt16(), upper.Scale(new(sums.UpperBelow)).Value.AsInt16());
        Vector128<byte> bytes = SignedBytes.Cut(words, wordsBelow, min, max);
        AdvSimd.StoreSelectedScalar((ulong*)(pixel + below), bytes.AsUInt64(), 1);
        bytes.GetLower().Store(pixel);
    }
}
