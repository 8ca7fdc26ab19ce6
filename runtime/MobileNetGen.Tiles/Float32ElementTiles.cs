using System.Linq;
using static MobileNetGen.Tiles.Template;

namespace MobileNetGen.Tiles;

/// <summary>
/// Rows of register tiles of float32 convolutions where an instruction multiplies a vector by an element of another: of each pixel four inputs are loaded at once, and meet eight outputs, two
/// vectors of four. Names are those of <see cref="Float32Tiles"/>.
/// </summary>
internal static class Float32ElementTiles
{
    private const int Most = 8;

    public static string Text => File("using System;\nusing System.Runtime.CompilerServices;\nusing System.Runtime.Intrinsics;\nusing System.Runtime.Intrinsics.Arm;", "Float32Kernels", Template.Text($$"""
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void ElementTiles<TWeightLanes, TActivation>(int pixels, in ConvolutionOperands operands, in TileRow row, int firstChannel, int endChannel)
            where TWeightLanes : unmanaged, IConstant where TActivation : struct, IFloat32Activation
        {
            {{Switch("pixels", i => $"ElementTiles<N{i}, TWeightLanes, TActivation>(operands, row, firstChannel, endChannel)", Most)}}
        }

        /// <summary>Rows of register tiles, whose sums a and b stay in locals, so in registers. The JIT compiles this for every number of pixels in use, and drops those beyond it.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void ElementTiles<TPixels, TWeightLanes, TActivation>(in ConvolutionOperands operands, in TileRow row, int firstChannel, int endChannel)
            where TPixels : unmanaged, IConstant where TWeightLanes : unmanaged, IConstant where TActivation : struct, IFloat32Activation
        {
            int inputs = operands.Inputs, run = operands.Run, windows = operands.WindowCount;
            nint step = operands.Step, half = row.InputHalf, blockStride = operands.Input.BlockStride, panel = operands.Panel;
            // In bytes: the JIT would multiply them each time.
            nint oneStep = step * sizeof(float), twoSteps = 2 * oneStep, threeSteps = 3 * oneStep;
            Vector128<float> first = Vector128.Create(operands.First), second = Vector128.Create(operands.Second);
            for (nint x = 0; x < row.Columns; x += row.Step)
            {
                for (int channel = firstChannel; channel < endChannel; channel += 8)
                {
                    nint block = channel / Lanes, lane = channel % Lanes;
                    float* weights = operands.Weights + block * panel + lane;
                    Vector128<float> a0 = Vector128.Load(operands.Bias + channel), b0 = Vector128.Load(operands.Bias + channel + 4);
                    Vector128<float> {{Copies("a", Most)}};
                    Vector128<float> {{Copies("b", Most)}};
                    for (int window = 0; window < windows; window++)
                    {
                        float* source = operands.Windows[window] + x * step;
                        for (int remaining = inputs; remaining > 0; remaining -= run, source += blockStride)
                        {
                            byte* p = (byte*)source, q = (byte*)(source + half), end = (byte*)(source + Math.Min(remaining, run));
                            for (; p < end - 3 * sizeof(float); p += 4 * sizeof(float), q += 4 * sizeof(float), weights += 4 * sizeof(TWeightLanes))
                            {
                                Vector128<float> x0 = Vector128.Load((float*)p){{string.Concat(Enumerable.Range(1, Most - 1).Select(i => $", x{i} = x0"))}};
                                {{Pixels(i => i == 0 ? "" : $"x{i} = Vector128.Load((float*){Input(i)});", most: Most).TrimStart()}}
                                Vector128<float> wa = Vector128.Load(weights), wb = Vector128.Load(weights + 4);
                                {{string.Join('\n', Enumerable.Range(0, 4).Select(element => (element == 0 ? "" : $"wa = Vector128.Load(weights + {element} * sizeof(TWeightLanes));\nwb = Vector128.Load(weights + {element} * sizeof(TWeightLanes) + 4);\n") + Pixels(i => Add(i, $"x{i}", element), most: Most)))}}
                            }
                            for (; p < end; p += sizeof(float), q += sizeof(float), weights += sizeof(TWeightLanes))
                            {
                                Vector128<float> wa = Vector128.Load(weights), wb = Vector128.Load(weights + 4), value;
                                {{Pixels(i => $"value = Vector128.CreateScalarUnsafe(*(float*){Input(i)});\n{Add(i, "value", 0)}", most: Most)}}
                            }
                        }
                    }

                    if (operands.Residual.Origin != null)
                    {
                        float* residual = row.Residual + block * operands.Residual.BlockStride + lane + x * Lanes;
                        float* residualHalf = residual + row.ResidualHalf;
                        {{Pixels(i => $"a{i} += Vector128.Load({Output(i, "residual")});\nb{i} += Vector128.Load({Output(i, "residual")} + 4);", most: Most)}}
                    }

                    float* output = row.Output + block * operands.Output.BlockStride + lane + x * Lanes;
                    float* outputHalf = output + row.OutputHalf;
                    {{Pixels(i => $"StoreOutputs<TWeightLanes, TActivation>(a{i}, b{i}, first, second, {Output(i, "output")});", most: Most)}}
                }
            }
        }
        """));

    private static string Add(int pixel, string values, int element)
        => string.Join('\n', new[] { "a", "b" }.Select(sums => $"{sums}{pixel} = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar({sums}{pixel}, w{sums}, {values}, {element});"));

    private static string Input(int pixel)
    {
        string half = pixel % 2 == 0 ? "p" : "q";
        return (pixel / 2) switch { 0 => half, 1 => $"({half} + oneStep)", 2 => $"({half} + twoSteps)", _ => $"({half} + threeSteps)" };
    }

    private static string Output(int pixel, string map) => $"{map}{(pixel % 2 == 0 ? "" : "Half")}{(pixel < 2 ? "" : $" + {pixel / 2 * 16}")}";
}
