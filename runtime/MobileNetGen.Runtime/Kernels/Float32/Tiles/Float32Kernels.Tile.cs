using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>
    /// A row of register tiles, each <typeparamref name="TPixels"/> output pixels by one vector of channels or two, or two such tiles at once. The JIT compiles
    /// this text once for every shape in use and drops the pixels beyond it. It is long and regular because accumulators stay in registers only as locals,
    /// a0 … for the first vector or tile, b0 … for the second. Even numbers are the first half of a tile's pixels, odd ones the second half, which may lie in
    /// another row: pointer p or q to every third pixel of a half, so that addressing modes reach the others.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ConvolveTiles<TSimd, TVector, TPixels, TShape>(in ConvolutionOperands operands, in TileRow row, int firstChannel, int endChannel)
        where TSimd : struct, IFloat32Sums<TVector> where TVector : unmanaged where TPixels : unmanaged, IConstant where TShape : unmanaged
    {
        int count = sizeof(TVector) / sizeof(float), inputs = operands.Inputs, run = operands.Run, windows = operands.WindowCount;
        nint step = operands.Step, half = row.InputHalf, second = row.InputSecond, blockStride = operands.Input.BlockStride, panel = operands.Panel;
        int next = TSimd.Inputs, nextRow = TSimd.Inputs * TSimd.WeightLanes;
        nint nextWeights = count == Lanes ? panel : count;
        nint nextOutput = sizeof(TShape) == TwoRuns.Size ? row.OutputSecond : count == Lanes ? operands.Output.BlockStride : count;
        nint nextResidual = sizeof(TShape) == TwoRuns.Size ? row.ResidualSecond : count == Lanes ? operands.Residual.BlockStride : count;
        for (nint x = 0; x < row.Columns; x += row.Step)
        {
            for (int channel = firstChannel; channel < endChannel; channel += sizeof(TShape) == TwoVectors.Size ? 2 * count : count)
            {
                nint block = channel / Lanes, lane = channel % Lanes;
                float* weights = operands.Weights + block * panel + lane;
                TVector a0 = TSimd.LoadOutputs(operands.Bias + channel), b0 = sizeof(TShape) == TwoVectors.Size ? TSimd.LoadOutputs(operands.Bias + channel + count) : a0;
                TVector a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0, a8 = a0, a9 = a0, a10 = a0, a11 = a0, a12 = a0, a13 = a0;
                TVector b1 = b0, b2 = b0, b3 = b0, b4 = b0, b5 = b0, b6 = b0, b7 = b0, b8 = b0, b9 = b0, b10 = b0, b11 = b0, b12 = b0, b13 = b0;
                for (int window = 0; window < windows; window++)
                {
                    float* source = operands.Windows[window] + x * step;
                    for (int remaining = inputs; remaining > 0; remaining -= run, source += blockStride)
                    {
                        float* p0 = source, p3 = source + 3 * step, p6 = source + 6 * step;
                        float* q0 = p0 + half, q3 = p3 + half, q6 = p6 + half;
                        float* end = source + Math.Min(remaining, run);
                        if (sizeof(TVector) == Lanes * sizeof(float) && sizeof(TShape) == TwoVectors.Size && sizeof(TPixels) > 7 && sizeof(TPixels) < 14)
                        {
                            // Pixel after pixel meets the weights of two inputs, so that a tile's first sums are ready to be stored while the last are not: a
                            // processor that waits for a dozen of them to store takes in nothing else. More sums leave no registers for it, fewer need it less.
                            for (; p0 + 2 <= end; p0 += 2, p3 += 2, p6 += 2, q0 += 2, q3 += 2, q6 += 2, weights += 2 * nextRow)
                            {
                                TVector wa = TSimd.LoadWeights(weights), wb = TSimd.LoadWeights(weights + nextWeights);
                                TVector va = TSimd.LoadWeights(weights + nextRow), vb = TSimd.LoadWeights(weights + nextWeights + nextRow);
                                Sse.Prefetch1(weights + 2 * nextWeights);
                                Sse.Prefetch1(weights + 2 * nextWeights + nextRow);
                                Sse.Prefetch1(weights + 3 * nextWeights);
                                Sse.Prefetch1(weights + 3 * nextWeights + nextRow);
                                TSimd.MultiplyAdd(p0, wa, wb, ref a0, ref b0);
                                TSimd.MultiplyAdd(p0 + 1, va, vb, ref a0, ref b0);
                                TSimd.MultiplyAdd(q0, wa, wb, ref a1, ref b1);
                                TSimd.MultiplyAdd(q0 + 1, va, vb, ref a1, ref b1);
                                TSimd.MultiplyAdd(p0 + step, wa, wb, ref a2, ref b2);
                                TSimd.MultiplyAdd(p0 + (step + 1), va, vb, ref a2, ref b2);
                                TSimd.MultiplyAdd(q0 + step, wa, wb, ref a3, ref b3);
                                TSimd.MultiplyAdd(q0 + (step + 1), va, vb, ref a3, ref b3);
                                TSimd.MultiplyAdd(p0 + 2 * step, wa, wb, ref a4, ref b4);
                                TSimd.MultiplyAdd(p0 + (2 * step + 1), va, vb, ref a4, ref b4);
                                TSimd.MultiplyAdd(q0 + 2 * step, wa, wb, ref a5, ref b5);
                                TSimd.MultiplyAdd(q0 + (2 * step + 1), va, vb, ref a5, ref b5);
                                TSimd.MultiplyAdd(p3, wa, wb, ref a6, ref b6);
                                TSimd.MultiplyAdd(p3 + 1, va, vb, ref a6, ref b6);
                                TSimd.MultiplyAdd(q3, wa, wb, ref a7, ref b7);
                                TSimd.MultiplyAdd(q3 + 1, va, vb, ref a7, ref b7);
                                if (sizeof(TPixels) > 8)
                                {
                                    TSimd.MultiplyAdd(p3 + step, wa, wb, ref a8, ref b8);
                                    TSimd.MultiplyAdd(p3 + (step + 1), va, vb, ref a8, ref b8);
                                }
                                if (sizeof(TPixels) > 9)
                                {
                                    TSimd.MultiplyAdd(q3 + step, wa, wb, ref a9, ref b9);
                                    TSimd.MultiplyAdd(q3 + (step + 1), va, vb, ref a9, ref b9);
                                }
                                if (sizeof(TPixels) > 10)
                                {
                                    TSimd.MultiplyAdd(p3 + 2 * step, wa, wb, ref a10, ref b10);
                                    TSimd.MultiplyAdd(p3 + (2 * step + 1), va, vb, ref a10, ref b10);
                                }
                                if (sizeof(TPixels) > 11)
                                {
                                    TSimd.MultiplyAdd(q3 + 2 * step, wa, wb, ref a11, ref b11);
                                    TSimd.MultiplyAdd(q3 + (2 * step + 1), va, vb, ref a11, ref b11);
                                }
                                if (sizeof(TPixels) > 12)
                                {
                                    TSimd.MultiplyAdd(p6, wa, wb, ref a12, ref b12);
                                    TSimd.MultiplyAdd(p6 + 1, va, vb, ref a12, ref b12);
                                }
                            }
                        }

                        for (; p0 < end; p0 += next, p3 += next, p6 += next, q0 += next, q3 += next, q6 += next, weights += nextRow)
                        {
                            TVector wa = TSimd.LoadWeights(weights), wb = sizeof(TShape) == TwoVectors.Size ? TSimd.LoadWeights(weights + nextWeights) : wa;
                            if (sizeof(TShape) == TwoVectors.Size && sizeof(TVector) == Lanes * sizeof(float))
                            {
                                // AVX-512: the weights of the next two blocks, which otherwise come from beyond the second-level cache too late.
                                Sse.Prefetch1(weights + 2 * nextWeights);
                                Sse.Prefetch1(weights + 3 * nextWeights);
                            }
                            MultiplyAdd<TSimd, TVector, TShape>(p0, second, wa, wb, ref a0, ref b0);
                            if (sizeof(TPixels) > 1)
                                MultiplyAdd<TSimd, TVector, TShape>(q0, second, wa, wb, ref a1, ref b1);
                            if (sizeof(TPixels) > 2)
                                MultiplyAdd<TSimd, TVector, TShape>(p0 + step, second, wa, wb, ref a2, ref b2);
                            if (sizeof(TPixels) > 3)
                                MultiplyAdd<TSimd, TVector, TShape>(q0 + step, second, wa, wb, ref a3, ref b3);
                            if (sizeof(TPixels) > 4)
                                MultiplyAdd<TSimd, TVector, TShape>(p0 + 2 * step, second, wa, wb, ref a4, ref b4);
                            if (sizeof(TPixels) > 5)
                                MultiplyAdd<TSimd, TVector, TShape>(q0 + 2 * step, second, wa, wb, ref a5, ref b5);
                            if (sizeof(TPixels) > 6)
                                MultiplyAdd<TSimd, TVector, TShape>(p3, second, wa, wb, ref a6, ref b6);
                            if (sizeof(TPixels) > 7)
                                MultiplyAdd<TSimd, TVector, TShape>(q3, second, wa, wb, ref a7, ref b7);
                            if (sizeof(TPixels) > 8)
                                MultiplyAdd<TSimd, TVector, TShape>(p3 + step, second, wa, wb, ref a8, ref b8);
                            if (sizeof(TPixels) > 9)
                                MultiplyAdd<TSimd, TVector, TShape>(q3 + step, second, wa, wb, ref a9, ref b9);
                            if (sizeof(TPixels) > 10)
                                MultiplyAdd<TSimd, TVector, TShape>(p3 + 2 * step, second, wa, wb, ref a10, ref b10);
                            if (sizeof(TPixels) > 11)
                                MultiplyAdd<TSimd, TVector, TShape>(q3 + 2 * step, second, wa, wb, ref a11, ref b11);
                            if (sizeof(TPixels) > 12)
                                MultiplyAdd<TSimd, TVector, TShape>(p6, second, wa, wb, ref a12, ref b12);
                            if (sizeof(TPixels) > 13)
                                MultiplyAdd<TSimd, TVector, TShape>(q6, second, wa, wb, ref a13, ref b13);
                        }
                    }
                }

                if (operands.Residual.Origin != null)
                {
                    float* residual = row.Residual + block * operands.Residual.BlockStride + lane + x * Lanes;
                    float* residualHalf = residual + row.ResidualHalf;
                    a0 = TSimd.AddOutputs(a0, residual);
                    if (sizeof(TShape) >= 2)
                        b0 = TSimd.AddOutputs(b0, residual + nextResidual);
                    if (sizeof(TPixels) > 1)
                        a1 = TSimd.AddOutputs(a1, residualHalf);
                    if (sizeof(TPixels) > 1 && sizeof(TShape) >= 2)
                        b1 = TSimd.AddOutputs(b1, residualHalf + nextResidual);
                    if (sizeof(TPixels) > 2)
                        a2 = TSimd.AddOutputs(a2, residual + 16);
                    if (sizeof(TPixels) > 2 && sizeof(TShape) >= 2)
                        b2 = TSimd.AddOutputs(b2, residual + nextResidual + 16);
                    if (sizeof(TPixels) > 3)
                        a3 = TSimd.AddOutputs(a3, residualHalf + 16);
                    if (sizeof(TPixels) > 3 && sizeof(TShape) >= 2)
                        b3 = TSimd.AddOutputs(b3, residualHalf + nextResidual + 16);
                    if (sizeof(TPixels) > 4)
                        a4 = TSimd.AddOutputs(a4, residual + 32);
                    if (sizeof(TPixels) > 4 && sizeof(TShape) >= 2)
                        b4 = TSimd.AddOutputs(b4, residual + nextResidual + 32);
                    if (sizeof(TPixels) > 5)
                        a5 = TSimd.AddOutputs(a5, residualHalf + 32);
                    if (sizeof(TPixels) > 5 && sizeof(TShape) >= 2)
                        b5 = TSimd.AddOutputs(b5, residualHalf + nextResidual + 32);
                    if (sizeof(TPixels) > 6)
                        a6 = TSimd.AddOutputs(a6, residual + 48);
                    if (sizeof(TPixels) > 6 && sizeof(TShape) >= 2)
                        b6 = TSimd.AddOutputs(b6, residual + nextResidual + 48);
                    if (sizeof(TPixels) > 7)
                        a7 = TSimd.AddOutputs(a7, residualHalf + 48);
                    if (sizeof(TPixels) > 7 && sizeof(TShape) >= 2)
                        b7 = TSimd.AddOutputs(b7, residualHalf + nextResidual + 48);
                    if (sizeof(TPixels) > 8)
                        a8 = TSimd.AddOutputs(a8, residual + 64);
                    if (sizeof(TPixels) > 8 && sizeof(TShape) >= 2)
                        b8 = TSimd.AddOutputs(b8, residual + nextResidual + 64);
                    if (sizeof(TPixels) > 9)
                        a9 = TSimd.AddOutputs(a9, residualHalf + 64);
                    if (sizeof(TPixels) > 9 && sizeof(TShape) >= 2)
                        b9 = TSimd.AddOutputs(b9, residualHalf + nextResidual + 64);
                    if (sizeof(TPixels) > 10)
                        a10 = TSimd.AddOutputs(a10, residual + 80);
                    if (sizeof(TPixels) > 10 && sizeof(TShape) >= 2)
                        b10 = TSimd.AddOutputs(b10, residual + nextResidual + 80);
                    if (sizeof(TPixels) > 11)
                        a11 = TSimd.AddOutputs(a11, residualHalf + 80);
                    if (sizeof(TPixels) > 11 && sizeof(TShape) >= 2)
                        b11 = TSimd.AddOutputs(b11, residualHalf + nextResidual + 80);
                    if (sizeof(TPixels) > 12)
                        a12 = TSimd.AddOutputs(a12, residual + 96);
                    if (sizeof(TPixels) > 12 && sizeof(TShape) >= 2)
                        b12 = TSimd.AddOutputs(b12, residual + nextResidual + 96);
                    if (sizeof(TPixels) > 13)
                        a13 = TSimd.AddOutputs(a13, residualHalf + 96);
                    if (sizeof(TPixels) > 13 && sizeof(TShape) >= 2)
                        b13 = TSimd.AddOutputs(b13, residualHalf + nextResidual + 96);
                }

                TVector low = TSimd.Create(operands.Min), high = TSimd.Create(operands.Max);
                float* output = row.Output + block * operands.Output.BlockStride + lane + x * Lanes;
                float* outputHalf = output + row.OutputHalf;
                TSimd.StoreClamped(a0, low, high, output);
                if (sizeof(TShape) >= 2)
                    TSimd.StoreClamped(b0, low, high, output + nextOutput);
                if (sizeof(TPixels) > 1)
                    TSimd.StoreClamped(a1, low, high, outputHalf);
                if (sizeof(TPixels) > 1 && sizeof(TShape) >= 2)
                    TSimd.StoreClamped(b1, low, high, outputHalf + nextOutput);
                if (sizeof(TPixels) > 2)
                    TSimd.StoreClamped(a2, low, high, output + 16);
                if (sizeof(TPixels) > 2 && sizeof(TShape) >= 2)
                    TSimd.StoreClamped(b2, low, high, output + nextOutput + 16);
                if (sizeof(TPixels) > 3)
                    TSimd.StoreClamped(a3, low, high, outputHalf + 16);
                if (sizeof(TPixels) > 3 && sizeof(TShape) >= 2)
                    TSimd.StoreClamped(b3, low, high, outputHalf + nextOutput + 16);
                if (sizeof(TPixels) > 4)
                    TSimd.StoreClamped(a4, low, high, output + 32);
                if (sizeof(TPixels) > 4 && sizeof(TShape) >= 2)
                    TSimd.StoreClamped(b4, low, high, output + nextOutput + 32);
                if (sizeof(TPixels) > 5)
                    TSimd.StoreClamped(a5, low, high, outputHalf + 32);
                if (sizeof(TPixels) > 5 && sizeof(TShape) >= 2)
                    TSimd.StoreClamped(b5, low, high, outputHalf + nextOutput + 32);
                if (sizeof(TPixels) > 6)
                    TSimd.StoreClamped(a6, low, high, output + 48);
                if (sizeof(TPixels) > 6 && sizeof(TShape) >= 2)
                    TSimd.StoreClamped(b6, low, high, output + nextOutput + 48);
                if (sizeof(TPixels) > 7)
                    TSimd.StoreClamped(a7, low, high, outputHalf + 48);
                if (sizeof(TPixels) > 7 && sizeof(TShape) >= 2)
                    TSimd.StoreClamped(b7, low, high, outputHalf + nextOutput + 48);
                if (sizeof(TPixels) > 8)
                    TSimd.StoreClamped(a8, low, high, output + 64);
                if (sizeof(TPixels) > 8 && sizeof(TShape) >= 2)
                    TSimd.StoreClamped(b8, low, high, output + nextOutput + 64);
                if (sizeof(TPixels) > 9)
                    TSimd.StoreClamped(a9, low, high, outputHalf + 64);
                if (sizeof(TPixels) > 9 && sizeof(TShape) >= 2)
                    TSimd.StoreClamped(b9, low, high, outputHalf + nextOutput + 64);
                if (sizeof(TPixels) > 10)
                    TSimd.StoreClamped(a10, low, high, output + 80);
                if (sizeof(TPixels) > 10 && sizeof(TShape) >= 2)
                    TSimd.StoreClamped(b10, low, high, output + nextOutput + 80);
                if (sizeof(TPixels) > 11)
                    TSimd.StoreClamped(a11, low, high, outputHalf + 80);
                if (sizeof(TPixels) > 11 && sizeof(TShape) >= 2)
                    TSimd.StoreClamped(b11, low, high, outputHalf + nextOutput + 80);
                if (sizeof(TPixels) > 12)
                    TSimd.StoreClamped(a12, low, high, output + 96);
                if (sizeof(TPixels) > 12 && sizeof(TShape) >= 2)
                    TSimd.StoreClamped(b12, low, high, output + nextOutput + 96);
                if (sizeof(TPixels) > 13)
                    TSimd.StoreClamped(a13, low, high, outputHalf + 96);
                if (sizeof(TPixels) > 13 && sizeof(TShape) >= 2)
                    TSimd.StoreClamped(b13, low, high, outputHalf + nextOutput + 96);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd<TSimd, TVector, TShape>(float* pixel, nint second, TVector wa, TVector wb, ref TVector a, ref TVector b)
        where TSimd : struct, IFloat32Sums<TVector> where TVector : unmanaged where TShape : unmanaged
    {
        if (sizeof(TShape) == TwoVectors.Size)
            TSimd.MultiplyAdd(pixel, wa, wb, ref a, ref b);
        else
            a = TSimd.MultiplyAdd(pixel, wa, a);
        if (sizeof(TShape) == TwoRuns.Size)
            b = TSimd.MultiplyAdd(pixel + second, wa, b);
    }
}
