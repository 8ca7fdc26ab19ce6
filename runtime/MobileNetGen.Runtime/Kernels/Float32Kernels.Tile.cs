using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>
    /// A row of register tiles, each <typeparamref name="TPixels"/> output pixels with two accumulators each, or one. The second is either that of
    /// another vector of channels (<typeparamref name="TVectors"/> = 2: an input value is broadcast once and meets both vectors of weights) or that
    /// of the same pixel of the next tile (<typeparamref name="TTiles"/> = 2: a vector of weights is loaded once for both tiles). The JIT compiles
    /// this text once for every shape in use and drops the pixels beyond it. It is long and regular because accumulators stay in registers only as
    /// locals, a0 … for the first, b0 … for the second. Even numbers are the first half of a tile's pixels, odd ones the second half, which may lie
    /// in another row: pointer p or q to every third pixel of a half, so that addressing modes reach the others.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ConvolveTiles<TVector, TPixels, TVectors, TTiles>(in ConvolutionOperands operands, in TileRow place, int firstTile, int endTile, int firstChannel, int endChannel)
        where TVector : struct, IFloat32Vector<TVector> where TPixels : struct, IConstant where TVectors : struct, IConstant where TTiles : struct, IConstant
    {
        FeatureMap<float> input = operands.Input;
        int kernelRows = operands.KernelRows, kernelColumns = operands.KernelColumns, inputRow = operands.InputRow(place.Row), inputs = operands.Inputs, run = operands.Run;
        nint step = operands.Step, half = place.InputHalf, lanes = operands.Lanes, blockStride = input.BlockStride, panel = operands.Panel;
        nint nextTile = place.TileColumns * step;
        nint nextWeights = TVector.Count == Lanes ? panel : TVector.Count;
        nint nextOutput = TTiles.Value == 2 ? place.TileColumns * Lanes : TVector.Count == Lanes ? operands.Output.BlockStride : TVector.Count;
        nint nextResidual = TTiles.Value == 2 ? place.TileColumns * Lanes : TVector.Count == Lanes ? operands.Residual.BlockStride : TVector.Count;
        float* outputRow = operands.Output.Row(place.Row), residualRow = operands.Residual.Row(place.Row);
        float* firstInputRow = input.Row(inputRow) + operands.InputColumn;
        for (int tile = firstTile; tile < endTile; tile += TTiles.Value)
        {
            nint x = place.Column + (nint)tile * place.TileColumns;
            for (int channel = firstChannel; channel < endChannel; channel += TVectors.Value * TVector.Count)
            {
                nint block = channel / Lanes;
                float* weights = operands.Weights + block * panel + channel % Lanes;
                TVector a0 = TVector.Load(operands.Bias + channel), b0 = TVectors.Value == 2 ? TVector.Load(operands.Bias + channel + TVector.Count) : a0;
                TVector a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0, a8 = a0, a9 = a0, a10 = a0, a11 = a0, a12 = a0, a13 = a0;
                TVector b1 = b0, b2 = b0, b3 = b0, b4 = b0, b5 = b0, b6 = b0, b7 = b0, b8 = b0, b9 = b0, b10 = b0, b11 = b0, b12 = b0, b13 = b0;
                for (int i = 0; i < kernelRows; i++)
                {
                    float* row = (i == 0 ? firstInputRow : input.Row(inputRow + i) + operands.InputColumn) + x * step;
                    for (int j = 0; j < kernelColumns; j++, row += lanes)
                    {
                        float* source = row;
                        for (int remaining = inputs; remaining > 0; remaining -= run, source += blockStride)
                        {
                            float* p0 = source, p3 = source + 3 * step, p6 = source + 6 * step;
                            float* q0 = p0 + half, q3 = p3 + half, q6 = p6 + half;
                            for (float* end = source + Math.Min(remaining, run); p0 < end; p0++, p3++, p6++, q0++, q3++, q6++, weights += Lanes)
                            {
                                TVector wa = TVector.Load(weights), wb = TVectors.Value == 2 ? TVector.Load(weights + nextWeights) : wa;
                                if (TVectors.Value == 2 && TVector.Count == Lanes)
                                {
                                    // AVX-512: the weights of the next two blocks, which otherwise come from beyond the second-level cache too late.
                                    Sse.Prefetch1(weights + 2 * nextWeights);
                                    Sse.Prefetch1(weights + 3 * nextWeights);
                                }
                                MultiplyAdd<TVector, TVectors, TTiles>(p0, nextTile, wa, wb, ref a0, ref b0);
                                if (TPixels.Value > 1)
                                    MultiplyAdd<TVector, TVectors, TTiles>(q0, nextTile, wa, wb, ref a1, ref b1);
                                if (TPixels.Value > 2)
                                    MultiplyAdd<TVector, TVectors, TTiles>(p0 + step, nextTile, wa, wb, ref a2, ref b2);
                                if (TPixels.Value > 3)
                                    MultiplyAdd<TVector, TVectors, TTiles>(q0 + step, nextTile, wa, wb, ref a3, ref b3);
                                if (TPixels.Value > 4)
                                    MultiplyAdd<TVector, TVectors, TTiles>(p0 + 2 * step, nextTile, wa, wb, ref a4, ref b4);
                                if (TPixels.Value > 5)
                                    MultiplyAdd<TVector, TVectors, TTiles>(q0 + 2 * step, nextTile, wa, wb, ref a5, ref b5);
                                if (TPixels.Value > 6)
                                    MultiplyAdd<TVector, TVectors, TTiles>(p3, nextTile, wa, wb, ref a6, ref b6);
                                if (TPixels.Value > 7)
                                    MultiplyAdd<TVector, TVectors, TTiles>(q3, nextTile, wa, wb, ref a7, ref b7);
                                if (TPixels.Value > 8)
                                    MultiplyAdd<TVector, TVectors, TTiles>(p3 + step, nextTile, wa, wb, ref a8, ref b8);
                                if (TPixels.Value > 9)
                                    MultiplyAdd<TVector, TVectors, TTiles>(q3 + step, nextTile, wa, wb, ref a9, ref b9);
                                if (TPixels.Value > 10)
                                    MultiplyAdd<TVector, TVectors, TTiles>(p3 + 2 * step, nextTile, wa, wb, ref a10, ref b10);
                                if (TPixels.Value > 11)
                                    MultiplyAdd<TVector, TVectors, TTiles>(q3 + 2 * step, nextTile, wa, wb, ref a11, ref b11);
                                if (TPixels.Value > 12)
                                    MultiplyAdd<TVector, TVectors, TTiles>(p6, nextTile, wa, wb, ref a12, ref b12);
                                if (TPixels.Value > 13)
                                    MultiplyAdd<TVector, TVectors, TTiles>(q6, nextTile, wa, wb, ref a13, ref b13);
                            }
                        }
                    }
                }

                TVector low = TVector.Create(operands.Min), high = TVector.Create(operands.Max);
                float* output = outputRow + block * operands.Output.BlockStride + channel % Lanes + x * Lanes;
                float* outputHalf = output + place.OutputHalf;
                if (operands.Residual.Origin != null)
                {
                    float* residual = residualRow + block * operands.Residual.BlockStride + channel % Lanes + x * Lanes;
                    float* residualHalf = residual + place.ResidualHalf;
                    a0 += TVector.Load(residual);
                    if (TVectors.Value * TTiles.Value == 2)
                        b0 += TVector.Load(residual + nextResidual);
                    if (TPixels.Value > 1)
                        a1 += TVector.Load(residualHalf);
                    if (TPixels.Value > 1 && TVectors.Value * TTiles.Value == 2)
                        b1 += TVector.Load(residualHalf + nextResidual);
                    if (TPixels.Value > 2)
                        a2 += TVector.Load(residual + 16);
                    if (TPixels.Value > 2 && TVectors.Value * TTiles.Value == 2)
                        b2 += TVector.Load(residual + nextResidual + 16);
                    if (TPixels.Value > 3)
                        a3 += TVector.Load(residualHalf + 16);
                    if (TPixels.Value > 3 && TVectors.Value * TTiles.Value == 2)
                        b3 += TVector.Load(residualHalf + nextResidual + 16);
                    if (TPixels.Value > 4)
                        a4 += TVector.Load(residual + 32);
                    if (TPixels.Value > 4 && TVectors.Value * TTiles.Value == 2)
                        b4 += TVector.Load(residual + nextResidual + 32);
                    if (TPixels.Value > 5)
                        a5 += TVector.Load(residualHalf + 32);
                    if (TPixels.Value > 5 && TVectors.Value * TTiles.Value == 2)
                        b5 += TVector.Load(residualHalf + nextResidual + 32);
                    if (TPixels.Value > 6)
                        a6 += TVector.Load(residual + 48);
                    if (TPixels.Value > 6 && TVectors.Value * TTiles.Value == 2)
                        b6 += TVector.Load(residual + nextResidual + 48);
                    if (TPixels.Value > 7)
                        a7 += TVector.Load(residualHalf + 48);
                    if (TPixels.Value > 7 && TVectors.Value * TTiles.Value == 2)
                        b7 += TVector.Load(residualHalf + nextResidual + 48);
                    if (TPixels.Value > 8)
                        a8 += TVector.Load(residual + 64);
                    if (TPixels.Value > 8 && TVectors.Value * TTiles.Value == 2)
                        b8 += TVector.Load(residual + nextResidual + 64);
                    if (TPixels.Value > 9)
                        a9 += TVector.Load(residualHalf + 64);
                    if (TPixels.Value > 9 && TVectors.Value * TTiles.Value == 2)
                        b9 += TVector.Load(residualHalf + nextResidual + 64);
                    if (TPixels.Value > 10)
                        a10 += TVector.Load(residual + 80);
                    if (TPixels.Value > 10 && TVectors.Value * TTiles.Value == 2)
                        b10 += TVector.Load(residual + nextResidual + 80);
                    if (TPixels.Value > 11)
                        a11 += TVector.Load(residualHalf + 80);
                    if (TPixels.Value > 11 && TVectors.Value * TTiles.Value == 2)
                        b11 += TVector.Load(residualHalf + nextResidual + 80);
                    if (TPixels.Value > 12)
                        a12 += TVector.Load(residual + 96);
                    if (TPixels.Value > 12 && TVectors.Value * TTiles.Value == 2)
                        b12 += TVector.Load(residual + nextResidual + 96);
                    if (TPixels.Value > 13)
                        a13 += TVector.Load(residualHalf + 96);
                    if (TPixels.Value > 13 && TVectors.Value * TTiles.Value == 2)
                        b13 += TVector.Load(residualHalf + nextResidual + 96);
                }
                TVector.Clamp(a0, low, high).Store(output);
                if (TVectors.Value * TTiles.Value == 2)
                    TVector.Clamp(b0, low, high).Store(output + nextOutput);
                if (TPixels.Value > 1)
                    TVector.Clamp(a1, low, high).Store(outputHalf);
                if (TPixels.Value > 1 && TVectors.Value * TTiles.Value == 2)
                    TVector.Clamp(b1, low, high).Store(outputHalf + nextOutput);
                if (TPixels.Value > 2)
                    TVector.Clamp(a2, low, high).Store(output + 16);
                if (TPixels.Value > 2 && TVectors.Value * TTiles.Value == 2)
                    TVector.Clamp(b2, low, high).Store(output + nextOutput + 16);
                if (TPixels.Value > 3)
                    TVector.Clamp(a3, low, high).Store(outputHalf + 16);
                if (TPixels.Value > 3 && TVectors.Value * TTiles.Value == 2)
                    TVector.Clamp(b3, low, high).Store(outputHalf + nextOutput + 16);
                if (TPixels.Value > 4)
                    TVector.Clamp(a4, low, high).Store(output + 32);
                if (TPixels.Value > 4 && TVectors.Value * TTiles.Value == 2)
                    TVector.Clamp(b4, low, high).Store(output + nextOutput + 32);
                if (TPixels.Value > 5)
                    TVector.Clamp(a5, low, high).Store(outputHalf + 32);
                if (TPixels.Value > 5 && TVectors.Value * TTiles.Value == 2)
                    TVector.Clamp(b5, low, high).Store(outputHalf + nextOutput + 32);
                if (TPixels.Value > 6)
                    TVector.Clamp(a6, low, high).Store(output + 48);
                if (TPixels.Value > 6 && TVectors.Value * TTiles.Value == 2)
                    TVector.Clamp(b6, low, high).Store(output + nextOutput + 48);
                if (TPixels.Value > 7)
                    TVector.Clamp(a7, low, high).Store(outputHalf + 48);
                if (TPixels.Value > 7 && TVectors.Value * TTiles.Value == 2)
                    TVector.Clamp(b7, low, high).Store(outputHalf + nextOutput + 48);
                if (TPixels.Value > 8)
                    TVector.Clamp(a8, low, high).Store(output + 64);
                if (TPixels.Value > 8 && TVectors.Value * TTiles.Value == 2)
                    TVector.Clamp(b8, low, high).Store(output + nextOutput + 64);
                if (TPixels.Value > 9)
                    TVector.Clamp(a9, low, high).Store(outputHalf + 64);
                if (TPixels.Value > 9 && TVectors.Value * TTiles.Value == 2)
                    TVector.Clamp(b9, low, high).Store(outputHalf + nextOutput + 64);
                if (TPixels.Value > 10)
                    TVector.Clamp(a10, low, high).Store(output + 80);
                if (TPixels.Value > 10 && TVectors.Value * TTiles.Value == 2)
                    TVector.Clamp(b10, low, high).Store(output + nextOutput + 80);
                if (TPixels.Value > 11)
                    TVector.Clamp(a11, low, high).Store(outputHalf + 80);
                if (TPixels.Value > 11 && TVectors.Value * TTiles.Value == 2)
                    TVector.Clamp(b11, low, high).Store(outputHalf + nextOutput + 80);
                if (TPixels.Value > 12)
                    TVector.Clamp(a12, low, high).Store(output + 96);
                if (TPixels.Value > 12 && TVectors.Value * TTiles.Value == 2)
                    TVector.Clamp(b12, low, high).Store(output + nextOutput + 96);
                if (TPixels.Value > 13)
                    TVector.Clamp(a13, low, high).Store(outputHalf + 96);
                if (TPixels.Value > 13 && TVectors.Value * TTiles.Value == 2)
                    TVector.Clamp(b13, low, high).Store(outputHalf + nextOutput + 96);
            }
        }
    }

    /// <summary>One pixel of a tile meets a vector of weights or two, or it and its neighbour in the next tile meet the same one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd<TVector, TVectors, TTiles>(float* pixel, nint nextTile, TVector wa, TVector wb, ref TVector a, ref TVector b)
        where TVector : struct, IFloat32Vector<TVector> where TVectors : struct, IConstant where TTiles : struct, IConstant
    {
        if (TVectors.Value == 2)
        {
            TVector value = TVector.Create(*pixel);
            a = TVector.MultiplyAdd(value, wa, a);
            b = TVector.MultiplyAdd(value, wb, b);
        }
        else
        {
            a = TVector.MultiplyAdd(wa, TVector.Create(*pixel), a);
            if (TTiles.Value == 2)
                b = TVector.MultiplyAdd(wa, TVector.Create(pixel[nextTile]), b);
        }
    }
}
