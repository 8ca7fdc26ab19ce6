using System;
using System.Collections.Immutable;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using Google.FlatBuffers;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <summary>
/// What a <c>.tflite</c> file says beside its network: nothing that its numbers depend on, but what a user would otherwise have to know. Field numbers are
/// those of TensorFlow's <c>metadata_schema.fbs</c>.
/// </summary>
/// <param name="Mean">What is subtracted from a pixel, 0 to 255: one number, or one a channel; empty where the file does not say.</param>
/// <param name="Std">What the difference is divided by; as many numbers as <paramref name="Mean"/>.</param>
/// <param name="Texts">The lines of each text file that is packed into it: class names, mostly.</param>
public sealed record TensorFlowLiteMetadata(ImmutableArray<float> Mean, ImmutableArray<float> Std, ImmutableArray<ImmutableArray<string>> Texts)
{
    private const string Name = "TFLITE_METADATA";
    private const byte NormalizationOptions = 1;

    /// <summary>The most that is read of one text.</summary>
    private const int MaximumText = 1 << 22;
    private const int MaximumTexts = 16;
    private const int MaximumChannels = 4;

    /// <summary>What is to be done to pixels; null where the file does not say, or in numbers that no picture needs.</summary>
    public SourceNormalization? Normalization => Mean.IsEmpty || Mean.Any(number => Math.Abs(number) > 1e6f) || Std.Any(number => number is < 1e-6f or > 1e6f)
        ? null
        : new SourceNormalization([.. Mean.Select(number => (decimal)number)], [.. Std.Select(number => (decimal)number)]);

    /// <summary>Reads what there is: nothing, of a file without metadata.</summary>
    /// <param name="file">A <c>.tflite</c> file.</param>
    /// <exception cref="WeightsException">The file is damaged.</exception>
    public static TensorFlowLiteMetadata Read(byte[] file) => ReadNormalization(file) with { Texts = ReadTexts(file) };

    /// <summary>Reads what there is but for texts.</summary>
    internal static TensorFlowLiteMetadata ReadNormalization(byte[] file)
    {
        (ImmutableArray<float> mean, ImmutableArray<float> std) = Find(new ByteBuffer(file)) is { } metadata ? ReadNormalization(metadata) : ([], []);
        return new TensorFlowLiteMetadata(mean, std, []);
    }

    /// <summary>The buffer of the metadata, a FlatBuffer of its own.</summary>
    private static ByteBuffer? Find(ByteBuffer buffer)
    {
        FlatTable model = FlatTable.Root(buffer);
        FlatVector entries = model.Vector(6, 4);
        FlatVector buffers = model.Vector(4, 4);
        for (int i = 0; i < entries.Length; i++)
        {
            FlatTable entry = FlatTable.At(buffer, entries, i);
            uint index = entry.UInt32(1);
            if (entry.Name(0) != Name || index >= buffers.Length)
                continue;
            FlatVector data = FlatTable.At(buffer, buffers, (int)index).Vector(0, 1);
            return data.Length == 0 ? null : new ByteBuffer(buffer.ToArray<byte>(data.Start, data.Length));
        }

        return null;
    }

    private static (ImmutableArray<float> Mean, ImmutableArray<float> Std) ReadNormalization(ByteBuffer buffer)
    {
        FlatVector subgraphs = FlatTable.Root(buffer).Vector(3, 4);
        if (subgraphs.Length != 1)
            return ([], []);
        FlatVector inputs = FlatTable.At(buffer, subgraphs, 0).Vector(2, 4);
        if (inputs.Length != 1)
            return ([], []);
        FlatVector units = FlatTable.At(buffer, inputs, 0).Vector(4, 4);
        for (int i = 0; i < units.Length; i++)
        {
            FlatTable unit = FlatTable.At(buffer, units, i);
            if (unit.Byte(0) != NormalizationOptions || unit.Table(1) is not { } options)
                continue;
            ImmutableArray<float> mean = Numbers(buffer, options.Vector(0, 4)), std = Numbers(buffer, options.Vector(1, 4));
            return mean.Length == std.Length && mean.Length is > 0 and <= MaximumChannels && mean.All(float.IsFinite) && std.All(s => float.IsFinite(s) && s > 0) ? (mean, std) : ([], []);
        }

        return ([], []);
    }

    private static ImmutableArray<float> Numbers(ByteBuffer buffer, FlatVector vector) =>
        [.. Enumerable.Range(0, Math.Min(vector.Length, MaximumChannels + 1)).Select(i => buffer.GetFloat(vector.Start + (4 * i)))];

    /// <summary>Files are packed into a network by making it a ZIP archive as well: the archive's end is the file's.</summary>
    private static ImmutableArray<ImmutableArray<string>> ReadTexts(byte[] file)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(file, writable: false));
            return [.. archive.Entries.Where(e => e.FullName.EndsWith(".txt", StringComparison.OrdinalIgnoreCase)).Take(MaximumTexts).Select(Lines).Where(l => l.Length > 0)];
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            // Most files are no archives, and what is broken in one has no part in the network.
            return [];
        }
    }

    private static ImmutableArray<string> Lines(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
        var text = new char[MaximumText + 1];
        int length = reader.ReadBlock(text);
        return length > MaximumText ? [] : [.. new string(text, 0, length).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(l => string.Concat(l.Where(c => !char.IsControl(c))).Trim())];
    }
}
