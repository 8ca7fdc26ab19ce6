using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Samples.Benchmarks.Kernels;

/// <summary>A kernel on a layer's shape. Layers of one shape are one case.</summary>
/// <param name="Layer">One of the layers.</param>
/// <param name="Quantization">The arithmetic.</param>
public sealed unsafe record KernelCase(Layer Layer, Quantization Quantization)
{
    /// <summary>The cases of several networks: their layers that multiply, in order.</summary>
    internal static KernelCase[] Of(IReadOnlyList<Subject> subjects) =>
    [
        .. subjects
            .SelectMany(subject => subject.Network.Layers.Select(layer => new KernelCase(layer, subject.Network.Quantization)))
            .Where(kernel => kernel.Layer.MultiplyAdds > 0)
            .DistinctBy(kernel => kernel.ToString()),
    ];

    /// <inheritdoc/>
    public override string ToString() => Layer.ToString();

    /// <summary>Makes operands, and the call on them. What is in them does not matter to the time.</summary>
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
            LayerKind.Pointwise => () => Float32Kernels.Pointwise(input, output, weights, bias, width, inputs, blocks, 0, rows, min, max),
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
        int taps = layer.Kernel * layer.Kernel;
        FeatureMap<byte> input = memory.Map<byte>(layer.Input, pad, lanes), output = memory.Map<byte>(layer.Output, halo: 0);
        int* channels = memory.Channels(blocks);
        bool isUInt8 = Quantization == Quantization.UInt8;
        var requantization = new Requantization(
            isUInt8 && layer.Kind != LayerKind.Depthwise ? 3 : 0, layer.Activation == Activation.Linear ? 128 : 0, 0, 255, isUInt8 ? Rounding.Twice : Rounding.Once);
        if (layer.Kind == LayerKind.Depthwise)
        {
            short* filters = memory.Values<short>(blocks * 16 * taps);
            for (int i = 0; i < blocks * 16 * taps; i++)
                filters[i] = (sbyte)filters[i];
            return layer.Multiplier == 1
                ? () => UInt8Kernels.Depthwise(input, output, filters, channels, layer.Kernel, layer.Stride, pad, pad, width, blocks, 0, rows, requantization)
                : () => UInt8Kernels.DepthwiseMultiplier(input, output, filters, channels, layer.Kernel, layer.Stride, pad, pad, width, layer.Multiplier, blocks, 0, rows, requantization);
        }

        sbyte* weights = memory.Values<sbyte>(blocks * 16 * taps * ((inputs + 3) / 4 * 4));
        return layer.Kind switch
        {
            LayerKind.Pointwise => () => UInt8Kernels.Pointwise(input, output, weights, channels, width, inputs, blocks, 0, rows, requantization),
            LayerKind.Dense => () => UInt8Kernels.Dense(input.Origin, output.Origin, weights, channels, inputs, blocks, requantization),
            _ => () => UInt8Kernels.Convolution(input, lanes, output, weights, channels, layer.Kernel, layer.Stride, pad, pad, width, inputs, blocks, 0, rows, requantization),
        };
    }

    /// <summary>Elements of an input pixel: as many as its channels where a convolution reads the network's input.</summary>
    private int Lanes(int inputs) => Layer.Kind == LayerKind.Convolution && Layer.Inputs[0] == Network.InputName ? inputs : 16;
}
