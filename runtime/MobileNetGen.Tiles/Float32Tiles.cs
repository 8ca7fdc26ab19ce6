using System.Linq;
using static MobileNetGen.Tiles.Template;

namespace MobileNetGen.Tiles;

/// <summary>What a register tile of a float32 convolution holds the sums of: it has a text for each.</summary>
internal enum Float32Shape
{
    /// <summary>Some pixels by one vector of channels: every product needs a weight and a value, of which only the weight is loaded once for several.</summary>
    OneVector,

    /// <summary>By two vectors of channels, for which a value is broadcast once.</summary>
    TwoVectors,

    /// <summary>Twice as many pixels, in two runs, by one vector of channels, for which a weight is loaded once.</summary>
    TwoRuns,
}

/// <summary>
/// Rows of register tiles of float32 convolutions. Accumulators a0 … are those of the first vector or run, b0 … those of the second. Even numbers are the first half of a tile's pixels, odd
/// ones the second half, which may lie in another row: pointer p or q to every third pixel of a half, so that addressing modes reach the others.
/// </summary>
internal static class Float32Tiles
{
    public static string Text(Float32Shape shape)
    {
        bool hasVectors = shape == Float32Shape.TwoVectors, hasRuns = shape == Float32Shape.TwoRuns, hasB = hasVectors || hasRuns;
        string step = hasB ? "1" : "TSums.Inputs", weightStep = hasB ? "Lanes" : "nextRow", name = $"{shape}Tiles";
        string constraints = $"where TSums : struct, {(hasB ? "IFloat32Vector" : "IFloat32Sums")}<TVector> where TVector : unmanaged";
        string parameters = "in ConvolutionOperands operands, in TileRow row, int firstChannel, int endChannel";
        return File(hasVectors ? "using System;\nusing System.Runtime.CompilerServices;\nusing System.Runtime.Intrinsics.X86;" : "using System;\nusing System.Runtime.CompilerServices;", "Float32Kernels", Template.Text($$"""
            [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
            private static void {{name}}<TSums, TVector, TActivation>(int pixels, {{parameters}})
                {{constraints}} where TActivation : struct, IFloat32Activation
            {
                {{Switch("pixels", i => $"{name}<TSums, TVector, N{i}, TActivation>(operands, row, firstChannel, endChannel)")}}
            }

            /// <summary>Rows of register tiles, whose sums a (and b) stay in locals, so in registers. The JIT compiles this for every number of pixels in use, and drops those beyond it.</summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
            private static void {{name}}<TSums, TVector, TPixels, TActivation>({{parameters}})
                {{constraints}} where TPixels : unmanaged, IConstant where TActivation : struct, IFloat32Activation
            {
                int count = sizeof(TVector) / sizeof(float), inputs = operands.Inputs, run = operands.Run, windows = operands.WindowCount;
                nint step = operands.Step, half = row.InputHalf, {{(hasRuns ? "nextRun = row.InputSecond, " : "")}}blockStride = operands.Input.BlockStride, panel = operands.Panel;
                {{(hasB ? "" : "int next = TSums.Inputs, nextRow = TSums.Inputs * TSums.WeightLanes;")}}
                {{(hasVectors ? "nint nextWeights = count == Lanes ? panel : count, nextOutput = count == Lanes ? operands.Output.BlockStride : count;\nnint nextResidual = count == Lanes ? operands.Residual.BlockStride : count;" : "")}}
                {{(hasRuns ? "nint nextOutput = row.OutputSecond, nextResidual = row.ResidualSecond;" : "")}}
                for (nint x = 0; x < row.Columns; x += row.Step)
                {
                    for (int channel = firstChannel; channel < endChannel; channel += {{(hasVectors ? "2 * count" : "count")}})
                    {
                        nint block = channel / Lanes, lane = channel % Lanes;
                        float* weights = operands.Weights + block * panel + lane;
                        TVector a0 = TSums.LoadOutputs(operands.Bias + channel){{(hasVectors ? ", b0 = TSums.LoadOutputs(operands.Bias + channel + count)" : hasRuns ? ", b0 = a0" : "")}};
                        TVector {{Copies("a")}};
                        {{(hasB ? $"TVector {Copies("b")};" : "")}}
                        for (int window = 0; window < windows; window++)
                        {
                            float* source = operands.Windows[window] + x * step;
                            for (int remaining = inputs; remaining > 0; remaining -= run, source += blockStride)
                            {
                                float* p0 = source, p3 = source + 3 * step, p6 = source + 6 * step;
                                float* q0 = p0 + half, q3 = p3 + half, q6 = p6 + half;
                                float* end = source + Math.Min(remaining, run);
                                {{(hasVectors ? PairsOfInputs + "\n" : "")}}
                                for (; p0 < end; {{(hasB ? Advance("1", "Lanes") : Advance("next", "nextRow"))}})
                                {
                                    TVector wa = TSums.LoadWeights(weights){{(hasVectors ? ", wb = TSums.LoadWeights(weights + nextWeights)" : "")}};
                                    {{(hasVectors ? Prefetch : "")}}
                                    {{Pixels(i => shape switch
                                    {
                                        Float32Shape.OneVector => $"a{i} = TSums.MultiplyAdd({Input(i)}, wa, a{i});",
                                        Float32Shape.TwoVectors => $"TSums.MultiplyAdd({Input(i)}, wa, wb, ref a{i}, ref b{i});",
                                        _ => $"a{i} = TSums.MultiplyAdd({Input(i)}, wa, a{i});\nb{i} = TSums.MultiplyAdd({Input(i)} + nextRun, wa, b{i});",
                                    })}}
                                }
                            }
                        }

                        if (operands.Residual.Origin != null)
                        {
                            float* residual = row.Residual + block * operands.Residual.BlockStride + lane + x * Lanes;
                            float* residualHalf = residual + row.ResidualHalf;
                            {{Pixels(i => $"a{i} = TSums.AddOutputs(a{i}, {Output(i, "residual")});" + (hasB ? $"\nb{i} = TSums.AddOutputs(b{i}, {Output(i, "residual", " + nextResidual")});" : ""))}}
                        }

                        TVector first = TSums.Create(operands.First), second = TSums.Create(operands.Second);
                        float* output = row.Output + block * operands.Output.BlockStride + lane + x * Lanes;
                        float* outputHalf = output + row.OutputHalf;
                        {{Pixels(i => $"TSums.Store<TActivation>(a{i}, first, second, {Output(i, "output")});" + (hasB ? $"\nTSums.Store<TActivation>(b{i}, first, second, {Output(i, "output", " + nextOutput")});" : ""))}}
                    }
                }
            }
            """));
    }

