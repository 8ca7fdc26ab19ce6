using System;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Tool.Tests.Support;
using MobileNetGen.Weights.Export.TensorFlowLite;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Tests.Import;

public class ImportTests
{
    // Every trained classifier, against the description by which conformance is tested.
    [ReferenceTheory]
    [InlineData("V1_025_128", "coral_mobilenet_v1_0.25_128_quant")]
    [InlineData("V1_025_224", "mobilenet_v1_0_25_224_quant")]
    [InlineData("V1_05_160", "coral_mobilenet_v1_0.5_160_quant")]
    [InlineData("V1_10_224", "coral_mobilenet_v1_1.0_224_quant_embedding_extractor", "coral_mobilenet_quant_v1_224_head_layers")]
    [InlineData("V1_10_224_embedding", "coral_mobilenet_v1_1.0_224_quant_embedding_extractor")]
    [InlineData("V2_05_160", "mobilenet_v2_0_5_160_quant")]
    [InlineData("V2_10_224", "coral_mobilenet_v2_1.0_224_quant")]
    [InlineData("Birds", "coral_mobilenet_v2_1.0_224_inat_bird_quant")]
    [InlineData("Ptq", "coral_tf2_mobilenet_v2_1.0_224_ptq")]
    [InlineData("VisualWakeWords", "mlcommons_vww_96_int8")]
    [InlineData("VisualWakeWordsFloat", "mlcommons_vww_96_float")]
    [InlineData("PersonDetection", "tflm_person_detect")]
    [InlineData("CatDog", "tm_catdog_mobilenet_v2_0.35_224_float")]
    public void A_trained_network_is_described_as_a_person_would(string description, params string[] files)
    {
        using var mbnet = new Mbnet();
        Mbnet.Succeed(["import", .. files.Select(ReferenceData.TensorFlowLite), "-o", mbnet["net.mbnet"]]);
        string text = File.ReadAllText(mbnet["net.mbnet"]);
        Network expected = Texts.Plan(File.ReadAllText(ReferenceData.Description(description))).Network, imported = Texts.Plan(text).Network;
        Assert.Equal(Texts.Structure(expected), Texts.Structure(imported));
        Assert.Equal((expected.Architecture, expected.Alpha, expected.Input), (imported.Architecture, imported.Alpha, imported.Input));
        Assert.Equal((expected.Quantization, expected.InputType, expected.OutputType, expected.Order), (imported.Quantization, imported.InputType, imported.OutputType, imported.Order));
        Assert.DoesNotContain("layers\n", text, StringComparison.Ordinal);
    }

    // Files that we made, of formats that say how layers are connected.
    [Theory]
    [InlineData("tensorflowjs/graph.json", "  bottleneck   12 expand 3 stride 2 repeat 2\n")]
    [InlineData("onnx/v2.onnx", "  bottleneck    8 expand 6 stride 2 repeat 2\n")]
    [InlineData("onnx/v2_unfolded.onnx", "  bottleneck   16 expand 6 stride 2\n")]
    [InlineData("onnx/v2_quantized.onnx", "activation   relu\n")]
    [InlineData("mobilenetv3/opset11.onnx", "  bottleneck    8 expand 1 squeeze 1/4\n")]
    [InlineData("mobilenetv3/opset14.onnx", "  bottleneck   16 expand to 40 kernel 5 squeeze 1/4 hswish\n")]
    [InlineData("mobilenetv3/module.pt", "  pointwise   144 hswish\nhead\n  avgpool\n  dense 24 hswish\n  dense classes\n")]
    public void A_network_of_another_structure_gets_its_layers(string file, string line)
    {
        string text = Mbnet.Succeed("import", Path.Combine(BuildProperty.RepositoryRoot, "tests", "MobileNetGen.Weights.Tests", "Files", file));
        Assert.Contains(line, text, StringComparison.Ordinal);
    }

