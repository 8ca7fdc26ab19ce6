using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Operators;

namespace MobileNetGen.Weights.Reference;

/// <summary>
/// Runs a quantised network by TensorFlow Lite's rules as they are written down: height × width × channels, each zero point subtracted where
/// the formula has it, no packed weights, no folded biases, no table but the softmax's. Values are in the network's own domain.
/// </summary>
public sealed class QuantizedReference
{
    /// <summary>The name of what the caller gets; where that is real numbers, of the bytes that they are made of.</summary>
    public const string ResultName = "(result)";

    private readonly TrainedNetwork _trained;
    private readonly Dictionary<string, TensorScale> _scales = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int[]> _results = new(StringComparer.Ordinal);

    private QuantizedReference(TrainedNetwork trained)
    {
        _trained = trained;
        _scales[Network.InputName] = trained.Input!.Value;
        foreach (TrainedLayer layer in trained.Layers)
            _scales[layer.Layer.Name] = layer.Output!.Value;
    }

    internal bool IsSigned => _trained.Network.Quantization == Quantization.Int8;

    internal int Lowest => IsSigned ? -128 : 0;

    internal int Highest => IsSigned ? 127 : 255;

    /// <summary>The result of every layer, the input of the first and the output of the last.</summary>
    /// <param name="trained">A quantised network.</param>
    /// <param name="input">What the caller gives, H·W·C; where that is real numbers, what the first layer reads.</param>
    public static IReadOnlyDictionary<string, int[]> Run(TrainedNetwork trained, int[] input) => new QuantizedReference(trained).Run(input);

    private Dictionary<string, int[]> Run(int[] input)
    {
        _results[Network.InputName] = _trained.OuterInput is { } outer ? Convert(input, outer, _trained.Input!.Value, IsSigned) : input;
        foreach (TrainedLayer layer in _trained.Layers)
            _results[layer.Layer.Name] = Activate(layer, TrainedOperator.Of(layer.Layer).Compute(layer, this));

        string last = _trained.Layers[^1].Layer.Name;
        _results[ResultName] = _trained.OuterOutput is { } result ? Convert(_results[last], _scales[last], result, _trained.Network.OutputType == Quantization.Int8) : _results[last];
        return _results;
    }

    /// <summary>QUANTIZE.</summary>
    private static int[] Convert(int[] values, TensorScale from, TensorScale to, bool signed)
    {
        if (from == to)
            return values;
        ExactMultiplier factor = ExactMultiplier.Of((double)from.Scale / to.Scale);
        return [.. values.Select(q => Math.Clamp(RoundTwice(factor, q - from.ZeroPoint) + to.ZeroPoint, signed ? -128 : 0, signed ? 127 : 255))];
    }

    /// <summary>An activation that is no range to cut to.</summary>
    private int[] Activate(TrainedLayer layer, int[] values) => layer.Function is { } function ? [.. values.Select(q => function.Table[q - Lowest] + Lowest)] : values;

    /// <summary>What a layer gave, or the input.</summary>
    internal int[] Result(string layer) => _results[layer];

    /// <summary>What that means.</summary>
    internal TensorScale Scale(string layer) => _scales[layer];

    /// <summary>Runs a layer with weights.</summary>
    internal int[] Filtered(TrainedLayer trained)
    {
        Layer layer = trained.Layer;
        var filter = (QuantizedFilter)trained.Filter!;
        (TensorScale x, TensorScale y) = (_scales[layer.Inputs[0]], trained.Linear!.Value);
        ExactMultiplier[] factors =
        [
            .. Enumerable.Range(0, layer.Output.Channels).Select(n => ExactMultiplier.Of(filter.Scales.Length == 1
                ? (double)(float)(x.Scale * filter.Scales[0]) / (double)y.Scale
                : (double)x.Scale * (double)filter.Scales[n] / (double)y.Scale)),
        ];
        bool twice = !IsSigned || trained.StoredAsDepthwise || _trained.Network.Rounding == RoundingMode.Twice;
        (int low, int high) = Range(layer.Activation, y);

        int[] centred = [.. _results[layer.Inputs[0]].Select(q => q - x.ZeroPoint)];
        int[] weights = TapsFirst(layer, filter);
        var results = new int[layer.Output.Length];
        Parallel.For(0, layer.Output.Height, row =>
        {
            for (int column = 0; column < layer.Output.Width; column++)
            {
                Span<int> sums = results.AsSpan(((row * layer.Output.Width) + column) * layer.Output.Channels, layer.Output.Channels);
                Accumulate(trained, centred, weights, row, column, sums);
                for (int n = 0; n < sums.Length; n++)
                {
                    int sum = unchecked(sums[n] + filter.Bias[n]);
                    sums[n] = Math.Clamp((twice ? RoundTwice(factors[n], sum) : RoundOnce(factors[n], sum)) + y.ZeroPoint, low, high);
                }
            }
        });
        return results;
    }

