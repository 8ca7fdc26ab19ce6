using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using CsCheck;
using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Runtime.Tests.Kernels;

public sealed unsafe class SixteenBitKernelTests
{
    [Theory]
    [InlineData(7, 7, 160, 48)]
    [InlineData(3, 14, 24, 144)]
    [InlineData(2, 5, 17, 8)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(9, 33, 70, 20)]
    [InlineData(20, 20, 36, 33)]
    public void Pointwise_equals_its_definition(int height, int width, int inputs, int outputs)
    {
        CheckPointwise(height, width, inputs, outputs, halo: 0, Rounding.Twice, hasThrees: false);
        CheckPointwise(height, width, inputs, outputs, halo: 1, Rounding.Once, hasThrees: true);
    }

    [Theory]
    [InlineData(7, 7, 160, 48)]
    [InlineData(9, 33, 70, 20)]
    public void An_activation_may_be_any_table(int height, int width, int inputs, int outputs)
    {
        CheckPointwise(height, width, inputs, outputs, halo: 0, Rounding.Twice, hasThrees: false, hasTable: true);
        CheckPointwise(height, width, inputs, outputs, halo: 1, Rounding.Once, hasThrees: true, hasTable: true);
    }

    [Fact]
    public void Pointwise_equals_its_definition_for_any_shape()
        => Gen.Select(Gen.Int[1, 5], Gen.Int[1, 33], Gen.Int[1, 99], Gen.Int[1, 40], Gen.Bool, Gen.Enum<Rounding>(), Gen.Bool).Sample(
            (height, width, inputs, outputs, halo, rounding, hasThrees) => CheckPointwise(height, width, inputs, outputs, halo ? 1 : 0, rounding, hasThrees), iter: 60);

    [Theory]
    [MemberData(nameof(UInt8KernelTests.Widths), MemberType = typeof(UInt8KernelTests))]
    public void Every_width_equals_its_definition(int width)
    {
        CheckPointwise(3, width, 20, 24, halo: 0, Rounding.Twice, hasThrees: false);
        CheckPointwise(3, width, 20, 24, halo: 0, Rounding.Twice, hasThrees: true);
        CheckConvolution(Window.Same(5, 2 * width, 3, 2), 8);
        CheckConvolution(Window.Symmetric(3, width, 3, 1), 8);
    }

