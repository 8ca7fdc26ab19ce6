using System.Linq;
using static MobileNetGen.Tiles.Template;

namespace MobileNetGen.Tiles;

/// <summary>Tiles of neighbouring float32 pixels by one vector of channels, of kernels that have their own.</summary>
internal static class Float32RowTiles
{
    private const int StemPixels = 16, SharedPixels = 10;

    /// <summary>
    /// Some columns of every row of a 3×3 depthwise convolution, block after block so that its rows stay in the first-level cache. Three weights meet all pixels of a tile, then the next
    /// three.
    /// </summary>
    public static string Depthwise => File("using System.Runtime.CompilerServices;", "Float32Kernels", Text($$"""
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void DepthwiseTiles<TSimd, TVector, TStride, TActivation>(int pixels, in DepthwiseOperands operands, int column, int tiles)
            where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged where TStride : unmanaged, IConstant where TActivation : struct, IFloat32Activation
        {
            {{Switch("pixels", i => $"DepthwiseTiles<TSimd, TVector, N{i}, TStride, TActivation>(operands, column, tiles)")}}
        }

        /// <summary>Some columns of every row, in tiles of neighbouring pixels whose sums stay in registers. The JIT compiles this for every number of pixels in use, and drops those beyond it.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void DepthwiseTiles<TSimd, TVector, TPixels, TStride, TActivation>(in DepthwiseOperands operands, int column, int tiles)
            where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged where TPixels : unmanaged, IConstant where TStride : unmanaged, IConstant where TActivation : struct, IFloat32Activation
        {
            FeatureMap<float> input = operands.Input, output = operands.Output;
            TVector first = TSimd.Create(operands.First), second = TSimd.Create(operands.Second);
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
                        TVector a0 = *(TVector*)(operands.Bias + channel), {{Copies("a")}};
                        float* taps = weights;
                        for (int i = 0; i < 3; i++, taps += 3 * Lanes)
                        {
                            TVector left = *(TVector*)taps, centre = *(TVector*)(taps + Lanes), right = *(TVector*)(taps + 2 * Lanes);
                            float* source = i == 0 ? upper : i == 1 ? middle : lower;
                            {{Pixels(i => $"a{i} = TSimd.MultiplyAdd(source, {i} * sizeof(TStride) * Lanes, left, centre, right, a{i});")}}
                        }

                        {{Pixels(i => $"TSimd.Store<TActivation>(a{i}, first, second, target + {i * 16});")}}
                        upper += sizeof(TPixels) * sizeof(TStride) * Lanes;
                        middle += sizeof(TPixels) * sizeof(TStride) * Lanes;
                        lower += sizeof(TPixels) * sizeof(TStride) * Lanes;
                        target += sizeof(TPixels) * Lanes;
                    }
                }
            }
        }
        """));

