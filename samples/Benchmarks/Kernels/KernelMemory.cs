using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Samples.Benchmarks.Kernels;

/// <summary>Memory of a kernel's operands, filled with noise; freed with the benchmark.</summary>
internal sealed unsafe class KernelMemory : IDisposable
{
    private const int Lanes = 16;

    private readonly List<nint> _blocks = [];
    private readonly Random _random = new(1);

    /// <summary>Blocks of 16 channels.</summary>
    public static int Blocks(int channels) => (channels + Lanes - 1) / Lanes;

    /// <summary>A whole map with a halo, in blocks of 16 channels or as the network's input.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="halo">Rows and columns around it.</param>
    /// <param name="lanes">16, or the elements of a pixel of the network's input.</param>
    public FeatureMap<T> Map<T>(Shape shape, int halo, int lanes = Lanes)
        where T : unmanaged
    {
        int blocks = (shape.Channels + lanes - 1) / lanes;
        int blockStride = (shape.Width + (2 * halo)) * lanes, rowStride = blocks * blockStride;
        T* start = Values<T>((shape.Height + (2 * halo)) * rowStride);
        return new FeatureMap<T>(start + (halo * rowStride) + (halo * lanes), rowStride, blockStride);
    }

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
