using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <summary>
/// The options of a custom operator: a FlexBuffer that is a map of names to single numbers. Google's reader trusts the offsets and lengths that it finds; this one checks each against the bytes
/// there are, and follows none further than a map's own keys and values.
/// </summary>
internal static class FlexMap
{
    private const int MaximumEntries = 64;
    private const int MaximumKey = 64;

    // The types of the format: what is stored in place, and what at an offset.
    private const int Integer = 1;
    private const int Unsigned = 2;
    private const int Float = 3;
    private const int IndirectInteger = 6;
    private const int IndirectUnsigned = 7;
    private const int IndirectFloat = 8;
    private const int Map = 9;
    private const int Boolean = 26;

    /// <summary>Reads a map. Values that are no single numbers are left out.</summary>
    /// <exception cref="WeightsException">The bytes are no map, or are damaged.</exception>
    public static Dictionary<string, double> Read(string place, ReadOnlySpan<byte> buffer)
    {
        // The last two bytes are the root's type and how wide it is stored.
        var reader = new Reader(place, buffer);
        int width = reader.Width(buffer.Length > 2 ? buffer[^1] : 0);
        int type = buffer[^2];
        if (type >> 2 != Map)
            throw reader.Broken($"are of type {type >> 2}, which is no map");
        long map = reader.Target(buffer.Length - 2 - width, width);
        int size = 1 << (type & 3);

        // In front of the values there are: where the keys are, how wide their offsets are, and how many.
        ulong count = reader.Unsigned(map - size, size);
        if (count > MaximumEntries)
            throw reader.Broken($"have {count} entries; at most {MaximumEntries} were expected");
        long keys = reader.Target(map - (3 * size), size);
        int keyWidth = reader.Width((int)Math.Min(reader.Unsigned(map - (2 * size), size), byte.MaxValue));
        var entries = new Dictionary<string, double>(StringComparer.Ordinal);
        for (int i = 0; i < (int)count; i++)
        {
            string key = reader.Key(reader.Target(keys + (i * keyWidth), keyWidth));
            if (reader.Number(map + (i * size), size, (int)reader.Unsigned(map + ((int)count * size) + i, 1)) is { } number)
                entries[key] = number;
        }

        return entries;
    }

    private readonly ref struct Reader(string place, ReadOnlySpan<byte> buffer)
    {
        private readonly ReadOnlySpan<byte> _buffer = buffer;

        public WeightsException Broken(string problem) => FlatTable.Broken($"{place}: its options {problem}");

        public int Width(int stored) => stored is 1 or 2 or 4 or 8 ? stored : throw Broken($"have numbers of {stored} bytes");

        public ulong Unsigned(long at, int width)
        {
            ReadOnlySpan<byte> bytes = Bytes(at, width);
            return width switch
            {
                1 => bytes[0],
                2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
                4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
                _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            };
        }

        /// <summary>What an offset, which counts backwards from itself, leads to.</summary>
        public long Target(long at, int width)
        {
            ulong offset = Unsigned(at, width);
            return offset <= (ulong)at ? at - (long)offset : throw Broken($"have an offset of {offset} at byte {at}");
        }

        public string Key(long at)
        {
            ReadOnlySpan<byte> rest = Bytes(at, _buffer.Length - at);
            int length = rest.IndexOf((byte)0);
            return length is >= 0 and <= MaximumKey ? Encoding.UTF8.GetString(rest[..length]) : throw Broken($"have a name at byte {at} that does not end");
        }

        /// <summary>A single number; null for anything else.</summary>
        public double? Number(long at, int width, int packed)
        {
            switch (packed >> 2)
            {
                case IndirectInteger or IndirectUnsigned or IndirectFloat:
                    return Scalar(Target(at, width), 1 << (packed & 3), (packed >> 2) - IndirectInteger + Integer);
                case Integer or FlexMap.Unsigned or Float:
                    return Scalar(at, width, packed >> 2);
                case Boolean:
                    return Unsigned(at, width) != 0 ? 1 : 0;
                default:
                    return null;
            }
        }

        private double Scalar(long at, int width, int type)
        {
            if (type == FlexMap.Unsigned)
                return Unsigned(at, width);
            ReadOnlySpan<byte> bytes = Bytes(at, width);
            return (type, width) switch
            {
                (Integer, 1) => (sbyte)bytes[0],
                (Integer, 2) => BinaryPrimitives.ReadInt16LittleEndian(bytes),
                (Integer, 4) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
                (Integer, _) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
                (_, 4) => BinaryPrimitives.ReadSingleLittleEndian(bytes),
                (_, 8) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
                _ => throw Broken($"have a real number of {width} bytes"),
            };
        }

        private ReadOnlySpan<byte> Bytes(long at, long length) => at >= 0 && length >= 0 && at <= _buffer.Length - length
            ? _buffer.Slice((int)at, (int)length)
            : throw Broken($"should have {length} bytes at byte {at} of {_buffer.Length}");
    }
}
