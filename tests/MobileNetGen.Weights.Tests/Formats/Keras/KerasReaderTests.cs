using System;
using System.Linq;
using System.Runtime.InteropServices;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Keras;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Tests.Formats.TensorFlowJs;
using MobileNetGen.Weights.Tests.Matching;
using MobileNetGen.Weights.Tests.Reference;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Formats.Keras;

public sealed class KerasReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Weights alone do not say what ε was, and Keras' own holds.
    [Theory]
    [InlineData("weights.h5", "model.json")]
    [InlineData("model.weights.h5", "model.json")]
    [InlineData("model.h5", "epsilon.json")]
    [InlineData("nested.h5", "epsilon.json")]
    [InlineData("model.keras", "epsilon.json")]
    [InlineData("nested.keras", "epsilon.json")]
    public void Every_layout_of_Keras_gives_the_parameters_of_the_same_network_in_TensorFlow_js(string file, string same) =>
        TinyNetwork.AssertSame(TinyNetwork.Saved(same), Load(file, KerasFiles.Bytes(file)));

    [Theory]
    [InlineData("teachable.h5")]
    [InlineData("teachable.keras")]
    public void Models_within_models_are_one_network(string file) =>
        TinyNetwork.AssertSame(TinyNetwork.Saved("teachable.json", TinyNetwork.Teachable), Load(file, KerasFiles.Bytes(file), TinyNetwork.Teachable));

    [Theory]
    [InlineData("weights.h5", false)]
    [InlineData("model.weights.h5", false)]
    [InlineData("model.h5", true)]
    [InlineData("model.keras", true)]
    public void Whole_models_are_networks_and_weights_alone_are_parameters(string file, bool isNetwork) =>
        Assert.Equal(isNetwork, WeightsFile.Read(_folder.Write(file, KerasFiles.Bytes(file))).Model is SourceNetwork);

    [Fact]
    public void A_model_without_its_configuration_is_weights_alone() =>
        Assert.IsType<SourceParameters>(WeightsFile.Read(_folder.Write("net.h5", KerasFiles.WithoutConfiguration(KerasFiles.Bytes("model.h5")))).Model);

    [Fact]
    public void Content_decides_between_the_formats_of_Keras() =>
        TinyNetwork.AssertSame(TinyNetwork.Saved("epsilon.json"), Load("old.keras", KerasFiles.Bytes("model.h5")));

    // Kernels are filled with 1, 2, … in the order they run.
    [Theory]
    [InlineData("v1.weights.h5", 8, 7)]
    [InlineData("dependencies.weights.h5", 5, 5)]
    public void Weights_without_their_model_are_put_in_order_by_their_channels(string name, int kernels, int normalizations)
    {
        var source = (SourceParameters)new KerasHdf5Reader().Read(new WeightsInput(name, KerasFiles.Bytes(name)));
        Assert.Equal(Enumerable.Range(1, kernels).Select(number => (float)number), source.Filters.Select(filter => filter.Weights.Floats[0]));
        Assert.Equal(Enumerable.Range(1, normalizations).Select(number => (float)number), source.Filters.Select(filter => filter.Normalization?.Mean[0]).OfType<float>());
    }

    [Fact]
    public void Weights_without_their_model_whose_channels_do_not_follow_each_other_are_refused() => Assert.Contains(
        "does not say in which order the layers run",
        Assert.Throws<WeightsException>(() => new KerasHdf5Reader().Read(new WeightsInput("unordered.weights.h5", KerasFiles.Bytes("unordered.weights.h5")))).Message,
        StringComparison.Ordinal);

    [ReferenceFact]
    public void A_trained_network_has_the_parameters_that_its_conversion_to_TensorFlow_Lite_has()
    {
        TrainedNetwork keras = VisualWakeWords(), converted = ReferenceNetworks.Load("VisualWakeWordsFloat");
        double largest = 0;
        foreach ((TrainedLayer one, TrainedLayer other) in keras.Layers.Zip(converted.Layers).Where(pair => pair.First.Filter is not null))
        {
            (FloatFilter filter, FloatFilter folded) = ((FloatFilter)one.Filter!, (FloatFilter)other.Filter!);
            double scale = folded.Weights.Max(Math.Abs);
            largest = Math.Max(largest, filter.Weights.Zip(folded.Weights, (a, b) => Math.Abs(a - b)).Max() / scale);
        }

        Assert.InRange(largest, 0, 1e-6);
    }

    [ReferenceFact]
    public void A_trained_network_gives_the_outputs_that_TensorFlow_Lite_computes_of_its_conversion()
    {
        const string golden = "mlcommons_vww_96_float";
        TrainedNetwork trained = VisualWakeWords();
        foreach (string image in ReferenceNetworks.Images(golden))
        {
            float[] input = MemoryMarshal.Cast<byte, float>(ReferenceNetworks.Input(golden, image, trained.Network)).ToArray();
            float[] expected = MemoryMarshal.Cast<byte, float>(ReferenceNetworks.Output(golden, image)).ToArray();
            float[] actual = FloatReference.Run(trained, input)[trained.Network.Layers[^1].Name];
            Assert.Equal(expected.Length, actual.Length);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        }
    }

    private static TrainedNetwork VisualWakeWords() => TrainedNetworkLoader.Load(
        NetworkText.Network("""
            network MobileNetV1
            alpha 0.25
            resolution 96
            classes 2
            activation relu
            normalize mean 0 std 255
            weights "float/mlcommons_vww_96.h5"
            """),
        ReferenceData.TensorFlowLite(".."));

    private TrainedNetwork Load(string name, byte[] content, string text = TinyNetwork.Text)
    {
        _folder.Write(name, content);
        return TrainedNetworkLoader.Load(NetworkText.Network($"network N\nresolution 32\nweights \"{name}\"\n{text}"), _folder.Path);
    }
}
