using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using MobileNetGen.Files;
using MobileNetGen.Weights.Formats.Protobuf;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <summary>
/// TensorFlow's tensor bundle, which a checkpoint is: an index, <c>prefix.index</c>, of where in the shards, <c>prefix.data-00000-of-00001</c> and so
/// on, each tensor is.
/// </summary>
internal sealed class TensorBundle
{
    private readonly WeightsInput _index;
    private readonly Dictionary<string, TableEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Shard> _shards = [];
    private readonly long _shardCount = 1;

    /// <summary>Opens a bundle.</summary>
    /// <exception cref="WeightsException">The index is damaged, or a big-endian machine's.</exception>
    public TensorBundle(WeightsInput index)
    {
        _index = index;
        foreach (TableEntry entry in SortedTable.Read(index.Bytes))
        {
            if (!_entries.TryAdd(entry.Key, entry))
                throw Damaged($"has \"{PrintableName.Of(entry.Key)}\" twice");
        }

        // The header's key is empty, so that it comes first.
        if (!_entries.Remove("", out TableEntry header))
            throw Damaged("has no header");
        var fields = new ProtobufReader(index.Bytes, header.Start, header.Length);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    _shardCount = fields.Integer();
                    break;
                case 2:
                    if (fields.Integer() != 0)
                        throw new WeightsException("The checkpoint was saved on a big-endian machine; save it on a little-endian one.");
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }
    }

    /// <summary>A shard, and how much of it has not been read yet: tensors do not overlap.</summary>
    private sealed class Shard(byte[] bytes)
    {
        public byte[] Bytes => bytes;

        public long Unread { get; set; } = bytes.Length;
    }

    /// <summary>The names of its tensors, in no order.</summary>
    public IEnumerable<string> Names => _entries.Keys;

    /// <summary>Reads a tensor of real numbers.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="WeightsException">It is not there, damaged or not of real numbers.</exception>
    public SourceTensor Read(string name)
    {
        long type = 0, shard = 0, offset = 0, size = 0;
        uint sum = 0;
        ImmutableArray<int> shape = [];
        var fields = new ProtobufReader(_index.Bytes, _entries[name].Start, _entries[name].Length);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    type = fields.Integer();
                    break;
                case 2:
                    shape = TensorShape.Known(TensorShape.ReadSizes(fields.Message(), name), name);
                    break;
                case 3:
                    shard = fields.Integer();
                    break;
                case 4:
                    offset = fields.Integer();
                    break;
                case 5:
                    size = fields.Integer();
                    break;
                case 6:
                    sum = fields.Fixed32();
                    break;
                case 7:
                    throw new WeightsException($"The tensor \"{name}\" is saved in slices (a partitioned variable); save the checkpoint without a partitioner.");
                default:
                    fields.Skip();
                    break;
            }
        }

        ReadOnlySpan<byte> bytes = Bytes(name, shard, offset, size);
        if (Crc32C.Masked(bytes) != sum)
            throw new WeightsException($"The check sum of the tensor \"{name}\" is wrong: a data file is damaged or another checkpoint's. Fetch or save the checkpoint again.");
        return DataTypes.ReadReal(name, (DataType)type, shape, bytes);
    }

    private ReadOnlySpan<byte> Bytes(string name, long index, long offset, long size)
    {
        if (index < 0 || index >= _shardCount || _shardCount > 99999)
            throw Damaged($"says that \"{name}\" is in data file {index} of {_shardCount}");
        if (!_shards.TryGetValue(index, out Shard? shard))
        {
            string prefix = _index.Name[..^WeightsPath.CheckpointIndex.Length];
            string file = string.Create(CultureInfo.InvariantCulture, $"{prefix}.data-{index:D5}-of-{_shardCount:D5}");
            _shards.Add(index, shard = new Shard(_index.ReadBeside(file)));
        }

        shard.Unread -= Math.Max(size, 0);
        if (offset < 0 || size < 0 || offset > shard.Bytes.Length - size || shard.Unread < 0)
            throw Damaged($"says that \"{name}\" is {size} bytes at byte {offset} of {shard.Bytes.Length} in its data file, or more tensors than that has room for");
        return shard.Bytes.AsSpan((int)offset, (int)size);
    }

    private static WeightsException Damaged(string found) => new($"The checkpoint's index {found}. Fetch or save the checkpoint again.");
}
