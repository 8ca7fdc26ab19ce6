using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Operators;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>
/// Makes a trained float32 network int8: weights symmetric with a scale for each output channel, maps with one scale and one zero point each, chosen from
/// images of the kind that the network will see (TensorFlow Lite's scheme, arXiv:1712.05877).
/// </summary>
public static class PostTrainingQuantizer
{
    /// <summary>Quantises a network.</summary>
    /// <param name="trained">A float32 network.</param>
    /// <param name="images">
    /// One or more images, each H·W·C bytes in the network's channel order. The result depends on the images and their order, and not on the machine or the
    /// number of its processors.
    /// </param>
    /// <param name="method">How the ranges of maps are chosen.</param>
    /// <param name="io">
    /// The type at the ends. For int8 and uint8 a pixel's byte is the input as it is, and the network's normalisation becomes part of the first layer; for
    /// float32 the input is normalised as before.
    /// </param>
    /// <param name="progress">Told how much is done, from 0 to 1; may be null.</param>
    /// <returns>The network with <see cref="Network.Quantization"/> int8, as its <c>.tflite</c> file reads back.</returns>
    /// <exception cref="ArgumentException">The network is quantised already, there is no image, or one of another size.</exception>
    /// <exception cref="CalibrationException">The network cannot be quantised.</exception>
    public static TrainedNetwork Quantize(
        TrainedNetwork trained, IReadOnlyList<byte[]> images, RangeMethod method, Quantization io, Action<double>? progress = null)
    {
        Network network = trained.Network;
        if (network.Quantization != Quantization.Float32)
            throw new ArgumentException("The network is quantised already.", nameof(trained));
        if (images.Count == 0 || images.Any(i => i.Length != network.Input.Length))
            throw new ArgumentException($"One or more images of {network.Input.Length} bytes are needed.", nameof(images));

        bool normalizes = io == Quantization.Float32;
        (TrainedNetwork real, TensorScale input) = normalizes ? (trained, NormalizedInput.Scale(network)) : InputFolding.Fold(trained);
        float[] Input(int image) => normalizes ? NormalizedInput.Of(network, images[image]) : InputFolding.Of(input, images[image]);

        // Correcting biases takes two runs of each image that it uses.
        var correction = new BiasCorrection(network, images.Count, Input);
        double runs = images.Count + (2 * correction.Images);
        IReadOnlyDictionary<string, Histogram> histograms = Calibrator.Run(real, images.Count, Input, done => progress?.Invoke(done / runs));

        Detector? detector = network.Detector;
        var scales = new Dictionary<string, TensorScale>(StringComparer.Ordinal) { [Network.InputName] = input };
        var layers = ImmutableArray.CreateBuilder<TrainedLayer>();
        foreach (TrainedLayer layer in real.Layers)
        {
            var op = TrainedOperator.Of(layer.Layer);
            TensorScale read = scales[layer.Layer.Inputs[0]];
            LayerScales chosen = LayerScales.Choose(layer.Layer, read, () => Range(layer.Layer.Name), () => Range(FloatReference.Linear(layer.Layer)), sbyte.MinValue);
            scales.Add(layer.Layer.Name, chosen.Output);
            var quantized = layer with
            {
                Output = chosen.Output,
                Function = chosen.Function,
                Filter = layer.Filter is FloatFilter filter ? FilterQuantizer.PerChannel(layer.Layer, filter, read.Scale) : null,
                Pool = op.Pool(isSigned: true),
                StoredAsDepthwise = layer.Layer.IsDepthwise,
            };
            layers.Add(correction.Apply(layer, quantized, read));
            progress?.Invoke((images.Count + (2.0 * correction.Images * layers.Count / real.Layers.Length)) / runs);
        }

        // A detector's results are what its predictors give.
        Network made = network with { Quantization = Quantization.Int8, InputType = io, OutputType = detector is null ? io : Quantization.Int8 };
        return NetworkScales.WithEnds(trained with
        {
            Network = made, Layers = layers.ToImmutable(), Input = input,
            Detector = detector is null ? null : TrainedDetector.Of(made, name => scales[name]) with { Anchors = trained.Detector?.Anchors ?? detector.Anchors(network.Input) },
        });

        // Boxes of all maps are joined, and scores too, which TensorFlow Lite does only with bytes of one meaning.
        ActivationRange Range(string layer) => detector?.Predicted(layer) is var (_, areBoxes)
            ? detector.Maps.Select(m => ActivationRange.Choose(histograms[areBoxes ? m.Boxes : m.Scores], method)).Aggregate(ActivationRange.Union)
            : ActivationRange.Choose(histograms[layer], method);
    }
}
