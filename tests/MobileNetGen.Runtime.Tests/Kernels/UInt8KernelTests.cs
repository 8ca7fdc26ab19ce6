using System;
using System.Linq;
using System.Threading;
using CsCheck;
using MobileNetGen.Runtime.Kernels;
using MobileNetGen.Weights.Numerics;

namespace MobileNetGen.Runtime.Tests.Kernels;

public sealed unsafe class UInt8KernelTests
{
    /// <summary>uint8 networks have a weight zero point and round twice; int8 ones have none and round once (or twice, in the micro runtime).</summary>
    private static readonly Gen<(sbyte WeightZeroPoint, Rounding Rounding)> s_schemes = Gen.OneOf(
        Gen.SByte.Select(zeroPoint => (zeroPoint, Rounding.Twice)),
        Gen.Const(((sbyte)0, Rounding.Once)),
        Gen.Const(((sbyte)0, Rounding.Twice)));

    public static TheoryData<int, int, int, int, int> WindowShapes => Float32KernelTests.WindowShapes;

    /// <summary>Every way to split a row into tiles.</summary>
    public static TheoryData<int> Widths => [.. Enumerable.Range(1, 33)];

    [Theory]
    [MemberData(nameof(WindowShapes))]
    public void Convolution_equals_its_definition(int height, int width, int kernel, int stride, int channels)
    {
        CheckConvolution(Window.Same(height, width, kernel, stride), channels, lanes: 16, outputs: 24, -5, Rounding.Twice);
        CheckConvolution(Window.Symmetric(height, width, kernel, stride), channels, lanes: 16, outputs: 16, 0, Rounding.Once);
        CheckConvolution(Window.Same(height, width, kernel, stride), 3, lanes: 4, outputs: 24, 127, Rounding.Twice);
        CheckConvolution(Window.Symmetric(height, width, kernel, stride), 1, lanes: 4, outputs: 8, 0, Rounding.Twice);
    }

    [Fact]
    public void Convolution_equals_its_definition_for_any_shape()
        => Gen.Select(Window.Any, Gen.Int[1, 35], Gen.Int[1, 35], Gen.Bool, s_schemes).Sample(
            (window, inputs, outputs, blocked, scheme) => CheckConvolution(window, blocked ? inputs : 3, blocked ? 16 : 4, outputs, scheme.WeightZeroPoint, scheme.Rounding),
            iter: 60);

    [Theory]
    [InlineData(7, 7, 160, 48)]
    [InlineData(3, 14, 24, 144)]
    [InlineData(2, 5, 17, 8)]
    [InlineData(1, 1, 1, 1)]
    public void Pointwise_equals_its_definition(int height, int width, int inputs, int outputs)
    {
        CheckPointwise(height, width, inputs, outputs, -128, Rounding.Twice);
        CheckPointwise(height, width, inputs, outputs, 0, Rounding.Once);
    }

    [Fact]
    public void Pointwise_is_exact_where_every_product_is_extreme()
        => TestMemory.AtBothEnds(memory =>
        {
            const int Inputs = 1024;
            foreach ((byte activation, sbyte weight, sbyte zeroPoint) in new[] { ((byte)255, (sbyte)-128, (sbyte)127), ((byte)255, (sbyte)127, (sbyte)-128), ((byte)255, (sbyte)-128, (sbyte)0) })
            {
                byte[,,] input = new Noise(0).Array(1, 5, Inputs, () => activation);
                sbyte[,,,] weights = new Noise(0).Array(16, 1, 1, Inputs, () => weight);
                Quantised q = AnyParameters(new Noise(1), 16, Inputs, zeroPoint, Rounding.Twice);
                RunPointwise(memory, input, weights, q, NaiveUInt8.Convolution(input, weights, Window.Point(1, 5), q));
            }
        });

