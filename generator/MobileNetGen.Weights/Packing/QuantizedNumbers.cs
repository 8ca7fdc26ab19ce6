using System;
using System.Collections.Immutable;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Runtime.Kernels;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Numerics;

namespace MobileNetGen.Weights.Packing;

/// <summary>
/// The integers with which a quantised layer is computed, by TensorFlow Lite's rules. Zero points and clamps go in and come out in the
/// network's own domain and leave in the kernels' unsigned one, where int8 values are 128 larger.
/// </summary>
internal sealed class QuantizedNumbers(Network network)
{
    /// <summary>What the unsigned domain adds to values of the network's own.</summary>
    public int Offset { get; } = network.Quantization == Quantization.Int8 ? 128 : 0;

    public int ToUnsigned(int zeroPoint) => zeroPoint + Offset;

    public TensorScale ToUnsigned(TensorScale scale) => scale with { ZeroPoint = ToUnsigned(scale.ZeroPoint) };

    /// <summary>Writes what each block of output channels is rescaled with.</summary>
    public long Channels(Blob blob, TrainedLayer layer, QuantizedFilter filter, TensorScale input, TensorScale output)
    {
        const int lanes = BlobLayout.Lanes;
        int channels = layer.Layer.Output.Channels;
        ChannelSums[] sums = Sums(layer.Layer, filter, ToUnsigned(input.ZeroPoint));
        PackedRequantization requantization = Requantization(layer, filter, output);

        long offset = blob.Begin();
        for (int block = 0; block < channels; block += lanes)
        {
            var own = new ChannelSums[lanes];
            var rescalings = new IntegerRescaling[lanes];
            for (int i = 0; i < lanes; i++)
            {
                bool isUsed = block + i < channels;
                own[i] = isUsed ? sums[block + i] : default;
                rescalings[i] = new IntegerRescaling(isUsed ? FixedPointMultiplier.From(Factor(filter.Scales, block + i, input, output)) : default, requantization);
            }

            SinglePrecisionScale[]? scales = SinglePrecisionScale.FindBlock(rescalings, Array.ConvertAll(own, sum => (sum.Least, sum.Most)), layer.Layer.IsDepthwise);
            var numbers = new int[RescalingLayout.Length];
            for (int i = 0; i < lanes; i++)
            {
                SinglePrecisionScale? scale = scales?[i];
                numbers[i] = unchecked((int)(own[i].Bias + (scale is { } s ? s.Shift + SinglePrecisionScale.OriginBits : 0)));
                numbers[RescalingLayout.Gain + i] = BitConverter.SingleToInt32Bits(scale?.Gain ?? float.NaN);
                numbers[RescalingLayout.Factor + i] = BitConverter.SingleToInt32Bits(scale?.Factor ?? 0);
                numbers[RescalingLayout.Offset + i] = BitConverter.SingleToInt32Bits(scale?.Offset ?? 0);
                numbers[RescalingLayout.Integers + i] = unchecked((int)own[i].Bias);
                numbers[RescalingLayout.Multiplier + i] = rescalings[i].Multiplier.Multiplier;
                numbers[RescalingLayout.Shift + i] = rescalings[i].Multiplier.Shift;
            }

            foreach (int number in numbers)
                blob.Write(number);
        }

        return offset;
    }

    /// <summary>
    /// sx · sw / sy. One scale for the tensor is multiplied in single precision, one a channel in double (TFLite's <c>GetQuantizedConvolutionMultipler</c>
    /// and <c>PopulateConvolutionQuantizationParams</c>): the mantissas differ in most layers.
    /// </summary>
    private static double Factor(ImmutableArray<float> weights, int channel, TensorScale input, TensorScale output) => weights.Length == 1
        ? (double)(float)(input.Scale * weights[0]) / output.Scale
        : (double)input.Scale * weights[channel] / output.Scale;

    /// <summary>What the sums of a channel start with, and what they can be.</summary>
    /// <param name="Bias">bias − zx · Σ (w − zw), so that kernels need not subtract the input's zero point.</param>
    /// <param name="Least">The sum where activations are 255 exactly where weights are negative.</param>
    /// <param name="Most">The sum where they are 255 exactly where weights are positive.</param>
    private readonly record struct ChannelSums(long Bias, long Least, long Most);

    private static ChannelSums[] Sums(Layer layer, QuantizedFilter filter, int inputZeroPoint)
    {
        int outputs = layer.Output.Channels, perOutput = filter.Weights.Length / outputs;
        var (positive, negative) = (new long[outputs], new long[outputs]);
        for (int i = 0; i < filter.Weights.Length; i++)
        {
            int weight = filter.Weights[i] - filter.ZeroPoint;
            (weight > 0 ? positive : negative)[layer.IsDepthwise ? i % outputs : i / perOutput] += weight;
        }

        var sums = new ChannelSums[outputs];
        for (int n = 0; n < outputs; n++)
        {
            long bias = filter.Bias[n] - (inputZeroPoint * (positive[n] + negative[n]));
            sums[n] = new ChannelSums(bias, bias + (byte.MaxValue * negative[n]), bias + (byte.MaxValue * positive[n]));
        }

        return sums;
    }

    public PackedRequantization Requantization(TrainedLayer layer, QuantizedFilter filter, TensorScale output)
    {
        // uint8 rounds twice everywhere, int8 where the operator is a depthwise convolution or the text says so.
        bool twice = network.Quantization == Quantization.UInt8 || network.Rounding == RoundingMode.Twice || layer.StoredAsDepthwise;
        (int min, int max) = Clamp(layer.Layer.Activation, output);
        int weightZeroPoint = layer.Layer.IsDepthwise ? 0 : filter.ZeroPoint;
        return new PackedRequantization(weightZeroPoint, ToUnsigned(output.ZeroPoint), min, max, twice ? RoundingMode.Twice : RoundingMode.Once);
    }

    /// <summary>Smallest and largest result, by TFLite's <c>CalculateActivationRangeQuantized</c>; all bytes, where the activation is a table behind them.</summary>
    public (int Min, int Max) Clamp(Activation activation, TensorScale output) => ClampUnsigned(activation, ToUnsigned(output));

    /// <summary>The same of bytes in the unsigned domain.</summary>
    public static (int Min, int Max) ClampUnsigned(Activation activation, TensorScale output)
    {
        int zero = output.ZeroPoint;
        int six = zero + (int)Math.Min(MathF.Round(6f / output.Scale, MidpointRounding.AwayFromZero), 1 << 20);
        return (activation is Activation.Relu or Activation.Relu6 ? Math.Max(0, zero) : 0, activation == Activation.Relu6 ? Math.Min(255, six) : 255);
    }

    /// <summary>Writes the 256 bytes that requantise one meaning to another (TFLite's QUANTIZE), or nothing where the bytes stay as they are.</summary>
    /// <returns>The offset, or null.</returns>
    public static long? Table(Blob blob, TensorScale from, TensorScale to)
    {
        if (from == to)
            return null;
        FixedPointMultiplier factor = FixedPointMultiplier.From((double)from.Scale / to.Scale);
        bool same = from.Scale == to.Scale;
        long offset = blob.Begin();
        for (int q = 0; q < 256; q++)
        {
            int x = q - from.ZeroPoint;
            blob.Write((byte)Math.Clamp((same ? x : factor.ApplyRoundingTwice(x)) + to.ZeroPoint, 0, 255));
        }

        return offset;
    }
}
