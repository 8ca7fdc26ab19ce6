using System;
using System.Globalization;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Onnx;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Formats.Onnx;

/// <summary>Files as exporters write them, with what their frameworks give for a picture's bytes; normalised as the file and its producer have it.</summary>
public sealed class OnnxCaseTests
{
    private const string V1 = "network MobileNetV1\nalpha 0.25\nresolution 96\npadding same\n", V2 = "network MobileNetV2\nalpha 0.1\nresolution 96\n";

    [ReferenceTheory]
    [InlineData("batchnorm-beside-dense/ox_bnhead.onnx", "batchnorm-beside-dense/OxBnFirst", V2 + "classes 4\n")]
    [InlineData("tf2onnx-normalisation/ox_tf2onnx.onnx", "tf2onnx-normalisation/OxTf", V1 + "classes 6\n")]
    [InlineData("leading-affine-refused/ox_tf2onnx_rescale.onnx", "leading-affine-refused/OxTfR", V1 + "classes 6\n")]
    public void A_file_gives_its_frameworks_results(string file, string picture, string text)
    {
        SourceNetwork model = Read(file, 96);
        PixelMap pixels = PixelMap.Of(PixelMap.Inputs(model, 3).First().Input, model.Preprocessing, 3);
        float[] input = [.. File.ReadAllBytes(ReferenceData.Case(picture + ".rgb")).Select((pixel, i) => (float)((pixels.Factors[i % 3] * pixel) + pixels.Offsets[i % 3]))];
        float[] expected = [.. File.ReadLines(ReferenceData.Case(picture + ".ref")).Select(line => float.Parse(line, CultureInfo.InvariantCulture))];
        TrainedNetwork trained = LayerMatcher.Match(Text(text, pixels), model);
        float[] actual = FloatReference.Run(trained, input)[trained.Network.Layers[^1].Name];
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [ReferenceFact]
    public void A_PyTorch_normalisation_in_the_file_is_preprocessing_of_numbers_up_to_1()
    {
        SourceNetwork model = Read("leading-affine-refused/ox_norm.onnx", 96);
        Assert.Equal("mean 123.675 116.28 103.53 std 58.395 57.12 57.375", PixelMap.Of(PixelMap.Inputs(model, 3).First().Input, model.Preprocessing, 3).ToString());
    }

    [ReferenceTheory]
    [InlineData("flatten-and-maxpool-heads/ox_flatten.onnx", "flatten\n  dense 3")]
    [InlineData("flatten-and-maxpool-heads/ox_maxpool.onnx", "maxpool\n  dense 3")]
    [InlineData("sigmoid-refused/ox_sigmoid.onnx", "avgpool\n  dense 1\n  sigmoid")]
    [InlineData("leading-affine-refused/ox_norm.onnx", "avgpool\n  dense 4")]
    public void A_head_gives_what_ONNX_Runtime_computes(string file, string head)
    {
        SourceNetwork model = Read(file, 96);
        TrainedNetwork trained = LayerMatcher.Match(
            Text($"{V2}head\n  {head}\n", PixelMap.Of(PixelMap.Inputs(model, 3).First().Input, model.Preprocessing, 3)), model);
        float[] picture = MadeFiles.Picture(trained.Network.Input);
        float[] expected = QuantizedOnnxTests.Run(File.ReadAllBytes(ReferenceData.Case(file)), trained.Network.Input, picture);
        float[] input = model.Preprocessing is { } own ? [.. picture.Select((number, i) => (float)((own.Factors[i % 3] * number) + own.Offsets[i % 3]))] : picture;
        float[] actual = FloatReference.Run(trained, input)[trained.Network.Layers[^1].Name];
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Math.Max(1e-5f, 5e-4f * expected.Max(Math.Abs))));
    }

    [ReferenceFact]
    public void The_stated_type_of_integers_without_a_zero_point_is_theirs()
    {
        SourceNetwork model = Read("robustness/onnx-output-dtype/net.onnx", 2);
        Network network = NetworkText.Network(File.ReadAllText(ReferenceData.Case("robustness/onnx-output-dtype/net.mbnet")));
        TrainedNetwork trained = LayerMatcher.Match(network, model);
        Assert.Equal(new TensorScale(0.5f, 0), trained.Input);
        Assert.Equal(new TensorScale(0.5f, 0), trained.Layers[^1].Output);
    }

    [ReferenceFact]
    public void Height_and_width_are_not_exchanged()
    {
        SourceNetwork model = Read("robustness/onnx-hw-swap/net.onnx", 5);
        Assert.Equal([1, 5, 1, 1], model.Values[model.Inputs[0]].Shape.AsEnumerable());
        Network network = NetworkText.Network(File.ReadAllText(ReferenceData.Case("robustness/onnx-hw-swap/net.mbnet")));
        Assert.Throws<MatchException>(() => LayerMatcher.Match(network, model));
    }

    [ReferenceTheory]
    [InlineData("lfs.onnx")]
    [InlineData("page.onnx")]
    public void What_is_no_model_is_refused(string file) => Assert.Throws<WeightsException>(() => Read($"protobuf-not-a-model-message/{file}", 96));

    private static SourceNetwork Read(string file, int size) =>
        (SourceNetwork)new OnnxReader().Read(new WeightsInput("model.onnx", File.ReadAllBytes(ReferenceData.Case(file))) { InputSize = new Shape(size, size, 3) });

    private static Network Text(string text, PixelMap pixels)
    {
        int head = text.IndexOf("head", StringComparison.Ordinal);
        string statements = $"normalize {pixels}\nweights \"model.onnx\"\n";
        return NetworkText.Network(head < 0 ? text + statements : text.Insert(head, statements));
    }
}