    /// <summary>Dead channels of trained networks have biases beyond ±2³⁰.</summary>
    [Theory]
    [InlineData(-31, 3)]
    [InlineData(-20, -1)]
    public void Pointwise_and_Depthwise_are_exact_for_sums_scales_and_shifts_at_the_ends_of_their_ranges(int lowestShift, int highestShift)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(2);
            int[] biases = [int.MinValue, int.MaxValue, int.MinValue + 1, -(1 << 30), 1 << 30, 0];
            int[] multipliers = [0, 1 << 30, int.MaxValue, lowestShift == -31 ? 1 : (1 << 30) + 1];
            foreach (Rounding rounding in Enum.GetValues<Rounding>())
            {
                byte[,,] input = noise.Array(2, 7, 5, noise.Byte), channelwise = noise.Array(4, 7, 400, noise.Byte);
                sbyte[,,,] weights = noise.Array(400, 1, 1, 5, noise.SByte);
                short[,,] windows = noise.Array(3, 3, 400, () => (short)noise.Integer(-255, 255));
                var q = new Quantised(3, -7, noise.Array(400, () => biases[noise.Integer(0, 5)]), noise.Array(400, () => multipliers[noise.Integer(0, 3)]),
                    noise.Array(400, () => noise.Integer(lowestShift, highestShift)), 128, 0, 255, rounding);
                RunPointwise(memory, input, weights, q, memory.Once(() => NaiveUInt8.Convolution(input, weights, Window.Point(2, 7), q)));
                RunDepthwise(memory, channelwise, windows, Window.Same(4, 7, 3, 1), 1, q);
            }
        });

    /// <summary>Sums that become bytes in integers do so in patches, of which these maps have several, side by side and one below the other.</summary>
    [Theory]
    [InlineData(5, 300, 1)]
    [InlineData(7, 290, 2)]
    [InlineData(100, 3, 1)]
    [InlineData(180, 7, 2)]
    public void Depthwise_without_single_precision_equals_its_definition_in_every_patch(int height, int width, int stride)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(width);
            int[] biases = [int.MinValue, int.MaxValue, 1 << 30];
            byte[,,] input = noise.Array(height, width, 17, noise.Byte);
            short[,,] weights = noise.Array(3, 3, 17, () => (short)noise.Integer(-255, 255));
            Quantised q = AnyParameters(noise, 17, 9, 0, Rounding.Twice);
            for (int c = 0; c < 17; c += 5)
                q.Bias[c] = biases[c % 3];
            RunDepthwise(memory, input, weights, Window.Same(height, width, 3, stride), 1, q);
        });

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_width_equals_its_definition(int width)
    {
        CheckPointwise(3, width, 20, 24, -5, Rounding.Twice);
        CheckConvolution(Window.Same(5, 2 * width, 3, 2), 3, lanes: 4, outputs: 8, 11, Rounding.Twice);
        CheckConvolution(Window.Symmetric(3, width, 3, 1), 4, lanes: 4, outputs: 8, 0, Rounding.Once);
        CheckDepthwise(Window.Same(5, width, 3, 1), 17, 1, Rounding.Twice);
        CheckDepthwise(Window.Symmetric(5, width, 3, 2), 17, 1, Rounding.Twice);
        CheckDepthwise(Window.Same(6, width, 5, 1), 17, 1, Rounding.Twice);
        CheckDepthwise(Window.Symmetric(6, 2 * width, 5, 2), 17, 1, Rounding.Twice);
    }

    [Fact]
    public void A_row_longer_than_a_strip_equals_its_definition()
    {
        CheckPointwise(2, 261, 12, 16, 9, Rounding.Twice);
        CheckConvolution(Window.Same(3, 300, 3, 2), 3, lanes: 4, outputs: 16, -128, Rounding.Twice);
        CheckDepthwise(Window.Same(2, 261, 3, 1), 16, 1, Rounding.Twice);
        CheckDepthwise(Window.Same(5, 522, 3, 2), 16, 1, Rounding.Twice);
        CheckDepthwise(Window.Same(6, 261, 5, 1), 16, 1, Rounding.Twice);
        CheckDepthwise(Window.Same(7, 522, 5, 2), 16, 1, Rounding.Twice);
    }

    /// <summary>Larger windows and steps than published networks have.</summary>
    [Theory]
    [InlineData(9, 20, 7, 1)]
    [InlineData(14, 31, 9, 2)]
    [InlineData(12, 13, 3, 3)]
    [InlineData(11, 9, 5, 4)]
    [InlineData(23, 20, 5, 6)]
    [InlineData(3, 4, 7, 1)]
    public void Depthwise_equals_its_definition_whichever_way_its_size_takes(int height, int width, int kernel, int stride)
        => CheckDepthwise(Window.Symmetric(height, width, kernel, stride), 18, 1, Rounding.Twice);

    [Theory]
    [MemberData(nameof(WindowShapes))]
    public void An_activation_may_be_any_table(int height, int width, int kernel, int stride, int channels)
    {
        CheckConvolution(Window.Same(height, width, kernel, stride), channels, lanes: 16, outputs: 24, -7, Rounding.Twice, hasTable: true);
        CheckConvolution(Window.Symmetric(height, width, kernel, stride), inputs: 3, lanes: 4, outputs: 17, 0, Rounding.Once, hasTable: true);
        CheckDepthwise(Window.Same(height, width, kernel, stride), channels, 1, Rounding.Twice, hasTable: true);
        CheckDepthwise(Window.Symmetric(height, width, kernel, stride), channels, 3, Rounding.Once, hasTable: true);
        foreach (sbyte weightZeroPoint in new sbyte[] { -7, 0 })
        {
            CheckPointwise(height, width, channels, 72, weightZeroPoint, Rounding.Twice, hasTable: true);
            CheckPointwiseAdd(height, width, channels, 40, weightZeroPoint, Rounding.Once, inPlace: weightZeroPoint == 0, hasTable: true);
        }
    }

    /// <summary>Weights beyond 200 KB are read in another order.</summary>
    [Fact]
    public void Pointwise_with_large_weights_equals_its_definition() => CheckPointwise(13, 20, 500, 420, -1, Rounding.Twice);

    /// <summary>Machines without a dot product of bytes cut a row into strips by how much memory its channels take when they are made wide, and leave those of very many as they are.</summary>
    [Theory]
    [InlineData(2, 30, 1341, 20)]
    [InlineData(4, 9, 1341, 20)]
    [InlineData(1, 9, 2350, 20)]
    public void Pointwise_of_many_channels_equals_its_definition(int height, int width, int inputs, int outputs) => CheckPointwise(height, width, inputs, outputs, 0, Rounding.Once);

    /// <summary>The offsets of such windows are too many for the stack.</summary>
    [Fact]
    public void A_convolution_of_huge_windows_equals_its_definition() => CheckConvolution(Window.Same(2, 3, 3, 2), 7300, lanes: 16, outputs: 17, -1, Rounding.Twice);

    // Threads that hosts make may have no more than this, and an overflow would end the process.
    [Theory]
    [InlineData(7300)]
    [InlineData(200)]
    public void A_convolution_takes_little_of_a_small_stack(int inputs)
    {
        Check();
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    Check();
                }
                catch (Exception e)
                {
                    failure = e;
                }
            },
            192 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(failure);

        void Check() => CheckConvolution(Window.Same(2, 3, 3, 2), inputs, lanes: 16, outputs: 17, -1, Rounding.Twice);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PointwiseAdd_equals_its_definition_in_place_or_not(bool inPlace)
        => Gen.Select(Gen.Int[1, 5], Gen.Int[1, 15], Gen.Int[1, 40], Gen.Int[1, 40], s_schemes).Sample(
            (height, width, inputs, outputs, scheme) => CheckPointwiseAdd(height, width, inputs, outputs, scheme.WeightZeroPoint, scheme.Rounding, inPlace), iter: 60);

    /// <summary>A row longer than a strip, and more inputs than a panel's offsets have room for.</summary>
    [Theory]
    [InlineData(2, 261, 12, 17)]
    [InlineData(2, 3, 65_540, 17)]
    public void PointwiseAdd_equals_its_definition_whichever_way_its_size_takes(int height, int width, int inputs, int outputs)
    {
        foreach ((sbyte weightZeroPoint, Rounding rounding, bool inPlace) in new[] { ((sbyte)-7, Rounding.Twice, false), ((sbyte)0, Rounding.Once, true) })
            CheckPointwiseAdd(height, width, inputs, outputs, weightZeroPoint, rounding, inPlace);
    }

    [Theory]
    [MemberData(nameof(WindowShapes))]
    public void Depthwise_equals_its_definition(int height, int width, int kernel, int stride, int channels)
    {
        CheckDepthwise(Window.Same(height, width, kernel, stride), channels, 1, Rounding.Twice);
        CheckDepthwise(Window.Symmetric(height, width, kernel, stride), channels, 1, Rounding.Once);
    }

    /// <summary>Kernels that multiply bytes must see that they cannot.</summary>
    [Theory]
    [InlineData(128)]
    [InlineData(-129)]
    [InlineData(255)]
    [InlineData(-255)]
    public void Depthwise_equals_its_definition_where_one_weight_is_not_a_byte(short outlier)
    {
        foreach (int kernel in new[] { 3, 5 })
        {
            for (int tap = 0; tap < kernel * kernel; tap++)
            {
                TestMemory.AtBothEnds(memory =>
                {
                    var noise = new Noise(tap);
                    byte[,,] input = noise.Array(6, 9, 48, noise.Byte);
                    short[,,] weights = noise.Array(kernel, kernel, 48, () => (short)noise.SByte());
                    weights[tap / kernel, tap % kernel, 16 + tap % 16] = outlier;
                    RunDepthwise(memory, input, weights, Window.Same(6, 9, kernel, 1 + tap % 2), 1, AnyParameters(noise, 48, kernel * kernel, 0, Rounding.Once));
                });
            }
        }
    }

    /// <summary>The largest sums, of either sign, that weights of a byte give.</summary>
    [Fact]
    public void Depthwise_equals_its_definition_where_all_products_are_extreme()
        => TestMemory.AtBothEnds(memory =>
        {
            foreach (int kernel in new[] { 3, 5 })
            {
                var noise = new Noise(4);
                int taps = kernel * kernel;
                byte[,,] input = noise.Array(6, 9, 32, () => (byte)255);
                short[,,] weights = noise.Array(kernel, kernel, 32, () => (short)127);
                for (int i = 0; i < taps; i++)
                    for (int c = 0; c < 16; c++)
                        weights[i / kernel, i % kernel, c] = -128;
                RunDepthwise(memory, input, weights, Window.Same(6, 9, kernel, 1), 1, AnyParameters(noise, 32, taps, 0, Rounding.Once));
                RunDepthwise(memory, input, weights, Window.Same(6, 9, kernel, 2), 1, AnyParameters(noise, 32, taps, 0, Rounding.Once));
            }
        });

    [Fact]
    public void Depthwise_equals_its_definition_for_any_shape()
        => Gen.Select(Window.Any, Gen.Int[1, 40], Gen.Enum<Rounding>()).Sample((window, channels, rounding) => CheckDepthwise(window, channels, 1, rounding), iter: 60);

    [Fact]
    public void DepthwiseMultiplier_equals_its_definition_for_any_shape()
        => Gen.Select(Window.Any, Gen.Int[1, 20], Gen.Int[1, 9], Gen.Enum<Rounding>()).Sample((window, channels, multiplier, rounding) => CheckDepthwise(window, channels, multiplier, rounding), iter: 60);

    [Fact]
    public void A_depthwise_layer_reads_a_ring_of_four_rows_that_a_pointwise_layer_fills()
        => TestMemory.AtBothEnds(memory =>
        {
            const int Height = 9, Width = 10, Inputs = 18, Channels = 35;
            var noise = new Noise(3);
            byte[,,] input = noise.Array(Height, Width, Inputs, noise.Byte);
            sbyte[,,,] pointwise = noise.Array(Channels, 1, 1, Inputs, noise.SByte);
            short[,,] depthwise = noise.Array(3, 3, Channels, () => (short)noise.Integer(-255, 255));
            Quantised first = AnyParameters(noise, Channels, Inputs, -3, Rounding.Twice), second = AnyParameters(noise, Channels, 9, 0, Rounding.Twice) with { InputZeroPoint = first.OutputZeroPoint };
            sbyte* pointwiseWeights = memory.Allocate<sbyte>(Blocked.Convolution(pointwise, -3));
            short* depthwiseWeights = memory.Allocate<short>(Blocked.Depthwise(depthwise));
            int* firstChannels = ChannelsOf(memory, first, pointwise), secondChannels = ChannelsOf(memory, second, depthwise);

            int blocks = Blocked.Blocks(Channels), blockStride = (Width + 2) * 16;
            byte padding = (byte)first.OutputZeroPoint;
            var source = new MapBuffer<byte>(memory, input, halo: 0, padding: 77);
            var target = new MapBuffer<byte>(memory, Height, Width, Channels);
            var ring = new FeatureMap<byte>(memory.Allocate<byte>(4 * blocks * blockStride) + 16, blocks * blockStride, blockStride, ring: 4);
            Halo.FillRow(ring, -1, Width, blocks, 16, 1, padding);
            for (int y = 0; y <= Height; y++)
            {
                if (y < Height)
                {
                    UInt8Kernels.Pointwise(source.Map, ring, pointwiseWeights, firstChannels, Width, Inputs, blocks, y, 1, first.Requantization);
                    Halo.FillColumns(ring, y, 1, Width, blocks, 16, 1, padding);
                }
                else
                {
                    Halo.FillRow(ring, y, Width, blocks, 16, 1, padding);
                }
                if (y > 0)
                    UInt8Kernels.Depthwise(ring, target.Map, depthwiseWeights, secondChannels, 3, 1, 1, 1, Width, blocks, y - 1, 1, second.Requantization);
            }

            byte[,,] middle = NaiveUInt8.Convolution(input, pointwise, Window.Point(Height, Width), first);
            AssertEqual(NaiveUInt8.Depthwise(middle, depthwise, Window.Same(Height, Width, 3, 1), 1, second), target, second);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Add_equals_its_definition_in_place_or_not(bool inPlace)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(4);
            byte[,,] a = noise.Array(5, 7, 35, noise.Byte), b = noise.Array(5, 7, 35, noise.Byte);
            (QuantizedAdd add, Func<byte, byte, byte> definition) = AnyAdd(noise);
            var left = new MapBuffer<byte>(memory, a, 1, 0);
            var right = new MapBuffer<byte>(memory, b, 0, 0);
            MapBuffer<byte> sum = inPlace ? right : new MapBuffer<byte>(memory, 5, 7, 35);
            InTwoParts(5, (first, count) => UInt8Kernels.Add(left.Map, right.Map, sum.Map, 7, 3, first, count, add));
            Combine(a, b, definition);
            AssertEqual(a, sum);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(12)]
    public void Multiply_equals_its_definition_in_place_or_not(int width)
    {
        // Factors as of a hard sigmoid, and any; maps whose zero point is their least number, and any.
        foreach ((int zeroPoint, int factorZeroPoint, double scale) in new[] { (0, 0, 1 / 255.0), (97, 0, 1.07 / 256), (131, 128, 0.011), (0, 14, 0.0321), (128, 77, 1.4) })
        {
            foreach ((bool inPlace, bool inSinglePrecision) in new[] { (false, true), (true, true), (true, false) })
            {
                TestMemory.AtBothEnds(memory =>
                {
                    var noise = new Noise(width);
                    byte[,,] values = noise.Array(5, width, 35, noise.Byte);
                    byte[] factors = noise.Array(48, noise.Byte);
                    QuantizedMultiply multiply = Blocked.Multiply(zeroPoint, factorZeroPoint, FixedPointMultiplier.From(scale), 19, 10, 245, inSinglePrecision);
                    var map = new MapBuffer<byte>(memory, values, 1, 0);
                    MapBuffer<byte> product = inPlace ? map : new MapBuffer<byte>(memory, 5, width, 35);
                    byte* vector = memory.Allocate<byte>(factors);
                    InTwoParts(5, (first, count) => UInt8Kernels.Multiply(map.Map, vector, product.Map, width, 3, first, count, multiply));
                    for (int y = 0; y < 5; y++)
                        for (int x = 0; x < width; x++)
                            for (int c = 0; c < 35; c++)
                                values[y, x, c] = NaiveUInt8.Multiply(values[y, x, c], factors[c], multiply);
                    AssertEqual(values, product);
                });
            }
        }
    }

    [Theory]
    [InlineData(7, 7, 40)]
    [InlineData(3, 4, 16)]
    [InlineData(1, 1, 1)]
    [InlineData(2, 700, 17)]
    public void AveragePools_round_as_their_definitions_say(int height, int width, int channels)
        => CheckPool(height, width, channels, (sum, count) =>
        {
            // To the nearest, halves up for uint8 and away from zero for int8.
            int signedSum = sum - 128 * count;
            decimal mean = (decimal)sum / count, signedMean = (decimal)signedSum / count;
            return [(byte)Math.Clamp(Math.Floor(mean + 0.5m), 20, 200), (byte)Math.Clamp(Math.Round(signedMean, MidpointRounding.AwayFromZero) + 128, 20, 200)];
        },
        (map, output) => UInt8Kernels.AveragePoolUInt8(map, output, height, width, Blocked.Blocks(channels), 20, 200),
        (map, output) => UInt8Kernels.AveragePoolInt8(map, output, height, width, Blocked.Blocks(channels), 20, 200));

    [Theory]
    [InlineData(7, 7, 40, 1)]
    [InlineData(14, 14, 16, 4)]
    [InlineData(3, 700, 17, 2)]
    [InlineData(1, 1, 1, 1)]
    public void Pools_by_bands_give_the_bytes_of_the_whole_map(int height, int width, int channels, int band)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(14);
            var source = new MapBuffer<byte>(memory, noise.Array(height, width, channels, noise.Byte), halo: 1, padding: 7);
            int blocks = source.Blocks;
            Check(output => UInt8Kernels.AveragePoolUInt8(source.Map, output, height, width, blocks, 20, 200),
                (sums, output, y, count) => UInt8Kernels.AveragePoolUInt8(source.Map, sums, output, height, width, blocks, y, count, 20, 200));
            Check(output => UInt8Kernels.AveragePoolInt8(source.Map, output, height, width, blocks, 20, 200),
                (sums, output, y, count) => UInt8Kernels.AveragePoolInt8(source.Map, sums, output, height, width, blocks, y, count, 20, 200));
            Check(output => UInt8Kernels.MeanInt8(source.Map, output, height, width, blocks, 131, 0x5F123456, 1, 97),
                (sums, output, y, count) => UInt8Kernels.MeanInt8(source.Map, sums, output, height, width, blocks, y, count, 131, 0x5F123456, 1, 97));
            Check(output => UInt8Kernels.MeanUInt8(source.Map, output, height, width, blocks, 0x5F123456, -7, -12),
                (sums, output, y, count) => UInt8Kernels.MeanUInt8(source.Map, sums, output, height, width, blocks, y, count, 0x5F123456, -7, -12));

            void Check(WholePool whole, BandPool byBands)
            {
                int* sums = memory.Allocate<int>(blocks * 16);
                byte* expected = memory.Allocate<byte>(blocks * 16), actual = memory.Allocate<byte>(blocks * 16);
                whole(expected);
                for (int y = 0; y < height; y += band)
                    byBands(sums, actual, y, Math.Min(band, height - y));
                Assert.Equal(new ReadOnlySpan<byte>(expected, blocks * 16).ToArray(), new ReadOnlySpan<byte>(actual, blocks * 16).ToArray());
            }
        });

    [Theory]
    [InlineData(7, 7, 40)]
    [InlineData(3, 4, 16)]
    [InlineData(1, 1, 1)]
    public void Means_rescale_the_sum_and_round_as_their_definitions_say(int height, int width, int channels)
    {
        const int InputZeroPoint = 131, OutputZeroPoint = 97, Multiplier = 0x5F123456, Shift = 1, UnsignedShift = -5, Bias = -12;
        CheckPool(height, width, channels, (sum, count) =>
        {
            int scaled = NaiveUInt8.Rescale(sum - InputZeroPoint * count, Multiplier, Shift, Rounding.Twice);
            decimal mean = Math.Round((decimal)scaled / count, MidpointRounding.AwayFromZero);
            return [(byte)Math.Clamp(mean + OutputZeroPoint, 0, 255), (byte)Math.Clamp(NaiveUInt8.Rescale(sum, Multiplier, UnsignedShift, Rounding.Twice) + Bias, 0, 255)];
        },
        (map, output) => UInt8Kernels.MeanInt8(map, output, height, width, Blocked.Blocks(channels), InputZeroPoint, Multiplier, Shift, OutputZeroPoint),
        (map, output) => UInt8Kernels.MeanUInt8(map, output, height, width, Blocked.Blocks(channels), Multiplier, UnsignedShift, Bias));
    }

    [Theory]
    [InlineData(7, 7, 40)]
    [InlineData(3, 4, 16)]
    [InlineData(1, 1, 1)]
    [InlineData(2, 700, 17)]
    public void MaxPool_is_the_largest_byte_and_sees_no_halo(int height, int width, int channels)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(10);
            byte[,,] input = noise.Array(height, width, channels, () => (byte)noise.Integer(0, 200));
            var source = new MapBuffer<byte>(memory, input, halo: 1, padding: 255);
            byte* output = memory.Allocate<byte>(source.Blocks * 16);
            UInt8Kernels.MaxPool(source.Map, output, height, width, source.Blocks);
            for (int c = 0; c < channels; c++)
                Assert.Equal(Enumerable.Range(0, height * width).Max(i => input[i / width, i % width, c]), output[c]);
        });

    [Theory]
    [InlineData(1, 1)]
    [InlineData(99, 2)]
    [InlineData(257, 1001)]
    [InlineData(30, 64)]
    [InlineData(21, 70)]
    [InlineData(65_540, 17)]
    [InlineData(65_540, 65)]
    public void Dense_equals_its_definition(int inputs, int outputs)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(5);
            byte[,,] input = noise.Array(1, 1, inputs, noise.Byte);
            sbyte[,,,] weights = noise.Array(outputs, 1, 1, inputs, noise.SByte);
            Quantised q = AnyParameters(noise, outputs, inputs, -9, Rounding.Twice);
            var source = new MapBuffer<byte>(memory, input, 0, padding: 201);
            var target = new MapBuffer<byte>(memory, 1, 1, outputs);
            UInt8Kernels.Dense(source.Map.Origin, target.Map.Origin, memory.Allocate<sbyte>(Blocked.Convolution(weights, q.WeightZeroPoint)), ChannelsOf(memory, q, weights), inputs, target.Blocks, q.Requantization);
            AssertEqual(memory.Once(() => NaiveUInt8.Convolution(input, weights, Window.Point(1, 1), q)), target, q);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Softmax_agrees_with_double_precision_to_one_level(bool signed)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(6);
            float* table = memory.Allocate<float>(Enumerable.Range(0, 256).Select(i => (float)Math.Exp(-0.07 * (255 - i))).ToArray());
            byte[] logits = noise.Array(101, () => (byte)noise.Integer(0, 250));
            byte* output = memory.Allocate<byte>(101);
            UInt8Kernels.Softmax(memory.Allocate<byte>(logits), output, 101, table, signed);
            double sum = logits.Sum(q => Math.Exp(0.07 * (q - 250)));
            for (int i = 0; i < 101; i++)
                Assert.Equal(Math.Min(256 * Math.Exp(0.07 * (logits[i] - 250)) / sum, 255), output[i], 0.501);
        });

    [Fact]
    public void Softmax_of_one_class_saturates_and_rounding_differs_just_below_a_half()
        => TestMemory.AtBothEnds(memory =>
        {
            float* table = memory.Allocate<float>(256);
            new Span<float>(table, 256).Clear();
            table[255] = 1;
            byte* values = memory.Allocate<byte>([9]);
            UInt8Kernels.Softmax(values, values, 1, table, signed: false);
            Assert.Equal(255, values[0]);

            // 0.5 less one bit: adding 0.5 rounds up to 1, rounding does not. A third class makes the sum 2, so that the scaling is exact.
            table[254] = MathF.BitDecrement(0.5f) / 128;
            table[253] = 2 - (1 + table[254]);
            foreach ((bool signed, byte expected) in new[] { (false, (byte)1), (true, (byte)0) })
            {
                values = memory.Allocate<byte>([100, 99, 98]);
                UInt8Kernels.Softmax(values, values, 3, table, signed);
                Assert.Equal(expected, values[1]);
            }
        });

    [Theory]
    [InlineData(3, 4, 0x00, false)]
    [InlineData(3, 4, 0x80, false)]
    [InlineData(3, 4, 0x80, true)]
    [InlineData(1, 4, 0x80, false)]
    [InlineData(1, 16, 0x00, true)]
    [InlineData(35, 16, 0x80, false)]
    public void LoadPixels_flips_maps_and_pads_with_zero(int channels, int lanes, byte flip, bool mapped)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(7);
            byte[,,] pixels = noise.Array(3, 5, channels, noise.Byte);
            byte[] table = noise.Array(256, noise.Byte);
            var target = new MapBuffer<byte>(memory, 3, 5, channels, 1, lanes);
            byte* source = memory.Allocate(pixels), map = mapped ? memory.Allocate<byte>(table) : null;
            InTwoParts(3, (first, count) => UInt8Kernels.LoadPixels(source, target.Map, lanes, channels, 5, first, count, flip, map));
            for (int y = 0; y < 3; y++)
                for (int x = 0; x < 5; x++)
                    for (int c = 0; c < target.Channels; c++)
                    {
                        byte flipped = c < channels ? (byte)(pixels[y, x, c] ^ flip) : (byte)0;
                        Assert.Equal(c < channels && mapped ? table[flipped] : flipped, target.At(y, x, c));
                    }
        });

    [Fact]
    public void LoadValues_rounds_halves_away_from_zero_and_clamps()
        => TestMemory.AtBothEnds(memory =>
        {
            float[] values = [0, 0.25f, -0.25f, 0.24f, 0.75f, -0.75f, 63.5f, 1e9f, -1e9f, float.PositiveInfinity, float.NegativeInfinity, float.NaN];
            var target = new MapBuffer<byte>(memory, 1, 4, 3, 1, 4);
            UInt8Kernels.LoadValues(memory.Allocate<float>(values), target.Map, 4, 3, 4, 0, 1, scale: 0.5f, zeroPoint: 100);
            byte[] expected = [100, 101, 99, 100, 102, 98, 227, 255, 0, 255, 0, 100];
            for (int x = 0; x < 4; x++)
                for (int c = 0; c < 4; c++)
                    Assert.Equal(c < 3 ? expected[x * 3 + c] : 0, target.At(0, x, c));
        });

    [Fact]
    public void MapBytes_StoreRaw_and_Dequantize_treat_every_byte()
        => TestMemory.AtBothEnds(memory =>
        {
            byte[] all = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray(), table = new Noise(8).Array(256, new Noise(8).Byte);
            byte* values = memory.Allocate<byte>(all), output = memory.Allocate<byte>(256);
            float* reals = memory.Allocate<float>(256);

            UInt8Kernels.MapBytes(values, output, 256, memory.Allocate<byte>(table));
            Assert.Equal(table, new ReadOnlySpan<byte>(output, 256).ToArray());
            foreach (int count in new[] { 0, 1, 15, 16, 47, 64, 127, 250 })
            {
                // In place, and nothing beyond.
                byte* some = memory.Allocate<byte>(all.AsSpan(256 - count));
                UInt8Kernels.MapBytes(some, some, count, memory.Allocate<byte>(table));
                Assert.Equal(table[(256 - count)..], new ReadOnlySpan<byte>(some, count).ToArray());
            }
            UInt8Kernels.StoreRaw(values, output, 256, 0x80);
            Assert.Equal(all.Select(b => (byte)(b + 128)), new ReadOnlySpan<byte>(output, 256).ToArray());
            UInt8Kernels.Dequantize(values, reals, 256, 0.1f, 17);
            Assert.Equal(all.Select(b => 0.1f * (b - 17)), new ReadOnlySpan<float>(reals, 256).ToArray());
        });

    private static void CheckConvolution(Window window, int inputs, int lanes, int outputs, sbyte weightZeroPoint, Rounding rounding, bool hasTable = false)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(inputs);
            byte[,,] input = noise.Array(window.Height, window.Width, inputs, noise.Byte);
            sbyte[,,,] weights = noise.Array(outputs, window.Kernel, window.Kernel, inputs, noise.SByte);
            Quantised q = AnyParameters(noise, outputs, inputs * window.Kernel * window.Kernel, weightZeroPoint, rounding);
            if (hasTable)
                q = q.WithTable(memory, noise);
            var source = new MapBuffer<byte>(memory, input, window.Halo, (byte)q.InputZeroPoint, lanes);
            var target = new MapBuffer<byte>(memory, window.OutputHeight, window.OutputWidth, outputs);
            sbyte* blockedWeights = memory.Allocate<sbyte>(Blocked.Convolution(weights, weightZeroPoint));
            int* channels = ChannelsOf(memory, q, weights);
            InTwoParts(window.OutputHeight, (first, count) => UInt8Kernels.Convolution(source.Map, lanes, target.Map, blockedWeights, channels,
                window.Kernel, window.Stride, window.Top, window.Left, window.OutputWidth, inputs, target.Blocks, first, count, q.Requantization));
            AssertEqual(memory.Once(() => NaiveUInt8.Convolution(input, weights, window, q)), target, q);
        });

    private static void CheckPointwise(int height, int width, int inputs, int outputs, sbyte weightZeroPoint, Rounding rounding, bool hasTable = false)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(outputs);
            byte[,,] input = noise.Array(height, width, inputs, noise.Byte);
            sbyte[,,,] weights = noise.Array(outputs, 1, 1, inputs, noise.SByte);
            Quantised q = AnyParameters(noise, outputs, inputs, weightZeroPoint, rounding);
            if (hasTable)
                q = q.WithTable(memory, noise);
            RunPointwise(memory, input, weights, q, memory.Once(() => NaiveUInt8.Convolution(input, weights, Window.Point(height, width), q)));
        });

    private static void CheckPointwiseAdd(int height, int width, int inputs, int outputs, sbyte weightZeroPoint, Rounding rounding, bool inPlace, bool hasTable = false)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(outputs);
            byte[,,] input = noise.Array(height, width, inputs, noise.Byte), added = noise.Array(height, width, outputs, noise.Byte);
            sbyte[,,,] weights = noise.Array(outputs, 1, 1, inputs, noise.SByte);
            Quantised q = AnyParameters(noise, outputs, inputs, weightZeroPoint, rounding);
            if (hasTable)
                q = q.WithTable(memory, noise);
            (QuantizedAdd add, Func<byte, byte, byte> definition) = AnyAdd(noise, hasTable ? memory : null);

            byte[,,] expected = memory.Once(() =>
            {
                byte[,,] sums = NaiveUInt8.Convolution(input, weights, Window.Point(height, width), q);
                Combine(sums, added, definition);
                return sums;
            });
            RunPointwise(memory, input, weights, q, expected, added, add, inPlace);
        });

    private static void RunPointwise(TestMemory memory, byte[,,] input, sbyte[,,,] weights, Quantised q, byte[,,] expected, byte[,,]? added = null, QuantizedAdd add = default, bool inPlace = false)
    {
        (int height, int width, int inputs, int outputs) = (input.GetLength(0), input.GetLength(1), input.GetLength(2), weights.GetLength(0));

        // The lanes beyond the input's channels hold bytes that must not show in the result.
        var source = new MapBuffer<byte>(memory, input, 1, padding: 213);
        MapBuffer<byte>? residual = added is null ? null : new MapBuffer<byte>(memory, added, 1, 0);
        MapBuffer<byte> target = inPlace ? residual! : new MapBuffer<byte>(memory, height, width, outputs);
        sbyte* blockedWeights = memory.Allocate<sbyte>(Blocked.Convolution(weights, q.WeightZeroPoint));
        int* channels = ChannelsOf(memory, q, weights);
        InTwoParts(height, (first, count) =>
        {
            if (residual is null)
                UInt8Kernels.Pointwise(source.Map, target.Map, blockedWeights, channels, width, inputs, target.Blocks, first, count, q.Requantization);
            else
                UInt8Kernels.PointwiseAdd(source.Map, target.Map, blockedWeights, channels, width, inputs, target.Blocks, first, count, q.Requantization, residual.Map, add);
        });
        AssertEqual(expected, target, residual is null ? q : null);
    }

    private static void CheckDepthwise(Window window, int inputs, int multiplier, Rounding rounding, bool hasTable = false)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(inputs);
            int outputs = inputs * multiplier;
            byte[,,] input = noise.Array(window.Height, window.Width, inputs, noise.Byte);
            Quantised q = AnyParameters(noise, outputs, window.Kernel * window.Kernel, 0, rounding);
            if (hasTable)
                q = q.WithTable(memory, noise);
            RunDepthwise(memory, input, noise.Array(window.Kernel, window.Kernel, outputs, () => (short)noise.Integer(-255, 255)), window, multiplier, q);
            RunDepthwise(memory, input, noise.Array(window.Kernel, window.Kernel, outputs, () => (short)noise.SByte()), window, multiplier, q);
        });

    private static void RunDepthwise(TestMemory memory, byte[,,] input, short[,,] weights, Window window, int multiplier, Quantised q)
    {
        var source = new MapBuffer<byte>(memory, input, window.Halo, (byte)q.InputZeroPoint);
        var target = new MapBuffer<byte>(memory, window.OutputHeight, window.OutputWidth, weights.GetLength(2));
        short* blockedWeights = memory.Allocate<short>(Blocked.Depthwise(weights));
        int* channels = ChannelsOf(memory, q, weights);
        InTwoParts(window.OutputHeight, (first, count) =>
        {
            if (multiplier == 1)
                UInt8Kernels.Depthwise(source.Map, target.Map, blockedWeights, channels, window.Kernel, window.Stride, window.Top, window.Left, window.OutputWidth, target.Blocks, first, count, q.Requantization);
            else
                UInt8Kernels.DepthwiseMultiplier(source.Map, target.Map, blockedWeights, channels, window.Kernel, window.Stride, window.Top, window.Left, window.OutputWidth, multiplier, target.Blocks, first, count, q.Requantization);
        });
        AssertEqual(memory.Once(() => NaiveUInt8.Depthwise(input, weights, window, multiplier, q)), target, q);
    }

    private delegate void Pool(FeatureMap<byte> map, byte* output);

    private delegate void WholePool(byte* output);

    private delegate void BandPool(int* sums, byte* output, int firstRow, int rowCount);

    private static void CheckPool(int height, int width, int channels, Func<int, int, byte[]> definition, params Pool[] pools)
        => TestMemory.AtBothEnds(memory =>
        {
            var noise = new Noise(9);

            // Bright and dark channels, and some whose mean is close to the middle.
            byte[,,] input = new byte[height, width, channels];
            for (int c = 0; c < channels; c++)
            {
                int low = noise.Integer(0, 200), high = Math.Min(255, low + noise.Integer(0, 90));
                for (int y = 0; y < height; y++)
                    for (int x = 0; x < width; x++)
                        input[y, x, c] = (byte)noise.Integer(low, high);
            }
            var source = new MapBuffer<byte>(memory, input, 0, padding: 7);
            for (int i = 0; i < pools.Length; i++)
            {
                byte* output = memory.Allocate<byte>(source.Blocks * 16);
                pools[i](source.Map, output);
                for (int c = 0; c < source.Channels; c++)
                {
                    int sum = 0;
                    for (int y = 0; y < height; y++)
                        for (int x = 0; x < width; x++)
                            sum += source.At(y, x, c);
                    Assert.Equal(definition(sum, height * width)[i], output[c]);
                }
            }
        });

    /// <summary>Parameters under which outputs spread over the whole range: the scale is one over the sums' usual size.</summary>
    private static Quantised AnyParameters(Noise noise, int outputs, int products, sbyte weightZeroPoint, Rounding rounding)
    {
        int shift = -(int)Math.Log2(Math.Sqrt(products) * 40);
        return new Quantised(noise.Byte(), weightZeroPoint, noise.Array(outputs, () => noise.Integer(-9999, 9999)), noise.Array(outputs, () => noise.Integer(1 << 30, int.MaxValue)),
            noise.Array(outputs, () => shift + noise.Integer(-3, 0)), noise.Byte(), (byte)noise.Integer(0, 40), (byte)noise.Integer(215, 255), rounding);
    }

    private static (QuantizedAdd Add, Func<byte, byte, byte> Definition) AnyAdd(Noise noise, TestMemory? tables = null)
    {
        byte[]? table = tables is null ? null : noise.Array(256, noise.Byte);
        int[] left = [noise.Byte(), noise.Integer(1 << 30, int.MaxValue), noise.Integer(-3, 0)];
        int[] right = [noise.Byte(), 1 << 30, 0];
        int[] output = [noise.Byte(), noise.Integer(1 << 30, int.MaxValue), -19];
        return (Blocked.Add(left, right, output, 10, 245, inSinglePrecision: noise.Integer(0, 3) > 0, table is null ? null : tables!.Allocate<byte>(table)),
            (a, b) => NaiveUInt8.Add(a, b, left, right, output, 10, 245) is var sum && table is null ? sum : table![sum]);
    }

    private static int* ChannelsOf(TestMemory memory, Quantised q, sbyte[,,,] weights) => memory.Allocate<int>(memory.Once(() => Blocked.Channels(q, q.FoldedBias(output =>
    {
        int sum = 0;
        for (int i = 0; i < weights.GetLength(1); i++)
            for (int j = 0; j < weights.GetLength(2); j++)
                for (int c = 0; c < weights.GetLength(3); c++)
                    sum += weights[output, i, j, c] - q.WeightZeroPoint;
        return sum;
    }), reach: 255L * 255 * weights.GetLength(1) * weights.GetLength(2) * weights.GetLength(3))));

    private static int* ChannelsOf(TestMemory memory, Quantised q, short[,,] weights) => memory.Allocate<int>(memory.Once(() => Blocked.Channels(q, q.FoldedBias(output =>
    {
        int sum = 0;
        for (int i = 0; i < weights.GetLength(0); i++)
            for (int j = 0; j < weights.GetLength(1); j++)
                sum += weights[i, j, output];
        return sum;
    }), reach: 255L * 255 * weights.GetLength(0) * weights.GetLength(1), inSinglePrecision: true)));

    private static void Combine(byte[,,] left, byte[,,] right, Func<byte, byte, byte> operation)
    {
        for (int y = 0; y < left.GetLength(0); y++)
            for (int x = 0; x < left.GetLength(1); x++)
                for (int c = 0; c < left.GetLength(2); c++)
                    left[y, x, c] = operation(left[y, x, c], right[y, x, c]);
    }

    /// <summary>The rows in two calls, the later ones first.</summary>
    private static void InTwoParts(int rows, Action<int, int> run)
    {
        run(rows / 3, rows - rows / 3);
        run(0, rows / 3);
    }

    /// <summary>Equal in every channel. The lanes beyond them, whose multiplier is 0, hold the clamped zero point.</summary>
    private static void AssertEqual(byte[,,] expected, MapBuffer<byte> actual, Quantised? q = null)
    {
        for (int y = 0; y < actual.Height; y++)
            for (int x = 0; x < actual.Width; x++)
                for (int c = 0; c < (q is null ? expected.GetLength(2) : actual.Channels); c++)
                {
                    byte value = c < expected.GetLength(2) ? expected[y, x, c] : q!.Activate(q.OutputZeroPoint);
                    if (actual.At(y, x, c) != value)
                        Assert.Fail($"Row {y}, column {x}, channel {c} is {actual.At(y, x, c)} instead of {value}.");
                }
    }
}
