using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Matching;

/// <summary>
/// factor · pixel + offset, one of each a channel: what happens to a pixel, 0 to 255, before the first layer. What a network's text calls <c>normalize</c> is compared in this form with what its
/// file does.
/// </summary>
/// <param name="Factors">One a channel.</param>
/// <param name="Offsets">One a channel.</param>
public sealed record PixelMap(ImmutableArray<double> Factors, ImmutableArray<double> Offsets)
{
    /// <summary>How far results may be apart and be the same: text has fewer digits than files.</summary>
    private const double Tolerance = 1e-4;

    /// <summary>The most digits that are tried to write a number; float32 has fewer.</summary>
    private const int MostDigits = 9;

    /// <summary>Where a file's own numbers end that are for pixels from 0 to 255, and those begin that are for 0 to 1.</summary>
    private const double SmallestPixelStd = 16, LargestUnitMean = 2;

    /// <summary>What a text says.</summary>
    public static PixelMap Of(Normalization normalization, int channels) =>
        Of([.. normalization.Mean.Select(m => (double)m)], [.. normalization.Std.Select(s => (double)s)], channels);

    /// <summary>What a file says, or is assumed of it.</summary>
    public static PixelMap Of(SourceNormalization normalization, int channels) =>
        Of([.. normalization.Mean.Select(m => (double)m)], [.. normalization.Std.Select(s => (double)s)], channels);

    /// <summary>
    /// What the input of a file may be before the file's own arithmetic, the likeliest first. Bytes are pixels; else the size of its numbers tells pixels from numbers up to 1; and where they are
    /// neither, as a normalisation of what is normalised already, it is what its producer's networks get.
    /// </summary>
    /// <param name="model">The file.</param>
    /// <param name="channels">Channels of the input.</param>
    /// <returns>The input, and whether it is an assumption.</returns>
    public static IEnumerable<(SourceNormalization Input, bool IsAssumed)> Inputs(SourceNetwork model, int channels)
    {
        if (model.Normalization is { } stated)
            return [(stated, false)];
        if (model.Preprocessing is not { } own)
            return [(model.Conventions.Normalization, true)];
        if (own.TakesPixels || LooksLikePixels(own))
            return [(SourceNormalization.Pixels, false)];
        bool isForOne = own.Factors.Zip(own.Offsets).All(p => p.First > 0 && -p.Second / p.First is >= 0.1 and <= LargestUnitMean);
        SourceNormalization[] likely = isForOne
            ? [SourceNormalization.ToOne, SourceNormalization.AroundZero, model.Conventions.Normalization]
            : [model.Conventions.Normalization, SourceNormalization.ToOne, SourceNormalization.AroundZero];
        return likely.Select(n => (n, true));

        static bool LooksLikePixels(SourcePreprocessing own) =>
            own.Factors.All(f => f <= 1 / SmallestPixelStd) || own.Factors.Zip(own.Offsets).Any(p => p.First > 0 && -p.Second / p.First > LargestUnitMean);
    }

    /// <summary>What comes of it in all, where an input of some kind goes through a file's own arithmetic.</summary>
    public static PixelMap Of(SourceNormalization input, SourcePreprocessing? own, int channels)
    {
        PixelMap outer = Of(input, channels);
        return own is null
            ? outer
            : new PixelMap([.. outer.Factors.Zip(own.Factors, (a, b) => a * b)], [.. outer.Offsets.Zip(own.Factors, (a, b) => a * b).Zip(own.Offsets, (a, b) => a + b)]);
    }

    /// <summary>Whether a pixel is the same number after both.</summary>
    public bool Fits(PixelMap other)
    {
        for (int c = 0; c < Factors.Length; c++)
        {
            foreach (int pixel in new[] { byte.MinValue, byte.MaxValue })
            {
                double own = (Factors[c] * pixel) + Offsets[c], its = (other.Factors[c] * pixel) + other.Offsets[c];
                double range = Math.Max(Math.Abs(other.Factors[c]) * byte.MaxValue, Math.Abs(other.Offsets[c]));
                if (!(Math.Abs(own - its) <= Tolerance * range))
                    return false;
            }
        }

        return true;
    }

    /// <summary>The same as mean and divisor, in as few digits as say it; null where the language cannot, as with a negative factor.</summary>
    public SourceNormalization? ToNormalization()
    {
        var (means, stds) = (new List<decimal>(), new List<decimal>());
        for (int c = 0; c < Factors.Length; c++)
        {
            (double std, double mean) = (1 / Factors[c], -Offsets[c] / Factors[c]);
            if (!(std is > 0 and < 1e6) || !(Math.Abs(mean) < 1e6))
                return null;
            stds.Add(Shortest(std, std * 1e-7));
            means.Add(Shortest(mean, Math.Max(std * 1e-7, Math.Abs(mean) * 1e-7)));
        }

        return new SourceNormalization(Joined(means), Joined(stds));

        static ImmutableArray<decimal> Joined(List<decimal> numbers) => numbers.Distinct().Count() == 1 ? [numbers[0]] : [.. numbers];
    }

    /// <summary><c>mean 127.5 std 127.5</c>, as the language has it.</summary>
    public override string ToString() => ToNormalization() is { } n
        ? Text(n)
        : string.Create(CultureInfo.InvariantCulture, $"[{string.Join(", ", Factors)}] · pixel + [{string.Join(", ", Offsets)}]");

    /// <summary>A normalisation as the language has it.</summary>
    public static string Text(SourceNormalization normalization)
    {
        return $"mean {Row(normalization.Mean)} std {Row(normalization.Std)}";

        static string Row(ImmutableArray<decimal> numbers) => string.Join(" ", numbers.Select(n => n.ToString("0.0############", CultureInfo.InvariantCulture)));
    }

    private static PixelMap Of(double[] mean, double[] std, int channels)
    {
        double Mean(int c) => mean[mean.Length == 1 ? 0 : c];
        double Std(int c) => std[std.Length == 1 ? 0 : c];
        return new PixelMap([.. Enumerable.Range(0, channels).Select(c => 1 / Std(c))], [.. Enumerable.Range(0, channels).Select(c => -Mean(c) / Std(c))]);
    }

    private static decimal Shortest(double number, double tolerance)
    {
        for (int digits = 0; digits < MostDigits; digits++)
        {
            if (Math.Abs(Math.Round(number, digits) - number) <= tolerance)
                return (decimal)Math.Round(number, digits);
        }

        return (decimal)Math.Round(number, MostDigits);
    }
}
