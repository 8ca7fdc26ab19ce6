using System;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>A run of numbers in the file, which tensors view.</summary>
/// <param name="Type">The class of the storage: "FloatStorage".</param>
/// <param name="Key">By what the file calls it.</param>
/// <param name="Count">How many numbers it has, by the pickle.</param>
internal sealed record TorchStorage(string Type, string Key, long Count)
{
    /// <summary>Bytes of a number of each type that PyTorch saves; null for others.</summary>
    public int? ElementSize => Type switch
    {
        "DoubleStorage" or "LongStorage" or "ComplexFloatStorage" => 8,
        "FloatStorage" or "IntStorage" or "QInt32Storage" => 4,
        "HalfStorage" or "BFloat16Storage" or "ShortStorage" => 2,
        "BoolStorage" or "ByteStorage" or "CharStorage" or "QInt8Storage" or "QUInt8Storage" => 1,
        "ComplexDoubleStorage" => 16,
        _ => null,
    };
}

/// <summary>A tensor: a view of a storage.</summary>
/// <param name="Storage">The numbers.</param>
/// <param name="Offset">The first of them.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Strides">By how many numbers each index steps.</param>
internal sealed record TorchTensor(TorchStorage Storage, long Offset, ImmutableArray<long> Shape, ImmutableArray<long> Strides)
{
    /// <summary>Reads the tensor row by row.</summary>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="storage">The bytes of its storage.</param>
    /// <exception cref="WeightsException">It is not of real numbers, or reaches beyond its storage.</exception>
    public float[] Read(string name, ReadOnlySpan<byte> storage)
    {
        RealType type = Storage.Type switch
        {
            "HalfStorage" => RealType.Float16,
            "BFloat16Storage" => RealType.BFloat16,
            "FloatStorage" => RealType.Float32,
            "DoubleStorage" => RealType.Float64,
            _ => throw new WeightsException($"\"{name}\" is stored as {Storage.Type}; float, half, bfloat16 or double was expected. Quantised PyTorch networks are not read: give the float one."),
        };

        int size = RealNumbers.Size(type);
        int count = Count(name);
        int available = storage.Length / size;
        if (Offset < 0 || Offset > available - count)
            throw Outside(name);
        if (IsContiguous)
            return RealNumbers.Read(name, type, storage.Slice((int)Offset * size, count * size));

        var rows = new byte[count * size];
        var index = new int[Shape.Length];
        long source = Offset;
        for (int target = 0; target < count; target++)
        {
            if (source < 0 || source >= available)
                throw Outside(name);
            storage.Slice((int)source * size, size).CopyTo(rows.AsSpan(target * size));

            // To the next index, the last dimension first; what it had stepped is taken back when it starts again.
            for (int d = index.Length - 1; d >= 0; d--)
            {
                source += Strides[d];
                if (++index[d] < Shape[d])
                    break;
                source -= Strides[d] * Shape[d];
                index[d] = 0;
            }
        }

        return RealNumbers.Read(name, type, rows);
    }

    /// <summary>The number of elements, which is at most that of the storage: PyTorch saves no tensor that repeats elements as a parameter.</summary>
    /// <exception cref="WeightsException">There are more, or a size is negative.</exception>
    public int Count(string name)
    {
        long count = 1;
        foreach (long size in Shape)
        {
            // Both factors are below 2³¹.
            count = size < 0 || size > int.MaxValue ? long.MaxValue : count * size;
            if (count > int.MaxValue || count > Storage.Count)
                throw Outside(name);
        }

        return (int)count;
    }

    private bool IsContiguous
    {
        get
        {
            long step = 1;
            for (int d = Shape.Length - 1; d >= 0; d--)
            {
                if (Shape[d] != 1 && Strides[d] != step)
                    return false;
                step *= Shape[d];
            }

            return true;
        }
    }

    private WeightsException Outside(string name) => new(
        $"The file is damaged: \"{name}\" [{string.Join(", ", Shape)}] reaches beyond the {Storage.Count} numbers of its storage. Fetch or save it again.");
}
