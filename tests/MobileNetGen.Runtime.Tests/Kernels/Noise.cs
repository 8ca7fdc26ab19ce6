using System;

namespace MobileNetGen.Runtime.Tests.Kernels;

/// <summary>Reproducible test data. Floats are small integers: every sum of products is exact, whatever its order, so results can be compared for equality.</summary>
internal sealed class Noise(int seed)
{
    private ulong _state = (ulong)seed;

    /// <summary>From <paramref name="low"/> to <paramref name="high"/>, both of them possible.</summary>
    public int Integer(int low, int high)
    {
        // SplitMix64 (Steele, Lea and Flood 2014): a random number takes a tenth of what a seeded Random of .NET does, which was a sixth of the time of these tests.
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return (int)(low + (long)(((z >> 32) * (ulong)((long)high - low + 1)) >> 32));
    }

    public T[] Array<T>(int count, Func<T> next)
    {
        var values = new T[count];
        for (int i = 0; i < count; i++)
            values[i] = next();
        return values;
    }

    public T[,,] Array<T>(int a, int b, int c, Func<T> next)
    {
        var values = new T[a, b, c];
        Fill(values, next);
        return values;
    }

    public T[,,,] Array<T>(int a, int b, int c, int d, Func<T> next)
    {
        var values = new T[a, b, c, d];
        Fill(values, next);
        return values;
    }

    public float Float() => Integer(-9, 9);

    public byte Byte() => (byte)Integer(0, 255);

    public sbyte SByte() => (sbyte)Integer(-128, 127);

    private static void Fill<T>(Array values, Func<T> next)
    {
        foreach (ref T value in Flat.Of<T>(values))
            value = next();
    }
}
