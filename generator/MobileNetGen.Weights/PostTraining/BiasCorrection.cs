using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>
/// Rounding moves the mean of every channel a little, and what moves all pixels of a channel alike does not cancel out in the layers behind it. So the
/// real and the quantised network are run side by side, layer by layer, and each layer's biases take back the mean difference in its channels, that
/// of the layers before it included (empirical bias correction, arXiv:1906.04721, section 4.2).
/// </summary>
internal sealed class BiasCorrection
{
    private const int LargestBias = 1 << 30;

    // A channel's mean over all pixels of these many images is as good as that over hundreds.
    private const int MaximumImages = 32;

    // Four maps of each image are alive at a time: together at most a gigabyte.
    private const long MaximumValues = 1L << 26;

    private readonly Network _network;
    private readonly Dictionary<string, float[][]> _real = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float[][]> _quantized = new(StringComparer.Ordinal);

    /// <summary>Begins before the first layer.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">How many images there are, of which a part is used.</param>
    /// <param name="input">The prepared input of an image.</param>
    public BiasCorrection(Network network, int images, Func<int, float[]> input)
    {
        long largest = network.Layers.Max(l => Math.Max(l.Input.Length, l.Output.Length));
        _network = network;
        Images = (int)Math.Min(images, Math.Clamp(MaximumValues / largest, 1, MaximumImages));
        float[][] chosen = [.. Enumerable.Range(0, Images).Select(i => input((int)((long)i * images / Images)))];
        _real[Network.InputName] = _quantized[Network.InputName] = chosen;
    }

    /// <summary>How many images are run.</summary>
    public int Images { get; }

    /// <summary>Runs the next layer and corrects its biases.</summary>
    /// <param name="real">The layer with its real weights.</param>
    /// <param name="quantized">The layer quantised, with the scale of its result.</param>
    /// <param name="input">The scale of what it reads.</param>
    /// <returns>The quantised layer with new biases.</returns>
    public TrainedLayer Apply(TrainedLayer real, TrainedLayer quantized, TensorScale input)
    {
        // Means are those before the activation, which biases shift as they are.
        TrainedLayer linear = real with { Layer = real.Layer with { Activation = Activation.Linear } };
        TrainedLayer rounded = quantized.Filter is QuantizedFilter filter ? linear with { Filter = Dequantize(real.Layer, filter, input.Scale) } : linear;
        float[][] expected = new float[Images][], actual = new float[Images][];
        Parallel.For(0, Images, image =>
        {
            expected[image] = FloatReference.Run(linear, [.. real.Layer.Inputs.Select(name => _real[name][image])]);
            actual[image] = FloatReference.Run(rounded, [.. real.Layer.Inputs.Select(name => _quantized[name][image])]);
        });

        TrainedLayer result = quantized;
        if (quantized.Filter is QuantizedFilter before)
        {
            int[] change = Change(before, input.Scale, expected, actual);
            result = quantized with { Filter = before with { Bias = [.. before.Bias.Zip(change, (bias, c) => (int)Math.Clamp((long)bias + c, -LargestBias, LargestBias))] } };
            float[] shift = [.. change.Select((c, channel) => (float)((double)c * input.Scale * before.Scales[channel]))];
            Parallel.For(0, Images, image => Shift(actual[image], shift));
        }

        Parallel.For(0, Images, image =>
        {
            FloatReference.Activate(real.Layer.Activation, expected[image]);
            if (quantized.Function is { } function)
                Round(actual[image], function.Linear);
            FloatReference.Activate(real.Layer.Activation, actual[image]);
            Round(actual[image], quantized.Output!.Value);
        });
        _real[real.Layer.Name] = expected;
        _quantized[real.Layer.Name] = actual;
        Forget(real.Layer.Name);
        return result;
    }

    private static FloatFilter Dequantize(Layer layer, QuantizedFilter filter, float inputScale) => new(
        [.. filter.Weights.Select((w, i) => w * filter.Scales[FilterQuantizer.Channel(layer, i)])],
        [.. filter.Bias.Select((b, n) => (float)((double)b * inputScale * filter.Scales[n]))]);

    /// <summary>The mean difference of each channel, as a bias. Images are added up in their order.</summary>
    private static int[] Change(QuantizedFilter filter, float inputScale, float[][] expected, float[][] actual)
    {
        int channels = filter.Bias.Length;
        var sums = new double[channels];
        for (int image = 0; image < expected.Length; image++)
        {
            for (int i = 0; i < expected[image].Length; i++)
                sums[i % channels] += (double)expected[image][i] - actual[image][i];
        }

        double pixels = (double)expected.Length * expected[0].Length / channels;
        return [.. sums.Select((sum, n) => (int)Math.Clamp(Math.Round(sum / pixels / ((double)inputScale * filter.Scales[n])), -LargestBias, LargestBias))];
    }

    private static void Shift(float[] map, float[] shift)
    {
        for (int i = 0; i < map.Length; i++)
            map[i] += shift[i % shift.Length];
    }

    private static void Round(float[] map, TensorScale scale)
    {
        for (int i = 0; i < map.Length; i++)
            map[i] = scale.Scale * (Math.Clamp(MathF.Round(map[i] / scale.Scale) + scale.ZeroPoint, sbyte.MinValue, sbyte.MaxValue) - scale.ZeroPoint);
    }

    /// <summary>Drops the maps that no layer after this one reads.</summary>
    private void Forget(string layer)
    {
        Layer[] later = [.. _network.Layers.SkipWhile(l => l.Name != layer).Skip(1)];
        foreach (string name in _real.Keys.Where(name => !later.Any(l => l.Inputs.Contains(name))).ToArray())
        {
            _real.Remove(name);
            _quantized.Remove(name);
        }
    }
}
