using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MobileNetGen.Weights.Formats.TensorFlowLite;

namespace MobileNetGen.Weights.Formats;

/// <summary>Reads a weights file of any format that is understood.</summary>
public static class WeightsFile
{
    /// <summary>The largest file that is read, in bytes: ten times the largest MobileNet's float32 weights.</summary>
    public const long MaximumLength = 512L << 20;

    private const int HeadLength = 64;

    private static readonly ImmutableArray<IWeightsReader> s_readers = [new TensorFlowLiteReader()];

    /// <summary>Reads a file, by the reader that recognises its content or its extension.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="WeightsException">
    /// The file cannot be opened, is larger than <see cref="MaximumLength"/>, of a format that is not understood, malformed, or not a MobileNet's.
    /// The message begins with the file's name.
    /// </exception>
    public static SourceNetwork Read(string path)
    {
        string name = Path.GetFileName(path);
        byte[] file = ReadBytes(path, name);
        ReadOnlySpan<byte> head = file.AsSpan(0, Math.Min(HeadLength, file.Length));
        string extension = Path.GetExtension(path).ToLowerInvariant();
        foreach (IWeightsReader reader in s_readers)
        {
            if (!reader.CanRead(head, extension))
                continue;
            try
            {
                return reader.Read(file);
            }
            catch (WeightsException error)
            {
                throw new WeightsException($"{name}: {error.Message}", error);
            }
        }

        string understood = string.Join(", ", s_readers.Select(reader => reader.Description));
        throw new WeightsException($"{name}: neither its content nor its extension is that of a format that is understood: {understood}.");
    }

    private static byte[] ReadBytes(string path, string name)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > MaximumLength)
                throw new WeightsException($"{name}: {stream.Length} bytes; at most {MaximumLength} were expected, ten times the largest MobileNet.");
            var file = new byte[stream.Length];
            stream.ReadExactly(file);
            return file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new WeightsException($"{name}: the file cannot be read: {error.Message}", error);
        }
    }
}
