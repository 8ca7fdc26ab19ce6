using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Files;
using MobileNetGen.Weights.Formats.Caffe;
using MobileNetGen.Weights.Formats.Keras;
using MobileNetGen.Weights.Formats.Onnx;
using MobileNetGen.Weights.Formats.PyTorch;
using MobileNetGen.Weights.Formats.SafeTensors;
using MobileNetGen.Weights.Formats.TensorFlow;
using MobileNetGen.Weights.Formats.TensorFlowJs;
using MobileNetGen.Weights.Formats.TensorFlowLite;

namespace MobileNetGen.Weights.Formats;

/// <summary>A weights file of any format that is understood.</summary>
/// <param name="Model">What it holds.</param>
/// <param name="Files">Every file that was read: itself, and the files beside it that belong to it.</param>
public sealed record WeightsFile(SourceModel Model, ImmutableArray<FileRead> Files)
{
    /// <summary>The most that is read for one model, in bytes: ten times the largest MobileNet's float32 weights.</summary>
    public const long MaximumLength = 512L << 20;

    private const int HeadLength = 64;

    // Those that go by the extension alone come before those that would take any archive or message.
    private static readonly ImmutableArray<IWeightsReader> s_readers =
    [
        new TensorFlowLiteReader(),
        new KerasHdf5Reader(),
        new KerasArchiveReader(),
        new TensorFlowJsReader(),
        new CheckpointReader(),
        new FrozenGraphReader(),
        new CaffeReader(),
        new OnnxReader(),
        new PyTorchReader(),
        new SafeTensorsReader(),
    ];

    /// <summary>Whether a file looks like one of weights, by its beginning or its extension.</summary>
    /// <param name="path">The file.</param>
    public static bool IsOne(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            var head = new byte[HeadLength];
            int length = stream.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false);
            return s_readers.Any(reader => reader.CanRead(head.AsSpan(0, length), Path.GetExtension(path).ToLowerInvariant()));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Reads a file, by the reader that recognises its content or its extension.</summary>
    /// <param name="path">The file, or the prefix of a TensorFlow checkpoint's files.</param>
    /// <param name="inputSize">The size of the input by the network's text, for files that leave it open.</param>
    /// <exception cref="WeightsException">
    /// The file cannot be opened, is larger than <see cref="MaximumLength"/>, of a format that is not understood, malformed, or not a MobileNet's.
    /// The message begins with the file's name.
    /// </exception>
    public static WeightsFile Read(string path, Shape? inputSize = null)
    {
        path = WeightsPath.Find(path) ?? path;
        string name = Path.GetFileName(path);
        long allowed = MaximumLength;
        byte[] bytes = ReadBytes(path, name, ref allowed);
        var files = new List<FileRead> { FileRead.Of(path, bytes) };
        var input = new WeightsInput(name, bytes, relative =>
        {
            string full = Beside(path, relative);
            byte[] beside = ReadBytes(full, relative, ref allowed);
            files.Add(FileRead.Of(full, beside));
            return MisfetchedFile.ProblemOfPart(beside) is { } wrong ? throw new WeightsException($"{relative}: {wrong}") : beside;
        })
        {
            InputSize = inputSize,
        };
        ReadOnlySpan<byte> head = bytes.AsSpan(0, Math.Min(HeadLength, bytes.Length));
        string extension = Path.GetExtension(path).ToLowerInvariant();
        if (MisfetchedFile.Problem(bytes, extension) is { } problem)
            throw new WeightsException($"{name}: {problem}");
        foreach (IWeightsReader reader in s_readers)
        {
            if (!reader.CanRead(head, extension))
                continue;
            try
            {
                return new WeightsFile(reader.Read(input), [.. files]);
            }
            catch (WeightsException error)
            {
                throw new WeightsException($"{name}: {error.Message}", error);
            }
            catch (InsufficientExecutionStackException error)
            {
                throw new WeightsException($"{name}: The file nests its parts deeper than any model does. It is damaged, or made to do harm.", error);
            }
        }

        string understood = string.Join(", ", s_readers.Select(reader => reader.Description));
        throw new WeightsException($"{name}: neither its content nor its extension is that of a format that is understood: {understood}.");
    }

    /// <summary>
    /// A file below the folder of another one: a weights file from a stranger must not choose what is read elsewhere, and neither must links in an unpacked archive.
    /// Links may lead to where the first file itself lies, as in a cache that has links to all files of a model.
    /// </summary>
    private static string Beside(string path, string relative)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string full = relative.Length == 0 || relative.Contains('\0') || Path.IsPathRooted(relative) ? folder : Path.GetFullPath(Path.Combine(folder, relative));
        if (!IsBelow(full, folder))
            throw new WeightsException($"It names the file \"{relative}\" as a part of itself; a file in its own folder was expected.");
        try
        {
            string target = WithoutLinks(full);
            return IsBelow(target, WithoutLinks(folder)) || IsBelow(target, Path.GetDirectoryName(WithoutLinks(Path.GetFullPath(path)))!)
                ? full
                : throw new WeightsException($"The file \"{relative}\" beside it is a link that leads out of the folder, to {target}; put the file itself there.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WeightsException($"{relative}: the file cannot be read: {error.Message}", error);
        }
    }

    private static bool IsBelow(string path, string folder) => path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>Where a path leads when every link in it, of folders too, is followed.</summary>
    private static string WithoutLinks(string path)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
            return path;
        FileSystemInfo entry = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        return entry.ResolveLinkTarget(returnFinalTarget: true) is { } target ? WithoutLinks(target.FullName) : Path.Combine(WithoutLinks(parent), Path.GetFileName(path));
    }

    private static byte[] ReadBytes(string path, string name, ref long allowed)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > allowed)
                throw new WeightsException($"{name}: {stream.Length} bytes; at most {allowed} were expected, ten times the largest MobileNet.");
            allowed -= stream.Length;
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
