using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowJs;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Formats.TensorFlowJs;

public class TensorFlowJsReaderTests
{
    [Theory]
    [InlineData("model.json")]
    [InlineData("epsilon.json")]
    [InlineData("quantized.json")]
    [InlineData("graph.json")]
    public void A_model_gives_the_outputs_that_TensorFlow_js_computes(string file) => MadeFiles.GivesItsOutputs($"tensorflowjs/{file}", TinyNetwork.Text);

    [Fact]
    public void Models_within_models_give_the_outputs_that_TensorFlow_js_computes() => MadeFiles.GivesItsOutputs("tensorflowjs/teachable.json", TinyNetwork.Teachable);

    [Fact]
    public void Heads_and_preprocessing_give_the_outputs_that_TensorFlow_js_computes() => MadeFiles.GivesItsOutputs("tensorflowjs/heads.json", """
        layers
          conv      8 kernel 3 stride 2 relu
          depthwise stride 4 linear
          pointwise 6 relu
        head
          flatten
          dense 7 tanh
          dense 1
          sigmoid
        """);

    [Fact]
    public void Models_of_either_kind_are_networks()
    {
        Assert.IsType<SourceNetwork>(WeightsFile.Read(MadeFiles.Path("tensorflowjs/graph.json"), new Shape(32, 32, 3)).Model);
        Assert.IsType<SourceNetwork>(WeightsFile.Read(MadeFiles.Path("tensorflowjs/model.json")).Model);
    }

    [Fact]
    public void The_shards_are_among_the_files_that_were_read()
    {
        WeightsFile file = WeightsFile.Read(MadeFiles.Path("tensorflowjs/quantized.json"));
        Assert.Equal(["quantized.json", "quantized-shard1of2.bin", "quantized-shard2of2.bin"], file.Files.Select(read => Path.GetFileName(read.Path)));
    }

    [Fact]
    public void A_manifest_alone_gives_the_same_parameters_by_their_names()
    {
        // As a converter leaves it that goes by the alphabet: Conv1, Conv_1, …, block_1_depthwise, …, bn_Conv1.
        byte[] data = MadeFiles.Bytes("tensorflowjs/group1-shard1of1.bin");
        int start = 0;
        var tensors = Model()["weightsManifest"]![0]!["weights"]!.AsArray()
            .Select(weight => (Weight: weight!.DeepClone(), Start: start, End: start += 4 * weight["shape"]!.AsArray().Aggregate(1, (count, size) => count * (int)size!)))
            .OrderBy(tensor => (string)tensor.Weight["name"]!, StringComparer.Ordinal)
            .ToList();
        var manifest = new JsonArray(new JsonObject { ["paths"] = new JsonArray("shard"), ["weights"] = new JsonArray([.. tensors.Select(tensor => tensor.Weight)]) });
        byte[] shard = [.. tensors.SelectMany(tensor => data[tensor.Start..tensor.End])];

        var source = (SourceParameters)new TensorFlowJsReader().Read(new WeightsInput("weights_manifest.json", Encoding.UTF8.GetBytes(manifest.ToJsonString()), _ => shard));
        Network network = NetworkText.Network($"network N\nresolution 32\nweights \"weights_manifest.json\"\n{TinyNetwork.Text}");
        TinyNetwork.AssertSame(TinyNetwork.Saved("model.json"), ParameterMatcher.Match(network, source));
    }

    [Theory]
    [InlineData("network MobileNetV1\nalpha 0.25", false, false)]
    [InlineData("network MobileNetV1\nalpha 0.25", true, false)]
    [InlineData("network MobileNetV1\nalpha 0.25", true, true)]
    [InlineData("network MobileNetV2\nalpha 0.35", false, false)]
    [InlineData("network MobileNetV2\nalpha 0.35", true, false)]
    [InlineData("network MobileNetV2\nalpha 0.35", true, true)]
    public void The_names_of_Keras_MobileNets_are_understood_in_either_order_with_the_model_and_without(string text, bool isSorted, bool isManifest)
    {
        Network network = NetworkText.Network($"{text}\nresolution 32\nclasses 5\nweights \"model.json\"");
        UnfoldedNetwork unfolded = UnfoldedNetwork.Create(network);
        SourceModel source = new TensorFlowJsReader().Read(new ManifestFile(unfolded).Input(isSorted, isManifest));
        float[] expected = UnfoldedNetwork.Run(unfolded.Fold(1e-3, PaddingRule.Same));
        TrainedNetwork trained = isManifest ? ParameterMatcher.Match(network, (SourceParameters)source) : LayerMatcher.Match(network, (SourceNetwork)source);
        Assert.Equal(expected, UnfoldedNetwork.Run(trained));
    }