    /// <summary>
    /// The same where values are loaded by instructions of their own: all nine weights stay in registers, a value is loaded once for all windows that see it, and neighbouring products are of
    /// different sums.
    /// </summary>
    public static string DepthwiseShared => File("using System.Runtime.CompilerServices;", "Float32Kernels", Text($$"""
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void SharedTiles<TSimd, TVector, TStride, TActivation>(int pixels, in DepthwiseOperands operands, int column, int tiles)
            where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged where TStride : unmanaged, IConstant where TActivation : struct, IFloat32Activation
        {
            {{Switch("pixels", i => $"SharedTiles<TSimd, TVector, N{i}, TStride, TActivation>(operands, column, tiles)", SharedPixels)}}
        }

        /// <summary>Some columns of every row, in tiles of neighbouring pixels whose sums stay in registers. The JIT compiles this for every number of pixels in use, and drops those beyond it.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void SharedTiles<TSimd, TVector, TPixels, TStride, TActivation>(in DepthwiseOperands operands, int column, int tiles)
            where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged where TPixels : unmanaged, IConstant where TStride : unmanaged, IConstant where TActivation : struct, IFloat32Activation
        {
            FeatureMap<float> input = operands.Input, output = operands.Output;
            TVector first = TSimd.Create(operands.First), second = TSimd.Create(operands.Second);
            int endRow = operands.FirstRow + operands.RowCount;
            nint inputColumn = (nint)(column * sizeof(TStride) - operands.PadLeft) * Lanes;
            for (int channel = 0; channel < operands.Blocks * Lanes; channel += sizeof(TVector) / sizeof(float))
            {
                nint block = channel / Lanes, lane = channel % Lanes;
                float* weights = operands.Weights + block * 9 * Lanes + lane;
                TVector bias = *(TVector*)(operands.Bias + channel);
                {{Lines(9, i => $"TVector k{i} = *(TVector*)(weights + {i} * Lanes);")}}
                for (int y = operands.FirstRow; y < endRow; y++)
                {
                    int top = y * sizeof(TStride) - operands.PadTop;
                    nint start = block * input.BlockStride + lane + inputColumn;
                    float* upper = input.Row(top) + start, middle = input.Row(top + 1) + start, lower = input.Row(top + 2) + start;
                    float* target = output.Row(y) + block * output.BlockStride + lane + (nint)column * Lanes;
                    for (int tile = 0; tile < tiles; tile++)
                    {
                        TVector a0 = bias, {{Copies("a", SharedPixels)}}, value;
                        if (sizeof(TStride) == 1)
                        {
                            {{Lines(3, row => Lines(SharedPixels + 2, column => Column(row, column, (column, 0), (column - 1, 1), (column - 2, 2))))}}
                        }
                        else
                        {
                            {{Lines(3, row => Lines((2 * SharedPixels) + 1, column => column % 2 == 1 ? Column(row, column, (column / 2, 1)) : Column(row, column, (column / 2, 0), ((column / 2) - 1, 2))))}}
                        }

                        {{Pixels(i => $"TSimd.Store<TActivation>(a{i}, first, second, target + {i * 16});", most: SharedPixels)}}
                        upper += sizeof(TPixels) * sizeof(TStride) * Lanes;
                        middle += sizeof(TPixels) * sizeof(TStride) * Lanes;
                        lower += sizeof(TPixels) * sizeof(TStride) * Lanes;
                        target += sizeof(TPixels) * Lanes;
                    }
                }
            }
        }
        """));

    /// <summary>A value, and the pixels whose windows see it, the last one first.</summary>
    private static string Column(int row, int column, params (int Pixel, int Weight)[] seen)
    {
        (int Pixel, int Weight)[] pixels = [.. seen.Where(s => s.Pixel is >= 0 and < SharedPixels)];
        int first = pixels[^1].Pixel;
        string text = string.Join('\n', pixels.Select(s => $"a{s.Pixel} = TSimd.MultiplyAdd(value, k{(3 * row) + s.Weight}, a{s.Pixel});")
            .Zip(pixels, (line, s) => s.Pixel == first ? line : $"if (sizeof(TPixels) > {s.Pixel})\n    {line}").Reverse().Prepend($"value = *(TVector*)({(row == 0 ? "upper" : row == 1 ? "middle" : "lower")} + {column} * Lanes);"));
        return first == 0 ? text : $"if (sizeof(TPixels) > {first})\n{{\n    {text.Replace("\n", "\n    ")}\n}}";
    }

