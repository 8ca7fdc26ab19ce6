using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Packing;
using MobileNetGen.Weights.Synthetic;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Packing;

/// <summary>A network, its weights with channels in the order in which they are packed, and what packing made of them.</summary>
internal sealed record PackedSample(Plan Plan, TrainedNetwork Trained, PackedNetwork Packed, byte[] Blob)
{
    public static PackedSample Of(string text, Func<TrainedNetwork, TrainedNetwork>? change = null)
    {
        Plan plan = NetworkText.Plan(text);
        TrainedNetwork trained = RandomWeights.Create(plan.Network);
        trained = change is null ? trained : change(trained);
        PackedResult result = NetworkPacker.Pack(plan, trained, new PackingFacts("description", ["source"], ["label"]));
        return new PackedSample(plan, ChannelSorter.Arrange(trained).Network, result.Packed, result.Blob);
    }

    /// <summary>Every kind of layer, of sizes and channels that fill nothing evenly.</summary>
    public static PackedSample Odd(string settings) => Of($"network Odd\nresolution 17x14\nweights random 5\n{settings}{NetworkText.OddLayers}");

    /// <summary>What the kernels' unsigned domain adds to the network's own values.</summary>
    public int Offset => Plan.Network.Quantization == Quantization.Int8 ? 128 : 0;

    /// <summary>The layers with weights, and where those lie.</summary>
    public IEnumerable<(TrainedLayer Layer, PackedLayer Packed)> Filtered => Trained.Layers.Where(l => l.Filter is not null).Select(l => (l, Packed.Layer(l.Layer.Name)));

    public TensorScale Scale(string name) => name == Network.InputName ? Trained.Input!.Value : Trained.Layers.Single(l => l.Layer.Name == name).Output!.Value;

    public float Float(long offset, int index) => BinaryPrimitives.ReadSingleLittleEndian(Blob.AsSpan((int)offset + (4 * index)));

    public int Int(long offset, int index) => BinaryPrimitives.ReadInt32LittleEndian(Blob.AsSpan((int)offset + (4 * index)));

    public short Short(long offset, int index) => BinaryPrimitives.ReadInt16LittleEndian(Blob.AsSpan((int)offset + (2 * index)));

    public sbyte SByte(long offset, int index) => (sbyte)Blob[offset + index];

    /// <summary>Bias, multiplier and shift of an output channel.</summary>
    public (int Bias, int Multiplier, int Shift) Channel(PackedLayer layer, int n)
    {
        long block = layer.Weights!.Channels + (((n / 16 * 112) + 64) * sizeof(int));
        return (Int(block, n % 16), Int(block, 16 + (n % 16)), Int(block, 32 + (n % 16)));
    }
}
