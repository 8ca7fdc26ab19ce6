using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>A fully connected layer: a 1×1 convolution of a single pixel.</summary>
    /// <param name="input">[inputs], readable up to the next multiple of 4.</param>
    /// <param name="output">[outputBlocks][16].</param>
    /// <param name="weights">[outputs/16][inputs/4 rounded up][16][4]; padding weights are the weight zero point.</param>
    /// <param name="rescaling">What each block of outputs is rescaled with.</param>
    /// <param name="inputs">Inputs.</param>
    /// <param name="outputBlocks">Outputs / 16, rounded up.</param>
    /// <param name="r">How sums become bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dense(byte* input, byte* output, sbyte* weights, int* rescaling, int inputs, int outputBlocks, Requantization r)
    {
        if (AvxVnni.IsSupported && outputBlocks >= 4)
            ByteMachine.Run(new Product(input, output, weights, rescaling, inputs, outputBlocks, r));
        else
            Pointwise(new FeatureMap<byte>(input, 0, Lanes), new FeatureMap<byte>(output, 0, Lanes), weights, rescaling, 1, inputs, outputBlocks, 0, 1, r);
    }

    /// <summary>Four blocks of outputs at a time, so that there are enough sums to add to at once. The last four overlap those before.</summary>
    private readonly struct Product(byte* input, byte* output, sbyte* weights, int* rescaling, int inputs, int outputBlocks, Requantization r) : IByteKernel
    {
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TVector>() where TVector : struct, IInt32Vector<TVector>
        {
            int* sums = stackalloc int[4 * Lanes];
            byte** targets = stackalloc byte*[1];
            int groups = BlobLayout.Groups(inputs);
            nint panel = (nint)groups * BlobLayout.Entry;
            int start = 0, correction = r.WeightZeroPoint == 0 ? 0 : r.WeightZeroPoint * SumWindow(input, &start, new ConvolutionWindow(1, groups * 4, groups, 0));
            for (int block = 0; block < outputBlocks; block += 4)
            {
                int first = Math.Min(block, outputBlocks - 4);
                int* numbers = rescaling + first * RescalingLayout.Length;
                Tile1x4AvxVnni(input, groups, weights + first * panel, panel, numbers, sums);
                for (int i = 0; i < 4; i++)
                {
                    *targets = output + (first + i) * Lanes;
                    Requantize.Store<TVector>(sums + i * Lanes, &correction, 1, 1, numbers + i * RescalingLayout.Length, targets, 0, r);
                }
            }
            if (r.Table != null)
                MapBytes(output, output, outputBlocks * Lanes, r.Table);
        }
    }

    /// <summary>One pixel, four blocks of outputs: a fully connected layer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x4AvxVnni(byte* pixel, int groups, sbyte* weights, nint panel, int* rescaling, int* sums)
    {
        PlainSumsAvxVnni<N8> a0 = PlainSumsAvxVnni<N8>.Load(SinglePrecision.Bias(rescaling)), a1 = PlainSumsAvxVnni<N8>.Load(SinglePrecision.Bias(rescaling + RescalingLayout.Length));
        PlainSumsAvxVnni<N8> a2 = PlainSumsAvxVnni<N8>.Load(SinglePrecision.Bias(rescaling + 2 * RescalingLayout.Length)), a3 = PlainSumsAvxVnni<N8>.Load(SinglePrecision.Bias(rescaling + 3 * RescalingLayout.Length));
        sbyte* w0 = weights, w1 = w0 + panel, w2 = w1 + panel, w3 = w2 + panel;
        for (byte* end = pixel + 4 * groups; pixel < end; pixel += 4, w0 += 64, w1 += 64, w2 += 64, w3 += 64)
        {
            a0 = PlainSumsAvxVnni<N8>.AddOne(a0, 0, pixel, PlainSumsAvxVnni<N8>.Load(w0));
            a1 = PlainSumsAvxVnni<N8>.AddOne(a1, 0, pixel, PlainSumsAvxVnni<N8>.Load(w1));
            a2 = PlainSumsAvxVnni<N8>.AddOne(a2, 0, pixel, PlainSumsAvxVnni<N8>.Load(w2));
            a3 = PlainSumsAvxVnni<N8>.AddOne(a3, 0, pixel, PlainSumsAvxVnni<N8>.Load(w3));
        }

        a0.Store(sums);
        a1.Store(sums + Lanes);
        a2.Store(sums + 2 * Lanes);
        a3.Store(sums + 3 * Lanes);
    }
}
