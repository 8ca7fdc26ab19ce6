using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Export;

/// <summary>
/// Writes a network as an ONNX model. Nodes and values have the names of the layers; what one layer needs besides is named <c>layer/part</c>, which no layer's
/// name can be.
/// </summary>
public abstract class OnnxWriter
{
    private protected OnnxWriter(TrainedNetwork trained, ImmutableHashSet<string> given) => (Trained, Given, Graph) = (trained, given, new OnnxGraph(trained.Network.ClassName));

    /// <summary>The model.</summary>
    internal OnnxGraph Graph { get; }

    private protected TrainedNetwork Trained { get; }

    /// <summary>The layers whose results are given to the model.</summary>
    private protected ImmutableHashSet<string> Given { get; }

    /// <summary>The sizes of a result.</summary>
    private protected static int[] Sizes(NetworkOutput output) => output.IsVector ? [1, output.Length] : [1, output.Shape.Channels, output.Shape.Height, output.Shape.Width];

    /// <summary>Adds the node of a layer.</summary>
    internal abstract void Node(string operatorType, Layer layer, IEnumerable<string> inputs, string output, params ReadOnlySpan<ProtobufMessage> attributes);

    /// <summary>Adds the node of a layer with weights.</summary>
    internal abstract void Filter(TrainedLayer trained, string operatorType, string input, string output, int[] sizes, params ProtobufMessage[] attributes);

    /// <summary>Adds the node of a pool over the whole map.</summary>
    internal abstract void Pool(string operatorType, Layer layer, string output);

    /// <summary>What a layer reads.</summary>
    internal abstract string Read(Layer reader, int input);

    /// <summary>What a layer that works on a vector reads.</summary>
    internal abstract string Vector(Layer reader);

    /// <summary>The second of what a layer reads: a vector, as [1, channels, 1, 1], which multiplies all pixels of a map.</summary>
    internal abstract string Factors(Layer reader);

    /// <summary>What a matrix is multiplied by: a vector, as [1, channels].</summary>
    internal abstract string Row(Layer reader);

    /// <summary>Adds the nodes of a hard swish or a hard sigmoid.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="linear">What it reads.</param>
    /// <param name="output">What it gives.</param>
    private protected void HardFunction(Layer layer, string linear, string output)
    {
        // HardSwish is an operator of its own only in later versions of ONNX.
        bool isSwish = layer.Activation == Activation.HSwish;
        string part = isSwish ? $"{layer.Name}/hardsigmoid" : output;
        Graph.Node("HardSigmoid", $"{layer.Name}/hard", [linear], part, OnnxAttribute.Float("alpha", 1f / 6), OnnxAttribute.Float("beta", 0.5f));
        if (isSwish)
            Graph.Node("Mul", $"{layer.Name}/swish", [linear, part], output);
    }

    /// <summary>Says what a softmax reads.</summary>
    internal virtual void Logits(string value)
    {
    }
}
