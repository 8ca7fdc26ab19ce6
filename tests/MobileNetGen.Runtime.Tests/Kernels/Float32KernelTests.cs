using System;
using System.Linq;
using CsCheck;
using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Runtime.Tests.Kernels;

public sealed unsafe class Float32KernelTests
{
    private const float Infinity = float.PositiveInfinity;

    public static TheoryData<int, int, int, int, int> WindowShapes => new()
    {
        // height, width, kernel, stride, channels
        { 7, 7, 3, 1, 16 },
        { 8, 14, 3, 2, 40 },
        { 9, 13, 3, 2, 17 },
        { 5, 6, 1, 1, 16 },
        { 6, 12, 5, 1, 3 },
        { 11, 19, 5, 2, 33 },
        { 1, 1, 3, 1, 5 },
    };

    /// <summary>Every way to split a row into register tiles.</summary>
    public static TheoryData<int> Widths => [.. Enumerable.Range(1, 33)];

    [Theory]
    [MemberData(nameof(WindowShapes))]
    public void Convolution_equals_its_definition(int height, int width, int kernel, int stride, int channels)
    {
        CheckConvolution(Window.Same(height, width, kernel, stride), inputs: channels, lanes: 16, outputs: 24, min: -Infinity, max: Infinity);
        CheckConvolution(Window.Symmetric(height, width, kernel, stride), inputs: channels, lanes: 16, outputs: 16, min: 0, max: 6);
        CheckConvolution(Window.Same(height, width, kernel, stride), inputs: 3, lanes: 3, outputs: 24, min: 0, max: 6);
        CheckConvolution(Window.Symmetric(height, width, kernel, stride), inputs: 1, lanes: 1, outputs: 8, min: 0, max: Infinity);
    }

    [Theory]
    [MemberData(nameof(WindowShapes))]
    public void An_activation_may_be_any_function(int height, int width, int kernel, int stride, int channels)
    {
        CheckConvolution(Window.Same(height, width, kernel, stride), channels, lanes: 16, outputs: 24, default(HardSwish), HardSwish.Definition);
        CheckConvolution(Window.Symmetric(height, 2 * width, kernel, stride), inputs: 3, lanes: 3, outputs: 40, default(HardSwish), HardSwish.Definition);
        CheckDepthwise(Window.Same(height, width, kernel, stride), channels, default(HardSwish), HardSwish.Definition);
        foreach (int outputs in new[] { 16, 24, 72 })
        {
            CheckPointwise(height, width, channels, outputs, residual: false, inPlace: false, default(HardSwish), HardSwish.Definition);
            CheckPointwise(height, width, channels, outputs, residual: true, inPlace: true, default(HardSwish), HardSwish.Definition);
        }
    }

    [Fact]
    public void Convolution_equals_its_definition_for_any_shape()
        => Gen.Select(Window.Any, Gen.Int[1, 35], Gen.Int[1, 35], Gen.Bool).Sample(
            (window, inputs, outputs, blocked) => CheckConvolution(window, blocked ? inputs : 3, blocked ? 16 : 3, outputs, -20, 300),
            iter: 60);

