using System;

namespace MobileNetGen.Runtime.Tests.Kernels;

/// <summary>Reproducible test data. Floats are small integers: every sum of products is exact, whatever its order, so results can be compared for equality.</summary>
internal sealed class Noise(int seed)
{
    private readonly Random _random = new(seed);

    public int Integer(int low, int high) => (int)_random.NextInt64(low, (long)high + 1);

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
        for (int i = 0; i < a; i++)
            for (int j = 0; j < b; j++)
                for (int k = 0; k < c; k++)
                    values[i, j, k] = next();
        return values;
    }

    public T[,,,] Array<T>(int a, int b, int c, int d, Func<T> next)
    {
        var values = new T[a, b, c, d];
        for (int i = 0; i < a; i++)
            for (int j = 0; j < b; j++)
                for (int k = 0; k < c; k++)
                    for (int l = 0; l < d; l++)
                        values[i, j, k, l] = next();
        return values;
    }

    public float Float() => Integer(-9, 9);

    public byte Byte() => (byte)Integer(0, 255);

    public sbyte SByte() => (sbyte)Integer(-128, 127);
}
