using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>Output pixels of a stem tile, of which the rows of all published networks are multiples.</summary>
    private const int StemPixels = 16;

    /// <summary>
    /// A row of tiles of a network's first layer, 3×3 with stride 2 on pixels of three values: 16 output pixels by one vector of channels. So a
    /// value that is loaded meets a single weight, and loads would be what limits; but the last column of a window is the first of the next, so that one load
    /// serves both. Pixel after pixel meets three weights, so that the first sums of a tile are ready to be stored while the last are not.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void StemTiles<TSimd, TVector>(in ConvolutionOperands operands, in TileRow row, int channels) where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged
    {
        const int Values = 3, Step = 2 * Values;
        TVector low = TSimd.Create(operands.Min), high = TSimd.Create(operands.Max);
        for (int channel = 0; channel < channels; channel += sizeof(TVector) / sizeof(float))
        {
            nint block = channel / Lanes, lane = channel % Lanes;
            for (nint x = 0; x < row.Columns; x += StemPixels)
            {
                TVector a0 = TSimd.LoadOutputs(operands.Bias + channel);
                TVector a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0, a8 = a0, a9 = a0, a10 = a0, a11 = a0, a12 = a0, a13 = a0, a14 = a0, a15 = a0;
                float* weights = operands.Weights + block * operands.Panel + lane;
                for (int window = 0; window < 3; window++, weights += 2 * Values * Lanes)
                {
                    float* source = operands.Windows[window] + x * Step;
                    for (float* end = source + Values; source < end; source++, weights += Lanes)
                    {
                        TVector left = TSimd.LoadWeights(weights), centre = TSimd.LoadWeights(weights + Values * Lanes), right = TSimd.LoadWeights(weights + 2 * Values * Lanes);
                        a0 = TSimd.MultiplyAdd(source, left, a0);
                        StemColumns<TSimd, TVector>(source + Values, left, centre, right, ref a0, ref a1);
                        StemColumns<TSimd, TVector>(source + (1 * Step + Values), left, centre, right, ref a1, ref a2);
                        StemColumns<TSimd, TVector>(source + (2 * Step + Values), left, centre, right, ref a2, ref a3);
                        StemColumns<TSimd, TVector>(source + (3 * Step + Values), left, centre, right, ref a3, ref a4);
                        StemColumns<TSimd, TVector>(source + (4 * Step + Values), left, centre, right, ref a4, ref a5);
                        StemColumns<TSimd, TVector>(source + (5 * Step + Values), left, centre, right, ref a5, ref a6);
                        StemColumns<TSimd, TVector>(source + (6 * Step + Values), left, centre, right, ref a6, ref a7);
                        StemColumns<TSimd, TVector>(source + (7 * Step + Values), left, centre, right, ref a7, ref a8);
                        StemColumns<TSimd, TVector>(source + (8 * Step + Values), left, centre, right, ref a8, ref a9);
                        StemColumns<TSimd, TVector>(source + (9 * Step + Values), left, centre, right, ref a9, ref a10);
                        StemColumns<TSimd, TVector>(source + (10 * Step + Values), left, centre, right, ref a10, ref a11);
                        StemColumns<TSimd, TVector>(source + (11 * Step + Values), left, centre, right, ref a11, ref a12);
                        StemColumns<TSimd, TVector>(source + (12 * Step + Values), left, centre, right, ref a12, ref a13);
                        StemColumns<TSimd, TVector>(source + (13 * Step + Values), left, centre, right, ref a13, ref a14);
                        StemColumns<TSimd, TVector>(source + (14 * Step + Values), left, centre, right, ref a14, ref a15);
                        a15 = TSimd.MultiplyAdd(source + (15 * Step + 2 * Values), right, TSimd.MultiplyAdd(source + (15 * Step + Values), centre, a15));
                    }
                }

                float* output = row.Output + block * operands.Output.BlockStride + lane + x * Lanes;
                TSimd.StoreClamped(a0, low, high, output);
                TSimd.StoreClamped(a1, low, high, output + 16);
                TSimd.StoreClamped(a2, low, high, output + 32);
                TSimd.StoreClamped(a3, low, high, output + 48);
                TSimd.StoreClamped(a4, low, high, output + 64);
                TSimd.StoreClamped(a5, low, high, output + 80);
                TSimd.StoreClamped(a6, low, high, output + 96);
                TSimd.StoreClamped(a7, low, high, output + 112);
                TSimd.StoreClamped(a8, low, high, output + 128);
                TSimd.StoreClamped(a9, low, high, output + 144);
                TSimd.StoreClamped(a10, low, high, output + 160);
                TSimd.StoreClamped(a11, low, high, output + 176);
                TSimd.StoreClamped(a12, low, high, output + 192);
                TSimd.StoreClamped(a13, low, high, output + 208);
                TSimd.StoreClamped(a14, low, high, output + 224);
                TSimd.StoreClamped(a15, low, high, output + 240);
            }
        }
    }

    /// <summary>The centre and right columns of a window, of which the right one is the left one of the next window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StemColumns<TSimd, TVector>(float* values, TVector left, TVector centre, TVector right, ref TVector sum, ref TVector nextSum)
        where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged
    {
        TVector shared = TSimd.Create(values[3]);
        sum = TSimd.MultiplyAdd(shared, right, TSimd.MultiplyAdd(values, centre, sum));
        nextSum = TSimd.MultiplyAdd(shared, left, nextSum);
    }
}