    [Theory]
    [InlineData(7, 7, 160, 48)]
    [InlineData(3, 14, 24, 144)]
    [InlineData(2, 5, 17, 8)]
    [InlineData(1, 1, 1, 1)]
    public void Pointwise_equals_its_definition(int height, int width, int inputs, int outputs)
    {
        CheckPointwise(height, width, inputs, outputs, residual: false, inPlace: false, -Infinity, Infinity);
        CheckPointwise(height, width, inputs, outputs, residual: false, inPlace: false, 0, 6);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Pointwise_equals_its_definition_at_every_width(int width)
    {
        CheckPointwise(5, width, inputs: 19, outputs: 48, residual: false, inPlace: false, -100, 100);
        CheckPointwise(1, width, inputs: 3, outputs: 16, residual: true, inPlace: true, -Infinity, Infinity);
        CheckPointwise(3, width, inputs: 16, outputs: 56, residual: true, inPlace: true, 0, 6);
    }

    [Theory]
    [InlineData(7, 7, 160, 640)]
    [InlineData(3, 13, 1500, 80)]
    [InlineData(2, 3, 5000, 33)]
    public void Pointwise_equals_its_definition_when_the_weights_exceed_the_cache(int height, int width, int inputs, int outputs)
    {
        CheckPointwise(height, width, inputs, outputs, residual: false, inPlace: false, -Infinity, Infinity);
        CheckPointwise(height, width, inputs, outputs, residual: true, inPlace: true, -1000, 1000);
    }

    [Theory]
    [InlineData(1, 14)]
    [InlineData(2, 3)]
    [InlineData(3, 5)]
    [InlineData(3, 7)]
    [InlineData(3, 10)]
    [InlineData(4, 14)]
    [InlineData(4, 20)]
    public void PointwiseAdd_crosses_the_seams_of_rings(int ring, int width)
        => TestMemory.AtBothEnds(memory =>
        {
            const int Height = 9, Inputs = 20, Outputs = 56;
            var noise = new Noise(ring);
            float[,,] input = noise.Array(Height, width, Inputs, noise.Float), added = noise.Array(Height, width, Outputs, noise.Float);
            float[,,,] weights = noise.Array(Outputs, 1, 1, Inputs, noise.Float);
            float[] bias = noise.Array(Outputs, noise.Float);
            FeatureMap<float> source = Ring(memory, ring, width, Blocked.Blocks(Inputs), halo: 1), sum = Ring(memory, ring, width, Blocked.Blocks(Outputs), halo: 0);
            var wholeSource = new MapBuffer<float>(memory, input, halo: 0, padding: 3);
            var wholeAddend = new MapBuffer<float>(memory, added, halo: 0, padding: 0);
            var target = new MapBuffer<float>(memory, Height, width, Outputs);
            float* blockedWeights = memory.Allocate<float>(Blocked.Pointwise(weights)), blockedBias = memory.Allocate<float>(Blocked.Vector(bias));
            // Half a ring first, so that every later call begins in the middle of the ring and crosses its end.
            for (int first = 0, count = (ring + 1) / 2; first < Height; first += count, count = Math.Min(ring, Height - first))
            {
                for (int row = first; row < first + count; row++)
                {
                    CopyRow(wholeSource.Map, source, row, width, wholeSource.Blocks);
                    CopyRow(wholeAddend.Map, sum, row, width, wholeAddend.Blocks);
                }
                Float32Kernels.PointwiseAdd(source, sum, blockedWeights, blockedBias, width, Inputs, Outputs, first, count, sum, new Float32Clamp(-50, 50));
                for (int row = first; row < first + count; row++)
                    CopyRow(sum, target.Map, row, width, target.Blocks);
            }
            AssertEqual(NaiveFloat32.Convolution(input, weights, bias, Window.Point(Height, width), added, x => Math.Clamp(x, -50, 50)), target);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PointwiseAdd_equals_its_definition_in_place_or_not(bool inPlace)
        => Gen.Select(Gen.Int[1, 5], Gen.Int[1, 15], Gen.Int[1, 40], Gen.Int[1, 40]).Sample(
            (height, width, inputs, outputs) => CheckPointwise(height, width, inputs, outputs, residual: true, inPlace, -100, 100),
            iter: 60);

    [Theory]
    [MemberData(nameof(WindowShapes))]
    public void Depthwise_equals_its_definition(int height, int width, int kernel, int stride, int channels)
    {
        CheckDepthwise(Window.Same(height, width, kernel, stride), channels, -Infinity, Infinity);
        CheckDepthwise(Window.Symmetric(height, width, kernel, stride), channels, 0, 6);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Depthwise_equals_its_definition_at_every_width(int width)
    {
        CheckDepthwise(Window.Same(4, width, kernel: 3, stride: 1), channels: 35, -100, 100);
        CheckDepthwise(Window.Same(5, 2 * width, kernel: 3, stride: 2), channels: 17, 0, 6);
        CheckDepthwise(Window.Symmetric(3, 2 * width - 1, kernel: 3, stride: 2), channels: 16, -Infinity, Infinity);
        CheckDepthwise(Window.Same(4, width, kernel: 5, stride: 1), channels: 35, -1000, 1000);
        CheckDepthwise(Window.Symmetric(5, 2 * width, kernel: 5, stride: 2), channels: 17, 0, 6);
    }

    /// <summary>More rows than there is a table for, and larger windows and steps than published networks have.</summary>
    [Theory]
    [InlineData(70, 9, 5, 1)]
    [InlineData(139, 6, 5, 2)]
    [InlineData(9, 20, 7, 1)]
    [InlineData(12, 31, 9, 2)]
    [InlineData(12, 13, 3, 3)]
    [InlineData(11, 9, 5, 4)]
    [InlineData(3, 4, 11, 1)]
    public void Depthwise_equals_its_definition_whichever_way_its_size_takes(int height, int width, int kernel, int stride)
        => CheckDepthwise(Window.Symmetric(height, width, kernel, stride), channels: 18, -1000, 1000);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Convolution_of_an_image_equals_its_definition_at_every_width(int width)
    {
        CheckConvolution(Window.Same(5, 2 * width, kernel: 3, stride: 2), inputs: 3, lanes: 3, outputs: 32, 0, 6);
        CheckConvolution(Window.Symmetric(5, 2 * width, kernel: 3, stride: 2), inputs: 3, lanes: 3, outputs: 56, 0, 6);
        CheckConvolution(Window.Symmetric(4, 2 * width, kernel: 3, stride: 2), inputs: 1, lanes: 1, outputs: 8, -Infinity, Infinity);
    }

    /// <summary>More weights than the cache holds, of an image and of a blocked map.</summary>
    [Fact]
    public void Convolution_equals_its_definition_when_the_weights_exceed_the_cache()
    {
        CheckConvolution(Window.Same(3, 38, kernel: 3, stride: 2), inputs: 3, lanes: 3, outputs: 2024, 0, 6);
        CheckConvolution(Window.Same(4, 9, kernel: 3, stride: 1), inputs: 150, lanes: 16, outputs: 72, -Infinity, Infinity);
    }

    [Fact]
    public void Depthwise_equals_its_definition_for_any_shape()
        => Gen.Select(Window.Any, Gen.Int[1, 40]).Sample((window, channels) => CheckDepthwise(window, channels, -20, 300), iter: 60);

    [Fact]
    public void DepthwiseMultiplier_equals_its_definition_for_any_shape()
        => Gen.Select(Window.Any, Gen.Int[1, 20], Gen.Int[1, 9]).Sample((window, channels, multiplier) => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(channels);
            float[,,] input = noise.Array(window.Height, window.Width, channels, noise.Float);
            float[,,] weights = noise.Array(window.Kernel, window.Kernel, channels * multiplier, noise.Float);
            float[] bias = noise.Array(channels * multiplier, noise.Float);
            var source = new MapBuffer<float>(memory, input, window.Halo, 0);
            var target = new MapBuffer<float>(memory, window.OutputHeight, window.OutputWidth, bias.Length);
            InTwoParts(window.OutputHeight, (first, count) => Float32Kernels.DepthwiseMultiplier(source.Map, target.Map, memory.Allocate<float>(Blocked.Depthwise(weights)), memory.Allocate<float>(Blocked.Vector(bias)),
                window.Kernel, window.Stride, window.Top, window.Left, window.OutputWidth, multiplier, target.Blocks, first, count, new Float32Clamp(-50, 50)));
            AssertEqual(memory.Once(() => NaiveFloat32.Depthwise(input, weights, bias, window, multiplier, x => Math.Clamp(x, -50, 50))), target);
        }), iter: 60);

    [Theory]
    [InlineData(3, 1, 10)]
    [InlineData(4, 1, 28)]
    [InlineData(3, 2, 14)]
    [InlineData(4, 2, 9)]
    public void A_row_by_row_plan_in_rings_equals_the_layers_one_after_another(int rows, int stride, int width)
        => TestMemory.AtBothEnds(memory =>
        {
            const int Height = 9, Inputs = 3, Channels = 35;
            var noise = new Noise(1);
            Window stem = Window.Same(Height, width, kernel: 3, stride: 1), window = Window.Same(Height, width, kernel: 3, stride);
            float[,,] image = noise.Array(Height, width, Inputs, noise.Float);
            float[,,,] stemWeights = noise.Array(Channels, 3, 3, Inputs, noise.Float);
            float[,,] depthwise = noise.Array(3, 3, Channels, noise.Float);
            float[] bias = noise.Array(Channels, noise.Float);
            float* biases = memory.Allocate<float>(Blocked.Vector(bias)), blockedStem = memory.Allocate<float>(Blocked.Convolution(stemWeights)), blockedDepthwise = memory.Allocate<float>(Blocked.Depthwise(depthwise));
            float* pixels = memory.Allocate(image);

            int blocks = Blocked.Blocks(Channels), done = 0;
            int imageStride = (width + 2) * Inputs;
            var input = new FeatureMap<float>(memory.Allocate<float>(3 * imageStride) + Inputs, imageStride, imageStride, ring: 3);
            FeatureMap<float> middle = Ring(memory, rows, width, blocks, halo: 1);
            var target = new MapBuffer<float>(memory, window.OutputHeight, window.OutputWidth, Channels);
            Halo.FillRow(input, -1, width, 1, Inputs, 1, 0f);
            Halo.FillRow(middle, -1, width, blocks, 16, 1, 0f);
            for (int y = 0; y <= Height + 1; y++)
            {
                if (y < Height)
                {
                    Float32Kernels.LoadValues(pixels, input, Inputs, Inputs, width, y, 1);
                    Halo.FillColumns(input, y, 1, width, 1, Inputs, 1, 0f);
                }
                else
                {
                    Halo.FillRow(input, y, width, 1, Inputs, 1, 0f);
                }

                int ready = y - 1;
                if (ready >= 0 && ready < Height)
                {
                    Float32Kernels.Convolution(input, Inputs, middle, blockedStem, biases, 3, 1, 1, 1, width, Inputs, blocks, ready, 1, new Float32Clamp(0, 6));
                    Halo.FillColumns(middle, ready, 1, width, blocks, 16, 1, 0f);
                }
                else if (ready == Height)
                {
                    Halo.FillRow(middle, ready, width, blocks, 16, 1, 0f);
                }
                for (; done < window.OutputHeight && done * stride - window.Top + 2 <= ready; done++)
                    Float32Kernels.Depthwise(middle, target.Map, blockedDepthwise, biases, 3, stride, window.Top, window.Left, window.OutputWidth, blocks, done, 1, new Float32Clamp(-Infinity, Infinity));
            }

            Assert.Equal(window.OutputHeight, done);
            AssertEqual(NaiveFloat32.Depthwise(NaiveFloat32.Convolution(image, stemWeights, bias, stem, null, x => Math.Clamp(x, 0, 6)), depthwise, bias, window, 1, x => x), target);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Add_equals_its_definition_in_place_or_not(bool inPlace)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(2);
            float[,,] a = noise.Array(5, 7, 35, noise.Float), b = noise.Array(5, 7, 35, noise.Float);
            var left = new MapBuffer<float>(memory, a, 1, 0);
            var right = new MapBuffer<float>(memory, b, 0, 0);
            MapBuffer<float> sum = inPlace ? left : new MapBuffer<float>(memory, 5, 7, 35);
            InTwoParts(5, (first, count) => Float32Kernels.Add(left.Map, right.Map, sum.Map, 7, 3, first, count, new Float32Clamp(0, 6)));
            var expected = new float[5, 7, 35];
            for (int y = 0; y < 5; y++)
                for (int x = 0; x < 7; x++)
                    for (int c = 0; c < 35; c++)
                        expected[y, x, c] = Math.Clamp(a[y, x, c] + b[y, x, c], 0, 6);
            AssertEqual(expected, sum);
        });

    [Theory]
    [InlineData(7, 7, 40)]
    [InlineData(3, 5, 16)]
    [InlineData(1, 1, 1)]
    public void AveragePool_is_the_sum_divided_by_the_count(int height, int width, int channels)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(3);
            float[,,] input = noise.Array(height, width, channels, noise.Float);
            var source = new MapBuffer<float>(memory, input, 0, 0);
            float* output = memory.Allocate<float>(source.Blocks * 16);
            Float32Kernels.AveragePool(source.Map, output, height, width, source.Blocks, new Float32Clamp(-1, 1));
            for (int c = 0; c < source.Blocks * 16; c++)
            {
                float sum = 0;
                for (int y = 0; y < height; y++)
                    for (int x = 0; x < width; x++)
                        sum += c < channels ? input[y, x, c] : 0;
                Assert.Equal(Math.Clamp(sum / (height * width), -1, 1), output[c]);
            }
        });