    [Theory]
    [InlineData("x/../../model.bin", "It names the file \"x/../../model.bin\" as a part of itself; a file in its own folder was expected.")]
    [InlineData("missing.bin", "missing.bin: the file cannot be read")]
    public void A_shard_that_is_missing_or_elsewhere_is_named(string path, string message)
    {
        JsonObject model = Model();
        model["weightsManifest"]![0]!["paths"]![0] = path;
        using var folder = new Tests.Matching.TemporaryFolder();
        string file = folder.Write("model.json", Encoding.UTF8.GetBytes(model.ToJsonString()));
        Assert.Contains(message, Assert.Throws<WeightsException>(() => WeightsFile.Read(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name": "w", "shape": [2, 3], "dtype": "float32"}""", 23, "The files \"shard\" have 23 bytes, and the weights in them 24. Fetch all files of the model again.")]
    [InlineData("""{"name": "w", "shape": [2, 3], "dtype": "float32"}""", 25, "have 25 bytes, and the weights in them 24")]
    [InlineData("""{"name": "w", "shape": [65536, 65536], "dtype": "float32"}""", 4, "the shape of \"w\" is [65536, 65536]")]
    [InlineData("""{"name": "w", "shape": [0], "dtype": "float32"}""", 0, "the shape of \"w\" is [0]")]
    [InlineData("""{"name": "w", "shape": [1], "dtype": "string"}""", 4, "\"w\" is of type string; float32, int32 and bool are read.")]
    [InlineData("""{"name": "w", "shape": [1], "dtype": "float32", "quantization": {"dtype": "uint4"}}""", 1, "\"w\", float32, is quantised as uint4; uint8, uint16 and float16 are read.")]
    [InlineData("""{"name": "w", "shape": [1], "dtype": "float32", "quantization": {"dtype": "uint8", "min": 0}}""", 1, "\"scale\" is missing")]
    [InlineData("""{"shape": [1], "dtype": "float32"}""", 4, "\"name\" is missing")]
    [InlineData("""{"name": "w/kernel", "shape": [1, 1], "dtype": "float32"}""", 4, "Element 0 of \"w/kernel\" is not a finite number")]
    public void What_is_wrong_in_a_manifest_is_said(string weight, int length, string message)
    {
        byte[] shard = [.. Enumerable.Repeat((byte)0xFF, length)];
        string manifest = $$"""[{"paths": ["shard"], "weights": [{{weight}}]}]""";
        Fails(manifest, shard, message);
    }

    [Theory]
    [InlineData("<html>", "The JSON is not that of a model: '<' is an invalid start of a value")]
    [InlineData("{}", "\"weightsManifest\" is missing")]
    [InlineData("""{"weightsManifest": 1}""", "the list of weights is not an array")]
    [InlineData("""{"weightsManifest": [{"paths": ["shard", "shard"], "weights": []}]}""", "The file \"shard\" is listed twice")]
    [InlineData("""{"weightsManifest": [], "modelTopology": {"class_name": "Mine", "config": {}}}""", "The model's configuration, of a Mine, lists no layers")]
    [InlineData("""{"weightsManifest": [], "modelTopology": {"node": [{"name": "a", "op": "Const"}]}}""", "The constant \"a\" is not among the weights")]
    public void What_is_wrong_in_a_model_is_said(string json, string message) => Fails(json, [], message);

    // What TensorFlow.js 4.22 gives for the pictures whose bytes were divided by 255.
    [ReferenceTheory]
    [InlineData("bird", 0.0019862737972289324f, 0.0004794704436790198f, 0.9858848452568054f, 0.011002084240317345f, 0.000647380540613085f)]
    [InlineData("cat", 0.0007452229619957507f, 0.00010707313776947558f, 0.9908561706542969f, 0.003660588525235653f, 0.004631006624549627f)]
    public void A_trained_MobileNetV2_of_bytes_gives_what_TensorFlow_js_computes(string image, params float[] expected)
    {
        Network network = NetworkText.Network("""
            network MobileNetV2
            classes 5
            normalize mean 0 std 255
            weights "float/nsfwjs_mobilenet_v2/model.json"
            head
              avgpool
              dense 256 relu
              dense 128 relu
              dense classes
              softmax
            """);
        TrainedNetwork trained = TrainedNetworkLoader.Load(network, ReferenceData.TensorFlowLite(".."));
        byte[] pixels = File.ReadAllBytes(ReferenceData.TensorFlowLite($"../golden/inputs/{image}_224.rgb"));
        float[] output = FloatReference.Run(trained, [.. pixels.Select(pixel => pixel / 255f)])[network.Layers[^1].Name];
        Assert.Equal(5, output.Length);
        Assert.All(expected.Zip(output), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [ReferenceFact]
    public void The_manifest_of_a_detection_network_gives_MobileNetV1s_filters_in_order()
    {
        string path = ReferenceData.TensorFlowLite("../float/face-api_ssd_mobilenetv1/ssd_mobilenetv1_model-weights_manifest.json");
        var source = (SourceParameters)WeightsFile.Read(path).Model;
        SourceFilter[] backbone = [.. source.Filters.Where(filter => filter.Place.StartsWith("MobilenetV1/", StringComparison.Ordinal))];

        int[] channels = [32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
        Assert.Equal(1 + (2 * 13), backbone.Length);
        Assert.Equal([32, 3, 3, 3], backbone[0].Weights.Shape.AsEnumerable());
        for (int block = 1; block <= 13; block++)
        {
            (SourceFilter depthwise, SourceFilter pointwise) = (backbone[(2 * block) - 1], backbone[2 * block]);
            Assert.Equal((SourceFilterKind.Depthwise, SourceFilterKind.Convolution), (depthwise.Kind, pointwise.Kind));
            Assert.Equal([3, 3, channels[block - 1]], depthwise.Weights.Shape.AsEnumerable());
            Assert.Equal([channels[block], 1, 1, channels[block - 1]], pointwise.Weights.Shape.AsEnumerable());
            Assert.NotNull(depthwise.Normalization);
            Assert.NotNull(pointwise.Bias);
        }
    }

    private static JsonObject Model() => JsonNode.Parse(MadeFiles.Bytes("tensorflowjs/model.json"))!.AsObject();

    private static void Fails(string json, byte[] shard, string message) => Assert.Contains(
        message,
        Assert.Throws<WeightsException>(() => new TensorFlowJsReader().Read(new WeightsInput("model.json", Encoding.UTF8.GetBytes(json), _ => shard))).Message,
        StringComparison.Ordinal);
}
