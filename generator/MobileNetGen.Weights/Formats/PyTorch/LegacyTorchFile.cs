using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>
/// The format before PyTorch 1.6: pickles one behind the other (a number to know the format by, its version, the machine, what was saved, the keys of the
/// storages), then for each key the count and the numbers.
/// </summary>
internal sealed class LegacyTorchFile : TorchFile
{
    /// <summary>The operation LONG1, the length 10, and 0x1950A86A20F9469CFC6C.</summary>
    private static ReadOnlySpan<byte> Magic => [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

    private readonly byte[] _file;
    private readonly Dictionary<string, (int Start, int Length)> _storages = [];

    /// <summary>Reads all of a file but the numbers.</summary>
    /// <exception cref="WeightsException">It is malformed.</exception>
    public LegacyTorchFile(byte[] file)
    {
        _file = file;
        var pickle = new TorchPickle(file, 0);
        pickle.Read();
        pickle.Read();
        if (pickle.Read() is PickleDictionary machine && machine["little_endian"] is false)
            throw new WeightsException("The file was saved on a big-endian machine. Load it with torch.load and save it on another one.");
        Root = pickle.Read();
        if (pickle.Read() is not List<object?> keys)
            throw new WeightsException("The file is damaged: the list of its storages is missing. Fetch or save it again.");

        int position = pickle.Position;
        foreach (object? key in keys)
        {
            if (key is not string text || !pickle.Storages.TryGetValue(text, out TorchStorage? storage))
                throw new WeightsException($"The file is damaged: it has a storage that no tensor uses, \"{key}\". Fetch or save it again.");
            long length = Length(storage);
            if (file.Length - position < sizeof(long) || BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(position)) != storage.Count || length > file.Length - position - sizeof(long))
                throw new WeightsException($"The file is damaged: at byte {position}, {storage.Count} numbers of {storage.Type} should follow, and the file ends before they do, as where a download was cut off. Fetch or save it again.");
            _storages[text] = (position + sizeof(long), (int)length);
            position += sizeof(long) + (int)length;
        }
    }

    /// <inheritdoc/>
    public override object? Root { get; }

    /// <summary>Whether a file begins as one of this format does: with a pickle of the number above, of a protocol without frames (9 bytes) or with them.</summary>
    public static bool IsOne(ReadOnlySpan<byte> head) => head.Length > 2 && head[0] == 0x80 && head[2..].IndexOf(Magic) is 0 or 9;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Bytes(TorchStorage storage) => _storages.TryGetValue(storage.Key, out (int Start, int Length) place)
        ? _file.AsSpan(place.Start, place.Length)
        : throw new WeightsException($"The file is damaged: it lacks the storage \"{storage.Key}\". Fetch or save it again.");
}
