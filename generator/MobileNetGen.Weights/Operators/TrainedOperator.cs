using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Export.TensorFlowLite;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Packing;
using MobileNetGen.Weights.PostTraining;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Weights.Operators;

/// <summary>An operator where there are numbers: how files have it, how it is packed, computed, quantised and exported.</summary>
internal abstract class TrainedOperator
{
    /// <summary>All of them.</summary>
    public static OperatorTable<TrainedOperator> Table { get; } = new(
        "The weights library",
        (Operator.Convolution, new TrainedConvolution()),
        (Operator.Pointwise, new TrainedPointwise()),
        (Operator.Depthwise, new TrainedDepthwise()),
        (Operator.Add, new TrainedAdd()),
        (Operator.Multiply, new TrainedMultiply()),
        (Operator.AveragePool, new TrainedAveragePool()),
        (Operator.MaxPool, new TrainedMaxPool()),
        (Operator.Flatten, new TrainedFlatten()),
        (Operator.Dense, new TrainedDense()),
        (Operator.Tanh, new TrainedTanh()),
        (Operator.Sigmoid, new TrainedSigmoid()),
        (Operator.Softmax, new TrainedSoftmax()));

    /// <summary>The word to write for it where a file has one and the text has none; null where that alone would not do.</summary>
    public virtual string? Word => null;

    /// <summary>What modules state of a filter that it stands behind, and a message's words for that.</summary>
    public virtual (SourceFollower Kind, string Text) Follower => (SourceFollower.Other, "no pool and no function");

    /// <summary>That of a layer.</summary>
    public static TrainedOperator Of(Layer layer) => Table[layer.Operator];

    /// <summary>What to do where a file has something else than a layer.</summary>
    public static string Advice(Layer layer, SourceOperator found) =>
        All().FirstOrDefault(op => op.Fits(layer, found))?.Word is { } word ? $"write '{word}' in its place" : "describe the network that the file holds";

    /// <summary>A message's words for what modules state to stand behind a filter.</summary>
    public static string TextOf(SourceFollower follower) => All().First(op => op.Follower.Kind == follower).Follower.Text;

    /// <summary>Whether an operator of a file can be a layer of this kind.</summary>
    public abstract bool Fits(Layer layer, SourceOperator found);

    /// <summary>Whether a layer gives what it reads, so that files need not have it.</summary>
    public virtual bool ChangesNothing(Layer layer) => false;

    /// <summary>Compares what a file has with a layer, and gives it its numbers.</summary>
    /// <param name="matcher">Knows the file.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="found">An operator that <see cref="Fits"/>.</param>
    public abstract TrainedLayer Match(LayerMatcher matcher, Layer layer, SourceOperator found);

    /// <summary>Writes what a kernel reads.</summary>
    /// <param name="packer">Has the blob and the scales.</param>
    /// <param name="step">The step.</param>
    /// <param name="trained">Its layer.</param>
    /// <param name="packed">The layer so far.</param>
    /// <returns>What the generator must know.</returns>
    public abstract PackedLayer Pack(NetworkPacker packer, Step step, TrainedLayer trained, PackedLayer packed);

    /// <summary>Computes a layer in float32 the obvious way, without its activation.</summary>
    public abstract float[] Compute(TrainedLayer trained, float[][] inputs);

    /// <summary>Computes a layer in integers, by TensorFlow Lite's rules as they are written down.</summary>
    public abstract int[] Compute(TrainedLayer trained, QuantizedReference reference);

    /// <summary>The scale of its result in a network that is quantised here.</summary>
    /// <param name="read">The scale of what it reads.</param>
    /// <param name="range">The range of its result.</param>
    /// <param name="lowest">The smallest of the 256 integers.</param>
    public abstract TensorScale Scale(TensorScale read, Func<ActivationRange> range, int lowest);

    /// <summary>The numerics of a pool in a network that is quantised here; null of anything else.</summary>
    public virtual PoolKind? Pool(bool isSigned) => null;

    /// <summary>Writes the nodes that compute a layer from real numbers.</summary>
    /// <param name="writer">Writes.</param>
    /// <param name="trained">The layer.</param>
    /// <param name="linear">The name of their result, before the activation.</param>
    public abstract void Export(OnnxWriter writer, TrainedLayer trained, string linear);

    /// <summary>Writes the operators of TensorFlow Lite that compute a layer.</summary>
    /// <param name="writer">Writes.</param>
    /// <param name="trained">The layer.</param>
    /// <param name="input">The tensor it reads, the first of two.</param>
    /// <param name="shape">The shape of its result.</param>
    /// <returns>The tensor of its result.</returns>
    public abstract int Export(TensorFlowLiteWriter writer, TrainedLayer trained, int input, int[] shape);

    private static IEnumerable<TrainedOperator> All() => Operator.All.Select(op => Table[op]);
}
