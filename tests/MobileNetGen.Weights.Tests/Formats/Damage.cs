using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Text.Json;
using MobileNetGen.Weights.Formats;
using Xunit.Abstractions;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>Ways to damage a file, and what a reader may do with the result: read it or refuse it with a message, soon and in memory of the file's order.</summary>
internal static class Damage
{
    private const int BytesAtLeast = 32 << 10;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);

    /// <summary>Each aligned word replaced by numbers that are likely to overflow or to lead outside.</summary>
    public static IEnumerable<byte[]> Words(byte[] file)
    {
        uint[] bombs = [0, 1, 2, 4, 0xFFFF, (uint)file.Length - 4, (uint)file.Length, 0x3FFFFFFF, 0x40000001, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFC, 0xFFFFFFFF];
        return from word in Enumerable.Range(0, file.Length / 4)
               from bomb in bombs
               select Change(file, copy => BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(4 * word), bomb));
    }

    public static IEnumerable<byte[]> Truncations(byte[] file) => Enumerable.Range(0, file.Length).Select(length => file[..length]);

    public static IEnumerable<byte[]> Bits(byte[] file) => Enumerable.Range(0, 8 * file.Length).Select(bit => Change(file, copy => copy[bit / 8] ^= (byte)(1 << (bit % 8))));

    /// <summary>Each value of a JSON text, and each list and object of it, replaced by others.</summary>
    public static IEnumerable<byte[]> Values(byte[] json)
    {
        string[] others = ["null", "true", "-1", "0", "2147483647", "9223372036854775807", "-1e300", "\"\"", "\"same\"", "[]", "{}", "[[[[[1]]]]]", "[1, 2, 3]", "{\"class_name\": \"__keras_tensor__\"}"];
        return from place in Places(json)
               from other in others
               select (byte[])[.. json[..place.Start], .. Encoding.UTF8.GetBytes(other), .. json[place.End..]];
    }

    /// <summary>Random bytes, offsets, moved pieces and pieces of another file.</summary>
    public static IEnumerable<byte[]> Splices(byte[] file, byte[] other, int count, int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ => Mutate(file, other, random));
    }

    /// <summary>Reads files, of which some have to be refused.</summary>
    /// <param name="output">Where it is reported.</param>
    /// <param name="files">The files.</param>
    /// <param name="read">Reads one.</param>
    /// <param name="bytesPerByte">What may be allocated for a byte of the file.</param>
    public static void Check(ITestOutputHelper output, IEnumerable<byte[]> files, Action<byte[]> read, int bytesPerByte = 24)
    {
        int accepted = 0, refused = 0;
        double mostBytes = 0;
        foreach (byte[] file in files)
        {
            (bool isRead, long bytes) = Try(file, read, bytesPerByte);
            accepted += isRead ? 1 : 0;
            refused += isRead ? 0 : 1;
            mostBytes = Math.Max(mostBytes, (bytes - BytesAtLeast) / (double)Math.Max(file.Length, 1));
        }

        output.WriteLine($"{accepted} read, {refused} refused, at most {mostBytes:F1} bytes allocated per byte of file beyond {BytesAtLeast}");
        Assert.True(refused > 0);
    }

    /// <summary>Reads a file within time and memory. What is too much is measured again: the first use of a class allocates for the class, too, and a machine may pause.</summary>
    public static (bool IsRead, long Bytes) Try(byte[] file, Action<byte[]> read, int bytesPerByte = 24)
    {
        long most = BytesAtLeast + ((long)bytesPerByte * file.Length);
        (bool isRead, long bytes, TimeSpan time) = Measure(file, read);
        if (bytes > most || time > s_longest)
            (isRead, bytes, time) = Measure(file, read);
        Assert.InRange(bytes, 0, most);
        Assert.InRange(time, TimeSpan.Zero, s_longest);
        return (isRead, bytes);
    }

    private static (bool IsRead, long Bytes, TimeSpan Time) Measure(byte[] file, Action<byte[]> read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        bool isRead = true;
        try
        {
            read(file);
        }
        catch (WeightsException)
        {
            isRead = false;
        }

        return (isRead, GC.GetAllocatedBytesForCurrentThread() - before, Stopwatch.GetElapsedTime(start));
    }

    private static List<(int Start, int End)> Places(byte[] json)
    {
        var places = new List<(int Start, int End)>();
        var open = new Stack<int>();
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                open.Push((int)reader.TokenStartIndex);
            else if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
                places.Add((open.Pop(), (int)reader.BytesConsumed));
            else if (reader.TokenType != JsonTokenType.PropertyName)
                places.Add(((int)reader.TokenStartIndex, (int)reader.BytesConsumed));
        }

        return places;
    }

    private static byte[] Change(byte[] file, Action<byte[]> change)
    {
        byte[] copy = [.. file];
        change(copy);
        return copy;
    }

    private static byte[] Mutate(byte[] file, byte[] other, Random random)
    {
        byte[] copy = [.. file];
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            // Tables are at the ends of a file and weights between them, so half the damage goes to the ends.
            int at = random.Next(3) switch
            {
                0 => random.Next(Math.Min(copy.Length, 4096)),
                1 => copy.Length - 1 - random.Next(Math.Min(copy.Length, 32768)),
                _ => random.Next(copy.Length),
            };
            switch (random.Next(4))
            {
                case 0:
                    copy[at] = (byte)random.Next(256);
                    break;
                case 1:
                    BinaryPrimitives.WriteInt32LittleEndian(copy.AsSpan(Math.Min(at & ~3, copy.Length - 4)), random.Next(-copy.Length, copy.Length));
                    break;
                case 2:
                    int length = random.Next(1, Math.Min(64, copy.Length - at + 1));
                    copy.AsSpan(random.Next(copy.Length - length), length).CopyTo(copy.AsSpan(at));
                    break;
                default:
                    int start = random.Next(other.Length);
                    int count = Math.Min(random.Next(1, 64), Math.Min(other.Length - start, copy.Length - at));
                    other.AsSpan(start, count).CopyTo(copy.AsSpan(at));
                    break;
            }
        }

        return copy;
    }
}