    /// <summary>Of numbers whose sums are rounded, so that another order of additions would show.</summary>
    [Theory]
    [InlineData(7, 7, 88, 1)]
    [InlineData(14, 14, 40, 4)]
    [InlineData(5, 3, 16, 4)]
    [InlineData(1, 1, 1, 1)]
    public void AveragePool_by_bands_gives_every_bit_of_the_whole_map(int height, int width, int channels, int band)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(12);
            float[,,] input = noise.Array(height, width, channels, () => noise.Integer(-1000, 1000) / 7f);
            var source = new MapBuffer<float>(memory, input, halo: 1, padding: 1000);
            var activation = new Float32Clamp(-100, 100);
            float* whole = memory.Allocate<float>(source.Blocks * 16), banded = memory.Allocate<float>(source.Blocks * 16);
            Float32Kernels.AveragePool(source.Map, whole, height, width, source.Blocks, activation);
            for (int y = 0; y < height; y += band)
                Float32Kernels.AveragePool(source.Map, banded, height, width, source.Blocks, y, Math.Min(band, height - y), activation);
            Assert.Equal(new ReadOnlySpan<float>(whole, channels).ToArray(), new ReadOnlySpan<float>(banded, channels).ToArray());
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Multiply_equals_its_definition_in_place_or_not(bool inPlace)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(13);
            float[,,] values = noise.Array(5, 7, 35, noise.Float);
            float[] factors = noise.Array(35, noise.Float);
            var map = new MapBuffer<float>(memory, values, 1, 0);
            MapBuffer<float> product = inPlace ? map : new MapBuffer<float>(memory, 5, 7, 35);
            float* blockedFactors = memory.Allocate<float>(Blocked.Vector(factors));
            InTwoParts(5, (first, count) => Float32Kernels.Multiply(map.Map, blockedFactors, product.Map, 7, 3, first, count));
            for (int y = 0; y < 5; y++)
                for (int x = 0; x < 7; x++)
                    for (int c = 0; c < 35; c++)
                        values[y, x, c] *= factors[c];
            AssertEqual(values, product);
        });

    [Fact]
    public void HSwish_and_HSigmoid_agree_with_their_definitions()
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(14);
            float[] x = [.. noise.Array(10, () => noise.Integer(-5000, 5000) / 1000f), -3, 3, 0, 1e30f, -1e30f, -2.999999f];
            float[,,] values = new float[1, 1, 16];
            Buffer.BlockCopy(x, 0, values, 0, 64);
            var map = new MapBuffer<float>(memory, values, 0, 0);
            var zero = new MapBuffer<float>(memory, new float[1, 1, 16], 0, 0);
            MapBuffer<float> swish = new(memory, 1, 1, 16), sigmoid = new(memory, 1, 1, 16);
            Float32Kernels.Add(map.Map, zero.Map, swish.Map, 1, 1, 0, 1, new Float32HSwish());
            Float32Kernels.Add(map.Map, zero.Map, sigmoid.Map, 1, 1, 0, 1, new Float32HSigmoid());
            for (int i = 0; i < 16; i++)
            {
                double gate = Math.Clamp(x[i] + 3.0, 0, 6) / 6;
                bool isExact = MathF.Abs(x[i]) >= 3;
                Assert.Equal(gate, sigmoid.At(0, 0, i), isExact ? 0 : 1e-7);
                Assert.Equal(x[i] * gate, swish.At(0, 0, i), isExact ? 0 : 3e-7);
            }
        });

    /// <summary>Where they are applied to sums of pixels, of half blocks too, of windows and of vectors.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(72)]
    public void HSwish_and_HSigmoid_are_applied_where_kernels_store(int channels)
        => TestMemory.AtBothEnds(memory =>
        {
            const int Inputs = 19;
            var noise = new Noise(15);
            float[,,] input = noise.Array(4, 5, Inputs, () => noise.Integer(-9, 9) / 8f);
            float[,,,] weights = noise.Array(channels, 1, 1, Inputs, () => noise.Integer(-9, 9) / 8f);
            float[] bias = noise.Array(channels, noise.Float);
            var source = new MapBuffer<float>(memory, input, 0, 0);
            MapBuffer<float> swish = new(memory, 4, 5, channels), sigmoid = new(memory, 1, 1, channels);
            Float32Kernels.Pointwise(source.Map, swish.Map, memory.Allocate<float>(Blocked.Pointwise(weights)), memory.Allocate<float>(Blocked.Vector(bias)), 5, Inputs, channels, 0, 4, new Float32HSwish());
            Float32Kernels.Dense(memory.Allocate<float>(Enumerable.Range(0, Inputs).Select(c => input[0, 0, c]).ToArray()), sigmoid.Map.Origin,
                memory.Allocate<float>(Blocked.Convolution(weights)), memory.Allocate<float>(Blocked.Vector(bias)), Inputs, sigmoid.Blocks, new Float32HSigmoid());

            float[,,] sums = NaiveFloat32.Convolution(input, weights, bias, Window.Point(4, 5), null, x => x);
            for (int c = 0; c < channels; c++)
            {
                Assert.Equal(Math.Clamp(sums[0, 0, c] / 6 + 0.5, 0, 1), sigmoid.At(0, 0, c), 1e-6);
                for (int x = 0; x < 20; x++)
                    Assert.Equal(sums[x / 5, x % 5, c] * Math.Clamp(sums[x / 5, x % 5, c] / 6 + 0.5, 0, 1), swish.At(x / 5, x % 5, c), 1e-5);
            }
        });

    [Theory]
    [InlineData(7, 7, 40)]
    [InlineData(3, 5, 16)]
    [InlineData(1, 1, 1)]
    public void MaxPool_is_the_largest_value_and_sees_no_halo(int height, int width, int channels)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(8);
            float[,,] input = noise.Array(height, width, channels, () => noise.Float() - 20);
            var source = new MapBuffer<float>(memory, input, halo: 1, padding: 0);
            float* output = memory.Allocate<float>(source.Blocks * 16);
            Float32Kernels.MaxPool(source.Map, output, height, width, source.Blocks);
            for (int c = 0; c < channels; c++)
                Assert.Equal(Enumerable.Range(0, height * width).Max(i => input[i / width, i % width, c]), output[c]);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Sigmoid_and_Tanh_agree_with_double_precision(int blocks)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(9);
            for (int range = 1; range <= 1000; range *= 10)
            {
                float[] x = noise.Array(blocks * 16, () => noise.Integer(-10000, 10000) * (range / 10000f));
                float* values = memory.Allocate<float>(x), output = memory.Allocate<float>(x.Length);
                Float32Kernels.Tanh(values, output, blocks);
                for (int i = 0; i < x.Length; i++)
                    Assert.Equal(Math.Tanh(x[i]), output[i], 2e-7);

                // In place.
                Float32Kernels.Sigmoid(values, values, blocks);
                for (int i = 0; i < x.Length; i++)
                    Assert.Equal(1 / (1 + Math.Exp(-x[i])), values[i], 1e-7);
            }
        });

    [Fact]
    public void Sigmoid_and_Tanh_keep_their_ends_their_middle_and_what_is_no_number()
        => TestMemory.AtBothEnds(memory =>
        {
            float[] x = [0, 1e30f, -1e30f, Infinity, -Infinity, float.NaN, 3.5f, -3.5f, 1e-20f, 20, -20, float.MaxValue, float.MinValue, 0.25f, -0.25f, float.NaN];
            float* values = memory.Allocate<float>(x), sigmoid = memory.Allocate<float>(16), tanh = memory.Allocate<float>(16);
            Float32Kernels.Sigmoid(values, sigmoid, 1);
            Float32Kernels.Tanh(values, tanh, 1);

            Assert.Equal([0.5f, 1, 0, 1, 0, float.NaN], new ReadOnlySpan<float>(sigmoid, 6).ToArray());
            Assert.Equal([0, 1, -1, 1, -1, float.NaN], new ReadOnlySpan<float>(tanh, 6).ToArray());
            Assert.Equal((1f, 0f, 1f, -1f), (sigmoid[11], sigmoid[12], tanh[11], tanh[12]));
            foreach (int i in new[] { 6, 9, 13 })
                Assert.Equal((tanh[i], 1f), (-tanh[i == 6 ? 7 : i + 1], MathF.Round(sigmoid[i] + sigmoid[i == 6 ? 7 : i + 1], 6)));
        });

    [Theory]
    [InlineData(3, 5, 16)]
    [InlineData(2, 3, 40)]
    [InlineData(4, 1, 7)]
    [InlineData(1, 1, 33)]
    [InlineData(3, 3, 1)]
    public void Flatten_brings_rows_columns_and_channels_into_their_order(int height, int width, int channels)
        => TestMemory.AtBothEnds(memory =>
        {
            CheckFlatten(memory, new Noise(10).Array(height, width, channels, new Noise(10).Float), padding: 1000f);
            CheckFlatten(memory, new Noise(11).Array(height, width, channels, new Noise(11).Byte), padding: (byte)77);
        });

    [Theory]
    [InlineData(1, 1)]
    [InlineData(100, 2)]
    [InlineData(257, 1001)]
    public void Dense_equals_its_definition(int inputs, int outputs)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(4);
            float[,,] input = noise.Array(1, 1, inputs, noise.Float);
            float[,,,] weights = noise.Array(outputs, 1, 1, inputs, noise.Float);
            float[] bias = noise.Array(outputs, noise.Float);
            var target = new MapBuffer<float>(memory, 1, 1, outputs);
            Float32Kernels.Dense(memory.Allocate(input), target.Map.Origin, memory.Allocate<float>(Blocked.Convolution(weights)), memory.Allocate<float>(Blocked.Vector(bias)), inputs, target.Blocks, new Float32Clamp(-200, Infinity));
            AssertEqual(NaiveFloat32.Convolution(input, weights, bias, Window.Point(1, 1), null, x => Math.Clamp(x, -200, Infinity)), target);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1001)]
    public void Softmax_agrees_with_double_precision(int count)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(5);
            float[] logits = noise.Array(count, () => noise.Integer(-20000, 20000) / 1000f);
            float* values = memory.Allocate<float>(logits);
            Float32Kernels.Softmax(values, values, count);
            double maximum = double.MinValue, sum = 0;
            foreach (float logit in logits)
                maximum = Math.Max(maximum, logit);
            foreach (float logit in logits)
                sum += Math.Exp(logit - maximum);
            for (int i = 0; i < count; i++)
                Assert.Equal(Math.Exp(logits[i] - maximum) / sum, values[i], 1e-6);
        });

    [Fact]
    public void Softmax_does_not_overflow_and_gives_equal_logits_equal_probabilities()
        => TestMemory.AtBothEnds(memory =>
        {
            float* values = memory.Allocate<float>([1e30f, -1e30f, 1e30f, 0, 0, 1e30f, 1e30f]);
            Float32Kernels.Softmax(values, values, 7);
            Assert.Equal([0.25f, 0, 0.25f, 0, 0, 0.25f, 0.25f], new ReadOnlySpan<float>(values, 7).ToArray());

            values = memory.Allocate<float>([0.3f, 0.3f, 0.3f, 0.3f, 0.3f, -1.7f, -1.7f]);
            Float32Kernels.Softmax(values, values, 7);
            Assert.Equal(values[0], values[4]);
            Assert.Equal(values[5], values[6]);
        });

    [Theory]
    [InlineData(3, 3, 1)]
    [InlineData(3, 3, 3)]
    [InlineData(1, 1, 1)]
    [InlineData(3, 16, 3)]
    [InlineData(5, 5, 5)]
    [InlineData(35, 16, 35)]
    public void LoadPixels_subtracts_the_mean_and_divides_by_the_deviation(int channels, int lanes, int statistics)
        => TestMemory.AtBothEnds(memory =>
        {
            const int Height = 3, Width = 13;
            var noise = new Noise(6);
            byte[,,] pixels = noise.Array(Height, Width, channels, noise.Byte);
            float[] mean = noise.Array(statistics, () => noise.Integer(0, 255) / 2f + 0.1f), std = noise.Array(statistics, () => noise.Integer(1, 255) / 2f);
            var target = new MapBuffer<float>(memory, Height, Width, channels, 1, lanes);
            byte* source = memory.Allocate(pixels);
            InTwoParts(Height, (first, count) => Float32Kernels.LoadPixels(source, target.Map, lanes, channels, Width, first, count, mean, std));
            var expected = new float[Height, Width, channels];
            for (int y = 0; y < Height; y++)
                for (int x = 0; x < Width; x++)
                    for (int c = 0; c < channels; c++)
                        expected[y, x, c] = (pixels[y, x, c] - mean[c % statistics]) / std[c % statistics];
            AssertEqual(expected, target);
        });

    [Theory]
    [InlineData(3, 3)]
    [InlineData(3, 16)]
    [InlineData(35, 16)]
    public void LoadValues_copies_and_pads_with_zero(int channels, int lanes)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(7);
            float[,,] values = noise.Array(3, 5, channels, noise.Float);
            var target = new MapBuffer<float>(memory, 3, 5, channels, 1, lanes);
            float* source = memory.Allocate(values);
            InTwoParts(3, (first, count) => Float32Kernels.LoadValues(source, target.Map, lanes, channels, 5, first, count));
            AssertEqual(values, target);
        });

    /// <summary>x · min(max(x + 3, 0), 6) / 6, of which 3 and 6 are the activation's numbers.</summary>
    private readonly struct HardSwish : IFloat32Activation
    {
        public float First => 3;

        public float Second => 6;

        public static float Definition(float x) => x * Math.Clamp(x + 3, 0, 6) / 6;

        static TVector IFloat32Activation.Apply<TSimd, TVector>(TVector value, TVector first, TVector second)
        {
            TVector zero = TSimd.Create(0), gate = TSimd.Min(TSimd.Max(TSimd.Add(value, first), zero), second);
            return TSimd.Divide(TSimd.MultiplyAdd(value, gate, zero), second);
        }
    }

    /// <summary>In whole blocks, whose last lanes are zero; neither halo nor padding lanes show.</summary>
    private static void CheckFlatten<T>(TestMemory memory, T[,,] values, T padding) where T : unmanaged
    {
        (int height, int width, int channels) = (values.GetLength(0), values.GetLength(1), values.GetLength(2));
        var source = new MapBuffer<T>(memory, values, halo: 1, padding);
        int length = height * width * channels, padded = (length + 15) / 16 * 16;
        T* output = memory.Allocate<T>(padded);
        Flattening.Flatten(source.Map, output, height, width, channels);
        Assert.Equal([.. values.Cast<T>(), .. new T[padded - length]], new ReadOnlySpan<T>(output, padded).ToArray());
    }

    private static void CheckConvolution(Window window, int inputs, int lanes, int outputs, float min, float max)
        => CheckConvolution(window, inputs, lanes, outputs, new Float32Clamp(min, max), x => Math.Clamp(x, min, max));

    private static void CheckConvolution<TActivation>(Window window, int inputs, int lanes, int outputs, TActivation activation, Func<float, float> definition)
        where TActivation : struct, IFloat32Activation
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(inputs);
            float[,,] input = noise.Array(window.Height, window.Width, inputs, noise.Float);
            float[,,,] weights = noise.Array(outputs, window.Kernel, window.Kernel, inputs, noise.Float);
            float[] bias = noise.Array(outputs, noise.Float);
            var source = new MapBuffer<float>(memory, input, window.Halo, 0, lanes);
            var target = new MapBuffer<float>(memory, window.OutputHeight, window.OutputWidth, outputs);
            float* blockedWeights = memory.Allocate<float>(Blocked.Convolution(weights)), blockedBias = memory.Allocate<float>(Blocked.Vector(bias));
            InTwoParts(window.OutputHeight, (first, count) => Float32Kernels.Convolution(source.Map, lanes, target.Map, blockedWeights, blockedBias,
                window.Kernel, window.Stride, window.Top, window.Left, window.OutputWidth, inputs, target.Blocks, first, count, activation));
            AssertEqual(memory.Once(() => NaiveFloat32.Convolution(input, weights, bias, window, null, definition)), target);
        });

    private static void CheckPointwise(int height, int width, int inputs, int outputs, bool residual, bool inPlace, float min, float max)
        => CheckPointwise(height, width, inputs, outputs, residual, inPlace, new Float32Clamp(min, max), x => Math.Clamp(x, min, max));

    private static void CheckPointwise<TActivation>(int height, int width, int inputs, int outputs, bool residual, bool inPlace, TActivation activation, Func<float, float> definition)
        where TActivation : struct, IFloat32Activation
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(outputs);
            float[,,] input = noise.Array(height, width, inputs, noise.Float), added = noise.Array(height, width, outputs, noise.Float);
            float[,,,] weights = noise.Array(outputs, 1, 1, inputs, noise.Float);
            float[] bias = noise.Array(outputs, noise.Float);

            // The lanes beyond the input's channels hold a finite number that no weight may meet.
            var source = new MapBuffer<float>(memory, input, 1, padding: 1000);
            var addend = new MapBuffer<float>(memory, added, 1, 0);
            MapBuffer<float> target = inPlace ? addend : new MapBuffer<float>(memory, height, width, outputs);
            float* blockedWeights = memory.Allocate<float>(Blocked.Pointwise(weights)), blockedBias = memory.Allocate<float>(Blocked.Vector(bias));
            InTwoParts(height, (first, count) =>
            {
                if (residual)
                    Float32Kernels.PointwiseAdd(source.Map, target.Map, blockedWeights, blockedBias, width, inputs, outputs, first, count, addend.Map, activation);
                else
                    Float32Kernels.Pointwise(source.Map, target.Map, blockedWeights, blockedBias, width, inputs, outputs, first, count, activation);
            });
            AssertEqual(memory.Once(() => NaiveFloat32.Convolution(input, weights, bias, Window.Point(height, width), residual ? added : null, definition)), target);
        });

    private static void CheckDepthwise(Window window, int channels, float min, float max)
        => CheckDepthwise(window, channels, new Float32Clamp(min, max), x => Math.Clamp(x, min, max));

    private static void CheckDepthwise<TActivation>(Window window, int channels, TActivation activation, Func<float, float> definition)
        where TActivation : struct, IFloat32Activation
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(channels);
            float[,,] input = noise.Array(window.Height, window.Width, channels, noise.Float);
            float[,,] weights = noise.Array(window.Kernel, window.Kernel, channels, noise.Float);
            float[] bias = noise.Array(channels, noise.Float);
            var source = new MapBuffer<float>(memory, input, window.Halo, 0);
            var target = new MapBuffer<float>(memory, window.OutputHeight, window.OutputWidth, channels);
            float* blockedWeights = memory.Allocate<float>(Blocked.Depthwise(weights)), blockedBias = memory.Allocate<float>(Blocked.Vector(bias));
            InTwoParts(window.OutputHeight, (first, count) => Float32Kernels.Depthwise(source.Map, target.Map, blockedWeights, blockedBias,
                window.Kernel, window.Stride, window.Top, window.Left, window.OutputWidth, target.Blocks, first, count, activation));
            AssertEqual(memory.Once(() => NaiveFloat32.Depthwise(input, weights, bias, window, 1, definition)), target);
        });

    private static FeatureMap<float> Ring(TestMemory memory, int rows, int width, int blocks, int halo)
    {
        int blockStride = (width + 2 * halo) * 16, rowStride = blocks * blockStride;
        return new FeatureMap<float>(memory.Allocate<float>(rows * rowStride) + halo * 16, rowStride, blockStride, rows);
    }

    private static void CopyRow(FeatureMap<float> from, FeatureMap<float> to, int y, int width, int blocks)
    {
        for (int block = 0; block < blocks; block++)
            new ReadOnlySpan<float>(from.Row(y) + block * from.BlockStride, width * 16).CopyTo(new Span<float>(to.Row(y) + block * to.BlockStride, width * 16));
    }

    /// <summary>The rows in two calls, the later ones first.</summary>
    private static void InTwoParts(int rows, Action<int, int> run)
    {
        run(rows / 3, rows - rows / 3);
        run(0, rows / 3);
    }

    /// <summary>Equal in every channel; the lanes beyond them are written and finite.</summary>
    private static void AssertEqual(float[,,] expected, MapBuffer<float> actual)
    {
        for (int y = 0; y < actual.Height; y++)
            for (int x = 0; x < actual.Width; x++)
                for (int c = 0; c < actual.Channels; c++)
                {
                    float value = actual.At(y, x, c);
                    if (c < expected.GetLength(2) ? value != expected[y, x, c] : !float.IsFinite(value))
                        Assert.Fail($"Row {y}, column {x}, channel {c} is {value} instead of {(c < expected.GetLength(2) ? expected[y, x, c] : "a finite number")}.");
                }
    }
}
