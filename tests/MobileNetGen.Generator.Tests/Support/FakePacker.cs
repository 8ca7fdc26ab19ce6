using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Tests.Support;

/// <summary>
/// Packs a network without weights: offsets and sizes as the kernels' layouts demand, made-up scales, and bytes that repeat a short pattern of
/// small numbers. Enough for the generator, which looks at nothing else, and for running its code.
/// </summary>
internal sealed class FakePacker
{
    private const int SourceLimit = 256 * 1024;
    private const int Alignment = 64;

    /// <summary>Bytes of a number of every channel of a block.</summary>
    private const int Lanes = 16 * sizeof(int);

    /// <summary>A channel's bias, gain, factor and offset in single precision, bias, multiplier and shift in integers: see the packer's <c>QuantizedNumbers</c>.</summary>
    private static uint[] Rescaling { get; } =
    [
        0x4B40_0000, 0, BitConverter.SingleToUInt32Bits(1 / 64f), BitConverter.SingleToUInt32Bits(0x00C0_0000 - (0x00C0_0000 / 64) + 3),
        0, 1 << 30, unchecked((uint)-5),
    ];

    private readonly Network _network;
    private readonly List<(long Start, long Blocks)> _channels = [];
    private long _size;

    private FakePacker(Network network) => _network = network;

    private bool IsQuantized => _network.Quantization != Quantization.Float32;

    /// <summary>The packed networks of a text, as <c>.mbplan</c> files by name.</summary>
    public static IReadOnlyDictionary<string, string> Files(string text, params string[] labels) =>
        Pack(text, labels).ToDictionary(p => $"obj/{p.QualifiedName}.mbplan", PackedNetworkText.Write);

    /// <summary>The packed networks of a text.</summary>
    public static IReadOnlyList<PackedNetwork> Pack(string text, params string[] labels)
    {
        Compilation compiled = Mbnet.Compile("test.mbnet", text);
        Assert.Empty(compiled.Diagnostics);
        return compiled.Plans.Select(plan => new FakePacker(plan.Network).Pack(plan, DescriptionHash.Of(text), labels)).ToList();
    }

    private PackedNetwork Pack(Plan plan, string hash, string[] labels)
    {
        List<PackedLayer> layers = _network.Layers.Select(layer => Layer(plan, layer)).ToList();
        long? inputTable = IsMapped(_network.InputType) ? Take(256) : null;
        long? outputTable = IsMapped(_network.OutputType) ? Take(256) : null;
        long? anchors = _network.Detector is { } detector ? Take(16L * detector.AnchorCount) : null;
        PackedOutput[] outputs =
        [
            .. _network.Outputs.Select((o, i) => new PackedOutput(
                o.Name, IsQuantized ? new QuantizedTensor("0.00390625", 0) : null, anchors is not null && IsQuantized ? Take(256) : i == 0 ? outputTable : null)),
        ];
        bool source = _network.Bake == Bake.Source || (_network.Bake == Bake.Auto && _size <= SourceLimit);
        return new PackedNetwork
        {
            QualifiedName = _network.QualifiedName,
            DescriptionHash = hash,
            BlobHash = new string('0', 64),
            BlobBytes = _size,
            Sources = EquatableArray.Of("made up"),
            Resource = source ? null : _network.QualifiedName + ".mbw",
            Input = IsQuantized ? new QuantizedTensor("0.0078125", 128) : null,
            Outputs = outputs.ToEquatableArray(),
            Detector = anchors is { } offset ? new PackedDetector(offset) : null,
            InputTable = inputTable,
            Layers = layers.ToEquatableArray(),
            Labels = labels.ToEquatableArray(),
            Words = (source ? Words() : []).ToEquatableArray(),
        };
    }

    private bool IsMapped(Quantization end) => IsQuantized && end != Quantization.Float32 && end != _network.Quantization;

    private PackedLayer Layer(Plan plan, Layer layer)
    {
        int blocks = (layer.Output.Channels + 15) / 16;
        long window = (long)layer.Kernel * layer.Kernel;
        PackedWeights? weights = null;
        if (layer.HasWeights)
        {
            bool depthwise = layer.Operator == Operator.Depthwise;
            int inputs = depthwise ? 1 : IsQuantized ? (layer.Input.Channels + 3) / 4 * 4 : layer.Input.Channels;
            int size = !IsQuantized ? 4 : depthwise ? 2 : 1;
            int total = Math.Max(0, (((layer.Input.Height + layer.Stride - 1) / layer.Stride) - 1) * layer.Stride + layer.Kernel - layer.Input.Height);
            long start = Take(blocks * window * inputs * 16 * size);
            long channels = Take(blocks * (long)Lanes * (IsQuantized ? Rescaling.Length : 1));
            if (IsQuantized)
                _channels.Add((channels, blocks));
            weights = new PackedWeights(start, channels, total / 2, total / 2);
        }

        var packed = new PackedLayer(layer.Name) { Weights = weights };
        if (!IsQuantized)
            return packed;
        packed = packed with { Output = new QuantizedTensor("0.0235294122", 3), FunctionTable = layer.Activation.IsClamp() ? null : Take(256) };
        return layer.Operator.Name switch
        {
            "add" => packed with { Add = new PackedAdd(120, 1073741824, -1, 121, 1234567890, -2, 1500000000, -18, 5, 0, 255, "0.34924597", "0.20080434", "-190.20683") },
            "multiply" => packed with { Multiply = new PackedMultiply(3, 0, 1234567890, -8, 3, 0, 255, "0.0022456", "0.001953125") },
            "averagepool" => packed with { Pool = Pool() },
            "maxpool" or "flatten" => packed,
            "tanh" or "sigmoid" => packed with { FunctionTable = Take(256) },
            "softmax" => packed with { SoftmaxTable = Take(1024) },
            _ => packed with { Requantization = new PackedRequantization(layer.Operator == Operator.Depthwise ? 0 : -7, 3, 3, 255, _network.Quantization == Quantization.UInt8 ? RoundingMode.Twice : _network.Rounding) },
        };
    }

    private PackedPool Pool() => _network.Quantization == Quantization.Int8
        ? new PackedPool(PoolKind.MeanInt8, 3, 1431655765, -3, 0, 3, 0, 255)
        : new PackedPool(PoolKind.AverageUInt8, 3, 0, 0, 0, 3, 0, 255);

    private long Take(long bytes)
    {
        long start = _size;
        _size = (start + bytes + Alignment - 1) / Alignment * Alignment;
        return start;
    }

    /// <summary>Words of two float32 numbers around zero, and harmless as integers too; where sums are rescaled, what multiplies them by 1/64.</summary>
    private IEnumerable<string> Words()
    {
        var numbers = new uint[_size / 4];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = BitConverter.SingleToUInt32Bits(i % 2 == 0 ? ((i / 2 % 7) - 3) / 64f : ((i / 2 % 5) - 2) / 64f);
        foreach ((long start, long blocks) in _channels)
        {
            for (int i = 0; i < blocks * Rescaling.Length * 16; i++)
                numbers[(start / 4) + i] = Rescaling[i / 16 % Rescaling.Length];
        }

        for (int i = 0; i < numbers.Length; i += 2)
            yield return (((ulong)numbers[i + 1] << 32) | numbers[i]).ToString("x16", CultureInfo.InvariantCulture);
    }
}
