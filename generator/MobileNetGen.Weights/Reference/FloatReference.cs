using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Runtime.InteropServices;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Operators;

namespace MobileNetGen.Weights.Reference;

/// <summary>
/// Runs a float32 network the obvious way, layer by layer in height × width × channels order. Sums run over taps and input channels in order,
/// each product rounded before it is added, so results are the same on every machine.
/// </summary>
public static class FloatReference
{
    /// <summary>The result of every layer, by its name, and the input under <see cref="Network.InputName"/>; before an activation that is no clamp, under <see cref="Linear"/>.</summary>
    /// <param name="trained">A float32 network.</param>
    /// <param name="input">Its prepared input, H·W·C.</param>
    public static IReadOnlyDictionary<string, float[]> Run(TrainedNetwork trained, float[] input)
    {
        var results = new Dictionary<string, float[]>(StringComparer.Ordinal) { [Network.InputName] = input };
        foreach (TrainedLayer layer in trained.Layers)
        {
            float[] y = TrainedOperator.Of(layer.Layer).Compute(layer, [.. layer.Layer.Inputs.Select(name => results[name])]);
            if (!layer.Layer.Activation.IsClamp())
                results.Add(Linear(layer.Layer), [.. y]);
            Activate(layer.Layer.Activation, y);
            results.Add(layer.Layer.Name, y);
        }

        return results;
    }

    /// <summary>The name of what a layer has before its activation.</summary>
    public static string Linear(Layer layer) => $"{layer.Name}/linear";

    /// <summary>The result of one layer.</summary>
    /// <param name="layer">A layer of a float32 network.</param>
    /// <param name="inputs">What it reads, in its order.</param>
    internal static float[] Run(TrainedLayer layer, float[][] inputs)
    {
        float[] y = TrainedOperator.Of(layer.Layer).Compute(layer, inputs);
        Activate(layer.Layer.Activation, y);
        return y;
    }

    /// <summary>Sums over all inputs of a window.</summary>
    internal static float[] Convolution(TrainedLayer trained, float[] x)
    {
        Layer layer = trained.Layer;
        var filter = (FloatFilter)trained.Filter!;
        (int inputs, int outputs, int taps) = (layer.Input.Channels, layer.Output.Channels, layer.Kernel * layer.Kernel);

        // [tap][in][out], so that one input multiplies a run of outputs.
        var weights = new float[filter.Weights.Length];
        for (int n = 0; n < outputs; n++)
        {
            for (int k = 0; k < taps * inputs; k++)
                weights[(k * outputs) + n] = filter.Weights[(n * taps * inputs) + k];
        }

        var y = new float[layer.Output.Length];
        ForEachPixel(trained, (pixel, windows) =>
        {
            Span<float> sums = y.AsSpan(pixel * outputs, outputs);
            filter.Bias.CopyTo(sums);
            foreach ((int tap, int source) in windows)
            {
                for (int c = 0; c < inputs; c++)
                    MultiplyAdd(x[(source * inputs) + c], weights.AsSpan(((tap * inputs) + c) * outputs, outputs), sums);
            }
        });
        return y;
    }

    /// <summary>Calls back for each output pixel with the taps that fall inside the input: their index and the input pixel.</summary>
    internal static void ForEachPixel(TrainedLayer trained, Action<int, List<(int Tap, int Source)>> body)
    {
        Layer layer = trained.Layer;
        var windows = new List<(int, int)>();
        for (int oy = 0; oy < layer.Output.Height; oy++)
        {
            for (int ox = 0; ox < layer.Output.Width; ox++)
            {
                windows.Clear();
                for (int tap = 0; tap < layer.Kernel * layer.Kernel; tap++)
                {
                    int iy = (oy * layer.Stride) - trained.PadTop + (tap / layer.Kernel), ix = (ox * layer.Stride) - trained.PadLeft + (tap % layer.Kernel);
                    if (iy >= 0 && iy < layer.Input.Height && ix >= 0 && ix < layer.Input.Width)
                        windows.Add((tap, (iy * layer.Input.Width) + ix));
                }

                body((oy * layer.Output.Width) + ox, windows);
            }
        }
    }

    private static void MultiplyAdd(float x, ReadOnlySpan<float> weights, Span<float> sums)
    {
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(sums);
        ReadOnlySpan<Vector<float>> w = MemoryMarshal.Cast<float, Vector<float>>(weights);
        var factor = new Vector<float>(x);
        for (int i = 0; i < vectors.Length; i++)
            vectors[i] += factor * w[i];
        for (int i = vectors.Length * Vector<float>.Count; i < sums.Length; i++)
            sums[i] += x * weights[i];
    }

    /// <summary>Applies an activation.</summary>
    internal static void Activate(Activation activation, float[] values)
    {
        if (activation == Activation.Linear)
            return;
        if (!activation.IsClamp())
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = Math.Clamp(values[i] + 3, 0, 6) / 6 * (activation == Activation.HSwish ? values[i] : 1);
            return;
        }

        float max = activation == Activation.Relu6 ? 6 : float.PositiveInfinity;
        for (int i = 0; i < values.Length; i++)
            values[i] = Math.Clamp(values[i], 0, max);
    }
}
