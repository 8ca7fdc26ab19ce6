using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Matching;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MobileNetGen.Samples.Train.Model;

/// <summary>
/// The network of a <c>.mbnet</c> file as something that learns: its layers, one by one, as the compiler made them. A convolution is followed by a batch
/// normalisation in place of its bias.
/// </summary>
internal sealed class TrainableNetwork : IDisposable
{
    /// <summary>PyTorch's defaults, which a reader of the weights file assumes.</summary>
    private const double Epsilon = 1e-5, StatisticsMomentum = 0.1;

    private readonly Network _network;
    private readonly Dictionary<string, TrainableLayer> _layers = [];

    /// <summary>Creates it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="seed">Of random weights, He-initialised for the outputs of each filter.</param>
    /// <param name="trained">The weights to begin with; null for random ones.</param>
    public TrainableNetwork(Network network, int seed, TrainedNetwork? trained)
    {
        _network = network;
        random.manual_seed(seed);
        int features = 0, classifiers = 0;
        foreach (Layer layer in network.Layers.Where(l => l.HasWeights))
        {
            bool isDense = layer.Operator == Operator.Dense, hasBias = isDense || network.Detector?.Predicted(layer.Name) is not null;
            string name = PredictorName(layer.Name) ?? (isDense ? $"classifier.{classifiers++}" : $"features.{features++}");
            _layers.Add(layer.Name, trained is null ? new TrainableLayer(layer, name, hasBias) : new TrainableLayer(trained.Layers.First(t => t.Layer.Name == layer.Name), name, hasBias));
        }
    }

    /// <summary>Everything that the weights file holds, by name, in the order of the layers.</summary>
    public IEnumerable<NamedTensor> Tensors => _layers.Values.SelectMany(l => l.Tensors);

    /// <summary>The network's results for a batch, in the order of its outputs; logits where they are probabilities.</summary>
    /// <param name="images">[n][channels][height][width], normalised.</param>
    /// <param name="training">Whether batch normalisations use, and learn from, the batch's own statistics.</param>
    public Tensor[] Forward(Tensor images, bool training) => Forward(images, training, measures: false);

    /// <summary>Gives trained weights, into which it is folded, their batch normalisation back.</summary>
    /// <param name="images">As many as tell means and deviations.</param>
    public void Unfold(Tensor images)
    {
        using var _ = no_grad();
        Forward(images, training: false, measures: true);
    }

    private Tensor[] Forward(Tensor images, bool training, bool measures)
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
                    last = functional.conv2d(Padded(input, layer), filter.Weight, filter.HasBias ? filter.Beta : null, [layer.Stride, layer.Stride], [0, 0], [1, 1], groups);
                    if (measures && !filter.HasBias)
                    {
                        filter.Measure(last, Epsilon);
                        last = functional.conv2d(Padded(input, layer), filter.Weight, null, [layer.Stride, layer.Stride], [0, 0], [1, 1], groups);
                    }

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
                Activation.Linear => last,
                _ => throw new NotSupportedException($"The sample Train does not know the activation '{layer.Activation}' of {layer.Name}."),
            };
            results[layer.Name] = last;
        }

        return [.. _network.Outputs.Select(output => results[output.Layer])];
    }

    /// <summary>Zeros above or left of a map, of a layer that reads so many rows or columns.</summary>
    public static int PadStart(Network network, Layer layer, int size) => network.Padding == PaddingRule.Same ? layer.SamePadding(size) / 2 : layer.Kernel / 2;

    /// <summary>Zeros around a map: as many above and left as <c>padding</c> says, by PyTorch's rule unless it says TensorFlow's, and as many below and right as are read.</summary>
    private Tensor Padded(Tensor input, Layer layer)
    {
        (long top, long bottom) = Of(layer.Input.Height, layer.Output.Height);
        (long left, long right) = Of(layer.Input.Width, layer.Output.Width);
        return layer.Kernel == 1 ? input : functional.pad(input, [left, right, top, bottom]);

        (long Start, long End) Of(int size, int results)
        {
            int start = PadStart(_network, layer, size);
            return (start, Math.Max(0, ((results - 1) * layer.Stride) + layer.Kernel - size - start));
        }
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
