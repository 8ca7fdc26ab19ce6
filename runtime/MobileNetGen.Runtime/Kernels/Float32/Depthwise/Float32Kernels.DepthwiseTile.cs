using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>
    /// Some columns of every row of a 3×3 depthwise convolution, block after block so that its rows stay in the first-level cache, in tiles of
    /// <typeparamref name="TPixels"/> neighbouring output pixels. Three weights meet all pixels of a tile, then the next three.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void DepthwiseTiles<TSimd, TVector, TPixels, TStride>(in DepthwiseOperands operands, int column, int tiles)
        where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged where TPixels : unmanaged, IConstant where TStride : unmanaged, IConstant
    {
        FeatureMap<float> input = operands.Input, output = operands.Output;
        TVector low = TSimd.Create(operands.Min), high = TSimd.Create(operands.Max);
        int endRow = operands.FirstRow + operands.RowCount;
        nint inputColumn = (nint)(column * sizeof(TStride) - operands.PadLeft) * Lanes;
        for (int channel = 0; channel < operands.Blocks * Lanes; channel += sizeof(TVector) / sizeof(float))
        {
            nint block = channel / Lanes, lane = channel % Lanes;
            float* weights = operands.Weights + block * 9 * Lanes + lane;
            for (int y = operands.FirstRow; y < endRow; y++)
            {
                int top = y * sizeof(TStride) - operands.PadTop;
                nint start = block * input.BlockStride + lane + inputColumn;
                float* upper = input.Row(top) + start, middle = input.Row(top + 1) + start, lower = input.Row(top + 2) + start;
                float* target = output.Row(y) + block * output.BlockStride + lane + (nint)column * Lanes;
                for (int tile = 0; tile < tiles; tile++)
                {
                    TVector a0 = *(TVector*)(operands.Bias + channel);
                    TVector a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0, a8 = a0, a9 = a0, a10 = a0, a11 = a0, a12 = a0, a13 = a0;
                    float* taps = weights;
                    for (int i = 0; i < 3; i++, taps += 3 * Lanes)
                    {
                        TVector left = *(TVector*)taps, centre = *(TVector*)(taps + Lanes), right = *(TVector*)(taps + 2 * Lanes);
                        float* source = i == 0 ? upper : i == 1 ? middle : lower;
                        a0 = TSimd.MultiplyAdd(source, 0, left, centre, right, a0);
                        if (sizeof(TPixels) > 1)
                            a1 = TSimd.MultiplyAdd(source, sizeof(TStride) * Lanes, left, centre, right, a1);
                        if (sizeof(TPixels) > 2)
                            a2 = TSimd.MultiplyAdd(source, 2 * sizeof(TStride) * Lanes, left, centre, right, a2);
                        if (sizeof(TPixels) > 3)
                            a3 = TSimd.MultiplyAdd(source, 3 * sizeof(TStride) * Lanes, left, centre, right, a3);
                        if (sizeof(TPixels) > 4)
                            a4 = TSimd.MultiplyAdd(source, 4 * sizeof(TStride) * Lanes, left, centre, right, a4);
                        if (sizeof(TPixels) > 5)
                            a5 = TSimd.MultiplyAdd(source, 5 * sizeof(TStride) * Lanes, left, centre, right, a5);
                        if (sizeof(TPixels) > 6)
                            a6 = TSimd.MultiplyAdd(source, 6 * sizeof(TStride) * Lanes, left, centre, right, a6);
                        if (sizeof(TPixels) > 7)
                            a7 = TSimd.MultiplyAdd(source, 7 * sizeof(TStride) * Lanes, left, centre, right, a7);
                        if (sizeof(TPixels) > 8)
                            a8 = TSimd.MultiplyAdd(source, 8 * sizeof(TStride) * Lanes, left, centre, right, a8);
                        if (sizeof(TPixels) > 9)
                            a9 = TSimd.MultiplyAdd(source, 9 * sizeof(TStride) * Lanes, left, centre, right, a9);
                        if (sizeof(TPixels) > 10)
                            a10 = TSimd.MultiplyAdd(source, 10 * sizeof(TStride) * Lanes, left, centre, right, a10);
                        if (sizeof(TPixels) > 11)
                            a11 = TSimd.MultiplyAdd(source, 11 * sizeof(TStride) * Lanes, left, centre, right, a11);
                        if (sizeof(TPixels) > 12)
                            a12 = TSimd.MultiplyAdd(source, 12 * sizeof(TStride) * Lanes, left, centre, right, a12);
                        if (sizeof(TPixels) > 13)
                            a13 = TSimd.MultiplyAdd(source, 13 * sizeof(TStride) * Lanes, left, centre, right, a13);
                    }

                    TSimd.StoreClamped(a0, low, high, target);
                    if (sizeof(TPixels) > 1)
                        TSimd.StoreClamped(a1, low, high, target + 16);
                    if (sizeof(TPixels) > 2)
                        TSimd.StoreClamped(a2, low, high, target + 32);
                    if (sizeof(TPixels) > 3)
                        TSimd.StoreClamped(a3, low, high, target + 48);
                    if (sizeof(TPixels) > 4)
                        TSimd.StoreClamped(a4, low, high, target + 64);
                    if (sizeof(TPixels) > 5)
                        TSimd.StoreClamped(a5, low, high, target + 80);
                    if (sizeof(TPixels) > 6)
                        TSimd.StoreClamped(a6, low, high, target + 96);
                    if (sizeof(TPixels) > 7)
                        TSimd.StoreClamped(a7, low, high, target + 112);
                    if (sizeof(TPixels) > 8)
                        TSimd.StoreClamped(a8, low, high, target + 128);
                    if (sizeof(TPixels) > 9)
                        TSimd.StoreClamped(a9, low, high, target + 144);
                    if (sizeof(TPixels) > 10)
                        TSimd.StoreClamped(a10, low, high, target + 160);
                    if (sizeof(TPixels) > 11)
                        TSimd.StoreClamped(a11, low, high, target + 176);
                    if (sizeof(TPixels) > 12)
                        TSimd.StoreClamped(a12, low, high, target + 192);
                    if (sizeof(TPixels) > 13)
                        TSimd.StoreClamped(a13, low, high, target + 208);
                    upper += sizeof(TPixels) * sizeof(TStride) * Lanes;
                    middle += sizeof(TPixels) * sizeof(TStride) * Lanes;
                    lower += sizeof(TPixels) * sizeof(TStride) * Lanes;
                    target += sizeof(TPixels) * Lanes;
                }
            }
        }
    }
}
