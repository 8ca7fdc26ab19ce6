using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Runtime.Kernels;
using MobileNetGen.Samples.Benchmarks.Engines;
using MobileNetGen.Weights.Packing;

namespace MobileNetGen.Samples.Benchmarks.Kernels;

/// <summary>A kernel on a layer's shape. Layers of one shape and form are one case.</summary>
/// <param name="Layer">One of the layers.</param>
/// <param name="Quantization">The arithmetic.</param>
/// <param name="Packed">The layer's numbers as the network has them, on which the choice of a quantised kernel depends; null for float32.</param>
/// <param name="Blob">What they refer to.</param>
public sealed unsafe record KernelCase(Layer Layer, Quantization Quantization, PackedLayer? Packed, byte[] Blob)
{
    /// <summary>The cases of several networks: their layers that multiply, in order.</summary>
    internal static KernelCase[] Of(IReadOnlyList<Subject> subjects) => [.. subjects.SelectMany(Of).DistinctBy(kernel => kernel.ToString())];

    private static IEnumerable<KernelCase> Of(Subject subject)
    {
        Network network = subject.Network;
        PackedResult? packed = network.Quantization == Quantization.Float32
            ? null
            : NetworkPacker.Pack(Planner.Plan(network), ExportedModels.Load(network, subject.Folder), new PackingFacts("", [], []));
        return network.Layers
            .Where(layer => layer.MultiplyAdds > 0)
            .Select(layer => new KernelCase(layer, network.Quantization, packed?.Packed.Layer(layer.Name), packed?.Blob ?? []));
    }

    /// <inheritdoc/>
    public override string ToString() => Packed?.Weights?.SixteenBitEntries > 0 ? $"{Layer}, added in 16 bits" : $"{Layer}";

    /// <summary>Makes operands, and the call on them. What activations are does not matter to the time.</summary>
    internal Action Prepare(KernelMemory memory) => Quantization == Quantization.Float32 ? Float32(memory) : Bytes(memory);

    private Action Float32(KernelMemory memory)
    {
        (Layer layer, int blocks, int width, int rows) = (Layer, KernelMemory.Blocks(Layer.Output.Channels), Layer.Output.Width, Layer.Output.Height);
        int inputs = layer.Input.Channels, pad = layer.Kernel / 2, lanes = Lanes(inputs);
        int taps = layer.Kernel * layer.Kernel;
        FeatureMap<float> input = memory.Map<float>(layer.Input, pad, lanes), output = memory.Map<float>(layer.Output, halo: 0);
        float* bias = memory.Values<float>(blocks * 16);
        float* weights = memory.Values<float>(blocks * 16 * taps * (layer.Kind == LayerKind.Depthwise ? 1 : inputs));
        (float min, float max) = layer.Activation == Activation.Linear ? (float.NegativeInfinity, float.PositiveInfinity) : (0, 6f);
        return layer.Kind switch
        {
            LayerKind.Pointwise => () => Float32Kernels.Pointwise(input, output, weights, bias, width, inputs, layer.Output.Channels, 0, rows, min, max),
            LayerKind.Depthwise when layer.Multiplier == 1 => () => Float32Kernels.Depthwise(input, output, weights, bias, layer.Kernel, layer.Stride, pad, pad, width, blocks, 0, rows, min, max),
            LayerKind.Depthwise => () => Float32Kernels.DepthwiseMultiplier(input, output, weights, bias, layer.Kernel, layer.Stride, pad, pad, width, layer.Multiplier, blocks, 0, rows, min, max),
            LayerKind.Dense => () => Float32Kernels.Dense(input.Origin, output.Origin, weights, bias, inputs, blocks, min, max),
            _ => () => Float32Kernels.Convolution(input, lanes, output, weights, bias, layer.Kernel, layer.Stride, pad, pad, width, inputs, blocks, 0, rows, min, max),
        };
    }

    private Action Bytes(KernelMemory memory)
    {
        (Layer layer, int blocks, int width, int rows) = (Layer, KernelMemory.Blocks(Layer.Output.Channels), Layer.Output.Width, Layer.Output.Height);
        int inputs = layer.Input.Channels, pad = layer.Kernel / 2, lanes = Lanes(inputs) == 16 ? 16 : 4;
        FeatureMap<byte> input = memory.Map<byte>(layer.Input, pad, lanes), output = memory.Map<byte>(layer.Output, halo: 0);
        PackedWeights numbers = Packed!.Weights!;
        PackedRequantization packed = Packed.Requantization!;
        byte* blob = memory.Copy(Blob);
        var weights = (sbyte*)(blob + numbers.Weights);
        var channels = (int*)(blob + numbers.Channels);
        int entries = numbers.SixteenBitEntries;
        var requantization = new Requantization(
            packed.WeightZeroPoint, packed.OutputZeroPoint, (byte)packed.Min, (byte)packed.Max, packed.Rounding == RoundingMode.Once ? Rounding.Once : Rounding.Twice);
        return layer.Kind switch
        {
            LayerKind.Depthwise when layer.Multiplier == 1 => () => UInt8Kernels.Depthwise(input, output, (short*)weights, channels, layer.Kernel, layer.Stride, pad, pad, width, blocks, 0, rows, requantization),
            LayerKind.Depthwise => () => UInt8Kernels.DepthwiseMultiplier(input, output, (short*)weights, channels, layer.Kernel, layer.Stride, pad, pad, width, layer.Multiplier, blocks, 0, rows, requantization),
            LayerKind.Pointwise when entries > 0 => () => UInt8Kernels.PointwiseSixteenBit(input, output, weights, channels, entries, width, blocks, 0, rows, requantization),
            LayerKind.Pointwise => () => UInt8Kernels.Pointwise(input, output, weights, channels, width, inputs, blocks, 0, rows, requantization),
            LayerKind.Dense => () => UInt8Kernels.Dense(input.Origin, output.Origin, weights, channels, inputs, blocks, requantization),
            _ when entries > 0 => () => UInt8Kernels.ConvolutionSixteenBit(input, output, weights, channels, layer.Kernel, layer.Stride, pad, pad, entries, width, blocks, 0, rows, requantization),
            _ => () => UInt8Kernels.Convolution(input, lanes, output, weights, channels, layer.Kernel, layer.Stride, pad, pad, width, inputs, blocks, 0, rows, requantization),
        };
    }

    /// <summary>Elements of an input pixel: as many as its channels where a convolution reads the network's input.</summary>
    private int Lanes(int inputs) => Layer.Kind == LayerKind.Convolution && Layer.Inputs[0] == Network.InputName ? inputs : 16;
}