    /// <summary>Some columns of every row of a depthwise convolution of any window, of which one weight after the other meets all pixels of a tile.</summary>
    public static string DepthwiseOfAnySize => File("using System.Runtime.CompilerServices;", "Float32Kernels", Text($$"""
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void WindowTiles<TSimd, TVector, TStride, TActivation>(int pixels, in DepthwiseOperands operands, int column, int tiles)
            where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged where TStride : unmanaged, IConstant where TActivation : struct, IFloat32Activation
        {
            {{Switch("pixels", i => $"WindowTiles<TSimd, TVector, N{i}, TStride, TActivation>(operands, column, tiles)")}}
        }

        /// <summary>Some columns of every row, in tiles of neighbouring pixels whose sums stay in registers. The JIT compiles this for every number of pixels in use, and drops those beyond it.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void WindowTiles<TSimd, TVector, TPixels, TStride, TActivation>(in DepthwiseOperands operands, int column, int tiles)
            where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged where TPixels : unmanaged, IConstant where TStride : unmanaged, IConstant where TActivation : struct, IFloat32Activation
        {
            FeatureMap<float> input = operands.Input, output = operands.Output;
            TVector first = TSimd.Create(operands.First), second = TSimd.Create(operands.Second);
            int kernel = operands.Kernel, endRow = operands.FirstRow + operands.RowCount;
            nint step = (nint)sizeof(TPixels) * operands.Stride * Lanes, inputColumn = (nint)(column * operands.Stride - operands.PadLeft) * Lanes;
            for (int channel = 0; channel < operands.Blocks * Lanes; channel += sizeof(TVector) / sizeof(float))
            {
                nint block = channel / Lanes, lane = channel % Lanes;
                float* weights = operands.Weights + block * kernel * kernel * Lanes + lane;
                float** rows = operands.Rows;
                for (int y = operands.FirstRow; y < endRow; y++, rows += operands.Stride)
                {
                    nint start = block * input.BlockStride + lane + inputColumn;
                    float* target = output.Row(y) + block * output.BlockStride + lane + (nint)column * Lanes;
                    for (int tile = 0; tile < tiles; tile++, start += step, target += sizeof(TPixels) * Lanes)
                    {
                        TVector a0 = *(TVector*)(operands.Bias + channel), {{Copies("a")}};
                        float* taps = weights;
                        for (int i = 0; i < kernel; i++)
                        {
                            float* source = rows[i] + start;
                            for (float* end = source + kernel * Lanes; source < end; source += Lanes, taps += Lanes)
                            {
                                TVector weight = *(TVector*)taps;
                                {{Pixels(i => $"a{i} = TSimd.MultiplyAdd(*(TVector*)(source + {i} * sizeof(TStride) * Lanes), weight, a{i});")}}
                            }
                        }

                        {{Pixels(i => $"TSimd.Store<TActivation>(a{i}, first, second, target + {i * 16});")}}
                    }
                }
            }
        }
        """));

    /// <summary>
    /// A row of tiles of a network's first layer, 3×3 with stride 2 on pixels of three values: 16 output pixels by one vector of channels. So a value that is loaded meets a single weight, and
    /// loads would be what limits; but the last column of a window is the first of the next, so that one load serves both. Pixel after pixel meets three weights, so that the first sums of
    /// a tile are ready to be stored while the last are not.
    /// </summary>
    public static string Stem => File("using System.Runtime.CompilerServices;", "Float32Kernels", Text($$"""
        /// <summary>Output pixels of a stem tile, of which the rows of all published networks are multiples.</summary>
        private const int StemPixels = {{StemPixels.ToString()}};

        /// <summary>Tiles of a network's first layer: a value that two windows share is loaded once.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void StemTiles<TSimd, TVector, TActivation>(in ConvolutionOperands operands, in TileRow row, int channels)
            where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged where TActivation : struct, IFloat32Activation
        {
            const int Values = 3, Step = 2 * Values;
            TVector first = TSimd.Create(operands.First), second = TSimd.Create(operands.Second);
            for (int channel = 0; channel < channels; channel += sizeof(TVector) / sizeof(float))
            {
                nint block = channel / Lanes, lane = channel % Lanes;
                for (nint x = 0; x < row.Columns; x += StemPixels)
                {
                    TVector a0 = TSimd.LoadOutputs(operands.Bias + channel), {{Copies("a", StemPixels)}};
                    float* weights = operands.Weights + block * operands.Panel + lane;
                    for (int window = 0; window < 3; window++, weights += 2 * Values * Lanes)
                    {
                        float* source = operands.Windows[window] + x * Step;
                        for (float* end = source + Values; source < end; source++, weights += Lanes)
                        {
                            TVector left = TSimd.LoadWeights(weights), centre = TSimd.LoadWeights(weights + Values * Lanes), right = TSimd.LoadWeights(weights + 2 * Values * Lanes);
                            a0 = TSimd.MultiplyAdd(source, left, a0);
                            {{Lines(StemPixels - 1, i => $"StemColumns<TSimd, TVector>(source + ({i} * Step + Values), left, centre, right, ref a{i}, ref a{i + 1});")}}
                            a15 = TSimd.MultiplyAdd(source + (15 * Step + 2 * Values), right, TSimd.MultiplyAdd(source + (15 * Step + Values), centre, a15));
                        }
                    }

                    float* output = row.Output + block * operands.Output.BlockStride + lane + x * Lanes;
                    {{Lines(StemPixels, i => $"TSimd.Store<TActivation>(a{i}, first, second, output + {i * 16});")}}
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
        """));
}
