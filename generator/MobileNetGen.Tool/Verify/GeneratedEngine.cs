using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Tool.Compiled;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Verify;

/// <summary>The generated class: as a build would have it, and once more with a plan that keeps the result of every step.</summary>
internal sealed unsafe class GeneratedEngine
{
    private readonly Plan _plan;
    private readonly CompiledNetwork _built;
    private readonly CompiledNetwork _layerwise;
    private readonly IReadOnlyDictionary<string, int[]> _orders;

    /// <param name="description">The description.</param>
    /// <param name="built">The network as it is packed, of which input and output have the type of the layers.</param>
    public GeneratedEngine(Description description, PackedPlan built)
    {
        _plan = LayerwisePlan.Of(built.Plan);
        _built = CompiledNetwork.Of(description, built);
        PackedPlan layerwise = PackedPlan.Of(_plan, built.Trained, description);
        (_layerwise, _orders) = (CompiledNetwork.Of(description, layerwise), layerwise.Result.ChannelOrders);
    }

    /// <summary>The layers whose results a call of <see cref="Run"/> gives; an addition's, where it is fused with the layer before it.</summary>
    public IEnumerable<string> Layers => _plan.Steps.Select(s => s.Last.Name);

    /// <summary>All results as a build's class gives them, one behind the other.</summary>
    public float[] RunBuilt(float[] input) => Call(_built, input, new byte[_built.ScratchBytes]);

    /// <summary>The result of every step, by the name of its last layer, height × width × channels.</summary>
    /// <param name="input">The prepared image: normalised numbers of a float32 network, else bytes in the network's own domain.</param>
    public IReadOnlyDictionary<string, float[]> Run(float[] input)
    {
        // Aligned, so that its start is where the class puts the first map.
        var memory = (byte*)NativeMemory.AlignedAlloc((nuint)_layerwise.ScratchBytes, Plan.Alignment);
        try
        {
            Call(_layerwise, input, new Span<byte>(memory, _layerwise.ScratchBytes));
            return _plan.Steps.ToDictionary(s => s.Last.Name, s => InOrder(s.Last.Name, LayerwisePlan.Read(s.Output, offset => Value(memory + offset))), StringComparer.Ordinal);
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    /// <summary>The values of a map with its channels where the network has them.</summary>
    private float[] InOrder(string layer, float[] values)
    {
        if (!_orders.TryGetValue(layer, out int[]? order))
            return values;
        var ordered = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
            ordered[i - (i % order.Length) + order[i % order.Length]] = values[i];
        return ordered;
    }

    /// <summary>A value of a map; bytes are unsigned there, those of int8 networks 128 more.</summary>
    private float Value(byte* address) => _plan.Network.Quantization switch
    {
        Quantization.Float32 => *(float*)address,
        Quantization.Int8 => *address - 128,
        _ => *address,
    };

    private float[] Call(CompiledNetwork network, float[] input, Span<byte> scratch)
    {
        int outputs = _plan.Network.Outputs.Sum(o => o.Length);
        return _plan.Network.Quantization switch
        {
            Quantization.Float32 => network.RunRaw<float, float>(input, outputs, scratch),
            Quantization.Int8 => [.. network.RunRaw<sbyte, sbyte>([.. input.Select(v => (sbyte)v)], outputs, scratch).Select(v => (float)v)],
            _ => [.. network.RunRaw<byte, byte>([.. input.Select(v => (byte)v)], outputs, scratch).Select(v => (float)v)],
        };
    }
}
