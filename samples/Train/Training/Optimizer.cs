using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Samples.Train.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace MobileNetGen.Samples.Train.Training;

/// <summary>Stochastic gradient descent with Nesterov's momentum and weight decay. Its state are plain tensors, which a checkpoint holds.</summary>
/// <param name="network">What is trained.</param>
/// <param name="decay">The weight decay.</param>
/// <param name="clips">Whether long gradients are shortened.</param>
internal sealed class Optimizer(TrainableNetwork network, double decay, bool clips) : IDisposable
{
    private const double Momentum = 0.9, LongestGradient = 1;

    private readonly List<(NamedTensor Tensor, Tensor Velocity)> _parameters =
        [.. network.Tensors.Where(t => t.Learning != Learning.Observed).Select(t => (t, zeros_like(t.Value).requires_grad_(false)))];

    /// <summary>The velocities, by the names of their parameters.</summary>
    public IEnumerable<(string Name, Tensor Value)> State => _parameters.Select(p => (p.Tensor.Name, p.Velocity));

    /// <summary>Moves the parameters along their gradients, and clears those.</summary>
    public void Step(double rate)
    {
        using var _ = no_grad();
        if (clips)
            Clip();
        foreach ((NamedTensor tensor, Tensor velocity) in _parameters)
        {
            using Tensor gradient = tensor.Value.grad!;
            if (tensor.Learning == Learning.Decayed)
                gradient.add_(tensor.Value, decay);
            velocity.mul_(Momentum).add_(gradient);
            tensor.Value.add_(gradient.add_(velocity, Momentum), -rate);
            gradient.zero_();
        }
    }

    /// <summary>Shortens the gradient to a length of 1: features that hardly vary have large weights behind them, through which one image could move everything before.</summary>
    private void Clip()
    {
        using DisposeScope _ = NewDisposeScope();
        Tensor square = stack(_parameters.Select(p => p.Tensor.Value.grad!.square().sum())).sum();
        Tensor factor = (LongestGradient / square.sqrt()).clamp_max(1);
        foreach ((NamedTensor tensor, Tensor _) in _parameters)
            tensor.Value.grad!.mul_(factor);
    }

    public void Dispose() => _parameters.ForEach(p => p.Velocity.Dispose());
}
