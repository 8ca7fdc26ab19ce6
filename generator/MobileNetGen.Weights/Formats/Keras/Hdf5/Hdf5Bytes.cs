using System;
using System.Buffers.Binary;
using System.Text;

namespace MobileNetGen.Weights.Formats.Keras.Hdf5;

/// <summary>The bytes of an HDF5 file, of which every access is checked, and an allowance for how much of them is looked at in all.</summary>
/// <param name="bytes">The whole file.</param>
internal sealed class Hdf5Bytes(byte[] bytes)
{
    // Structures may name each other in circles, and thousands of names may stand for one tensor. An honest file is looked at about once.
    private long _left = (4L * bytes.Length) + 4096;

    /// <summary>A part of the file, which counts as looked at.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="what">What it is, for messages.</param>
    public ReadOnlySpan<byte> Read(ulong start, ulong length, string what)
    {
        if (start > (ulong)bytes.Length || length > (ulong)bytes.Length - start)
            throw Damaged($"{what} would be {length} bytes at byte {start}, past the end of the file's {bytes.Length}");
        Count((long)length);
        return bytes.AsSpan((int)start, (int)length);
    }

    /// <summary>Counts bytes as looked at, where what was read of them before is gone through again.</summary>
    public void Count(long length)
    {
        _left -= length;
        if (_left < 0)
            throw Damaged("its parts name each other so often that they amount to several times the file");
    }

    /// <summary>The text that begins at a byte and ends before a zero byte, or after so many bytes.</summary>
    public string ReadText(ulong start, ulong longest)
    {
        ulong inFile = Math.Min(longest, (ulong)bytes.Length - Math.Min(start, (ulong)bytes.Length));
        int length = inFile == 0 ? 0 : bytes.AsSpan((int)start, (int)inFile).IndexOf((byte)0);
        return Text(Read(start, length < 0 ? longest : (ulong)length, "a text"));
    }

    /// <summary>A part of the file that begins with four letters.</summary>
    public ReadOnlySpan<byte> Read(ulong start, ulong length, ReadOnlySpan<byte> signature, string what)
    {
        ReadOnlySpan<byte> part = Read(start, length, what);
        return part.StartsWith(signature) ? part : throw Damaged($"{what} that begins with {Encoding.ASCII.GetString(signature)} was expected at byte {start}");
    }

    /// <summary>The text up to the first zero byte, or to the end.</summary>
    public static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text.IndexOf((byte)0) is var end and >= 0 ? text[..end] : text);

    /// <summary>The number that a part begins with.</summary>
    public static ushort UInt16(ReadOnlySpan<byte> part) => BinaryPrimitives.ReadUInt16LittleEndian(First(part, sizeof(ushort)));

    /// <inheritdoc cref="UInt16"/>
    public static uint UInt32(ReadOnlySpan<byte> part) => BinaryPrimitives.ReadUInt32LittleEndian(First(part, sizeof(uint)));

    /// <inheritdoc cref="UInt16"/>
    public static ulong UInt64(ReadOnlySpan<byte> part) => BinaryPrimitives.ReadUInt64LittleEndian(First(part, sizeof(ulong)));

    /// <summary>The first bytes of a part.</summary>
    public static ReadOnlySpan<byte> First(ReadOnlySpan<byte> part, int count) =>
        part.Length >= count ? part[..count] : throw Damaged("a part of it ends before all that it should hold");

    /// <summary>What follows the first bytes of a part.</summary>
    public static ReadOnlySpan<byte> After(ReadOnlySpan<byte> part, int count) => part[First(part, count).Length..];

    /// <summary>The file contradicts itself.</summary>
    public static WeightsException Damaged(string what) => new($"The HDF5 file is damaged: {what}. Fetch or save it again.");

    /// <summary>The file uses a feature of HDF5 that is not read.</summary>
    public static WeightsException Unsupported(string what) =>
        new($"The HDF5 file has {what}, which Keras does not write and which is not read. Save the model again with Keras and h5py at their default settings.");
}
