using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;

namespace MobileNetGen.Batch.Inputs;

/// <summary>
/// The files in a tar archive, one after the other: ustar with the long names of GNU tar and pax, as POSIX.1 and the manual of GNU tar have them. Sizes are claims, and are checked against the file before any
/// memory is taken.
/// </summary>
internal static class TarFile
{
    private const int Block = 512, MaximumNames = 1 << 16;

    // Where the fields of a header are.
    private static readonly Range s_name = ..100, s_size = 124..136, s_checksum = 148..156, s_magic = 257..262, s_prefix = 345..500;
    private const int Kind = 156;

    /// <summary>A file in the archive.</summary>
    /// <param name="Name">Its name there.</param>
    /// <param name="Offset">Where its bytes begin.</param>
    /// <param name="Length">How many there are.</param>
    public readonly record struct Entry(string Name, long Offset, long Length);

    /// <summary>Finds the files. Folders, links and devices are passed.</summary>
    /// <param name="archive">The archive, which can seek.</param>
    /// <exception cref="InvalidDataException">It is none, or damaged; entries before that were given.</exception>
    public static IEnumerable<Entry> Entries(Stream archive)
    {
        byte[] header = new byte[Block];
        (string? longName, long? longSize) = (null, null);
        for (long at = 0; at < archive.Length;)
        {
            archive.Position = at;
            if (archive.ReadAtLeast(header, Block, throwOnEndOfStream: false) < Block)
                throw new InvalidDataException("the archive ends too early.");
            at += Block;
            if (header.AsSpan().IndexOfAnyExcept((byte)0) < 0)
                yield break;
            Check(header);
            long size = longSize ?? Number(header.AsSpan()[s_size]);
            if (size < 0 || size > archive.Length - at)
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"the archive ends too early: a file in it is to have {size:N0} bytes."));
            switch ((char)header[Kind])
            {
                case 'L':
                    longName = Text(Names(archive, at, size));
                    break;
                case 'x':
                    (longName, longSize) = Pax(Names(archive, at, size), longName);
                    break;
                case '0' or '\0' or '7':
                    yield return new Entry(longName ?? NameOf(header), at, size);
                    (longName, longSize) = (null, null);
                    break;
                default:
                    // What is said of all that follows (g), or of a link's target (K), changes no name of a file.
                    if ((char)header[Kind] is not ('g' or 'K'))
                        (longName, longSize) = (null, null);
                    break;
            }

            at += (size + Block - 1) / Block * Block;
        }
    }

    private static void Check(ReadOnlySpan<byte> header)
    {
        int sum = 8 * ' ';
        for (int i = 0; i < Block; i++)
        {
            if (i < s_checksum.Start.Value || i >= s_checksum.End.Value)
                sum += header[i];
        }

        if (Number(header[s_checksum]) != sum)
            throw new InvalidDataException("this is no tar archive, or it is damaged (an archive that is compressed must be unpacked first).");
    }

    /// <summary>A number in octal digits, or in base 256 where the first bit is set.</summary>
    private static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
            return field[0] == 0x80 && field[1..^8].IndexOfAnyExcept((byte)0) < 0 ? BinaryPrimitives.ReadInt64BigEndian(field[^8..]) : -1;
        long number = 0;
        foreach (byte digit in field.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7')
                return -1;
            number = (number * 8) + digit - '0';
        }

        return number;
    }

    private static string NameOf(ReadOnlySpan<byte> header)
    {
        string name = Text(header[s_name]);
        return header[s_magic].SequenceEqual("ustar"u8) && header[s_magic.End.Value] == 0 && Text(header[s_prefix]) is { Length: > 0 } prefix ? $"{prefix}/{name}" : name;
    }

    private static byte[] Names(Stream archive, long at, long size)
    {
        if (size > MaximumNames)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"the name of a file in the archive is to have {size:N0} bytes; the limit is {MaximumNames:N0}."));
        byte[] names = new byte[size];
        archive.Position = at;
        archive.ReadExactly(names);
        return names;
    }

    /// <summary>Records of <c>length key=value</c> and a line feed, of which path and size matter.</summary>
    private static (string? Name, long? Size) Pax(ReadOnlySpan<byte> records, string? name)
    {
        long? size = null;
        while (!records.IsEmpty)
        {
            int space = records.IndexOf((byte)' ');
            if (space < 0 || !int.TryParse(records[..space], NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length <= space + 1 || length > records.Length)
                throw new InvalidDataException("the archive is damaged: a name in it is none.");
            string record = Text(records[(space + 1)..length]).TrimEnd('\n');
            if (record.StartsWith("path=", StringComparison.Ordinal))
                name = record["path=".Length..];
            else if (record.StartsWith("size=", StringComparison.Ordinal))
                size = long.TryParse(record["size=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : -1;
            records = records[length..];
        }

        return (name, size);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes.IndexOf((byte)0) is >= 0 and var end ? bytes[..end] : bytes);
}
