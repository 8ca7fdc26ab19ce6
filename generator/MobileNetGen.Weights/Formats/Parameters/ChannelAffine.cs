using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Parameters;

/// <summary>
/// y = factor · x + offset for each channel: what a batch normalisation is after training, and a multiplication or addition by constants. In double
/// precision, so that folding rounds once.
/// </summary>
internal sealed class ChannelAffine
{
    private readonly double[]? _factors;
    private readonly double[]? _offsets;

    private ChannelAffine(double[]? factors, double[]? offsets) => (_factors, _offsets) = (factors, offsets);

    /// <summary>One a channel.</summary>
    public IEnumerable<double> Factors => _factors ?? Enumerable.Repeat(1.0, Channels);

    /// <summary>One a channel.</summary>
    public IEnumerable<double> Offsets => _offsets ?? Enumerable.Repeat(0.0, Channels);

    /// <summary>How many channels it is for.</summary>
    public int Channels => (_factors ?? _offsets)!.Length;

    /// <summary>γ · (x − mean) / √(variance + ε) + β.</summary>
    /// <param name="place">Where it is in the file, for messages.</param>
    /// <param name="gamma">One a channel, or null for 1.</param>
    /// <param name="beta">One a channel, or null for 0.</param>
    /// <param name="mean">One a channel.</param>
    /// <param name="variance">One a channel.</param>
    /// <param name="epsilon">The source's own ε.</param>
    /// <exception cref="WeightsException">The lengths differ, or variance + ε is not positive.</exception>
    public static ChannelAffine BatchNormalization(string place, float[]? gamma, float[]? beta, float[] mean, float[] variance, double epsilon)
    {
        int channels = mean.Length;
        if (variance.Length != channels || (gamma ?? mean).Length != channels || (beta ?? mean).Length != channels)
        {
            throw new WeightsException(
                $"{place}: a batch normalisation with {mean.Length} means, {variance.Length} variances, {gamma?.Length ?? channels} factors and {beta?.Length ?? channels} offsets; "
                + "one of each a channel was expected.");
        }

        (double[] factors, double[] offsets) = (new double[channels], new double[channels]);
        for (int c = 0; c < channels; c++)
        {
            double square = variance[c] + epsilon;
            if (!(square > 0))
            {
                throw new WeightsException(
                    $"{place}: variance {variance[c].ToString("R", CultureInfo.InvariantCulture)} of channel {c} is negative; a variance was expected. "
                    + "The file is damaged, or its tensors are mixed up.");
            }

            factors[c] = (gamma?[c] ?? 1) / Math.Sqrt(square);
            offsets[c] = (beta?[c] ?? 0) - (mean[c] * factors[c]);
        }

        return new ChannelAffine(factors, offsets);
    }

    /// <summary>factor · x, one a channel.</summary>
    public static ChannelAffine Multiply(double[] factors) => new(factors, null);

    /// <summary>x + offset, one a channel.</summary>
    public static ChannelAffine Add(double[] offsets) => new(null, offsets);

    /// <summary>This, and then another of as many channels.</summary>
    public ChannelAffine Then(ChannelAffine next)
    {
        double[]? factors = Zip(_factors, next._factors, (a, b) => a * b);
        double[]? moved = _offsets is null || next._factors is null ? _offsets : Zip(_offsets, next._factors, (a, b) => a * b);
        return new ChannelAffine(factors, Zip(moved, next._offsets, (a, b) => a + b));

        static double[]? Zip(double[]? first, double[]? second, Func<double, double, double> combine)
        {
            if (first is null || second is null)
                return first ?? second;
            var result = new double[first.Length];
            for (int c = 0; c < result.Length; c++)
                result[c] = combine(first[c], second[c]);
            return result;
        }
    }

    /// <summary>The weights and biases of a convolution or fully connected layer with this applied to its result.</summary>
    /// <param name="place">Where this is in the file, for messages.</param>
    /// <param name="weights">float32.</param>
    /// <param name="axis">The dimension of <paramref name="weights"/> that is the output channels.</param>
    /// <param name="bias">One an output channel, or null for 0.</param>
    /// <exception cref="WeightsException">There are more or fewer channels than this has, or a result is not finite.</exception>
    public (SourceTensor Weights, SourceTensor? Bias) Fold(string place, SourceTensor weights, int axis, SourceTensor? bias)
    {
        int channels = weights.Shape[axis];
        if (channels != Channels)
            throw new WeightsException($"{place}, is for {Channels} channels and follows a layer of {channels}, {weights}; as many were expected.");

        if (_factors is not null)
        {
            int inner = 1;
            for (int i = axis + 1; i < weights.Shape.Length; i++)
                inner *= weights.Shape[i];
            var folded = new float[weights.Count];
            for (int i = 0; i < folded.Length; i++)
                folded[i] = Finite(weights.Floats[i] * _factors[i / inner % channels]);
            weights = new SourceTensor(weights.Name, weights.Shape, folded);
        }

        var biases = new float[channels];
        for (int c = 0; c < channels; c++)
            biases[c] = Finite(((bias?.Floats[c] ?? 0) * (_factors?[c] ?? 1)) + (_offsets?[c] ?? 0));
        return (weights, new SourceTensor(bias?.Name ?? $"{weights.Name}, normalised", [channels], biases));

        float Finite(double number) => ChannelAffine.Finite(place, weights, number);
    }

    /// <summary>The weights and biases of a fully connected layer or 1×1 convolution that reads the result of this, so that it reads what this does.</summary>
    /// <param name="place">Where the layer is in the file, for messages.</param>
    /// <param name="weights">float32, its last dimension the inputs and its first the outputs.</param>
    /// <param name="bias">One an output, or null for 0.</param>
    /// <exception cref="WeightsException">There are more or fewer inputs than channels of this, or a result is not finite.</exception>
    public (SourceTensor Weights, SourceTensor? Bias) FoldBefore(string place, SourceTensor weights, SourceTensor? bias)
    {
        int inputs = weights.Shape[^1], outputs = weights.Shape[0];
        if (inputs != Channels)
            throw new WeightsException($"{place}, has {inputs} inputs, {weights}, and what stands before it is for {Channels} channels; as many were expected.");
        (float[] folded, float[] biases) = (new float[weights.Count], new float[outputs]);
        for (int o = 0; o < outputs; o++)
        {
            double sum = bias?.Floats[o] ?? 0;
            for (int c = 0; c < inputs; c++)
            {
                double weight = weights.Floats[(o * inputs) + c];
                folded[(o * inputs) + c] = Finite(place, weights, weight * (_factors?[c] ?? 1));
                sum += weight * (_offsets?[c] ?? 0);
            }

            biases[o] = Finite(place, weights, sum);
        }

        return (new SourceTensor(weights.Name, weights.Shape, folded), new SourceTensor(bias?.Name ?? $"{weights.Name}, normalised", [outputs], biases));
    }

    private static float Finite(string place, SourceTensor weights, double number) => float.IsFinite((float)number)
        ? (float)number
        : throw new WeightsException($"{place}: folded into {weights} it gives a number that float32 cannot hold. The training diverged, or the file is damaged.");
}