    [Fact]
    public void A_row_longer_than_a_strip_equals_its_definition()
    {
        CheckPointwise(2, 261, 12, 16, halo: 0, Rounding.Twice, hasThrees: true);
        CheckConvolution(Window.Same(3, 300, 3, 2), 16);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PointwiseAdd_equals_its_definition_in_place_or_not(bool inPlace)
        => Gen.Select(Gen.Int[1, 5], Gen.Int[1, 15], Gen.Int[1, 40], Gen.Int[1, 40]).Sample(
            (height, width, inputs, outputs) => CheckPointwiseAdd(height, width, inputs, outputs, inPlace), iter: 60);

    /// <summary>A row longer than a strip, and as many inputs as are ever packed for 16 bits.</summary>
    [Theory]
    [InlineData(2, 261, 12, 17)]
    [InlineData(2, 3, 4096, 17)]
    public void PointwiseAdd_equals_its_definition_whichever_way_its_size_takes(int height, int width, int inputs, int outputs)
    {
        CheckPointwiseAdd(height, width, inputs, outputs, inPlace: false);
        CheckPointwiseAdd(height, width, inputs, outputs, inPlace: true);
    }

    private static void CheckPointwiseAdd(int height, int width, int inputs, int outputs, bool inPlace)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(outputs);
            QuantizedAdd add = Blocked.Add([3, 1 << 30, -1], [250, 1_900_000_000, -2], [120, 1_500_000_000, -19], 10, 245, inSinglePrecision: outputs > 20);
            var layer = new Layer(memory, noise, inputs, outputs, Rounding.Twice, hasThrees: outputs % 2 == 0);
            byte[,,] input = noise.Array(height, width, inputs, noise.Byte), added = noise.Array(height, width, outputs, noise.Byte);
            byte[,,] expected = memory.Once(() =>
            {
                byte[,,] sums = NaiveUInt8.Convolution(input, layer.Weights, Window.Point(height, width), layer.Parameters);
                for (int y = 0; y < height; y++)
                    for (int x = 0; x < width; x++)
                        for (int c = 0; c < outputs; c++)
                            sums[y, x, c] = NaiveUInt8.Add(sums[y, x, c], added[y, x, c], [3, 1 << 30, -1], [250, 1_900_000_000, -2], [120, 1_500_000_000, -19], 10, 245);
                return sums;
            });

            var source = new MapBuffer<byte>(memory, input, 0, padding: 255);
            var residual = new MapBuffer<byte>(memory, added, 0, padding: 9);
            MapBuffer<byte> target = inPlace ? residual : new MapBuffer<byte>(memory, height, width, outputs);
            UInt8Kernels.PointwiseAddSixteenBit(source.Map, target.Map, layer.Panels, layer.Channels, layer.Entries, layer.HasThrees, width, target.Blocks, 0, height, layer.Parameters.Requantization, residual.Map, add);
            AssertEqual(expected, target);
        });

    /// <summary>Windows of one pixel are those of pointwise layers.</summary>
    public static IEnumerable<object[]> Windows => UInt8KernelTests.WindowShapes.Where(shape => (int)shape[2] > 1);

    [Theory]
    [MemberData(nameof(Windows))]
    public void Convolution_equals_its_definition(int height, int width, int kernel, int stride, int outputs)
    {
        CheckConvolution(Window.Same(height, width, kernel, stride), outputs);
        CheckConvolution(Window.Symmetric(height, width, kernel, stride), outputs);
    }

    [Fact]
    public void Convolution_reads_a_ring()
        => TestMemory.AtBothEnds(memory =>
        {
            const int Height = 9, Width = 15, Outputs = 20, Stride = (Width + 2) * 4;
            var noise = new Noise(5);
            var layer = new Layer(memory, noise, 9 * 4, Outputs, Rounding.Twice);
            byte[,,] input = noise.Array(Height, Width, 4, noise.Byte), expected = NaiveUInt8.Convolution(input, Windowed(layer.Weights, 3), Window.Same(Height, Width, 3, 1), layer.Parameters);
            byte padding = (byte)layer.Parameters.InputZeroPoint;
            var ring = new FeatureMap<byte>(memory.Allocate<byte>(3 * Stride) + 4, Stride, Stride, ring: 3);
            var target = new MapBuffer<byte>(memory, Height, Width, Outputs);
            for (int y = -1; y <= Height; y++)
            {
                for (int x = -1; x <= Width; x++)
                    for (int c = 0; c < 4; c++)
                        ring.Row(y)[x * 4 + c] = y < 0 || y >= Height || x < 0 || x >= Width ? padding : input[y, x, c];
                if (y > 0)
                    UInt8Kernels.ConvolutionSixteenBit(ring, target.Map, layer.Panels, layer.Channels, 3, 1, 1, 1, layer.Entries, Width, target.Blocks, y - 1, 1, layer.Parameters.Requantization);
            }
            AssertEqual(expected, target);
        });

    private static void CheckConvolution(Window window, int outputs) => TestMemory.AtBothEnds(memory =>
    {
        var noise = new Noise(outputs);
        int kernel = window.Kernel;
        var layer = new Layer(memory, noise, kernel * kernel * 4, outputs, Rounding.Twice);
        byte[,,] input = noise.Array(window.Height, window.Width, 4, noise.Byte);
        var source = new MapBuffer<byte>(memory, input, window.Halo, (byte)layer.Parameters.InputZeroPoint, 4);
        var target = new MapBuffer<byte>(memory, window.OutputHeight, window.OutputWidth, outputs);
        UInt8Kernels.ConvolutionSixteenBit(source.Map, target.Map, layer.Panels, layer.Channels, kernel, window.Stride, window.Top, window.Left, layer.Entries,
            window.OutputWidth, target.Blocks, 0, window.OutputHeight, layer.Parameters.Requantization);
        AssertEqual(memory.Once(() => NaiveUInt8.Convolution(input, Windowed(layer.Weights, kernel), window, layer.Parameters)), target);
    });

    /// <summary>[output, 0, 0, row·column·channel] to [output, row, column, channel], four channels.</summary>
    private static sbyte[,,,] Windowed(sbyte[,,,] weights, int kernel)
    {
        var windows = new sbyte[weights.GetLength(0), kernel, kernel, 4];
        for (int o = 0; o < windows.GetLength(0); o++)
            for (int i = 0; i < kernel * kernel * 4; i++)
                windows[o, i / 4 / kernel, i / 4 % kernel, i % 4] = weights[o, 0, 0, i];
        return windows;
    }

    [Fact]
    public void Pointwise_fills_a_ring_row_by_row()
        => TestMemory.AtBothEnds(memory =>
        {
            const int Height = 9, Width = 10, Inputs = 21, Outputs = 35;
            var noise = new Noise(3);
            var layer = new Layer(memory, noise, Inputs, Outputs, Rounding.Twice);
            byte[,,] input = noise.Array(Height, Width, Inputs, noise.Byte), expected = NaiveUInt8.Convolution(input, layer.Weights, Window.Point(Height, Width), layer.Parameters);
            var source = new MapBuffer<byte>(memory, input, 0, padding: 255);
            int blocks = Blocked.Blocks(Outputs), blockStride = Width * 16;
            var ring = new FeatureMap<byte>(memory.Allocate<byte>(4 * blocks * blockStride), blocks * blockStride, blockStride, ring: 4);
            for (int y = 0; y < Height; y++)
            {
                UInt8Kernels.PointwiseSixteenBit(source.Map, ring, layer.Panels, layer.Channels, layer.Entries, layer.HasThrees, Width, blocks, y, 1, layer.Parameters.Requantization);
                for (int x = 0; x < Width; x++)
                    for (int c = 0; c < Outputs; c++)
                        Assert.Equal(expected[y, x, c], ring.Row(y)[c / 16 * blockStride + x * 16 + c % 16]);
            }
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Sums_are_exact_where_every_lane_is_full(int size)
    {
        Assert.Equal(0, Error(size, total: 128));
        Assert.Equal(0, Error(size, total: -128));
    }

    // What the packer's bound is for. vpdpbusd alone, which most machines with AVX-VNNI take, needs none, nor do the entries by twos that Arm64 takes.
    [Theory]
    [InlineData(4, 129)]
    [InlineData(4, -129)]
    [InlineData(3, 129)]
    [InlineData(3, -129)]
    public void Sums_are_wrong_where_a_lane_is_one_too_full(int size, int total)
    {
        // These tests are compiled for .NET 10, which does not know it, and run on .NET 11 too.
        bool isWide = typeof(AvxVnni).GetNestedType("V512")?.GetProperty(nameof(AvxVnni.IsSupported))?.GetValue(null) is true;
        Assert.Equal(isWide || (AvxVnni.IsSupported && !(Avx512BW.IsSupported && Processor.MixesWidths)) || AdvSimd.Arm64.IsSupported, Error(size, total) == 0);
    }

    [Fact]
    public void The_kernels_allocate_nothing()
        => TestMemory.AtBothEnds(memory =>
        {
            var layer = new Layer(memory, new Noise(4), 40, 40, Rounding.Once);
            FeatureMap<byte> input = new MapBuffer<byte>(memory, 10, 10, 40).Map, output = new MapBuffer<byte>(memory, 10, 10, 40).Map;
            var add = new QuantizedAdd(1, 1 << 30, 0, 2, 1 << 30, 0, 1 << 30, -18, 3, 0, 255);
            Assert.Equal(0, Allocations.Of(Run));

            void Run()
            {
                UInt8Kernels.PointwiseSixteenBit(input, output, layer.Panels, layer.Channels, layer.Entries, layer.HasThrees, 10, 3, 0, 10, layer.Parameters.Requantization);
                UInt8Kernels.PointwiseAddSixteenBit(input, output, layer.Panels, layer.Channels, layer.Entries, layer.HasThrees, 10, 3, 0, 10, layer.Parameters.Requantization, output, add);
            }
        });

    /// <summary>By how much the sum is wrong of a batch whose lanes each hold weights of such a total and meet activations of 255. What is more than 255 or less is cut to that.</summary>
    private static int Error(int size, int total)
    {
        int error = 0;
        TestMemory.AtBothEnds(memory =>
        {
            int weights = 2 * size, left = total;
            var lane = new int[weights];
            for (int i = 0; i < weights; i++)
                left -= lane[i] = left / (weights - i);
            SixteenBitBatch batch = new([.. Enumerable.Range(0, size).Select(e => (e, Enumerable.Range(0, 64).Select(i => (sbyte)lane[2 * e + i % 2]).ToArray()))]);
            int sum = 2 * 255 * total;
            var source = new MapBuffer<byte>(memory, new Noise(0).Array(1, 8, 4 * size, () => (byte)255), 0, padding: 255);
            var target = new MapBuffer<byte>(memory, 1, 8, 16);

            // The bias takes the exact sum away and the scale is 1, so that an exact result is the zero point.
            int* channels = memory.Allocate<int>(Blocked.Channels(Enumerable.Repeat(-sum, 16).ToArray(), Enumerable.Repeat(1 << 30, 16).ToArray(), Enumerable.Repeat(1, 16).ToArray()));
            UInt8Kernels.PointwiseSixteenBit(source.Map, target.Map, memory.Allocate<sbyte>(SixteenBitPanels.Write([[batch]])), channels, size, size == 3, 8, 1, 0, 1, new Requantization(0, 128, 0, 255, Rounding.Twice));
            for (int x = 0; x < 8; x++)
                for (int c = 0; c < 16; c++)
                    error = Math.Max(error, Math.Abs(target.At(0, x, c) - 128));
        });
        return error;
    }

    private static void CheckPointwise(int height, int width, int inputs, int outputs, int halo, Rounding rounding, bool hasThrees, bool hasTable = false) => TestMemory.AtBothEnds(memory =>
    {
        var noise = new Noise(inputs * outputs);
        var layer = new Layer(memory, noise, inputs, outputs, rounding, hasThrees);
        Quantised parameters = hasTable ? layer.Parameters.WithTable(memory, noise) : layer.Parameters;

        // Half of the activations are the largest there is, so that full lanes are put to the test.
        byte[,,] input = noise.Array(height, width, inputs, () => noise.Integer(0, 1) == 0 ? noise.Byte() : (byte)255);
        var source = new MapBuffer<byte>(memory, input, halo, padding: 255);
        var target = new MapBuffer<byte>(memory, height, width, outputs);
        foreach ((int first, int count) in new[] { (height / 3, height - height / 3), (0, height / 3) })
            UInt8Kernels.PointwiseSixteenBit(source.Map, target.Map, layer.Panels, layer.Channels, layer.Entries, layer.HasThrees, width, target.Blocks, first, count, parameters.Requantization);
        AssertEqual(memory.Once(() => NaiveUInt8.Convolution(input, layer.Weights, Window.Point(height, width), parameters)), target);
    });

    private static void AssertEqual(byte[,,] expected, MapBuffer<byte> actual)
    {
        for (int y = 0; y < actual.Height; y++)
            for (int x = 0; x < actual.Width; x++)
                for (int c = 0; c < expected.GetLength(2); c++)
                {
                    if (actual.At(y, x, c) != expected[y, x, c])
                        Assert.Fail($"Row {y}, column {x}, channel {c} is {actual.At(y, x, c)} instead of {expected[y, x, c]}.");
                }
    }

    /// <summary>A layer in guarded memory, under whose parameters outputs spread over the whole range.</summary>
    private sealed class Layer
    {
        public Layer(TestMemory memory, Noise noise, int inputs, int outputs, Rounding rounding, bool hasThrees = false)
        {
            SixteenBitBatch[][] panels = SixteenBitPanels.Any(noise, outputs, inputs, hasThrees);
            HasThrees = hasThrees;
            Weights = SixteenBitPanels.Weights(panels, outputs, inputs);
            Panels = memory.Allocate<sbyte>(SixteenBitPanels.Write(panels));
            Entries = panels.Max(p => p.Sum(b => b.Entries.Length));
            int shift = -(int)Math.Log2(Math.Sqrt(inputs) * 40);
            Parameters = new Quantised(noise.Byte(), 0, noise.Array(outputs, () => noise.Integer(-9999, 9999)), noise.Array(outputs, () => noise.Integer(1 << 30, int.MaxValue)),
                noise.Array(outputs, () => shift + noise.Integer(-3, 0)), noise.Byte(), (byte)noise.Integer(0, 40), (byte)noise.Integer(215, 255), rounding);
            Channels = memory.Allocate<int>(memory.Once(() => Blocked.Channels(
                Parameters, Parameters.FoldedBias(output => Enumerable.Range(0, inputs).Sum(c => Weights[output, 0, 0, c])), reach: 255L * 128 * inputs)));
        }

        public sbyte[,,,] Weights { get; }

        public sbyte* Panels { get; }

        public int Entries { get; }

        public bool HasThrees { get; }

        public int* Channels { get; }

        public Quantised Parameters { get; }
    }
}
