using System;
using System.Globalization;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.PostTraining;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Formats.PyTorch;

/// <summary>Files that were read as the default network whatever they stated, with what PyTorch computes from them.</summary>
public class TorchCasesTests
{
    private const string Normalize = "normalize mean 123.675 116.28 103.53 std 58.395 57.12 57.375\n";
    private const string V1 = "network MobileNetV1\nalpha 0.25\nresolution 96\n" + Normalize;
    private const string V2 = "network MobileNetV2\nalpha 0.1\nresolution 96\n" + Normalize;

    // Widths and repetitions of a MobileNetV2 of α = 0.1, but two strides are others, and one block has no sum.
    private const string OtherStrides = "network Other\nresolution 96\nclasses 4\n" + Normalize + """
        layers
          conv        8 kernel 3 stride 2
          bottleneck  8 expand 1
          bottleneck  8 expand 6 stride 2 repeat 2
          bottleneck  8 expand 6 stride 2 repeat 3
          pointwise  48
          depthwise
          pointwise   8 linear
          bottleneck  8 expand 6 repeat 3
          bottleneck 16 expand 6 stride 2 repeat 3
          bottleneck 16 expand 6 stride 2 repeat 3
          bottleneck 32 expand 6
          pointwise 1280
        head
          avgpool
          dense classes
          softmax

        """;

    [ReferenceTheory]
    [InlineData("torch-module-attributes-ignored/v1_module.pt", "PtV1Mod", V1 + "classes 7\nactivation relu\n")]
    [InlineData("torchscript-epsilon/eps_traced.pt", "PtEps", V2 + "classes 5\n")]
    [InlineData("lightning-class-weights/lightning.ckpt", "PtLightning", V2 + "classes 3\n")]
    [InlineData("qat-checkpoint-relu/qat_sd.pth", "PtQat", V2 + "classes 4\nactivation relu\n")]
    [InlineData("torch-module-attributes-ignored/ox_mxnet_strides_module.pt", "OxMx", OtherStrides)]
    public void The_network_of_the_file_gives_what_PyTorch_computes(string file, string reference, string text)
    {
        TrainedNetwork trained = Load(file, text);
        float[] output = Run(trained, file, reference + ".rgb"), expected = Numbers(file, reference + ".ref");
        Assert.Equal(expected.Length, output.Length);
        Assert.All(expected.Zip(output), pair => Assert.Equal(pair.First, pair.Second, 2e-5f));
    }

    [ReferenceFact]
    public void A_sigmoid_that_the_file_states_is_the_end()
    {
        const string file = "single-output-softmax/binary_sigmoid_module.pt";
        TrainedNetwork trained = Load(file, V2 + "classes 1\nhead\n  avgpool\n  dense classes\n  sigmoid\n");
        TrainedNetwork logit = Load(file, V2 + "classes 1\nhead\n  avgpool\n  dense classes\n");
        Assert.Equal(Operator.Sigmoid, trained.Layers[^1].Layer.Operator);
        Assert.Equal(Numbers(file, "sigmoid.expected.txt")[0], 1 / (1 + Math.Exp(-Assert.Single(Run(logit, file, "input_96x96x3.rgb")))), 1e-6);
        Assert.Contains(
            "needs an operator of that kind", Assert.Throws<MatchException>(() => Load(file, V2 + "classes 1\nhead\n  maxpool\n  dense classes\n  sigmoid\n")).Message, StringComparison.Ordinal);
    }

