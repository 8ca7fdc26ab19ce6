using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Keras.Hdf5;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>
/// Finds the order of layers that Keras 3 saved without their model: layers of one class are numbered in order, but nothing says where those of another
/// class stand between them. In a MobileNet their channels do: each layer reads as many as the one before it gives.
/// </summary>
internal static class KerasOrder
{
    private const int Deepest = 4;

    private sealed record Candidate(string Name, bool IsDepthwise, int Inputs, int Outputs);

    private sealed record Normalization(string Name, int Tensors, int Channels);

    /// <summary>A model of the layers whose weights a group holds.</summary>
    /// <param name="model">The group.</param>
    /// <param name="name">Its name.</param>
    /// <param name="depth">How many models it is inside of.</param>
    /// <exception cref="WeightsException">Their channels do not follow each other as a MobileNet's.</exception>
    public static KerasLayer Infer(Hdf5Object model, string name = "", int depth = 0)
    {
        Hdf5Object layers = KerasVariables.Layers(model)!;
        string[] names = [.. layers.Members.OrderBy(inner => inner, NaturalOrder.Instance)];

        // A model that stands as a layer is the network that a new head was put on.
        IEnumerable<KerasLayer> models = depth == Deepest ? [] : names
            .Where(inner => KerasVariables.Layers(layers.Member(inner)!) is not null)
            .Select(inner => Infer(layers.Member(inner)!, inner, depth + 1));
        IEnumerable<KerasLayer> dense = Of("dense").Select(inner => new KerasLayer(inner, KerasNames.Dense, []));
        List<KerasLayer> chain = Chain(
            new(Of("conv2d").Select(inner => Shape(layers, inner) is [_, _, var inputs, var outputs] ? new Candidate(inner, false, inputs, outputs) : throw Unclear())),
            new(Of("depthwise_conv2d").Select(inner => Shape(layers, inner) is [_, _, var channels, var multiplier] ? new Candidate(inner, true, channels, channels * multiplier) : throw Unclear())),
            new(Of("batch_normalization").Select(inner => new Normalization(inner, layers.Member($"{inner}/{KerasVariables.Own}")?.Members.Count ?? 0, Shape(layers, inner) is [var channels] ? channels : throw Unclear()))));
        return new KerasLayer(name, depth == 0 ? "" : KerasVariables.Class(name), [.. models, .. chain, .. dense]);

        IEnumerable<string> Of(string kind) => names.Where(inner => KerasVariables.Class(inner) == kind);
    }

    private static List<KerasLayer> Chain(Queue<Candidate> convolutions, Queue<Candidate> depthwise, Queue<Normalization> normalizations)
    {
        var chain = new List<KerasLayer>();
        Candidate? last = null;
        while (convolutions.Count + depthwise.Count > 0)
        {
            // Where either could follow, as in the middle of MobileNetV1, the two alternate.
            Candidate next = new[] { depthwise.FirstOrDefault(), convolutions.FirstOrDefault() }
                .Where(candidate => candidate is not null && (last is null ? !candidate.IsDepthwise : candidate.Inputs == last.Outputs))
                .OrderByDescending(candidate => candidate!.Outputs == normalizations.FirstOrDefault()?.Channels)
                .ThenByDescending(candidate => candidate!.IsDepthwise != last?.IsDepthwise)
                .FirstOrDefault() ?? throw Unclear();
            last = (next.IsDepthwise ? depthwise : convolutions).Dequeue();
            chain.Add(new KerasLayer(next.Name, next.IsDepthwise ? KerasNames.Depthwise : KerasNames.Convolution, []));
            if (normalizations.TryPeek(out Normalization? follower) && follower.Channels == next.Outputs)
            {
                // Of three tensors nobody could say whether γ or β is missing.
                bool isAffine = normalizations.Dequeue().Tensors switch { 4 => true, 2 => false, _ => throw Unclear() };
                ImmutableArray<string> weights = [.. isAffine ? [KerasNames.Gamma, KerasNames.Beta] : ImmutableArray<string>.Empty, KerasNames.MovingMean, KerasNames.MovingVariance];
                chain.Add(new KerasLayer(follower.Name, KerasNames.BatchNormalization, []) { WeightNames = weights });
            }
        }

        return normalizations.Count == 0 ? chain : throw Unclear();
    }

    /// <summary>The shape of a layer's first tensor.</summary>
    private static ImmutableArray<int> Shape(Hdf5Object layers, string name) =>
        (layers.Member($"{name}/{KerasVariables.Own}/0") ?? throw Hdf5Bytes.Damaged($"the weights of \"{name}\" are missing")).Shape();

    private static WeightsException Unclear() => new(
        "The file holds Keras 3's weights without their model and so does not say in which order the layers run, and their channels do not follow each other as a MobileNet's do. "
        + "Save the whole model: model.save(\"name.keras\").");
}