    // Its parameters alone do not say how they are connected.
    [Theory]
    [InlineData("MobileNetV3Small", "0.35")]
    [InlineData("MobileNetV3LargeMinimalistic", "0.25")]
    [InlineData("MobileNetEdgeTPU", "0.25")]
    public void A_built_in_MobileNetV3_is_recognised_in_bytes(string network, string alpha)
    {
        using var mbnet = new Mbnet();
        Network written = Texts.Plan($"network {network}\nalpha {alpha}\nresolution 64\nclasses 5\nquantization int8\nweights random 1").Network;
        File.WriteAllBytes(mbnet["net.tflite"], TensorFlowLiteWriter.Write(TrainedNetworkLoader.Load(written, "")));

        string text = Mbnet.Succeed("import", mbnet["net.tflite"]);

        Assert.Contains($"network      {network}\nalpha        {alpha}\nresolution   64\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("layers\n", text, StringComparison.Ordinal);
        Assert.Equal(Texts.Structure(written), Texts.Structure(Texts.Plan(text).Network));
    }

    [Fact]
    public void Parameters_of_another_structure_are_refused()
    {
        Outcome outcome = Mbnet.Run("import", Path.Combine(BuildProperty.RepositoryRoot, "tests", "MobileNetGen.Weights.Tests", "Files", "pytorch", "state_dict.pth"));
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("write its layers yourself", outcome.Error, StringComparison.Ordinal);
    }

    [ReferenceTheory]
    [InlineData("float/nsfwjs_mobilenet_v2/model.json", "network      MobileNetV2\nalpha        1.0\nresolution   224\n", "  dense 256 relu\n  dense 128 relu\n  dense classes\n")]
    [InlineData("float/mlcommons_vww_96.h5", "network      MobileNetV1\nalpha        0.25\nresolution   96\n", "activation   relu\n")]
    public void A_built_in_network_is_recognised_in_a_whole_model_of_Keras(string file, string head, string line)
    {
        string text = Mbnet.Succeed(["import", Path.Combine(BuildProperty.ReferenceData, file), .. file.Contains("_96", StringComparison.Ordinal) ? new[] { "--resolution", "96" } : []]);
        Assert.Contains(head, text, StringComparison.Ordinal);
        Assert.Contains(line, text, StringComparison.Ordinal);
    }

    [ReferenceFact]
    public void Labels_in_a_files_metadata_are_written_beside_the_description()
    {
        using var mbnet = new Mbnet();
        Mbnet.Succeed("import", ReferenceData.TensorFlowLite("coral_mobilenet_v2_1.0_224_inat_bird_quant"), "-o", mbnet["birds.mbnet"]);
        Assert.Contains("labels       \"birds.labels.txt\"", File.ReadAllText(mbnet["birds.mbnet"]), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllLines(Path.Combine(BuildProperty.ReferenceData, "labels", "coral_inat_bird_labels.txt")).Select(l => l.Trim()), File.ReadAllLines(mbnet["birds.labels.txt"]));
    }

    [ReferenceFact]
    public void What_is_there_already_is_not_replaced_unless_forced()
    {
        using var mbnet = new Mbnet();
        string file = ReferenceData.TensorFlowLite("mlcommons_vww_96_int8"), net = mbnet.Write("net.mbnet", "mine");
        Outcome outcome = Mbnet.Run("import", file, "-o", net);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("--force", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(net));
        Mbnet.Succeed("import", file, "-o", net, "--force");
        Assert.NotEqual("mine", File.ReadAllText(net));
    }

    [ReferenceFact]
    public void Without_an_output_the_description_is_printed()
    {
        string text = Mbnet.Succeed("import", ReferenceData.TensorFlowLite("mlcommons_vww_96_int8"));
        Assert.NotEmpty(MobileNetGen.Compiler.Mbnet.Compile("", text).Plans);
    }

    [ReferenceTheory]
    [InlineData("coral_mobilenet_quant_v1_224_head_layers", "no pooling")]
    public void What_is_no_classifier_is_refused(string file, string message)
    {
        Outcome outcome = Mbnet.Run("import", ReferenceData.TensorFlowLite(file));
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no network")]
    [InlineData("")]
    public void A_file_that_holds_no_weights_is_refused(string content)
    {
        using var mbnet = new Mbnet();
        Outcome outcome = Mbnet.Run("import", mbnet.Write("net.tflite", content));
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("mbnet: net.tflite: ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_reported() => Assert.Contains("there is no such file", Mbnet.Run("import", "absent.tflite").Error, StringComparison.Ordinal);
}
