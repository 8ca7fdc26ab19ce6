using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Operators;

namespace MobileNetGen.Weights.Packing;

/// <summary>A network's blob and what the generator must know of it.</summary>
/// <param name="Packed">What the generator must know.</param>
/// <param name="Blob">The blob.</param>
/// <param name="ChannelOrders">Of each layer whose channels do not lie where the network has them: which of them lies where.</param>
public sealed record PackedResult(PackedNetwork Packed, byte[] Blob, IReadOnlyDictionary<string, int[]> ChannelOrders);

/// <summary>What the packer is told beside the weights.</summary>
/// <param name="DescriptionHash">Hash of the network's text.</param>
/// <param name="Sources">Where the weights came from, for the header of the generated file.</param>
/// <param name="Labels">Class names, or none.</param>
public sealed record PackingFacts(string DescriptionHash, ImmutableArray<string> Sources, ImmutableArray<string> Labels);

/// <summary>Turns a trained network into the bytes that kernels read and the numbers that generated code holds.</summary>
public sealed class NetworkPacker
{
    /// <summary>Weights up to this size are compiled as source: a literal of 1 MiB would add over a second to a build.</summary>
    private const int LargestSource = 256 * 1024;

    /// <summary>The share of a network's weights that packing for 16 bits may add to them.</summary>
    private const double LargestExtra = 0.1;

    private readonly Plan _plan;
    private readonly TrainedNetwork _trained;
    private readonly IReadOnlyDictionary<string, int[]> _orders;
    private readonly Dictionary<string, TensorScale?> _scales = new(StringComparer.Ordinal);
    private long _spareBytes;

    private NetworkPacker(Plan plan, TrainedNetwork trained)
    {
        (_plan, Numbers) = (plan, new QuantizedNumbers(plan.Network));
        (_trained, _orders) = ChannelSorter.Arrange(trained);
        _scales[Network.InputName] = trained.Input;
        foreach (TrainedLayer layer in trained.Layers)
            _scales[layer.Layer.Name] = layer.Output;
        _spareBytes = (long)(LargestExtra * trained.Layers.Sum(l => l.Filter is QuantizedFilter q ? (long)q.Weights.Length : 0));
    }

    /// <summary>What kernels read.</summary>
    internal Blob Blob { get; } = new();

    /// <summary>The rules by which a quantised layer's integers are made.</summary>
    internal QuantizedNumbers Numbers { get; }

    /// <summary>Packs a network. The result depends on nothing but the arguments.</summary>
    public static PackedResult Pack(Plan plan, TrainedNetwork trained, PackingFacts facts) => new NetworkPacker(plan, trained).Pack(facts);

    private PackedResult Pack(PackingFacts facts)
    {
        Network network = _plan.Network;
        List<PackedLayer> layers = [.. _plan.Steps.SelectMany(Layers)];
        long? inputTable = null;
        (TensorScale? outerInput, TensorScale? outerOutput) = (Outer(_trained.OuterInput, network.InputType), Outer(_trained.OuterOutput, network.OutputType));
        if (outerInput is not null)
            inputTable = QuantizedNumbers.Table(Blob, outerInput.Value, Unsigned(_trained.Input!.Value));
        PackedOutput[] outputs = [.. network.Outputs.Select(o => new PackedOutput(o.Name, Tensor(_scales[o.Layer]), null))];
        PackedDetector? detector = null;
        if (network.Detector is not null)
            (detector, outputs) = new DetectorPacker(network, Numbers, Blob).Pack(_trained.Detector ?? TrainedDetector.Of(network, Scale), Scale);
        else if (outerOutput is not null)
            outputs[0] = new PackedOutput(outputs[0].Name, Text(outerOutput.Value), QuantizedNumbers.Table(Blob, Unsigned(_scales[network.Outputs[0].Layer]!.Value), outerOutput.Value));

        byte[] blob = Blob.ToArray();
        bool source = network.Bake == Bake.Source || (network.Bake == Bake.Auto && blob.Length <= LargestSource);
        var packed = new PackedNetwork
        {
            QualifiedName = network.QualifiedName,
            DescriptionHash = facts.DescriptionHash,
            BlobHash = Convert.ToHexStringLower(SHA256.HashData(blob)),
            BlobBytes = blob.Length,
            Sources = facts.Sources.ToEquatableArray(),
            Resource = source ? null : network.QualifiedName + ".mbw",
            Input = outerInput is null ? Tensor(_trained.Input) : Text(outerInput.Value),
            Outputs = outputs.ToEquatableArray(),
            InputTable = inputTable,
            Detector = detector,
            Layers = layers.ToEquatableArray(),
            Labels = facts.Labels.ToEquatableArray(),
            Words = (source ? Words(blob) : []).ToEquatableArray(),
        };
        return new PackedResult(packed, blob, _orders);
    }

