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
    /// <param name="channels">Bias, multiplier and shift of each block of outputs.</param>
    /// <param name="inputs">Inputs.</param>
    /// <param name="outputBlocks">Outputs / 16, rounded up.</param>
    /// <param name="r">How sums become bytes.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dense(byte* input, byte* output, sbyte* weights, int* channels, int inputs, int outputBlocks, Requantization r)
    {
        if (!AvxVnni.IsSupported || outputBlocks < 4)
        {
            Pointwise(new FeatureMap<byte>(input, 0, Lanes), new FeatureMap<byte>(output, 0, Lanes), weights, channels, 1, inputs, outputBlocks, 0, 1, r);
            return;
        }

        // Four blocks of outputs at a time, so that there are enough sums to add to at once. The last four overlap those before.
        int* sums = stackalloc int[4 * Lanes];
        int groups = (inputs + 3) / 4;
        nint panel = (nint)groups * 4 * Lanes;
        int correction = r.WeightZeroPoint == 0 ? 0 : r.WeightZeroPoint * SumWindow(&input, 1, new ConvolutionWindow(1, groups * 4, groups, 0));
        for (int block = 0; block < outputBlocks; block += 4)
        {
            int first = Math.Min(block, outputBlocks - 4);
            int* parameters = channels + first * Channels.Length;
            Tile1x4AvxVnni(input, groups, weights + first * panel, panel, parameters, sums);
            for (int i = 0; i < 4; i++)
            {
                byte* target = output + (first + i) * Lanes;
                Requantize.Store(sums + i * Lanes, &correction, 1, parameters + i * Channels.Length, &target, 0, r);
            }
        }
    }
}
