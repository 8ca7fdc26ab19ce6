using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace MobileNetGen.Teaching.Photographs;

/// <summary>
/// The file of features: what a network was found to give for photographs, by the hash of their content, and the class that each was last taught as. In the byte order of the machine; a file that is
/// not as it should be is as none.
/// </summary>
internal static class FeaturesFile
{
    private const int Version = 1, HashLength = 64, MaximumText = 4096, MaximumLength = 1 << 20;

    private static readonly byte[] s_magic = "mbnet features\n"u8.ToArray();

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="identity">The network that features must be of.</param>
    /// <param name="length">How many features it gives.</param>
    /// <param name="isOther">Whether the file is there but of another network, or no such file at all.</param>
    /// <returns>The photographs by their hash; none if there is no such file.</returns>
    public static Dictionary<string, Photograph> Read(string path, string identity, int length, out bool isOther)
    {
        var found = new Dictionary<string, Photograph>(StringComparer.Ordinal);
        isOther = false;
        if (!File.Exists(path))
            return found;
        try
        {
            using var reader = new BinaryReader(new BufferedStream(File.OpenRead(path), 1 << 20), Encoding.UTF8);
            isOther = !reader.ReadBytes(s_magic.Length).AsSpan().SequenceEqual(s_magic) || reader.ReadInt32() != Version || Text(reader) != identity || reader.ReadInt32() != length || length > MaximumLength;
            for (int count = isOther ? 0 : reader.ReadInt32(); count > 0; count--)
            {
                Photograph photograph = Read(reader, length);
                if (photograph.Hash.Length == HashLength)
                    found[photograph.Hash] = photograph;
            }
        }
        catch (Exception damage) when (damage is IOException or FormatException or ArgumentException or UnauthorizedAccessException)
        {
            isOther = true;
            found.Clear();
        }

        return found;
    }

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <exception cref="TeachingException">It cannot be written.</exception>
    public static void Write(string path, string identity, int length, IReadOnlyCollection<Photograph> photographs)
    {
        string partial = path + ".part";
        try
        {
            using (var writer = new BinaryWriter(new BufferedStream(File.Create(partial), 1 << 20), Encoding.UTF8))
            {
                writer.Write(s_magic);
                writer.Write(Version);
                writer.Write(identity);
                writer.Write(length);
                writer.Write(photographs.Count);
                foreach (Photograph photograph in photographs)
                    Write(writer, photograph);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new TeachingException($"{path}: the features cannot be written. {failure.Message}", failure);
        }
    }

    private static Photograph Read(BinaryReader reader, int length)
    {
        string hash = Text(reader);
        (int width, int height, string camera) = (reader.ReadInt32(), reader.ReadInt32(), Text(reader));
        var look = new Look(reader.ReadUInt64(), reader.ReadUInt64());
        (string label, string name) = (Text(reader), Text(reader));
        return new Photograph(hash, width, height, camera, look, Numbers(reader, length), Numbers(reader, length)) { Label = label, Name = name };
    }

    private static void Write(BinaryWriter writer, Photograph photograph)
    {
        writer.Write(photograph.Hash);
        writer.Write(photograph.Width);
        writer.Write(photograph.Height);
        writer.Write(photograph.Camera);
        writer.Write(photograph.Look.Bits);
        writer.Write(photograph.Look.Mirrored);
        writer.Write(photograph.Label);
        writer.Write(photograph.Name);
        writer.Write(MemoryMarshal.AsBytes(photograph.Plain.AsSpan()));
        writer.Write(MemoryMarshal.AsBytes(photograph.Mean.AsSpan()));
    }

    private static string Text(BinaryReader reader) => reader.ReadString() is { Length: <= MaximumText } text ? text : throw new FormatException();

    private static float[] Numbers(BinaryReader reader, int length)
    {
        var numbers = new float[length];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan()));
        return numbers;
    }
}