    private IEnumerable<PackedLayer> Layers(Step step)
    {
        TrainedLayer trained = _trained.Layers.First(l => l.Layer == step.Layer);
        yield return TrainedOperator.Of(step.Layer).Pack(this, step, trained, new PackedLayer(step.Layer.Name) { Output = Tensor(trained.Output) });
        if (step.FusedAdd is { } add)
        {
            TrainedLayer sum = _trained.Layers.First(l => l.Layer == add);
            yield return Activated(new PackedLayer(add.Name) { Output = Tensor(sum.Output), Add = TrainedAdd.Numbers(this, trained.Output, Scale(step.Second!.Name), sum) }, sum);
        }
    }

    /// <summary>The scale of a layer's result, or of the input; null in float32.</summary>
    internal TensorScale? Scale(string layer) => _scales[layer];

    /// <summary>Writes the table of an activation, where a layer has one.</summary>
    internal PackedLayer Activated(PackedLayer packed, TrainedLayer trained)
    {
        if (trained.Function is not { } function)
            return packed;
        long offset = Blob.Begin();
        foreach (byte value in function.Table)
            Blob.Write(value);
        return packed with { FunctionTable = offset };
    }

    /// <summary>Packs the weights of a layer.</summary>
    internal PackedLayer Filtered(PackedLayer packed, Step step, TrainedLayer trained) => trained.Filter switch
    {
        FloatFilter filter => packed with
        {
            Weights = new PackedWeights(FilterPacker.Weights(Blob, step, filter), FilterPacker.Bias(Blob, step.Layer, filter), trained.PadTop, trained.PadLeft),
        },
        QuantizedFilter filter => Activated(Quantized(packed, step, trained, filter, Scale(step.Layer.Inputs[0])!.Value), trained),
        _ => throw new InvalidOperationException($"{step.Layer.Name} has no weights."),
    };

    private PackedLayer Quantized(PackedLayer packed, Step step, TrainedLayer trained, QuantizedFilter filter, TensorScale input)
    {
        SixteenBitFilter? sixteenBit = step.Input.IsBlocked == (step.Layer.Operator == Operator.Pointwise) ? SixteenBitFilter.Create(step.Layer, filter) : null;
        if (sixteenBit?.ExtraBytes > _spareBytes)
            sixteenBit = null;
        _spareBytes -= sixteenBit?.ExtraBytes ?? 0;

        long weights = sixteenBit?.Write(Blob) ?? FilterPacker.Weights(Blob, step.Layer, filter);
        long channels = Numbers.Channels(Blob, trained, filter, input, trained.Linear!.Value);
        PackedRequantization requantization = Numbers.Requantization(trained, filter, trained.Linear.Value);
        return packed with
        {
            Weights = new PackedWeights(weights, channels, trained.PadTop, trained.PadLeft, sixteenBit?.Entries ?? 0, sixteenBit?.HasThrees ?? false),
            Requantization = sixteenBit is null ? requantization : requantization with { WeightZeroPoint = 0 },
        };
    }

    /// <summary>A scale of the layers in the unsigned domain.</summary>
    private TensorScale Unsigned(TensorScale scale) => scale with { ZeroPoint = Numbers.ToUnsigned(scale.ZeroPoint) };

    /// <summary>A scale of what the caller gives or gets in the unsigned domain; null where that is real numbers.</summary>
    private static TensorScale? Outer(TensorScale? scale, Quantization type) => type switch
    {
        Quantization.Float32 => null,
        Quantization.Int8 => scale!.Value with { ZeroPoint = scale.Value.ZeroPoint + 128 },
        _ => scale!.Value,
    };

    private QuantizedTensor? Tensor(TensorScale? scale) => scale is null ? null : Text(Unsigned(scale.Value));

    internal static QuantizedTensor Text(TensorScale scale) => new(scale.Scale.ToString("R", CultureInfo.InvariantCulture), scale.ZeroPoint);

    private static IEnumerable<string> Words(byte[] blob)
    {
        for (int i = 0; i < blob.Length; i += sizeof(ulong))
            yield return BitConverter.ToUInt64(blob, i).ToString("x16", CultureInfo.InvariantCulture);
    }
}