    [ReferenceTheory]
    [InlineData("torch-module-attributes-ignored/v1_module.pt", V1 + "classes 7\n", "needs relu6, but 'a.pt' has")]
    [InlineData("torch-module-attributes-ignored/ox_mxnet_strides_module.pt", V2 + "classes 4\n", "stride 1")]
    [InlineData("torchscript-epsilon/eps_traced.pt", V2 + "classes 5\nactivation relu\n", "relu6")]
    [InlineData("torchscript-epsilon/eps_traced.pt", V2 + "classes 5\nepsilon 0.00001\n", "epsilon")]
    [InlineData("torchscript-epsilon/eps_traced.pt", V2 + "classes 5\npadding same\n", "padding")]
    public void What_differs_from_the_file_is_an_error(string file, string text, string message)
    {
        string name = Path.GetFileName(file);
        Assert.Contains(message.Replace("a.pt", name, StringComparison.Ordinal), Assert.Throws<MatchException>(() => Load(file, text)).Message.Replace(ReferenceData.Case(file), name, StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [ReferenceFact]
    public void A_normalisation_before_the_classifier_becomes_a_part_of_it()
    {
        var source = (SourceParameters)WeightsFile.Read(ReferenceData.Case("batchnorm-beside-dense/bnhead_sd.pth")).Model;
        Assert.Equal("classifier.0", source.Filters[^1].NormalizationBefore!.Place);
        Assert.All(source.Filters.SkipLast(1), filter => Assert.Null(filter.NormalizationBefore));
        Load("batchnorm-beside-dense/bnhead_sd.pth", V2 + "classes 4\n");
    }

    [ReferenceTheory]
    [InlineData("batchnorm-beside-dense/fastai.pth", "fastai's AdaptiveConcatPool2d")]
    [InlineData("robustness/pickle-recursion/net.pt", "calls that rebuild a tensor are nested more than 8 deep")]
    public void What_no_network_here_has_is_refused_by_its_name(string file, string message) =>
        Assert.Contains(message, Assert.Throws<WeightsException>(() => WeightsFile.Read(ReferenceData.Case(file))).Message, StringComparison.Ordinal);

    [ReferenceFact]
    public void Class_weights_are_left_aside_and_named() =>
        Assert.Equal(["criterion.weight", "optimizer_states"], WeightsFile.Read(ReferenceData.Case("lightning-class-weights/lightning.ckpt")).Model.LeftAside.Order(StringComparer.Ordinal));

    [ReferenceTheory]
    [InlineData("huggingface-defaults/hf_v1.safetensors", "transformers'", 0.001, SourceActivation.Relu6)]
    [InlineData("qat-checkpoint-relu/qat_sd.pth", "torchvision's quantisable", 1e-5, SourceActivation.Relu)]
    public void What_is_assumed_is_the_producer_s(string file, string producer, double epsilon, SourceActivation activation)
    {
        var source = (SourceParameters)WeightsFile.Read(ReferenceData.Case(file)).Model;
        Assert.Equal((producer, epsilon, activation), (source.Conventions.Producer, source.Conventions.Epsilon, source.Conventions.Activation));
        Assert.All(source.Filters.Where(filter => filter.Normalization is not null), filter => Assert.Equal(epsilon, filter.Normalization!.Epsilon));
    }

    [ReferenceFact]
    public void Known_words_give_an_order() => Assert.Equal(
        ["stem.weight", "body.weight"], ((SourceParameters)WeightsFile.Read(ReferenceData.Case("robustness/safetensors-name-order-swapped/net.safetensors")).Model).Filters.Select(filter => filter.Place));

    private static TrainedNetwork Load(string file, string text) =>
        TrainedNetworkLoader.Load(NetworkText.Network(text.Insert(text.IndexOf("resolution", StringComparison.Ordinal), $"weights \"{ReferenceData.Case(file)}\"\n")), "/");

    private static float[] Run(TrainedNetwork trained, string file, string picture) =>
        FloatReference.Run(trained, NormalizedInput.Of(trained.Network, File.ReadAllBytes(Beside(file, picture))))[trained.Network.Layers[^1].Name];

    private static float[] Numbers(string file, string name) => [.. File.ReadLines(Beside(file, name)).Where(line => line.Length > 0).Select(line => float.Parse(line, CultureInfo.InvariantCulture))];

    private static string Beside(string file, string name) => Path.Combine(Path.GetDirectoryName(ReferenceData.Case(file))!, name);
}
