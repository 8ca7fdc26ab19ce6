using System;
using System.Buffers.Binary;
using System.Text.Json;
using MobileNetGen.Weights.Formats.Keras.Hdf5;

namespace MobileNetGen.Weights.Formats;

/// <summary>The first part of a file, as a download leaves it that was stopped: found where a format says at its beginning how long it is, or has an end of a certain form.</summary>
internal static class CutOffFile
{
    /// <summary>The longest comment after a zip archive's end, and the end itself.</summary>
    private const int LongestZipEnd = ushort.MaxValue + 22;

    /// <summary>What is missing at the end of a file; null where nothing is, or where only the format's reader can tell.</summary>
    /// <param name="bytes">All of the file.</param>
    /// <param name="extension">Its extension.</param>
    public static string? Problem(ReadOnlySpan<byte> bytes, string extension)
    {
        if (bytes.StartsWith("PK\u0003\u0004"u8))
            return bytes[^Math.Min(bytes.Length, LongestZipEnd)..].LastIndexOf("PK\u0005\u0006"u8) < 0 ? $"the list at the end of an archive does not follow its {bytes.Length} bytes" : null;
        if (Hdf5File.HasSignature(bytes))
            return ProblemOfLength(bytes.Length, Hdf5Length(bytes));
        return extension switch
        {
            ".json" => ProblemOfJson(bytes),
            ".onnx" or ".pb" or ".caffemodel" => ProblemOfMessage(bytes),
            ".safetensors" when bytes.Length > 8 && bytes[8] == '{' => ProblemOfLength(bytes.Length, SafeTensorsLength(bytes)),
            _ => null,
        };
    }

    private static string? ProblemOfLength(long found, long? expected) => expected > found ? $"it should have {expected} bytes and has {found}" : null;

    /// <summary>What the superblock gives as the file's end.</summary>
    private static long? Hdf5Length(ReadOnlySpan<byte> bytes)
    {
        int at = bytes.Length < 16 ? -1 : bytes[8] switch
        {
            0 when bytes[13] == 8 => 40,
            1 when bytes[13] == 8 => 44,
            2 or 3 when bytes[9] == 8 => 28,
            _ => -1,
        };
        return at < 0 ? null : at + 8 > bytes.Length ? at + 8 : (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]), long.MaxValue);
    }

    /// <summary>The header's own length, or the end of the last tensor that it lists.</summary>
    private static long? SafeTensorsLength(ReadOnlySpan<byte> bytes)
    {
        ulong header = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (header > int.MaxValue / 2)
            return null;
        long start = sizeof(ulong) + (long)header, end = start;
        if (start > bytes.Length)
            return start;
        try
        {
            var reader = new Utf8JsonReader(bytes[sizeof(ulong)..(int)start]);
            bool isPlace = false;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                    isPlace = reader.ValueTextEquals("data_offsets"u8);
                else if (isPlace && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long offset) && offset <= long.MaxValue - start)
                    end = Math.Max(end, start + offset);
            }

            return end;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether what is there is right, but not all.</summary>
    private static string? ProblemOfJson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
            while (reader.Read())
            {
            }

            return reader.CurrentDepth > 0 ? $"its JSON ends in the middle, after {bytes.Length} bytes" : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether the last field of a protocol buffer message that begins well should be longer.</summary>
    private static string? ProblemOfMessage(ReadOnlySpan<byte> bytes)
    {
        for (int start = 0, at = 0; at < bytes.Length; start = at)
        {
            ulong? tag = Varint(bytes, ref at), length = (tag & 7) switch
            {
                0 => Varint(bytes, ref at) is null ? null : 0,
                1 => 8,
                2 => Varint(bytes, ref at),
                5 => 4,
                _ => null,
            };
            if (length is not { } count)
                return null;
            if (count > (ulong)(bytes.Length - at))
                return start > 0 ? $"its part at byte {start} should have {count} bytes, of which {bytes.Length - at} are there" : null;
            at += (int)count;
        }

        return null;
    }

    private static ulong? Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            byte next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        return null;
    }
}
