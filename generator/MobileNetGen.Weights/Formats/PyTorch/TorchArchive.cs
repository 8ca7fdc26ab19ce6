using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>The format since PyTorch 1.6, and TorchScript's: a zip archive with the pickle <c>data.pkl</c> and a file for each storage, none compressed.</summary>
internal sealed class TorchArchive : TorchFile, IDisposable
{
    private const string Pickle = "data.pkl";

    private readonly ZipArchive _archive;
    private readonly string _folder;
    private readonly Dictionary<string, byte[]> _storages = [];
    private long _left;

    /// <summary>Opens an archive and reads its pickle.</summary>
    /// <exception cref="WeightsException">It is malformed.</exception>
    /// <exception cref="InvalidDataException">It is no zip archive.</exception>
    public TorchArchive(byte[] file)
    {
        _left = file.Length;
        _archive = new ZipArchive(new MemoryStream(file, writable: false), ZipArchiveMode.Read);
        ZipArchiveEntry pickle = _archive.Entries.FirstOrDefault(entry => entry.FullName.EndsWith("/" + Pickle, StringComparison.Ordinal))
            ?? throw new WeightsException($"The file is a zip archive without \"{Pickle}\"; what torch.save writes was expected.");
        _folder = pickle.FullName[..^Pickle.Length];
        if (_archive.GetEntry(_folder + "byteorder") is { } order && Content(order).AsSpan().SequenceEqual("big"u8))
            throw new WeightsException("The file was saved on a big-endian machine. Load it with torch.load and save it on another one.");
        Root = new TorchPickle(Content(pickle), 0).Read();
    }

    /// <inheritdoc/>
    public override object? Root { get; }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Bytes(TorchStorage storage)
    {
        if (!_storages.TryGetValue(storage.Key, out byte[]? bytes))
        {
            string name = $"{_folder}data/{storage.Key}";
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
        var content = new byte[entry.Length];
        using Stream stream = entry.Open();
        stream.ReadExactly(content);
        return content;
    }
}
