using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// From sums to bytes in single precision. With the bias that the packer gives them, the sums' bits are those of numbers about 2²³ + 2²², whose last place
/// is 1, and so are the results': one multiplication and addition makes the one the other, rounds to the nearest integer, and leaves it in the lowest
/// bits. The packer compares that with the integer definition on both sides of every sum at which the byte changes; as both only grow with the sum,
/// they are then equal for every sum there can be. Where no factor is near enough to the multiplier, or negative results round the other way, it takes two
/// multiplications and additions, which depthwise kernels leave to others. A block of channels for which the packer finds no such numbers has
/// none, and <see cref="Requantize"/> does it in integers.
/// </summary>
internal static unsafe class SinglePrecision
{
    private const int Lanes = BlobLayout.Lanes;

    /// <summary>2²³ + 2²²: what the sums and the results begin with.</summary>
    public const float Origin = 3 << 22;

    /// <summary>Whether this machine multiplies and adds with one rounding.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512BW.IsSupported || (Avx2.IsSupported && Fma.IsSupported) || AdvSimd.Arm64.IsSupported;
    }

    /// <summary>Whether a block's sums become bytes in one step, which is for kernels to do.</summary>
    /// <param name="rescaling">The block's numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Has(int* rescaling) => IsSupported && ((float*)rescaling)[RescalingLayout.Gain] == 0;

    /// <summary>Whether they do in two.</summary>
    /// <param name="rescaling">The block's numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HasTwoSteps(int* rescaling) => IsSupported && ((float*)rescaling)[RescalingLayout.Gain] > 0;

    /// <summary>Whether the bytes of a block's last eight channels do not depend on their sums: those that only pad the block are such.</summary>
    /// <param name="rescaling">The block's numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsHalf(int* rescaling)
    {
        // In two steps the sign of a sum may decide on that of the offset.
        Vector256<int> used = Vector256.Load(rescaling + RescalingLayout.Factor + 8);
        if (HasTwoSteps(rescaling))
            used |= Vector256.Load(rescaling + RescalingLayout.Offset + 8);
        return (Has(rescaling) || HasTwoSteps(rescaling)) && used == Vector256<int>.Zero;
    }

    /// <summary>The biases that a block's sums start with.</summary>
    /// <param name="rescaling">The block's numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int* Bias(int* rescaling) => Has(rescaling) || HasTwoSteps(rescaling) ? rescaling : rescaling + RescalingLayout.Integers;

    /// <summary>The bytes of some rows' pixels in a block, as <see cref="Requantize.Store{TVector}(int*, int*, int, int, int*, byte**, nint, in Requantization)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TVector>(int* sums, int* corrections, int rows, int width, int* rescaling, byte** outputs, nint offset, in Requantization r)
        where TVector : struct, IInt32Vector<TVector>
    {
        if (Has(rescaling))
            Store<TVector, OneStep<TVector>>(sums, corrections, rows, width, rescaling, outputs, offset, r);
        else
            Store<TVector, TwoSteps<TVector>>(sums, corrections, rows, width, rescaling, outputs, offset, r);
    }

    /// <summary>Four pixels at a time, so that the last ones of a row may be stored twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Store<TVector, TScale>(int* sums, int* corrections, int rows, int width, int* rescaling, byte** outputs, nint offset, in Requantization r)
        where TVector : struct, IInt32Vector<TVector>
        where TScale : struct, IByteScale<TScale, TVector>
    {
        bool isCorrected = r.WeightZeroPoint != 0;
        int fours = width & ~3;
        for (int lane = 0; lane < Lanes; lane += TVector.Count)
        {
            TScale scale = TScale.Load(rescaling + lane, r);
            int* a = sums + lane, correction = corrections;
            for (int row = 0; row < rows; row++, a += width * Lanes, correction += width)
            {
                byte* output = outputs[row] + offset + lane;
                for (int i = 0; i < fours && isCorrected; i += 4)
                    StoreFour(scale, a, correction, true, i, i + 1, i + 2, i + 3, output);
                for (int i = 0; i < fours && !isCorrected; i += 4)
                {
                    int* four = a + i * Lanes;
                    byte* target = output + i * Lanes;
                    scale.Store(
                        TVector.Load(four), TVector.Load(four + Lanes), TVector.Load(four + 2 * Lanes), TVector.Load(four + 3 * Lanes),
                        target, target + Lanes, target + 2 * Lanes, target + 3 * Lanes);
                }
                if (fours < width)
                    StoreFour(scale, a, correction, isCorrected, Math.Max(width - 4, 0), Math.Max(width - 3, 0), Math.Max(width - 2, 0), width - 1, output);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void StoreFour(in TScale scale, int* sums, int* corrections, bool isCorrected, int i, int j, int k, int l, byte* output)
            => scale.Store(
                Sum(sums, corrections, isCorrected, i), Sum(sums, corrections, isCorrected, j), Sum(sums, corrections, isCorrected, k), Sum(sums, corrections, isCorrected, l),
                output + i * Lanes, output + j * Lanes, output + k * Lanes, output + l * Lanes);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TVector Sum(int* sums, int* corrections, bool isCorrected, int pixel)
            => TVector.Subtract(TVector.Load(sums + pixel * Lanes), TVector.Broadcast(isCorrected ? corrections[pixel] : 0));
    }

    /// <summary>Additions of runs of bytes, as <see cref="Requantize.Add{TVector}(byte*, byte**, nint, byte**, nint, int, int, in QuantizedAdd)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<TVector>(byte* left, byte** rights, nint rightOffset, byte** outputs, nint outputOffset, int rows, int count, in QuantizedAdd add)
        where TVector : struct, IInt32Vector<TVector>
    {
        TVector leftFactor = Broadcast(add.LeftFactor), rightFactor = Broadcast(add.RightFactor), offset = Broadcast(add.Offset), origin = Broadcast(Origin + 128);
        TVector min = TVector.Broadcast(add.Min * 0x1010101), max = TVector.Broadcast(add.Max * 0x1010101);
        for (int row = 0; row < rows; row++, left += count)
        {
            byte* right = rights[row] + rightOffset, output = outputs[row] + outputOffset;
            for (int i = 0; i < count; i += 4 * TVector.Count)
            {
                // What is missing in the last four is the last once more.
                int j = Math.Min(i + TVector.Count, count - TVector.Count), k = Math.Min(i + 2 * TVector.Count, count - TVector.Count), l = Math.Min(i + 3 * TVector.Count, count - TVector.Count);
                TVector a = Sum(left + i, right + i, leftFactor, rightFactor, offset, origin), b = Sum(left + j, right + j, leftFactor, rightFactor, offset, origin);
                TVector c = Sum(left + k, right + k, leftFactor, rightFactor, offset, origin), d = Sum(left + l, right + l, leftFactor, rightFactor, offset, origin);
                TVector.StoreBytes(a, b, c, d, min, max, output + i, output + j, output + k, output + l);
            }
        }

        static TVector Broadcast(float value) => TVector.Broadcast(BitConverter.SingleToInt32Bits(value));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TVector Sum(byte* left, byte* right, TVector leftFactor, TVector rightFactor, TVector offset, TVector origin)
            => TVector.AddSingle(TVector.MultiplyAdd(TVector.ToSingle(left), leftFactor, TVector.MultiplyAdd(TVector.ToSingle(right), rightFactor, offset)), origin);
    }

    /// <summary>Multiplications of the pixels of a block by a factor for each channel.</summary>
    /// <param name="pixels">[width][16].</param>
    /// <param name="factors">[16].</param>
    /// <param name="output">[width][16]; it may be the pixels' memory.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="multiply">Zero points, scale and clamp, in single precision too.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TVector>(byte* pixels, byte* factors, byte* output, int width, in QuantizedMultiply multiply)
        where TVector : struct, IInt32Vector<TVector>
    {
        TVector scale = Broadcast(multiply.Scale), nudge = Broadcast(multiply.Nudge), sign = TVector.Broadcast(int.MinValue), origin = Broadcast(Origin + multiply.OutputZeroPoint);
        TVector min = TVector.Broadcast(multiply.Min * 0x1010101), max = TVector.Broadcast(multiply.Max * 0x1010101);
        for (int lane = 0; lane < Lanes; lane += TVector.Count)
        {
            TVector factor = TVector.AddSingle(TVector.ToSingle(factors + lane), Broadcast(-multiply.FactorZeroPoint));
            TVector offset = TVector.MultiplyAdd(factor, Broadcast(-multiply.MapZeroPoint), Broadcast(0));
            byte* source = pixels + lane, target = output + lane;
            int last = (width - 1) * Lanes;
            for (int i = 0; i <= last; i += 4 * Lanes)
            {
                // What is missing in the last four is the last once more.
                int j = Math.Min(i + Lanes, last), k = Math.Min(i + 2 * Lanes, last), l = Math.Min(i + 3 * Lanes, last);
                TVector a = Product(source + i, factor, offset, scale, nudge, sign, origin), b = Product(source + j, factor, offset, scale, nudge, sign, origin);
                TVector c = Product(source + k, factor, offset, scale, nudge, sign, origin), d = Product(source + l, factor, offset, scale, nudge, sign, origin);
                TVector.StoreBytes(a, b, c, d, min, max, target + i, target + j, target + k, target + l);
            }
        }

        static TVector Broadcast(float value) => TVector.Broadcast(BitConverter.SingleToInt32Bits(value));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TVector Product(byte* pixel, TVector factor, TVector offset, TVector scale, TVector nudge, TVector sign, TVector origin)
        {
            TVector product = TVector.MultiplyAdd(TVector.ToSingle(pixel), factor, offset);
            return TVector.AddSingle(TVector.MultiplyAdd(product, scale, TVector.OrAnd(nudge, product, sign)), origin);
        }
    }
}
