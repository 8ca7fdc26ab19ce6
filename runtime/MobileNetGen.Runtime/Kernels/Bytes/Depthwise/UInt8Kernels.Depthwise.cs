using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>A depthwise convolution: every channel has its own window.</summary>
    /// <param name="input">The input; its halo is the input's zero point.</param>
    /// <param name="output">The output.</param>
    /// <param name="weights">[channels/16][kernel·kernel][16], zero point already subtracted: −255 … 255.</param>
    /// <param name="rescaling">What each block is rescaled with.</param>
    /// <param name="kernel">Side of the square window.</param>
    /// <param name="stride">Step of the window, the same in both directions.</param>
    /// <param name="padTop">Halo rows above that the first output row sees.</param>
    /// <param name="padLeft">Halo columns left that the first output column sees.</param>
    /// <param name="width">Output columns.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="firstRow">The first output row.</param>
    /// <param name="rowCount">How many output rows.</param>
    /// <param name="r">How sums become bytes; its weight zero point is not used.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Depthwise(FeatureMap<byte> input, FeatureMap<byte> output, short* weights, int* rescaling, int kernel, int stride, int padTop, int padLeft,
        int width, int blocks, int firstRow, int rowCount, Requantization r)
        => ByteMachine.Run(new Windows(input, output, weights, rescaling, kernel, stride, padTop, padLeft, width, blocks, firstRow, rowCount, r));

    private readonly struct Windows(FeatureMap<byte> input, FeatureMap<byte> output, short* weights, int* rescaling, int kernel, int stride, int padTop, int padLeft,
        int width, int blocks, int firstRow, int rowCount, Requantization r) : IByteKernel
    {
        // Inlined, as bands of rows are short: a call and operands in memory would be a hundredth of the network's time.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<TVector>() where TVector : struct, IInt32Vector<TVector>
        {
            for (int block = 0; block < blocks; block++)
            {
                int* numbers = rescaling + block * RescalingLayout.Length;
                short* panel = weights + (nint)block * kernel * kernel * Lanes;
                nint source = (nint)block * input.BlockStride - padLeft * Lanes, target = (nint)block * output.BlockStride;
                if (SinglePrecision.Has(numbers) && kernel <= MostWindow)
                    Run<TVector, OneStep<TVector>, BlockScale<OneStep<Int32Vector512>, OneStep<Int32Vector256>>, OneStep<Int32Vector256>>(source, target, panel, numbers);
                else if (SinglePrecision.HasTwoSteps(numbers) && kernel <= MostWindow)
                    Run<TVector, TwoStepsOfWindows<TVector>, BlockScale<TwoSteps<Int32Vector512>, TwoSteps<Int32Vector256>>, TwoSteps<Int32Vector256>>(source, target, panel, numbers);
                else if (SinglePrecision.IsSupported && kernel <= MostWindow)
                    DepthwiseSums<TVector>(input, source, output, target, panel, numbers, kernel, stride, padTop, width, firstRow, rowCount, r);
                else
                    DepthwisePixels<TVector>(input, source, output, target, panel, numbers, kernel, stride, padTop, width, firstRow, rowCount, r);

                for (int y = firstRow; y < firstRow + rowCount && r.Table != null; y++)
                    MapBytes(output.Row(y) + target, output.Row(y) + target, width * Lanes, r.Table);
            }
        }

        /// <summary>A block that is rescaled in single precision.</summary>
        /// <typeparam name="TVector">The vector.</typeparam>
        /// <typeparam name="TScale">How sums in single precision are rescaled.</typeparam>
        /// <typeparam name="TBlock">How sums in integers are, a block at a time.</typeparam>
        /// <typeparam name="THalf">How sums in integers are, eight at a time.</typeparam>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Run<TVector, TScale, TBlock, THalf>(nint source, nint target, short* panel, int* numbers)
            where TVector : struct, IInt32Vector<TVector> where TScale : struct, IByteScale<TScale, TVector>
            where TBlock : struct, IBlockScale<TBlock> where THalf : struct, IByteScale<THalf, Int32Vector256>
        {
            bool isTiled = AvxVnni.IsSupported && width >= DepthwiseTile && stride <= 2;
            if (kernel == 3 && isTiled && (stride == 1 || Avx512Vbmi.IsSupported) && AreBytes(panel, 9))
                Depthwise3x3AvxVnni<TBlock>(input, source, output, target, panel, numbers, stride, padTop, width, firstRow, rowCount, r);
            else if (AdvSimd.Arm64.IsSupported && kernel == 3 && stride <= 2 && AreBytes(panel, 9, Dp.IsSupported ? 128 : 127))
                RunAdvSimd<TScale, TVector>(source, target, panel, numbers);
            else if (kernel == 3 && stride <= 2)
                Depthwise3x3<TVector, TScale>(input, source, output, target, panel, numbers, stride, padTop, width, firstRow, rowCount, r);
            else if (kernel == 5 && isTiled && AreBytes(panel, 25))
                Depthwise5x5AvxVnni<THalf>(input, source, output, target, panel, numbers, stride, padTop, width, firstRow, rowCount, r);
            else
                DepthwiseOfAnySize<TVector, TScale>(input, source, output, target, panel, numbers, kernel, stride, padTop, width, firstRow, rowCount, r);
        }

        /// <summary>3×3 windows over a block: sums in integers hold the bias, however they are rescaled.</summary>
        private void RunAdvSimd<TScale, TVector>(nint source, nint target, short* panel, int* numbers)
            where TVector : struct, IInt32Vector<TVector> where TScale : struct, IByteScale<TScale, TVector>
        {
            if (typeof(TScale) == typeof(OneStep<TVector>))
                RunAdvSimd<OneStep<Int32Vector128>>(source, target, panel, numbers);
            else
                RunAdvSimd<TwoSteps<Int32Vector128>>(source, target, panel, numbers);
        }

        private void RunAdvSimd<TScale>(nint source, nint target, short* panel, int* numbers) where TScale : struct, IByteScale<TScale, Int32Vector128>
        {
            if (Dp.IsSupported)
                Depthwise3x3AdvSimd<WindowColumnDp, WindowColumnDp.Taps, TScale>(input, source, output, target, panel, numbers, stride, padTop, width, firstRow, rowCount, r);
            else
                Depthwise3x3AdvSimd<WindowColumnAdvSimd, WindowColumnAdvSimd.Taps, TScale>(input, source, output, target, panel, numbers, stride, padTop, width, firstRow, rowCount, r);
        }
    }

    /// <summary>Any window over a block of any rescaling, pixel by pixel.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void DepthwisePixels<TVector>(FeatureMap<byte> input, nint source, FeatureMap<byte> output, nint target, short* weights, int* rescaling, int kernel, int stride, int padTop,
        int width, int firstRow, int rowCount, in Requantization r) where TVector : struct, IInt32Vector<TVector>
    {
        int* sums = stackalloc int[Lanes];
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            nint column = source;
            byte* pixel = output.Row(y) + target;
            for (int x = 0; x < width; x++, column += stride * Lanes, pixel += Lanes)
            {
                Depthwise1x16V128(input, y * stride - padTop, column, kernel, weights, SinglePrecision.Bias(rescaling), sums);
                Requantize.Store<TVector>(sums, rescaling, pixel, r);
            }
        }
    }

    /// <summary>A depthwise convolution with several outputs for each input channel: output o reads input channel o / multiplier.</summary>
    /// <param name="input">The input, in blocks of 16; its halo is the input's zero point.</param>
    /// <param name="output">The output.</param>
    /// <param name="weights">[outputs/16][kernel·kernel][16], zero point already subtracted: −255 … 255.</param>
    /// <param name="rescaling">What each block of outputs is rescaled with.</param>
    /// <param name="kernel">Side of the square window.</param>
    /// <param name="stride">Step of the window, the same in both directions.</param>
    /// <param name="padTop">Halo rows above that the first output row sees.</param>
    /// <param name="padLeft">Halo columns left that the first output column sees.</param>
    /// <param name="width">Output columns.</param>
    /// <param name="multiplier">Outputs for each input channel.</param>
    /// <param name="outputBlocks">Output channels / 16, rounded up.</param>
    /// <param name="firstRow">The first output row.</param>
    /// <param name="rowCount">How many output rows.</param>
    /// <param name="r">How sums become bytes; its weight zero point is not used.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DepthwiseMultiplier(FeatureMap<byte> input, FeatureMap<byte> output, short* weights, int* rescaling, int kernel, int stride, int padTop, int padLeft,
        int width, int multiplier, int outputBlocks, int firstRow, int rowCount, Requantization r)
    {
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            for (int o = 0; o < outputBlocks * Lanes; o++)
            {
                int channel = o / multiplier;
                nint source = (nint)(channel / Lanes) * input.BlockStride + channel % Lanes;
                byte* target = output.Row(y) + (nint)(o / Lanes) * output.BlockStride + o % Lanes;
                int* parameters = rescaling + o / Lanes * RescalingLayout.Length + o % Lanes;
                for (int x = 0; x < width; x++)
                {
                    short* w = weights + (nint)(o / Lanes) * kernel * kernel * Lanes + o % Lanes;
                    int sum = parameters[RescalingLayout.Integers];
                    for (int i = 0; i < kernel; i++)
                    {
                        byte* pixel = input.Row(y * stride - padTop + i) + source + (x * stride - padLeft) * Lanes;
                        for (int j = 0; j < kernel; j++, pixel += Lanes, w += Lanes)
                            sum += *pixel * *w;
                    }
                    byte result = Requantize.ToByte(sum, parameters[RescalingLayout.Multiplier], parameters[RescalingLayout.Shift], r);
                    target[x * Lanes] = r.Table == null ? result : r.Table[result];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Depthwise1x16V128(FeatureMap<byte> input, int top, nint column, int kernel, short* weights, int* bias, int* sums)
    {
        Vector128<int> a = Vector128.Load(bias), b = Vector128.Load(bias + 4), c = Vector128.Load(bias + 8), d = Vector128.Load(bias + 12);
        for (int i = 0; i < kernel; i++)
        {
            byte* p = input.Row(top + i) + column;
            for (int j = 0; j < kernel; j++, p += Lanes, weights += Lanes)
            {
                (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(p));
                Vector128<short> w0 = Vector128.Load(weights), w1 = Vector128.Load(weights + 8);
                a += Vector128.WidenLower(low.AsInt16()) * Vector128.WidenLower(w0);
                b += Vector128.WidenUpper(low.AsInt16()) * Vector128.WidenUpper(w0);
                c += Vector128.WidenLower(high.AsInt16()) * Vector128.WidenLower(w1);
                d += Vector128.WidenUpper(high.AsInt16()) * Vector128.WidenUpper(w1);
            }
        }

        a.Store(sums);
        b.Store(sums + 4);
        c.Store(sums + 8);
        d.Store(sums + 12);
    }
}
