using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace MobileNetGen.Weights.Export.TensorFlowLite;

/// <summary>Writes the options of a custom operator: a FlexBuffer that is a map of names to single numbers, all of four bytes.</summary>
internal static class FlexMapWriter
{
    private const int Width = 4;

    /// <summary>The format's types, with the bits that say four bytes.</summary>
    private const byte Integer = (1 << 2) | 2, Real = (3 << 2) | 2, Boolean = (26 << 2) | 2, Map = (9 << 2) | 2;

    /// <summary>Writes a map.</summary>
    /// <param name="options">Names, with values that are <see cref="int"/>, <see cref="float"/> or <see cref="bool"/>.</param>
    public static byte[] Write(IReadOnlyDictionary<string, object> options)
    {
        // Readers search names by halves, so they are sorted by their bytes.
        KeyValuePair<string, object>[] sorted = [.. options.OrderBy(o => o.Key, StringComparer.Ordinal)];
        var bytes = new List<byte>();
        int[] names = [.. sorted.Select(o => Name(bytes, o.Key))];
        while (bytes.Count % Width != 0)
            bytes.Add(0);

        Add(bytes, sorted.Length);
        int keys = bytes.Count;
        foreach (int name in names)
            Add(bytes, bytes.Count - name);

        // In front of the values: where the names are, how wide their offsets are, and how many.
        Add(bytes, bytes.Count - keys);
        Add(bytes, Width);
        Add(bytes, sorted.Length);
        int values = bytes.Count;
        foreach ((_, object value) in sorted)
            Add(bytes, value switch { float real => BitConverter.SingleToInt32Bits(real), bool truth => truth ? 1 : 0, _ => (int)value });
        bytes.AddRange(sorted.Select(o => o.Value switch { float => Real, bool => Boolean, _ => Integer }));
        while (bytes.Count % Width != 0)
            bytes.Add(0);
        Add(bytes, bytes.Count - values);
        bytes.AddRange([Map, Width]);
        return [.. bytes];
    }

    private static int Name(List<byte> bytes, string name)
    {
        int start = bytes.Count;
        bytes.AddRange([.. Encoding.UTF8.GetBytes(name), 0]);
        return start;
    }

    private static void Add(List<byte> bytes, int value)
    {
        var number = new byte[Width];
        BinaryPrimitives.WriteInt32LittleEndian(number, value);
        bytes.AddRange(number);
    }
}
