using System;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>
/// Counts real numbers in bins of equal width between −2ᵉ and 2ᵉ, with the smallest such range that holds them all. A wider range joins bins in pairs,
/// so the counts of many maps are the same in whatever order they are added.
/// </summary>
internal sealed class Histogram
{
    /// <summary>Bins on either side of zero. The larger side of what was counted fills at least half of them, eight for each step of a byte.</summary>
    public const int Side = 1 << SideBits;

    private const int SideBits = 12;

    private const int LowestExponent = -100;

    private readonly long[] _counts = new long[2 * Side];
    private int _exponent = LowestExponent;

    /// <summary>The smallest number counted; 0 where there is none below.</summary>
    public float Minimum { get; private set; }

    /// <summary>The largest number counted; 0 where there is none above.</summary>
    public float Maximum { get; private set; }

    /// <summary>How many were counted.</summary>
    public long Total { get; private set; }

    /// <summary>How many lie in each bin.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>The number in the middle of a bin.</summary>
    public double Middle(int bin) => Math.ScaleB(bin - Side + 0.5, _exponent - SideBits);

    /// <summary>Counts the numbers of a map.</summary>
    /// <returns>Whether all are finite; if not, none is counted.</returns>
    public bool TryAdd(ReadOnlySpan<float> values)
    {
        (float minimum, float maximum) = (Minimum, Maximum);
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                return false;
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
        }

        (Minimum, Maximum) = (minimum, maximum);
        Widen(Exponent(Math.Max(maximum, -minimum)));
        double perBin = Math.ScaleB(1, SideBits - _exponent);
        foreach (float value in values)
            _counts[Side + (int)Math.Floor(value * perBin)]++;
        Total += values.Length;
        return true;
    }

    /// <summary>Adds what another one counted.</summary>
    public void Add(Histogram other)
    {
        Widen(other._exponent);
        int joined = _exponent - other._exponent;
        for (int i = 0; i < other._counts.Length; i++)
            _counts[Bin(i, joined)] += other._counts[i];
        (Minimum, Maximum) = (Math.Min(Minimum, other.Minimum), Math.Max(Maximum, other.Maximum));
        Total += other.Total;
    }

    private void Widen(int exponent)
    {
        if (exponent <= _exponent)
            return;
        long[] counts = [.. _counts];
        Array.Clear(_counts);
        for (int i = 0; i < counts.Length; i++)
            _counts[Bin(i, exponent - _exponent)] += counts[i];
        _exponent = exponent;
    }

    /// <summary>The bin that holds another one when the range is 2ⁿ times as wide. An arithmetic shift rounds down, as the bins do.</summary>
    private static int Bin(int bin, int widened) => Side + ((bin - Side) >> Math.Min(widened, 31));

    /// <summary>The least e with 2ᵉ above a magnitude.</summary>
    private static int Exponent(float magnitude) => magnitude == 0 ? LowestExponent : Math.Max(LowestExponent, Math.ILogB(magnitude) + 1);
}
