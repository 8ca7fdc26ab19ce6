using MobileNetGen.Weights.Numerics;

namespace MobileNetGen.Weights.Synthetic;

/// <summary>A generator that gives the same numbers on every machine and in every release (SplitMix64).</summary>
internal sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state = unchecked(_state + 0x9E3779B97F4A7C15);
        ulong z = _state;
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }

    /// <summary>Uniform between −<paramref name="limit"/> and <paramref name="limit"/>.</summary>
    public double Uniform(double limit) => (((Next() >> 11) + 0.5) * (2.0 / (1UL << 53)) - 1) * limit;

    /// <summary>Laplace-distributed around zero: density e^(−|x| / scale) / (2 · scale).</summary>
    public double Laplace(double scale)
    {
        ulong bits = Next();

        // 53 bits in (0, 1), and one for the sign.
        double magnitude = -DeterministicMath.Log(((bits >> 11) + 0.5) * (1.0 / (1UL << 53)));
        return (bits & 1) == 0 ? scale * magnitude : -scale * magnitude;
    }
}
