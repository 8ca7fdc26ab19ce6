using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MobileNetGen.Samples.Train.Model;

/// <summary>
/// The network of a <c>.mbnet</c> file as something that learns: its layers, one by one, as the compiler made them. A convolution is followed by a batch
/// normalisation in place of its bias, and pads as PyTorch does, (kernel − 1) / 2 on every side.
/// </summary>
internal sealed class TrainableNetwork : IDisposable
{
    /// <summary>PyTorch's defaults, which a reader of the weights file assumes.</summary>
    private const double Epsilon = 1e-5, StatisticsMomentum = 0.1;

    private readonly Network _network;
    private readonly Dictionary<string, TrainableLayer> _layers = [];

    /// <summary>Creates it with random weights, He-initialised for the outputs of each filter.</summary>
    public TrainableNetwork(Network network, int seed)
    {
        _network = network;
        random.manual_seed(seed);
        int features = 0, classifiers = 0;
        foreach (Layer layer in network.Layers.Where(l => l.HasWeights))
        {
            bool isDense = layer.Operator == Operator.Dense, hasBias = isDense || network.Detector?.Predicted(layer.Name) is not null;
            string name = PredictorName(layer.Name) ?? (isDense ? $"classifier.{classifiers++}" : $"features.{features++}");
            _layers.Add(layer.Name, new TrainableLayer(layer, name, hasBias));
        }
    }

    /// <summary>Everything that the weights file holds, by name, in the order of the layers.</summary>
    public IEnumerable<NamedTensor> Tensors => _layers.Values.SelectMany(l => l.Tensors);

    /// <summary>The network's results for a batch, in the order of its outputs; logits where they are probabilities.</summary>
    /// <param name="images">[n][channels][height][width], normalised.</param>
    /// <param name="training">Whether batch normalisations use, and learn from, the batch's own statistics.</param>
    public Tensor[] Forward(Tensor images, bool training)
    {
        var results = new Dictionary<string, Tensor> { [Network.InputName] = images };
        foreach (Layer layer in _network.Layers)
        {
            Tensor input = results[layer.Inputs[0]], last;
            switch (layer.Operator.Name)
            {
                case "convolution" or "pointwise" or "depthwise":
                    TrainableLayer filter = _layers[layer.Name];
                    int groups = layer.IsDepthwise ? layer.Input.Channels : 1;
                    last = functional.conv2d(
                        input, filter.Weight, filter.HasBias ? filter.Beta : null, [layer.Stride, layer.Stride], [layer.Kernel / 2, layer.Kernel / 2], [1, 1], groups);
                    if (!filter.HasBias)
                        last = functional.batch_norm(last, filter.Mean, filter.Variance, filter.Gamma, filter.Beta, training, StatisticsMomentum, Epsilon);
                    break;
                case "add":
                    last = input + results[layer.Inputs[1]];
                    break;
                case "averagepool":
                    last = input.mean([2, 3]);
                    break;
                case "dense":
                    TrainableLayer dense = _layers[layer.Name];
                    last = functional.linear(input.flatten(1), dense.Weight, dense.Beta);
                    break;
                case "softmax" or "sigmoid":
                    // The loss takes logits, and the largest of them is the largest probability.
                    last = input;
                    break;
                default:
                    throw new NotSupportedException($"The sample Train does not know the operator '{layer.Operator.Name}' of {layer.Name}.");
            }

            last = layer.Activation switch
            {
                Activation.Relu => functional.relu(last, inplace: true),
                Activation.Relu6 => functional.relu6(last, inplace: true),
                _ => last,
            };
            results[layer.Name] = last;
        }

        return [.. _network.Outputs.Select(output => results[output.Layer])];
    }

    /// <summary>The name of a predictor's parameters, or null: that of pytorch-ssd, which tells boxes from scores.</summary>
    private string? PredictorName(string layer)
    {
        const string depthwise = "_depthwise";
        bool isDepthwise = layer.EndsWith(depthwise, StringComparison.Ordinal);
        if (_network.Detector?.Predicted(isDepthwise ? layer[..^depthwise.Length] : layer) is not var (map, isBoxes))
            return null;
        int number = _network.Detector.Maps.ToList().IndexOf(map);
        return $"{(isBoxes ? "regression" : "classification")}_headers.{number}.{(isDepthwise ? 0 : 1)}";
    }

    public void Dispose()
    {
        foreach (TrainableLayer layer in _layers.Values)
            layer.Dispose();
    }
}
