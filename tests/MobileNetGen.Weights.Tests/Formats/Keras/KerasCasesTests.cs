using System;
using System.Globalization;
using System.IO;
using System.Linq;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Formats.Keras;

/// <summary>Models that state what the papers' networks do not have, which were once read as if they had.</summary>
public class KerasCasesTests
{
    private const string Folder = "../cases/keras-config-ignored";

    [ReferenceTheory]
    [InlineData("k_sigmoid1.h5", "Ksigmoid1", 32, "relu6", "avgpool|dense 1|sigmoid", 127.5, 127.5)]
    [InlineData("tfjs_sigmoid/model.json", "Ksigmoid1", 32, "relu6", "avgpool|dense 1|sigmoid", 127.5, 127.5)]
    [InlineData("k_relu.h5", "Krelu", 32, "relu", "avgpool|dense 3|softmax", 127.5, 127.5)]
    [InlineData("k_rescale01.h5", "Krescale01", 32, "relu6", "avgpool|dense 3|softmax", 0, 255)]
    [InlineData("k_max64.h5", "Kmax64", 64, "relu6", "maxpool|dense 3|softmax", 127.5, 127.5)]
    public void A_model_gives_the_values_of_its_configuration(string file, string expected, int side, string activation, string head, double mean, double std) => Gives(
        $"keras-config-ignored/{file}", side, activation, head, [mean, mean, mean], [std, std, std],
        [.. File.ReadLines(ReferenceData.TensorFlowLite($"{Folder}/{expected}.expected.txt")).Select(line => float.Parse(line, CultureInfo.InvariantCulture))]);

    // What TensorFlow.js 4.22 gives for the same weights.
    [ReferenceTheory]
    [InlineData("flatten-and-maxpool-heads/k_flat64.h5", 64, "flatten|dense 3|softmax", 0.029682086780667305f, 0.28308019042015076f, 0.6872377395629883f)]
    [InlineData("keras-config-ignored/k_logits.h5", 32, "avgpool|dense 4", -1.5871179103851318f, -0.477952778339386f, -0.9311695098876953f, -1.7544407844543457f)]
    public void A_model_gives_what_TensorFlow_js_computes(string file, int side, string head, params float[] expected) =>
        Gives(file, side, "relu6", head, [127.5, 127.5, 127.5], [127.5, 127.5, 127.5], expected);

    // Its statistics are of pixels from −1 to 1.
    [ReferenceFact]
    public void A_batch_normalisation_of_the_input_is_part_of_the_normalisation()
    {
        const string file = "batchnorm-beside-dense/k_bnfront.h5";
        SourcePreprocessing normalization = Network(file).Preprocessing!;
        double[] mean = [.. normalization.Factors.Zip(normalization.Offsets, (factor, offset) => 127.5 * (1 - (offset / factor)))], std = [.. normalization.Factors.Select(factor => 127.5 / factor)];
        Gives(file, 32, "relu6", "avgpool|dense 3|softmax", mean, std, [0.3965871334075928f, 0.35066670179367065f, 0.25274622440338135f]);
    }

    [ReferenceTheory]
    [InlineData("keras-config-ignored/k3_preprocess.keras", 32, "Softmax", 1 / 127.5, -1.0)]
    [InlineData("keras-config-ignored/k_rescale01.h5", 32, "Softmax", 1 / 255.0, 0.0)]
    [InlineData("keras-config-ignored/k_logits.h5", 32, "Dense", null, null)]
    [InlineData("keras-config-ignored/k_res96.h5", 96, "Softmax", null, null)]
    public void Size_end_and_preprocessing_are_those_of_the_configuration(string file, int side, string last, double? factor, double? offset)
    {
        SourceNetwork network = Network(file);
        Assert.Equal([1, side, side, 3], network.Values[network.Inputs[0]].Shape.AsEnumerable());
        Assert.Equal($"Source{last}", network.Operators[^1].GetType().Name);
        Assert.Equal(factor is not null, network.Preprocessing is not null);
        if (network.Preprocessing is not { } preprocessing)
            return;
        Assert.All(preprocessing.Factors, number => Assert.Equal(factor!.Value, number, 1e-12));
        Assert.All(preprocessing.Offsets, number => Assert.Equal(offset!.Value, number, 1e-12));
    }

    private static void Gives(string file, int side, string activation, string head, double[] mean, double[] std, float[] expected)
    {
        string Numbers(double[] numbers) => string.Join(' ', numbers.Select(number => ((decimal)number).ToString(CultureInfo.InvariantCulture)));
        string text = $"network MobileNetV1\nalpha 0.25\nresolution {side}\nactivation {activation}\nnormalize mean {Numbers(mean)} std {Numbers(std)}\n"
            + $"weights \"cases/{file}\"\nhead\n{string.Concat(head.Split('|').Select(line => $"  {line}\n"))}";
        TrainedNetwork trained = TrainedNetworkLoader.Load(NetworkText.Network(text), ReferenceData.TensorFlowLite(".."));
        byte[] pixels = File.ReadAllBytes(ReferenceData.TensorFlowLite($"{Folder}/input_{side}x{side}x3.rgb"));
        float[] output = FloatReference.Run(trained, [.. pixels.Select((pixel, i) => (float)((pixel - mean[i % 3]) / std[i % 3]))])[trained.Network.Layers[^1].Name];
        Assert.Equal(expected.Length, output.Length);
        Assert.All(expected.Zip(output), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    private static SourceNetwork Network(string file) => (SourceNetwork)WeightsFile.Read(ReferenceData.TensorFlowLite($"../cases/{file}")).Model;
}
