using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Samples.Train.Model;
using static TorchSharp.torch;

namespace MobileNetGen.Samples.Train.Training;

/// <summary>Stochastic gradient descent with Nesterov's momentum and weight decay. Its state are plain tensors, which a checkpoint holds.</summary>
internal sealed class Optimizer(TrainableNetwork network, double decay) : IDisposable
{
    private const double Momentum = 0.9;

    private readonly List<(NamedTensor Tensor, Tensor Velocity)> _parameters =
        [.. network.Tensors.Where(t => t.Learning != Learning.Observed).Select(t => (t, zeros_like(t.Value).requires_grad_(false)))];

    /// <summary>The velocities, by the names of their parameters.</summary>
    public IEnumerable<(string Name, Tensor Value)> State => _parameters.Select(p => (p.Tensor.Name, p.Velocity));

    /// <summary>Moves the parameters along their gradients, and clears those.</summary>
    public void Step(double rate)
    {
        using var _ = no_grad();
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

    public void Dispose() => _parameters.ForEach(p => p.Velocity.Dispose());
}
