using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Matching;
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
        int outputs = layer.Output.Channels;
        bool dense = layer.Operator == Operator.Dense;
        long[] shape = dense ? [outputs, layer.Input.Length] : [outputs, layer.FilterInputs, layer.Kernel, layer.Kernel];

        // As torchvision does: by the outputs that a weight takes part in. Results begin near zero.
        double deviation = hasBias ? 0.01 : Math.Sqrt(2.0 / (layer.Kernel * layer.Kernel * (layer.IsDepthwise ? 1 : outputs)));
        Weight = Parameter((randn(shape) * deviation).DetachFromDisposeScope());
        Beta = Parameter(zeros(outputs));
        if (!hasBias)
            (Gamma, Mean, Variance) = (Parameter(ones(outputs)), zeros(outputs), ones(outputs));
        Tensors = Named(prefix);
    }

    /// <summary>Takes weights that are trained already. A batch normalisation is folded into them, and <see cref="Measure"/> puts one back.</summary>
    /// <param name="trained">The layer and its weights.</param>
    /// <param name="prefix">The name of its parameters in the weights file.</param>
    /// <param name="hasBias">As for random weights.</param>
    public TrainableLayer(TrainedLayer trained, string prefix, bool hasBias)
    {
        (Layer layer, FloatFilter filter) = (trained.Layer, (FloatFilter)trained.Filter!);
        int outputs = layer.Output.Channels;
        using DisposeScope _ = NewDisposeScope();
        Tensor ordered = layer.Operator == Operator.Dense
            ? tensor(filter.Weights, [outputs, layer.Input.Height, layer.Input.Width, layer.Input.Channels]).permute(0, 3, 1, 2).flatten(1)
            : layer.IsDepthwise
                ? tensor(filter.Weights, [layer.Kernel, layer.Kernel, outputs, 1]).permute(2, 3, 0, 1)
                : tensor(filter.Weights, [outputs, layer.Kernel, layer.Kernel, layer.FilterInputs]).permute(0, 3, 1, 2);
        Weight = Parameter(ordered.contiguous().DetachFromDisposeScope());
        Beta = Parameter(tensor(filter.Bias).DetachFromDisposeScope());
        if (!hasBias)
            (Gamma, Mean, Variance) = (Parameter(ones(outputs).DetachFromDisposeScope()), zeros(outputs).DetachFromDisposeScope(), ones(outputs).DetachFromDisposeScope());
        Tensors = Named(prefix);
    }

    /// <summary>Below this a channel gives the same number for every image, and its weights are left as they are.</summary>
    private const double LeastDeviation = 0.01;

    /// <summary>Whether it has a bias, and no batch normalisation.</summary>
    public bool HasBias => Gamma is null;

    public Tensor Weight { get; }

    public Tensor? Gamma { get; }

    /// <summary>What is added to the result: β of the batch normalisation, or the bias.</summary>
    public Tensor Beta { get; }

    public Tensor? Mean { get; }

    public Tensor? Variance { get; }

    public IReadOnlyList<NamedTensor> Tensors { get; }

    /// <summary>
    /// Makes the normalisation one that changes nothing: it takes off the mean and deviation of these results, and puts them back on. Without it, folded weights of very different sizes learn at one
    /// rate, which destroys some before others move.
    /// </summary>
    /// <param name="results">The filter's results without the bias: [n][channels][height][width].</param>
    /// <param name="epsilon">What the normalisation adds to variances.</param>
    public void Measure(Tensor results, double epsilon)
    {
        using var _ = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor mean = results.mean([0, 2, 3]), variance = results.var([0, 2, 3], unbiased: false), deviation = variance.sqrt().clamp_min(LeastDeviation);
        Weight.div_(deviation.reshape(-1, 1, 1, 1));
        Mean!.copy_(mean / deviation);
        Variance!.copy_(variance / (deviation * deviation));
        Gamma!.copy_((Variance + epsilon).sqrt() * deviation);
        Beta.add_(mean);
    }

    public void Dispose()
    {
        foreach (NamedTensor tensor in Tensors)
            tensor.Value.Dispose();
    }

    private NamedTensor[] Named(string prefix) => HasBias
        ? [new(prefix + ".weight", Weight, Learning.Decayed), new(prefix + ".bias", Beta, Learning.Undecayed)]
        :
        [
            new(prefix + ".0.weight", Weight, Learning.Decayed),
            new(prefix + ".1.weight", Gamma!, Learning.Undecayed),
            new(prefix + ".1.bias", Beta, Learning.Undecayed),
            new(prefix + ".1.running_mean", Mean!, Learning.Observed),
            new(prefix + ".1.running_var", Variance!, Learning.Observed),
        ];

    private static Tensor Parameter(Tensor value) => value.requires_grad_();
}
