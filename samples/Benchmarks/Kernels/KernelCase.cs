using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Runtime.Kernels;
using MobileNetGen.Samples.Benchmarks.Engines;
using MobileNetGen.Weights.Packing;

namespace MobileNetGen.Samples.Benchmarks.Kernels;

/// <summary>A kernel on a layer's shape, called as the network calls it: for a whole map, or for some rows at a time of rings. Layers of one shape and form are one case.</summary>
/// <param name="Step">The step of one of the layers.</param>
/// <param name="Quantization">The arithmetic.</param>
/// <param name="Packed">The layer's numbers as the network has them, on which the choice of a quantised kernel depends; null for float32.</param>
/// <param name="Blob">What they refer to.</param>
public sealed unsafe record KernelCase(Step Step, Quantization Quantization, PackedLayer? Packed, byte[] Blob)
{
    /// <summary>The cases of several networks: their layers that multiply, in order.</summary>
    internal static KernelCase[] Of(IReadOnlyList<Subject> subjects) => [.. subjects.SelectMany(Of).DistinctBy(kernel => kernel.ToString())];

    private static IEnumerable<KernelCase> Of(Subject subject)
    {
        Network network = subject.Network;
        Plan plan = Planner.Plan(network);
        PackedResult? packed = network.Quantization == Quantization.Float32
            ? null
            : NetworkPacker.Pack(plan, ExportedModels.Load(network, subject.Folder), new PackingFacts("", [], []));
        return plan.Steps
            .Where(step => step.Layer.MultiplyAdds > 0)
            .Select(step => new KernelCase(step, network.Quantization, packed?.Packed.Layer(step.Layer.Name), packed?.Blob ?? []));
    }

    /// <summary>The layer.</summary>
    internal Layer Layer => Step.Layer;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Layer}{(Packed?.Weights?.SixteenBitEntries > 0 ? ", added in 16 bits" : "")}{(Step.Band > 0 ? $", {Step.Band} rows a call" : "")}";

    /// <summary>Makes operands, and the calls on them that make up the layer. What activations are does not matter to the time.</summary>
    internal Action Prepare(KernelMemory memory)
    {
        Action<int, int> call = Quantization == Quantization.Float32 ? Float32(memory) : Bytes(memory);
        int height = Layer.Output.Height, band = Step.Band > 0 ? Step.Band : height;
        return () =>
        {
            for (int y = 0; y < height; y += band)
                call(y, Math.Min(band, height - y));
        };
    }

    /// <summary>The call for some rows, from one on.</summary>
    private Action<int, int> Float32(KernelMemory memory)
    {
        (Layer layer, int blocks, int width) = (Layer, Step.Output.Blocks, Layer.Output.Width);
        int inputs = layer.Input.Channels, pad = layer.Kernel / 2, lanes = Step.Input.Lanes;
        int taps = layer.Kernel * layer.Kernel;
        FeatureMap<float> input = memory.Map<float>(Step.Input), output = memory.Map<float>(Step.Output);
        float* bias = memory.Values<float>(blocks * 16);
        float* weights = memory.Values<float>(blocks * 16 * taps * (layer.FilterInputs));
        Float32Clamp activation = layer.Activation == Activation.Linear ? new(float.NegativeInfinity, float.PositiveInfinity) : new(0, 6);
        return layer.Operator.Name switch
        {
            "pointwise" => (y, rows) => Float32Kernels.Pointwise(input, output, weights, bias, width, inputs, layer.Output.Channels, y, rows, activation),
            "depthwise" when layer.Multiplier == 1 => (y, rows) => Float32Kernels.Depthwise(input, output, weights, bias, layer.Kernel, layer.Stride, pad, pad, width, blocks, y, rows, activation),
            "depthwise" => (y, rows) => Float32Kernels.DepthwiseMultiplier(input, output, weights, bias, layer.Kernel, layer.Stride, pad, pad, width, layer.Multiplier, blocks, y, rows, activation),
            "dense" => (y, rows) => Float32Kernels.Dense(input.Origin, output.Origin, weights, bias, inputs, blocks, activation),
            _ => (y, rows) => Float32Kernels.Convolution(input, lanes, output, weights, bias, layer.Kernel, layer.Stride, pad, pad, width, inputs, blocks, y, rows, activation),
        };
    }

    /// <summary>The same in bytes.</summary>
    private Action<int, int> Bytes(KernelMemory memory)
    {
        (Layer layer, int blocks, int width) = (Layer, Step.Output.Blocks, Layer.Output.Width);
        int inputs = layer.Input.Channels, pad = layer.Kernel / 2, lanes = Step.Input.Lanes;
        FeatureMap<byte> input = memory.Map<byte>(Step.Input), output = memory.Map<byte>(Step.Output);
        PackedWeights numbers = Packed!.Weights!;
        PackedRequantization packed = Packed.Requantization!;
        byte* blob = memory.Copy(Blob);
        var weights = (sbyte*)(blob + numbers.Weights);
        var channels = (int*)(blob + numbers.Channels);
        int entries = numbers.SixteenBitEntries;
        var requantization = new Requantization(
            packed.WeightZeroPoint, packed.OutputZeroPoint, (byte)packed.Min, (byte)packed.Max, packed.Rounding == RoundingMode.Once ? Rounding.Once : Rounding.Twice);
        return layer.Operator.Name switch
        {
            "depthwise" when layer.Multiplier == 1 => (y, rows) => UInt8Kernels.Depthwise(input, output, (short*)weights, channels, layer.Kernel, layer.Stride, pad, pad, width, blocks, y, rows, requantization),
            "depthwise" => (y, rows) => UInt8Kernels.DepthwiseMultiplier(input, output, (short*)weights, channels, layer.Kernel, layer.Stride, pad, pad, width, layer.Multiplier, blocks, y, rows, requantization),
            "pointwise" when entries > 0 => (y, rows) => UInt8Kernels.PointwiseSixteenBit(input, output, weights, channels, entries, numbers.HasThrees, width, blocks, y, rows, requantization),
            "pointwise" => (y, rows) => UInt8Kernels.Pointwise(input, output, weights, channels, width, inputs, blocks, y, rows, requantization),
            "dense" => (y, rows) => UInt8Kernels.Dense(input.Origin, output.Origin, weights, channels, inputs, blocks, requantization),
            _ when entries > 0 => (y, rows) => UInt8Kernels.ConvolutionSixteenBit(input, output, weights, channels, layer.Kernel, layer.Stride, pad, pad, entries, width, blocks, y, rows, requantization),
            _ => (y, rows) => UInt8Kernels.Convolution(input, lanes, output, weights, channels, layer.Kernel, layer.Stride, pad, pad, width, inputs, blocks, y, rows, requantization),
        };
    }
}
