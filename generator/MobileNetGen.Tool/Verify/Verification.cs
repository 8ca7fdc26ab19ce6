using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Tool.Operators;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Verify;

/// <summary>How far an engine's result of a layer is from the generated class's.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Difference">The largest difference of two values, over all images.</param>
/// <param name="Bound">What it may be.</param>
internal sealed record LayerDifference(string Engine, float Difference, float Bound)
{
    /// <summary>Whether it is larger than it may be, or no number.</summary>
    public bool Exceeds => !(Difference <= Bound);
}

/// <summary>A layer, compared.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Largest">The largest magnitude of the reference's values.</param>
/// <param name="Differences">To each engine.</param>
internal sealed record LayerVerification(string Layer, float Largest, ImmutableArray<LayerDifference> Differences);

/// <summary>A network, compared.</summary>
/// <param name="ClassName">The network.</param>
/// <param name="Images">How many images it was run on.</param>
/// <param name="StreamingDifference">The largest difference between the class as it is built and the one that keeps every map; it must be 0.</param>
/// <param name="FirstExceeded">The first layer that is beyond a bound, or null.</param>
/// <param name="Layers">The layers.</param>
internal sealed record Verification(string ClassName, int Images, float StreamingDifference, string? FirstExceeded, ImmutableArray<LayerVerification> Layers)
{
    /// <summary>Of float32, relative to a layer's largest value, since sums are taken in another order; and of probabilities and tangents, whose range is 1.</summary>
    internal const float OneLayer = 1e-5f;

    /// <summary>The same from the naive reference, which adds one rounded product after the other.</summary>
    private const float Naive = 1e-4f;

    /// <summary>The largest difference between the class with the types of its own ends and the reference with the same; it must be 0.</summary>
    public float EndsDifference { get; init; }

    /// <summary>What neither the weights nor the description say; nothing here can verify it.</summary>
    public ImmutableArray<Assumption> Assumptions { get; init; } = [];

    /// <summary>Whether everything is within its bound.</summary>
    public bool Passed => StreamingDifference == 0 && EndsDifference == 0 && FirstExceeded is null;

    /// <summary>Compares a network.</summary>
    /// <param name="description">The description.</param>
    /// <param name="plan">The network's plan.</param>
    /// <param name="images">Images of the network's size.</param>
    /// <param name="withOnnxRuntime">Whether to compare with ONNX Runtime too.</param>
    /// <param name="progress">Told how far it is, from 0 to 1.</param>
    /// <exception cref="MatchException">The weights cannot be read or do not fit.</exception>
    public static Verification Run(Description description, Plan plan, IReadOnlyList<byte[]> images, bool withOnnxRuntime, Action<double> progress)
    {
        // First what a build does, whose every error is to be seen here too.
        PackedPlan built = PackedPlan.Of(plan, description);
        bool converts = NetworkEnds.Has(built.Trained);
        float ends = converts ? images.Max(new NetworkEnds(description, built).Difference) : 0;
        TrainedNetwork trained = Inside(built.Trained);
        plan = plan with { Network = trained.Network };
        var generated = new GeneratedEngine(description, converts ? PackedPlan.Of(plan, trained, description) : built);
        using OnnxEngine? onnx = withOnnxRuntime ? new OnnxEngine(trained, generated.Layers) : null;
        return Compare(plan, trained, generated, [new NaiveEngine(trained), .. onnx is null ? Array.Empty<IEngine>() : [onnx]], images, progress) with { Assumptions = trained.Assumptions, EndsDifference = ends };
    }

    /// <summary>Compares a generated class with other engines; the first of them computes the whole network.</summary>
    internal static Verification Compare(Plan plan, TrainedNetwork trained, GeneratedEngine generated, IEngine[] engines, IReadOnlyList<byte[]> images, Action<double> progress)
    {
        bool isQuantized = plan.Network.Quantization != Quantization.Float32;
        string[] layers = [.. generated.Layers];
        var largest = new float[layers.Length];
        var differences = new float[engines.Length, layers.Length];
        float streaming = 0;
        for (int image = 0; image < images.Count; image++)
        {
            float[] input = Prepared(plan.Network, images[image]);
            IReadOnlyDictionary<string, float[]> ours = generated.Run(input);
            streaming = MathF.Max(streaming, Difference(generated.RunBuilt(input), [.. DetectorHeads.Results(trained, ours)]));
            for (int e = 0; e < engines.Length; e++)
            {
                IReadOnlyDictionary<string, float[]> theirs = engines[e].Run(input, ours);
                for (int l = 0; l < layers.Length; l++)
                {
                    differences[e, l] = MathF.Max(differences[e, l], Difference(ours[layers[l]], theirs[layers[l]]));
                    if (e == 0)
                        largest[l] = MathF.Max(largest[l], theirs[layers[l]].Max(MathF.Abs));
                }
            }

            progress((image + 1.0) / images.Count);
        }

        ImmutableArray<LayerVerification> compared =
        [
            .. layers.Select((layer, l) => new LayerVerification(layer, largest[l], [.. engines.Select((engine, e) => new LayerDifference(engine.Name, differences[e, l], Bound(engine, layer, largest[l])))])),
        ];
        return new Verification(plan.Network.ClassName, images.Count, streaming, compared.FirstOrDefault(l => l.Differences.Any(d => d.Exceeds))?.Layer, compared);

        float Bound(IEngine engine, string layer, float scale)
        {
            Layer last = plan.Network.Layers.First(l => l.Name == layer);
            if (!isQuantized)
                return ToolOperator.Of(last).Bound(scale, engine is NaiveEngine ? Naive : OneLayer);

            // Where an addition is fused, two roundings differ. So they do behind an activation that is a table, which may make several units of one.
            int fused = plan.Steps.Any(s => s.FusedAdd == last) ? 1 : 0;
            int step = trained.Layers.First(l => l.Layer == last).Function is { Table: var table } ? table.Zip(table.Skip(1)).Max(pair => Math.Abs(pair.Second - pair.First)) : 0;
            return engine is NaiveEngine ? 0 : 1 + fused + step;
        }
    }

    /// <summary>The network without the conversions at its ends, which are tables of bytes and no layers.</summary>
    internal static TrainedNetwork Inside(TrainedNetwork trained) => trained with
    {
        Network = trained.Network with { InputType = trained.Network.Quantization, OutputType = trained.Network.Quantization },
        OuterInput = trained.Input,
        OuterOutput = trained.Layers[^1].Output,
    };

    /// <summary>What the first layer reads of an image: normalised, or as a quantised network reads pixels.</summary>
    private static float[] Prepared(Network network, byte[] pixels)
    {
        if (network.Quantization != Quantization.Float32)
            return [.. pixels.Select(p => (float)(network.Quantization == Quantization.Int8 ? p - 128 : p))];
        float[] mean = [.. network.Normalization.Mean.Select(m => (float)m)], std = [.. network.Normalization.Std.Select(s => (float)s)];
        return [.. pixels.Select((p, i) => (p - mean[i % mean.Length]) / std[i % std.Length])];
    }

    /// <summary>The largest difference of two values; NaN where one of them alone is no number.</summary>
    private static float Difference(float[] a, float[] b)
    {
        float largest = 0;
        for (int i = 0; i < a.Length; i++)
        {
            if (a[i] != b[i] && !(float.IsNaN(a[i]) && float.IsNaN(b[i])))
                largest = MathF.Max(largest, MathF.Abs(a[i] - b[i]));
        }

        return largest;
    }
}
