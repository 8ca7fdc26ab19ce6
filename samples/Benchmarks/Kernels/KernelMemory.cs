using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace MobileNetGen.Samples.Benchmarks.Kernels;

/// <summary>Memory of a kernel's operands, filled with noise; freed with the benchmark.</summary>
internal sealed unsafe class KernelMemory : IDisposable
{
    private readonly List<nint> _blocks = [];
    private readonly Random _random = new(1);

    /// <summary>Values from −1 to 1, or any bytes.</summary>
    public T* Values<T>(int count)
        where T : unmanaged
    {
        T* values = (T*)NativeMemory.AlignedAlloc((nuint)count * (nuint)sizeof(T), 64);
        _blocks.Add((nint)values);
        if (typeof(T) == typeof(float))
        {
            for (int i = 0; i < count; i++)
                ((float*)values)[i] = (_random.NextSingle() * 2) - 1;
        }
        else
        {
            _random.NextBytes(new Span<byte>(values, count * sizeof(T)));
        }

        return values;
    }

    /// <summary>A copy of a network's numbers.</summary>
    public byte* Copy(ReadOnlySpan<byte> bytes)
    {
        byte* copy = Values<byte>(bytes.Length);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        return copy;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (nint block in _blocks)
            NativeMemory.AlignedFree((void*)block);
        _blocks.Clear();
    }
}