    /// <summary>
    /// Pixel after pixel meets the weights of two inputs, so that a tile's first sums are ready to be stored while the last are not: a processor that waits for a dozen of them to store takes
    /// in nothing else. More sums leave no registers for it, fewer need it less.
    /// </summary>
    private static string PairsOfInputs => Template.Text($$"""
        if (sizeof(TPixels) > 7 && sizeof(TPixels) < 14 && TSums.PairsInputs)
        {
            for (; p0 + 2 <= end; {{Advance("2", "2 * Lanes")}})
            {
                TVector wa = TSums.LoadWeights(weights), wb = TSums.LoadWeights(weights + nextWeights);
                TVector va = TSums.LoadWeights(weights + Lanes), vb = TSums.LoadWeights(weights + nextWeights + Lanes);
                Sse.Prefetch1(weights + 2 * nextWeights);
                Sse.Prefetch1(weights + 2 * nextWeights + Lanes);
                Sse.Prefetch1(weights + 3 * nextWeights);
                Sse.Prefetch1(weights + 3 * nextWeights + Lanes);
                {{Pixels(i => $"TSums.MultiplyAdd({Input(i)}, wa, wb, ref a{i}, ref b{i});\nTSums.MultiplyAdd({Input(i, isNext: true)}, va, vb, ref a{i}, ref b{i});", least: 8, most: 13)}}
            }
        }
        """);

    /// <summary>The weights of the next two blocks, which otherwise come from beyond the second-level cache too late.</summary>
    private static string Prefetch => """
        if (TSums.PrefetchesWeights)
        {
            Sse.Prefetch1(weights + 2 * nextWeights);
            Sse.Prefetch1(weights + 3 * nextWeights);
        }
        """;

    /// <summary>To the next inputs and their weights.</summary>
    private static string Advance(string inputs, string weights) => string.Join(", ", new[] { "p0", "p3", "p6", "q0", "q3", "q6" }.Select(p => inputs == "1" ? p + "++" : $"{p} += {inputs}")) + $", weights += {weights}";

    /// <summary>Where a pixel has its input.</summary>
    private static string Input(int pixel, bool isNext = false)
    {
        (string half, int place) = (pixel % 2 == 0 ? "p" : "q", pixel / 2);
        string offset = (place % 3, isNext) switch { (0, false) => "", (0, true) => "1", (1, false) => "step", (2, false) => "2 * step", (1, true) => "(step + 1)", _ => "(2 * step + 1)" };
        return $"{half}{place / 3 * 3}{(offset.Length == 0 ? "" : " + " + offset)}";
    }

    /// <summary>Where a pixel has its output, or what is added to it.</summary>
    private static string Output(int pixel, string map, string next = "") => $"{map}{(pixel % 2 == 0 ? "" : "Half")}{next}{(pixel < 2 ? "" : $" + {pixel / 2 * 16}")}";
}
