using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Tests.Packing;

/// <summary>Panels of 16 output channels, or of 8: what was packed is what was given, and what fills a panel up weighs nothing.</summary>
public class FilterPackerTests
{
    [Fact]
    public void Float_panels_hold_the_weights_and_zeros()
    {
        PackedSample sample = PackedSample.Odd("");
        Assert.Equal(11, sample.Filtered.Count());
        int halves = 0;
        foreach ((TrainedLayer trained, PackedLayer packed) in sample.Filtered)
        {
            Layer layer = trained.Layer;
            var filter = (FloatFilter)trained.Filter!;
            (int taps, int inputs) = Sizes(layer);
            bool endsInHalf = layer.Operator == Operator.Pointwise && layer.Output.Channels % 16 is > 0 and <= 8;
            halves += endsInHalf ? 1 : 0;
            for (int n = 0; n < RoundUp(layer.Output.Channels, 16); n++)
            {
                bool isHalf = endsInHalf && n / 16 == layer.Output.Channels / 16;
                int lanes = isHalf ? 8 : 16, used = isHalf ? RoundUp(inputs, 2) : inputs;
                for (int k = 0; k < taps * used && n % 16 < lanes; k++)
                {
                    float expected = n < layer.Output.Channels && k < taps * inputs ? filter.Weights[Index(layer, n, k / inputs, k % inputs)] : 0;
                    Assert.Equal(expected, sample.Float(packed.Weights!.Weights, (n / 16 * taps * inputs * 16) + (k * lanes) + (n % 16)));
                }

                Assert.Equal(n < layer.Output.Channels ? filter.Bias[n] : 0, sample.Float(packed.Weights!.Channels, n));
            }
        }

        Assert.NotEqual(0, halves);
    }

    [Theory]
    [InlineData("quantization uint8\n")]
    [InlineData("quantization int8\n")]
    public void Byte_panels_hold_the_weights_and_zero_points(string quantization)
    {
        PackedSample sample = PackedSample.Odd(quantization);
        foreach ((TrainedLayer trained, PackedLayer packed) in sample.Filtered.Where(l => l.Layer.Layer.Operator != Operator.Depthwise && l.Packed.Weights!.SixteenBitEntries == 0))
        {
            Layer layer = trained.Layer;
            var filter = (QuantizedFilter)trained.Filter!;
            (int taps, int inputs) = Sizes(layer);
            int groups = RoundUp(inputs, 4) / 4;
            Assert.Equal(filter.ZeroPoint, packed.Requantization!.WeightZeroPoint);
            for (int n = 0; n < RoundUp(layer.Output.Channels, 16); n++)
            {
                for (int tap = 0; tap < taps; tap++)
                {
                    for (int c = 0; c < groups * 4; c++)
                    {
                        int expected = n < layer.Output.Channels && c < inputs ? filter.Weights[Index(layer, n, tap, c)] : filter.ZeroPoint;
                        Assert.Equal(expected, sample.SByte(packed.Weights!.Weights, ((((((n / 16 * taps) + tap) * groups) + (c / 4)) * 16) + (n % 16)) * 4 + (c % 4)));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("quantization uint8\n")]
    [InlineData("quantization int8\n")]
    public void Depthwise_panels_hold_the_weights_less_their_zero_point(string quantization)
    {
        PackedSample sample = PackedSample.Odd(quantization);
        foreach ((TrainedLayer trained, PackedLayer packed) in sample.Filtered.Where(l => l.Layer.Layer.Operator == Operator.Depthwise))
        {
            Layer layer = trained.Layer;
            var filter = (QuantizedFilter)trained.Filter!;
            int taps = layer.Kernel * layer.Kernel, channels = layer.Output.Channels;
            Assert.Equal(0, packed.Requantization!.WeightZeroPoint);
            for (int i = 0; i < RoundUp(channels, 16) * taps; i++)
            {
                (int n, int tap) = (i / taps, i % taps);
                int expected = n < channels ? filter.Weights[(tap * channels) + n] - filter.ZeroPoint : 0;
                Assert.Equal(expected, sample.Short(packed.Weights!.Weights, (((n / 16 * taps) + tap) * 16) + (n % 16)));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("quantization uint8\n")]
    [InlineData("quantization int8\n")]
    public void Parts_start_at_multiples_of_64_bytes(string quantization)
    {
        PackedSample sample = PackedSample.Odd(quantization);
        long[] offsets =
        [
            .. sample.Filtered.SelectMany(l => new[] { l.Packed.Weights!.Weights, l.Packed.Weights.Channels }),
            .. sample.Packed.Layers.Select(l => l.SoftmaxTable).OfType<long>(),
        ];
        Assert.Equal(offsets.Length, offsets.Distinct().Count());
        Assert.All(offsets, offset => Assert.Equal(0, offset % 64));
        Assert.Equal(0, sample.Blob.Length % 64);
        Assert.Equal(sample.Blob.Length, sample.Packed.BlobBytes);
    }

    private static (int Taps, int Inputs) Sizes(Layer layer) => (layer.Kernel * layer.Kernel, layer.Operator == Operator.Depthwise ? 1 : layer.Input.Channels);

    private static int Index(Layer layer, int output, int tap, int input) => layer.Operator == Operator.Depthwise
        ? (tap * layer.Output.Channels) + output
        : (((output * layer.Kernel * layer.Kernel) + tap) * layer.Input.Channels) + input;

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
