using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using TorchSharp;
using static TorchSharp.torch;

namespace MobileNetGen.Samples.Train.Model;

/// <summary>How a tensor is trained.</summary>
internal enum Learning
{
    /// <summary>By gradients, and it decays.</summary>
    Decayed,

    /// <summary>By gradients: biases and the parameters of batch normalisations, which decay only harms.</summary>
    Undecayed,

    /// <summary>Not by gradients: running statistics.</summary>
    Observed,
}

/// <summary>A tensor of the network.</summary>
/// <param name="Name">In the weights file, by PyTorch's conventions: <c>features.3.0.weight</c>.</param>
/// <param name="Value">Changed in place.</param>
/// <param name="Learning">How it is trained.</param>
internal sealed record NamedTensor(string Name, Tensor Value, Learning Learning);

/// <summary>The parameters of a filter: a kernel with a batch normalisation, or, where results are computed, with a bias.</summary>
internal sealed class TrainableLayer : IDisposable
{
    /// <summary>Creates random weights.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="prefix">The name of its parameters in the weights file.</param>
    /// <param name="hasBias">Whether it has a bias: it is fully connected, or one of a detector's predictors.</param>
    public TrainableLayer(Layer layer, string prefix, bool hasBias)
    {
        HasBias = hasBias;
        int outputs = layer.Output.Channels;
        bool dense = layer.Operator == Operator.Dense;
        long[] shape = dense ? [outputs, layer.Input.Length] : [outputs, layer.FilterInputs, layer.Kernel, layer.Kernel];

        // As torchvision does: by the outputs that a weight takes part in. Results begin near zero.
        double deviation = hasBias ? 0.01 : Math.Sqrt(2.0 / (layer.Kernel * layer.Kernel * (layer.IsDepthwise ? 1 : outputs)));
        Weight = Parameter((randn(shape) * deviation).DetachFromDisposeScope());
        Beta = Parameter(zeros(outputs));
        Tensors = hasBias
            ? [new(prefix + ".weight", Weight, Learning.Decayed), new(prefix + ".bias", Beta, Learning.Undecayed)]
            : [
                new(prefix + ".0.weight", Weight, Learning.Decayed),
                new(prefix + ".1.weight", Gamma = Parameter(ones(outputs)), Learning.Undecayed),
                new(prefix + ".1.bias", Beta, Learning.Undecayed),
                new(prefix + ".1.running_mean", Mean = zeros(outputs), Learning.Observed),
                new(prefix + ".1.running_var", Variance = ones(outputs), Learning.Observed),
            ];
    }

    /// <summary>Whether it has a bias, and no batch normalisation.</summary>
    public bool HasBias { get; }

    public Tensor Weight { get; }

    public Tensor? Gamma { get; }

    /// <summary>What is added to the result: β of the batch normalisation, or the bias.</summary>
    public Tensor Beta { get; }

    public Tensor? Mean { get; }

    public Tensor? Variance { get; }

    public IReadOnlyList<NamedTensor> Tensors { get; }

    public void Dispose()
    {
        foreach (NamedTensor tensor in Tensors)
            tensor.Value.Dispose();
    }

    private static Tensor Parameter(Tensor value) => value.requires_grad_();
}
