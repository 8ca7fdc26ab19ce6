using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Tests.Formats;

namespace MobileNetGen.Weights.Tests.Reference;

/// <summary>
/// Trained networks, read and matched, computed without kernels, against what TensorFlow Lite computed: if these hold and the kernels' do not, the
/// fault is in packing, generation or the kernels.
/// </summary>
public class ReferenceNetworkTests
{
    [ReferenceTheory]
    [InlineData("V1_025_128", "coral_mobilenet_v1_0.25_128_quant", 4)]
    [InlineData("V1_025_224", "mobilenet_v1_0_25_224_quant", 3)]
    [InlineData("V1_05_160", "coral_mobilenet_v1_0.5_160_quant", 4)]
    [InlineData("V1_10_224", "chained_mobilenet_v1_1.0_224_quant", 4)]
    [InlineData("V2_05_160", "mobilenet_v2_0_5_160_quant", 3)]
    [InlineData("V2_10_224", "coral_mobilenet_v2_1.0_224_quant", 4)]
    [InlineData("Birds", "coral_mobilenet_v2_1.0_224_inat_bird_quant", 4)]
    [InlineData("Ptq", "coral_tf2_mobilenet_v2_1.0_224_ptq", 4)]
    [InlineData("VisualWakeWords", "mlcommons_vww_96_int8", 4)]
    [InlineData("PersonDetection", "tflm_person_detect", 2)]
    public void Quantised_outputs_are_those_of_TensorFlow_Lite(string text, string model, int images)
    {
        TrainedNetwork trained = ReferenceNetworks.Load(text);
        Network network = trained.Network;
        Assert.Equal(images, ReferenceNetworks.Images(model).Count);
        foreach (string image in ReferenceNetworks.Images(model))
        {
            int[] input = ReferenceNetworks.Values(ReferenceNetworks.Input(model, image, network), network.InputType);
            IReadOnlyDictionary<string, int[]> results = QuantizedReference.Run(trained, input);
            AssertEqual(image, "output", ReferenceNetworks.Values(ReferenceNetworks.Output(model, image), network.OutputType), results[QuantizedReference.ResultName]);
        }
    }

    // Every layer of visual wake words agrees only where int8 rounds twice, as the micro runtime does; its outputs above only where it rounds once. So
    // the two were not made by one engine, and both are evidence.
    [ReferenceTheory]
    [InlineData("V1_025_128", "coral_mobilenet_v1_0.25_128_quant", "cat", RoundingMode.Twice)]
    [InlineData("V2_05_160", "mobilenet_v2_0_5_160_quant", "cat", RoundingMode.Twice)]
    [InlineData("Ptq", "coral_tf2_mobilenet_v2_1.0_224_ptq", "cat", RoundingMode.Once)]
    [InlineData("VisualWakeWords", "mlcommons_vww_96_int8", "grace_hopper", RoundingMode.Twice)]
    public void Every_quantised_layer_is_that_of_TensorFlow_Lite(string text, string model, string image, RoundingMode rounding)
    {
        TrainedNetwork trained = ReferenceNetworks.Load(text);
        trained = trained with { Network = trained.Network with { Rounding = rounding } };
        int[] input = ReferenceNetworks.Values(ReferenceNetworks.Input(model, image, trained.Network), trained.Network.InputType);
        IReadOnlyDictionary<string, int[]> results = QuantizedReference.Run(trained, input);
        IReadOnlyList<(string Name, byte[] Values)> dumps = ReferenceNetworks.Layers(model, image);
        Assert.Equal(dumps.Count, trained.Layers.Length);
        foreach ((TrainedLayer layer, (string name, byte[] values)) in trained.Layers.Zip(dumps))
            AssertEqual(image, $"{layer.Layer.Name}, {name}", ReferenceNetworks.Values(values, trained.Network.Quantization), results[layer.Layer.Name]);
    }

    [ReferenceTheory]
    [InlineData("VisualWakeWordsFloat", "mlcommons_vww_96_float", 255, 0, 4)]
    [InlineData("CatDog", "tm_catdog_mobilenet_v2_0.35_224_float", 127.5, 1, 2)]
    public void Float_probabilities_are_those_of_TensorFlow_Lite(string text, string model, float divisor, float subtrahend, int images)
    {
        TrainedNetwork trained = ReferenceNetworks.Load(text);
        Assert.Equal(images, ReferenceNetworks.Images(model).Count);
        foreach (string image in ReferenceNetworks.Images(model))
        {
            byte[] bytes = ReferenceNetworks.Input(model, image, trained.Network);
            float[] input = bytes.Length == trained.Network.Input.Length
                ? [.. bytes.Select(b => (b / divisor) - subtrahend)]
                : MemoryMarshal.Cast<byte, float>(bytes).ToArray();
            float[] expected = MemoryMarshal.Cast<byte, float>(ReferenceNetworks.Output(model, image)).ToArray();
            float[] actual = FloatReference.Run(trained, input)[trained.Network.Layers[^1].Name];
            Assert.Equal(expected.Length, actual.Length);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        }
    }

    private static void AssertEqual(string image, string what, int[] expected, int[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        int wrong = expected.Zip(actual).Count(pair => pair.First != pair.Second);
        int first = expected.AsSpan().CommonPrefixLength(actual);
        Assert.True(wrong == 0, wrong == 0 ? "" : $"{image}, {what}: {wrong} of {expected.Length} values differ, the first at {first}: {expected[first]} was expected, not {actual[first]}.");
    }
}