    /// <summary>Σ (x − zx)(w − zw) over the taps inside the map: those outside hold zx.</summary>
    private static void Accumulate(TrainedLayer trained, int[] centred, int[] weights, int row, int column, Span<int> sums)
    {
        Layer layer = trained.Layer;
        int channels = layer.Input.Channels;
        for (int tap = 0; tap < layer.Kernel * layer.Kernel; tap++)
        {
            int y = (row * layer.Stride) - trained.PadTop + (tap / layer.Kernel), x = (column * layer.Stride) - trained.PadLeft + (tap % layer.Kernel);
            if (y < 0 || y >= layer.Input.Height || x < 0 || x >= layer.Input.Width)
                continue;
            ReadOnlySpan<int> pixel = centred.AsSpan(((y * layer.Input.Width) + x) * channels, channels);
            if (layer.IsDepthwise)
            {
                for (int n = 0; n < sums.Length; n++)
                    sums[n] += pixel[n / layer.Multiplier] * weights[(tap * sums.Length) + n];
                continue;
            }

            for (int c = 0; c < channels; c++)
                MultiplyAdd(pixel[c], weights.AsSpan(((tap * channels) + c) * sums.Length, sums.Length), sums);
        }
    }

    private static void MultiplyAdd(int x, ReadOnlySpan<int> weights, Span<int> sums)
    {
        Span<Vector<int>> vectors = MemoryMarshal.Cast<int, Vector<int>>(sums);
        ReadOnlySpan<Vector<int>> w = MemoryMarshal.Cast<int, Vector<int>>(weights);
        for (int i = 0; i < vectors.Length; i++)
            vectors[i] += w[i] * x;
        for (int i = vectors.Length * Vector<int>.Count; i < sums.Length; i++)
            sums[i] += weights[i] * x;
    }

    /// <summary>w − zw, as [tap][in][out] or [tap][out].</summary>
    private static int[] TapsFirst(Layer layer, QuantizedFilter filter)
    {
        var weights = new int[filter.Weights.Length];
        int outputs = layer.Output.Channels, perOutput = weights.Length / outputs;
        for (int i = 0; i < weights.Length; i++)
            weights[layer.IsDepthwise ? i : (i % perOutput * outputs) + (i / perOutput)] = filter.Weights[i] - filter.ZeroPoint;
        return weights;
    }

    /// <summary>Smallest and largest result.</summary>
    internal (int Low, int High) Range(Activation activation, TensorScale scale)
    {
        int six = scale.ZeroPoint + (int)MathF.Round(6f / scale.Scale, MidpointRounding.AwayFromZero);
        return (activation is Activation.Relu or Activation.Relu6 ? Math.Max(Lowest, scale.ZeroPoint) : Lowest, activation == Activation.Relu6 ? Math.Min(Highest, six) : Highest);
    }

    /// <summary>A doubling high multiply with ties up, then a right shift with ties away from zero.</summary>
    internal static int RoundTwice(ExactMultiplier factor, int x)
    {
        int high = (int)((((long)unchecked(x << Math.Max(factor.Exponent, 0)) * factor.Mantissa) + (1L << 30)) >> 31);
        int right = Math.Max(-factor.Exponent, 0);
        long half = right == 0 ? 0 : 1L << (right - 1);
        return high < 0 ? -(int)((-(long)high + half) >> right) : (int)((high + half) >> right);
    }

    private static int RoundOnce(ExactMultiplier factor, int x) => (int)((((long)x * factor.Mantissa) + (1L << (30 - factor.Exponent))) >> (31 - factor.Exponent));
}
