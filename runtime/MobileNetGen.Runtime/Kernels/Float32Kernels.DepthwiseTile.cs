using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>
    /// Some columns of every row of a 3×3 depthwise convolution, block after block so that its rows stay in the first-level cache, in tiles of
    /// <typeparamref name="TPixels"/> neighbouring output pixels. Three weights meet all pixels of a tile, then the next three.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DepthwiseTiles<TVector, TPixels, TStride>(in DepthwiseOperands operands, int column, int tiles)
        where TVector : struct, IFloat32Vector<TVector> where TPixels : struct, IConstant where TStride : struct, IConstant
    {
        FeatureMap<float> input = operands.Input, output = operands.Output;
        TVector low = TVector.Create(operands.Min), high = TVector.Create(operands.Max);
        int endRow = operands.FirstRow + operands.RowCount;
        nint inputColumn = (nint)(column * TStride.Value - operands.PadLeft) * Lanes;
        for (int channel = 0; channel < operands.Blocks * Lanes; channel += TVector.Count)
        {
            nint block = channel / Lanes, lane = channel % Lanes;
            float* weights = operands.Weights + block * 9 * Lanes + lane;
            for (int y = operands.FirstRow; y < endRow; y++)
            {
                int top = y * TStride.Value - operands.PadTop;
                nint start = block * input.BlockStride + lane + inputColumn;
                float* upper = input.Row(top) + start, middle = input.Row(top + 1) + start, lower = input.Row(top + 2) + start;
                float* target = output.Row(y) + block * output.BlockStride + lane + (nint)column * Lanes;
                for (int tile = 0; tile < tiles; tile++)
                {
                    TVector a0 = TVector.Load(operands.Bias + channel);
                    TVector a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0, a8 = a0, a9 = a0, a10 = a0, a11 = a0, a12 = a0, a13 = a0;
                    float* taps = weights;
                    for (int i = 0; i < 3; i++, taps += 3 * Lanes)
                    {
                        TVector left = TVector.Load(taps), centre = TVector.Load(taps + Lanes), right = TVector.Load(taps + 2 * Lanes);
                        float* source = i == 0 ? upper : i == 1 ? middle : lower;
                        a0 = TVector.MultiplyAdd(TVector.Load(source), left, a0);
                        a0 = TVector.MultiplyAdd(TVector.Load(source + Lanes), centre, a0);
                        a0 = TVector.MultiplyAdd(TVector.Load(source + 2 * Lanes), right, a0);
                        if (TPixels.Value > 1)
                        {
                            a1 = TVector.MultiplyAdd(TVector.Load(source + TStride.Value * Lanes), left, a1);
                            a1 = TVector.MultiplyAdd(TVector.Load(source + (TStride.Value + 1) * Lanes), centre, a1);
                            a1 = TVector.MultiplyAdd(TVector.Load(source + (TStride.Value + 2) * Lanes), right, a1);
                        }
                        if (TPixels.Value > 2)
                        {
                            a2 = TVector.MultiplyAdd(TVector.Load(source + 2 * TStride.Value * Lanes), left, a2);
                            a2 = TVector.MultiplyAdd(TVector.Load(source + (2 * TStride.Value + 1) * Lanes), centre, a2);
                            a2 = TVector.MultiplyAdd(TVector.Load(source + (2 * TStride.Value + 2) * Lanes), right, a2);
                        }
                        if (TPixels.Value > 3)
                        {
                            a3 = TVector.MultiplyAdd(TVector.Load(source + 3 * TStride.Value * Lanes), left, a3);
                            a3 = TVector.MultiplyAdd(TVector.Load(source + (3 * TStride.Value + 1) * Lanes), centre, a3);
                            a3 = TVector.MultiplyAdd(TVector.Load(source + (3 * TStride.Value + 2) * Lanes), right, a3);
                        }
                        if (TPixels.Value > 4)
                        {
                            a4 = TVector.MultiplyAdd(TVector.Load(source + 4 * TStride.Value * Lanes), left, a4);
                            a4 = TVector.MultiplyAdd(TVector.Load(source + (4 * TStride.Value + 1) * Lanes), centre, a4);
                            a4 = TVector.MultiplyAdd(TVector.Load(source + (4 * TStride.Value + 2) * Lanes), right, a4);
                        }
                        if (TPixels.Value > 5)
                        {
                            a5 = TVector.MultiplyAdd(TVector.Load(source + 5 * TStride.Value * Lanes), left, a5);
                            a5 = TVector.MultiplyAdd(TVector.Load(source + (5 * TStride.Value + 1) * Lanes), centre, a5);
                            a5 = TVector.MultiplyAdd(TVector.Load(source + (5 * TStride.Value + 2) * Lanes), right, a5);
                        }
                        if (TPixels.Value > 6)
                        {
                            a6 = TVector.MultiplyAdd(TVector.Load(source + 6 * TStride.Value * Lanes), left, a6);
                            a6 = TVector.MultiplyAdd(TVector.Load(source + (6 * TStride.Value + 1) * Lanes), centre, a6);
                            a6 = TVector.MultiplyAdd(TVector.Load(source + (6 * TStride.Value + 2) * Lanes), right, a6);
                        }
                        if (TPixels.Value > 7)
                        {
                            a7 = TVector.MultiplyAdd(TVector.Load(source + 7 * TStride.Value * Lanes), left, a7);
                            a7 = TVector.MultiplyAdd(TVector.Load(source + (7 * TStride.Value + 1) * Lanes), centre, a7);
                            a7 = TVector.MultiplyAdd(TVector.Load(source + (7 * TStride.Value + 2) * Lanes), right, a7);
                        }
                        if (TPixels.Value > 8)
                        {
                            a8 = TVector.MultiplyAdd(TVector.Load(source + 8 * TStride.Value * Lanes), left, a8);
                            a8 = TVector.MultiplyAdd(TVector.Load(source + (8 * TStride.Value + 1) * Lanes), centre, a8);
                            a8 = TVector.MultiplyAdd(TVector.Load(source + (8 * TStride.Value + 2) * Lanes), right, a8);
                        }
                        if (TPixels.Value > 9)
                        {
                            a9 = TVector.MultiplyAdd(TVector.Load(source + 9 * TStride.Value * Lanes), left, a9);
                            a9 = TVector.MultiplyAdd(TVector.Load(source + (9 * TStride.Value + 1) * Lanes), centre, a9);
                            a9 = TVector.MultiplyAdd(TVector.Load(source + (9 * TStride.Value + 2) * Lanes), right, a9);
                        }
                        if (TPixels.Value > 10)
                        {
                            a10 = TVector.MultiplyAdd(TVector.Load(source + 10 * TStride.Value * Lanes), left, a10);
                            a10 = TVector.MultiplyAdd(TVector.Load(source + (10 * TStride.Value + 1) * Lanes), centre, a10);
                            a10 = TVector.MultiplyAdd(TVector.Load(source + (10 * TStride.Value + 2) * Lanes), right, a10);
                        }
                        if (TPixels.Value > 11)
                        {
                            a11 = TVector.MultiplyAdd(TVector.Load(source + 11 * TStride.Value * Lanes), left, a11);
                            a11 = TVector.MultiplyAdd(TVector.Load(source + (11 * TStride.Value + 1) * Lanes), centre, a11);
                            a11 = TVector.MultiplyAdd(TVector.Load(source + (11 * TStride.Value + 2) * Lanes), right, a11);
                        }
                        if (TPixels.Value > 12)
                        {
                            a12 = TVector.MultiplyAdd(TVector.Load(source + 12 * TStride.Value * Lanes), left, a12);
                            a12 = TVector.MultiplyAdd(TVector.Load(source + (12 * TStride.Value + 1) * Lanes), centre, a12);
                            a12 = TVector.MultiplyAdd(TVector.Load(source + (12 * TStride.Value + 2) * Lanes), right, a12);
                        }
                        if (TPixels.Value > 13)
                        {
                            a13 = TVector.MultiplyAdd(TVector.Load(source + 13 * TStride.Value * Lanes), left, a13);
                            a13 = TVector.MultiplyAdd(TVector.Load(source + (13 * TStride.Value + 1) * Lanes), centre, a13);
                            a13 = TVector.MultiplyAdd(TVector.Load(source + (13 * TStride.Value + 2) * Lanes), right, a13);
                        }
                    }

                    TVector.Clamp(a0, low, high).Store(target);
                    if (TPixels.Value > 1)
                        TVector.Clamp(a1, low, high).Store(target + 16);
                    if (TPixels.Value > 2)
                        TVector.Clamp(a2, low, high).Store(target + 32);
                    if (TPixels.Value > 3)
                        TVector.Clamp(a3, low, high).Store(target + 48);
                    if (TPixels.Value > 4)
                        TVector.Clamp(a4, low, high).Store(target + 64);
                    if (TPixels.Value > 5)
                        TVector.Clamp(a5, low, high).Store(target + 80);
                    if (TPixels.Value > 6)
                        TVector.Clamp(a6, low, high).Store(target + 96);
                    if (TPixels.Value > 7)
                        TVector.Clamp(a7, low, high).Store(target + 112);
                    if (TPixels.Value > 8)
                        TVector.Clamp(a8, low, high).Store(target + 128);
                    if (TPixels.Value > 9)
                        TVector.Clamp(a9, low, high).Store(target + 144);
                    if (TPixels.Value > 10)
                        TVector.Clamp(a10, low, high).Store(target + 160);
                    if (TPixels.Value > 11)
                        TVector.Clamp(a11, low, high).Store(target + 176);
                    if (TPixels.Value > 12)
                        TVector.Clamp(a12, low, high).Store(target + 192);
                    if (TPixels.Value > 13)
                        TVector.Clamp(a13, low, high).Store(target + 208);
                    upper += TPixels.Value * TStride.Value * Lanes;
                    middle += TPixels.Value * TStride.Value * Lanes;
                    lower += TPixels.Value * TStride.Value * Lanes;
                    target += TPixels.Value * Lanes;
                }
            }
        }
    }
}
