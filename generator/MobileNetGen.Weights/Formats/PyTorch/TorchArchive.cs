using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>The format since PyTorch 1.6, and TorchScript's: a zip archive with the pickle <c>data.pkl</c> and a file for each storage, none compressed.</summary>
internal sealed class TorchArchive : TorchFile, IDisposable
{
    private const string Pickle = "data.pkl";
    private const string ConstantsPickle = "constants.pkl";

    private readonly ZipArchive _archive;
    private readonly string _folder;
    private readonly Dictionary<string, byte[]> _storages = [];
    private long _left;
    private long _codeLeft;
    private IReadOnlyList<object?>? _constants;

    /// <summary>Opens an archive and reads its pickle.</summary>
    /// <exception cref="WeightsException">It is malformed.</exception>
    /// <exception cref="InvalidDataException">It is no zip archive.</exception>
    public TorchArchive(byte[] file)
    {
        // Code is compressed to a third or so, and a small part of the file.
        (_left, _codeLeft) = (file.Length, (2L * file.Length) + 65_536);
        _archive = new ZipArchive(new MemoryStream(file, writable: false), ZipArchiveMode.Read);
        ZipArchiveEntry pickle = _archive.Entries.FirstOrDefault(entry => entry.FullName.EndsWith("/" + Pickle, StringComparison.Ordinal))
            ?? throw new WeightsException($"The file is a zip archive without \"{Pickle}\"; what torch.save writes was expected.");
        _folder = pickle.FullName[..^Pickle.Length];
        if (_archive.GetEntry(_folder + "byteorder") is { } order && Content(order).AsSpan().SequenceEqual("big"u8))
            throw new WeightsException("The file was saved on a big-endian machine. Load it with torch.load and save it on another one.");
        Root = new TorchPickle(Content(pickle), 0).Read();
        IsScript = _archive.Entries.Any(entry => entry.FullName.StartsWith(_folder + "code/", StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public override object? Root { get; }

    /// <summary>Whether it is TorchScript: whether it has code.</summary>
    public bool IsScript { get; }

    /// <summary>What code calls CONSTANTS.</summary>
    /// <exception cref="WeightsException">It is malformed.</exception>
    public IReadOnlyList<object?> Constants => _constants ??= _archive.GetEntry(_folder + ConstantsPickle) is { } entry
        ? new TorchPickle(Content(entry), 0, "constants/").Read() as object?[] ?? []
        : [];

    /// <summary>A file of code; null where there is none.</summary>
    /// <param name="path">Relative to the network's folder: "code/__torch__.py".</param>
    /// <exception cref="WeightsException">It is larger than code is.</exception>
    public string? Code(string path)
    {
        if (_archive.GetEntry(_folder + path) is not { } entry)
            return null;
        if (entry.Length < 0 || entry.Length > _codeLeft)
            throw new WeightsException("The file is damaged: the code of its archive is larger than all of it. Fetch or save it again.");
        _codeLeft -= entry.Length;
        return Encoding.UTF8.GetString(Unpacked(entry));
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Bytes(TorchStorage storage)
    {
        if (!_storages.TryGetValue(storage.Key, out byte[]? bytes))
        {
            string name = _folder + (storage.Key.Contains('/', StringComparison.Ordinal) ? storage.Key : $"data/{storage.Key}");
            ZipArchiveEntry entry = _archive.GetEntry(name) ?? throw new WeightsException($"The file is damaged: its archive has no \"{name}\". Fetch or save it again.");
            if (entry.Length < Length(storage))
                throw new WeightsException($"The file is damaged: \"{name}\" has {entry.Length} bytes where {Length(storage)} belong. Fetch or save it again.");
            _storages.Add(storage.Key, bytes = Content(entry));
        }

        return bytes;
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    /// <summary>An entry's bytes, of which all entries together have no more than the file: nothing is compressed, and nothing is there twice.</summary>
    private byte[] Content(ZipArchiveEntry entry)
    {
        if (entry.CompressedLength != entry.Length)
            throw new WeightsException($"\"{entry.FullName}\" in the file is compressed, which PyTorch does not do. Save the network again with torch.save.");
        if (entry.Length < 0 || entry.Length > _left)
            throw new WeightsException("The file is damaged: the entries of its archive are larger than the file. Fetch or save it again.");
        _left -= entry.Length;
        return Unpacked(entry);
    }

    private static byte[] Unpacked(ZipArchiveEntry entry)
    {
        var content = new byte[entry.Length];
        using Stream stream = entry.Open();
        stream.ReadExactly(content);
        return content;
    }
}
