using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Tests.Formats.TensorFlow;

/// <summary>Writes a TensorFlow checkpoint from the published layouts: LevelDB's table format and the messages of tensor_bundle.proto.</summary>
internal sealed class CheckpointFile
{
    private readonly SortedDictionary<string, (ProtobufBytes Entry, byte[] Data)> _tensors = new(StringComparer.Ordinal);
    private readonly List<byte>[] _shards;

    public CheckpointFile(int shards = 1)
    {
        _shards = [.. Enumerable.Range(0, shards).Select(_ => new List<byte>())];
        Header = new ProtobufBytes().Integer(1, shards).Message(3, new ProtobufBytes().Integer(1, 1));
    }

    /// <summary>Bytes of entries before a block ends.</summary>
    public int BlockSize { get; init; } = 256;

    /// <summary>Changes the content of a block before its check sum is made.</summary>
    public Func<byte[], byte[]> Block { get; init; } = static block => block;

    /// <summary>The message that describes the whole.</summary>
    public ProtobufBytes Header { get; init; }

    public CheckpointFile Add(string name, int[] shape, float[] values) => Add(name, 1, shape, ProtobufBytes.Little(values));

    /// <summary>Adds a tensor of any type; tensors take turns at the shards.</summary>
    public CheckpointFile Add(string name, int type, int[] shape, byte[] data)
    {
        int shard = _tensors.Count % _shards.Length;
        var sizes = new ProtobufBytes();
        foreach (int size in shape)
            sizes.Message(2, new ProtobufBytes().Integer(1, size));
        ProtobufBytes entry = new ProtobufBytes().Integer(1, type).Message(2, sizes);
        if (shard != 0)
            entry.Integer(3, shard);
        entry.Integer(4, _shards[shard].Count).Integer(5, data.Length).Fixed(6, Masked(data));
        return AddEntry(name, entry, data, shard);
    }

    /// <summary>Adds a layer's parameters as TF-slim names them.</summary>
    public void AddLayer(UnfoldedLayer layer, string scope, string suffix = "")
    {
        AddKernel(layer, $"{scope}/weights{suffix}", $"{scope}/depthwise_weights{suffix}");
        if (layer.Bias is not null)
            Add($"{scope}/biases{suffix}", [layer.Outputs], layer.Bias);
        AddNormalization(layer, name => $"{scope}/BatchNorm/{name}{suffix}");
    }

    public void AddKernel(UnfoldedLayer layer, string name, string depthwiseName)
    {
        (int kernel, int inputs) = (layer.Layer.Kernel, layer.Layer.Input.Channels);
        if (layer.Layer.Operator == Operator.Depthwise)
            Add(depthwiseName, [kernel, kernel, inputs, layer.Layer.Multiplier], layer.TapsFirst);
        else
            Add(name, [kernel, kernel, inputs, layer.Outputs], layer.TapsFirst);
    }

    public void AddNormalization(UnfoldedLayer layer, Func<string, string> name)
    {
        if (layer.Normalization is not { } n)
            return;
        foreach ((string role, float[] values) in new[] { ("gamma", n.Gamma), ("beta", n.Beta), ("moving_mean", n.Mean), ("moving_variance", n.Variance) })
            Add(name(role), [layer.Outputs], values);
    }

    public CheckpointFile AddEntry(string name, ProtobufBytes entry, byte[] data, int shard = 0)
    {
        _tensors.Add(name, (entry, data));
        _shards[shard].AddRange(data);
        return this;
    }

    public void Write(string folder, string prefix)
    {
        File.WriteAllBytes(Path.Combine(folder, prefix + ".index"), Index());
        foreach ((string name, byte[] bytes) in Data(prefix))
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
    }

    /// <summary>The data files by name.</summary>
    public Dictionary<string, byte[]> Data(string prefix = "model.ckpt") =>
        Enumerable.Range(0, _shards.Length).ToDictionary(i => $"{prefix}.data-{i:D5}-of-{_shards.Length:D5}", i => _shards[i].ToArray());

    /// <summary>The checkpoint as a reader gets it.</summary>
    public WeightsInput Input() => Input(Index(), Data());

    public static WeightsInput Input(byte[] index, IReadOnlyDictionary<string, byte[]> data) => new(
        "model.ckpt.index", index, name => data.TryGetValue(name, out byte[]? bytes) ? bytes : throw new WeightsException($"There is no {name}."));

    public byte[] Index()
    {
        var file = new List<byte>();
        var handles = new List<(string Key, byte[] Value)>();
        var block = new List<(string Key, byte[] Value)>();
        foreach ((string key, byte[] value) in _tensors.Select(t => (t.Key, t.Value.Entry.ToArray())).Prepend(("", Header.ToArray())))
        {
            block.Add((key, value));
            if (block.Sum(entry => entry.Value.Length) >= BlockSize)
                Flush();
        }

        if (block.Count > 0)
            Flush();
        byte[] metaindex = Append(file, []);
        byte[] footer = [.. metaindex, .. Append(file, handles)];
        file.AddRange(footer);
        file.AddRange(new byte[40 - footer.Length]);
        file.AddRange([0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]);
        return [.. file];

        void Flush()
        {
            handles.Add((block[^1].Key, Append(file, block)));
            block.Clear();
        }
    }

    /// <summary>Appends a block and gives its handle.</summary>
    private byte[] Append(List<byte> file, List<(string Key, byte[] Value)> entries)
    {
        const int RestartInterval = 16;
        List<byte> block = [], handle = [];
        var restarts = new List<int>();
        string previous = "";
        for (int i = 0; i < entries.Count; i++)
        {
            (string key, byte[] value) = entries[i];
            int shared = i % RestartInterval == 0 ? 0 : key.AsSpan().CommonPrefixLength(previous);
            if (i % RestartInterval == 0)
                restarts.Add(block.Count);
            ProtobufBytes.Varint(block, (ulong)shared);
            ProtobufBytes.Varint(block, (ulong)(key.Length - shared));
            ProtobufBytes.Varint(block, (ulong)value.Length);
            block.AddRange(Encoding.Latin1.GetBytes(key[shared..]));
            block.AddRange(value);
            previous = key;
        }

        if (restarts.Count == 0)
            restarts.Add(0);
        foreach (int restart in restarts)
            block.AddRange(BitConverter.GetBytes(restart));
        block.AddRange(BitConverter.GetBytes(restarts.Count));

        byte[] content = [.. Block([.. block]), 0];
        ProtobufBytes.Varint(handle, (ulong)file.Count);
        ProtobufBytes.Varint(handle, (ulong)content.Length - 1);
        file.AddRange(content);
        file.AddRange(BitConverter.GetBytes(Masked(content)));
        return [.. handle];
    }

    /// <summary>CRC-32C bit by bit (polynomial 0x1EDC6F41, reflected), rotated and moved as LevelDB does.</summary>
    public static uint Masked(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
        }

        crc = ~crc;
        return unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8u);
    }
}
