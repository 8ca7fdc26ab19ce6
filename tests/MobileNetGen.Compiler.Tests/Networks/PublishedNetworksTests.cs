using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Compiler.Tests.Networks;

/// <summary>The released networks' sizes, exactly. Where the V1 README misprints a row, the paper's value, which the arithmetic confirms.</summary>
public class PublishedNetworksTests
{
    public static TheoryData<string, int, long> V1 => new()
    {
        { "1.0", 224, 568_741_376 }, { "1.0", 192, 418_122_752 }, { "1.0", 160, 290_676_224 }, { "1.0", 128, 186_401_792 },
        { "0.75", 224, 325_401_216 }, { "0.75", 192, 239_274_240 }, { "0.75", 160, 166_397_568 }, { "0.75", 128, 106_771_200 },
        { "0.5", 224, 149_497_600 }, { "0.5", 192, 109_970_944 }, { "0.5", 160, 76_525_312 }, { "0.5", 128, 49_160_704 },
        { "0.25", 224, 41_030_528 }, { "0.25", 192, 30_212_864 }, { "0.25", 160, 21_059_456 }, { "0.25", 128, 13_570_304 },
    };

    public static TheoryData<string, int, long, long> V2 => new()
    {
        { "1.4", 224, 582_197_616, 6_062_633 }, { "1.3", 224, 509_376_224, 5_344_201 },
        { "1.0", 224, 300_775_552, 3_472_041 }, { "1.0", 192, 221_317_888, 3_472_041 }, { "1.0", 160, 154_084_480, 3_472_041 },
        { "1.0", 128, 99_075_328, 3_472_041 }, { "1.0", 96, 56_290_432, 3_472_041 },
        { "0.75", 224, 209_071_072, 2_611_065 }, { "0.75", 192, 153_943_168, 2_611_065 }, { "0.75", 160, 107_296_480, 2_611_065 },
        { "0.75", 128, 69_131_008, 2_611_065 }, { "0.75", 96, 39_446_752, 2_611_065 },
        { "0.5", 224, 97_133_120, 1_951_417 }, { "0.5", 192, 71_703_040, 1_951_417 }, { "0.5", 160, 50_185_280, 1_951_417 },
        { "0.5", 128, 32_579_840, 1_951_417 }, { "0.5", 96, 18_886_720, 1_951_417 },
        { "0.35", 224, 59_287_088, 1_664_329 }, { "0.35", 192, 43_897_792, 1_664_329 }, { "0.35", 160, 30_876_080, 1_664_329 },
        { "0.35", 128, 20_221_952, 1_664_329 }, { "0.35", 96, 11_935_408, 1_664_329 },
    };

    [Theory]
    [MemberData(nameof(V1))]
    public void V1_has_the_published_multiply_adds(string alpha, int resolution, long multiplyAdds) =>
        Assert.Equal(multiplyAdds, Variant("MobileNetV1", alpha, resolution).MultiplyAdds);

    // The README counts three numbers of batch normalisation a channel (mean, variance, offset) beside weights and the classifier's bias.
    [Theory]
    [InlineData("1.0", 4.2439)]
    [InlineData("0.75", 2.5945)]
    [InlineData("0.5", 1.3376)]
    [InlineData("0.25", 0.4731)]
    public void V1_has_the_published_parameters(string alpha, double millions)
    {
        Network network = Variant("MobileNetV1", alpha, 224);
        Assert.Equal(millions, Math.Round((network.Parameters + (3 * NormalisedChannels(network))) / 1e6, 4));
    }

    [Fact]
    public void V1_folded_has_one_bias_a_channel_more()
    {
        Network network = Variant("MobileNetV1", "1.0", 224);
        Assert.Equal(4_211_113, network.Parameters);
        Assert.Equal(10_944, NormalisedChannels(network));
        Assert.Equal(4_211_113 + 10_944, network.Layers.Where(l => l.HasWeights).Sum(l => l.WeightCount + l.Output.Channels));
    }

    [Fact]
    public void V1_with_1000_classes_has_the_parameters_that_Keras_counts()
    {
        Network network = Compiled.Network("network MobileNetV1\nclasses 1000\nweights random");
        Assert.Equal(4_253_864, network.Parameters + (4 * NormalisedChannels(network)));
    }

    [Theory]
    [MemberData(nameof(V2))]
    public void V2_has_the_published_multiply_adds_and_parameters(string alpha, int resolution, long multiplyAdds, long parameters)
    {
        Network network = Variant("MobileNetV2", alpha, resolution);
        Assert.Equal(multiplyAdds, network.MultiplyAdds);
        Assert.Equal(parameters, network.Parameters);
    }

    [Fact]
    public void V2_with_1000_classes_is_torchvisions_and_Keras_network()
    {
        Network network = Compiled.Network("network MobileNetV2\nclasses 1000\nweights random");
        Assert.Equal(300_774_272, network.MultiplyAdds);
        Assert.Equal(3_504_872, network.Parameters + (2 * NormalisedChannels(network)));
        Assert.Equal(3_538_984, network.Parameters + (4 * NormalisedChannels(network)));
    }

    [Theory]
    [InlineData("1.4", new[] { 48, 24, 32, 48, 88, 136, 224, 448, 1792 })]
    [InlineData("1.3", new[] { 40, 24, 32, 40, 80, 128, 208, 416, 1664 })]
    [InlineData("1.0", new[] { 32, 16, 24, 32, 64, 96, 160, 320, 1280 })]
    [InlineData("0.75", new[] { 24, 16, 24, 24, 48, 72, 120, 240, 1280 })]
    [InlineData("0.5", new[] { 16, 8, 16, 16, 32, 48, 80, 160, 1280 })]
    [InlineData("0.35", new[] { 16, 8, 8, 16, 24, 32, 56, 112, 1280 })]
    public void V2_has_the_published_channels_in_every_stage(string alpha, int[] channels)
    {
        Network network = Variant("MobileNetV2", alpha, 224);
        string[] ends = ["conv1", "bottleneck1_project", .. new[] { 3, 6, 10, 13, 16, 17 }.Select(n => $"bottleneck{n}_project"), "pointwise1"];
        Assert.Equal(channels, ends.Select(name => network.Layer(name).Output.Channels));
    }

    [Theory]
    [InlineData("0.75", new[] { 24, 48, 96, 96, 192, 192, 384, 384, 384, 384, 384, 384, 768, 768 })]
    [InlineData("0.5", new[] { 16, 32, 64, 64, 128, 128, 256, 256, 256, 256, 256, 256, 512, 512 })]
    [InlineData("0.25", new[] { 8, 16, 32, 32, 64, 64, 128, 128, 128, 128, 128, 128, 256, 256 })]
    public void V1_has_the_published_channels_in_every_layer(string alpha, int[] channels)
    {
        Network network = Variant("MobileNetV1", alpha, 224);
        Assert.Equal(channels, network.Layers.Where(l => (l.Operator == Operator.Convolution || l.Operator == Operator.Pointwise)).Select(l => l.Output.Channels));
    }

    // TF-slim's README, multiply-adds and parameters in millions, 1001 classes. The README prints 5.4 where 5.46 would round to 5.5.
    [Theory]
    [InlineData("MobileNetV3Large", "1.0", 217, 5.46)]
    [InlineData("MobileNetV3Large", "0.75", 155, 3.98)]
    [InlineData("MobileNetV3LargeMinimalistic", "1.0", 209, 3.90)]
    public void V3_Large_has_the_published_multiply_adds_and_parameters(string name, string alpha, int multiplyAdds, double parameters)
    {
        Network network = Variant(name, alpha, 224);
        Assert.Equal(multiplyAdds, Math.Round(network.MultiplyAdds / 1e6));
        Assert.Equal(parameters, Math.Round(network.Parameters / 1e6, 2));
    }

    // The README's 66 and 44 million multiply-adds and 2.9 and 2.4 million parameters are those of the paper's first version; the tables of its last print 56 and 44 million, 2.5 and 2.0.
    // Its 65 million of the minimalistic network, whose 2.0 million parameters agree, are more than these layers have.
    [Theory]
    [InlineData("MobileNetV3Small", "1.0", 56.5, 2.53)]
    [InlineData("MobileNetV3Small", "0.75", 43.4, 2.03)]
    [InlineData("MobileNetV3SmallMinimalistic", "1.0", 52.3, 2.03)]
    public void V3_Small_has_the_size_of_its_layers(string name, string alpha, double multiplyAdds, double parameters)
    {
        Network network = Variant(name, alpha, 224);
        Assert.Equal(multiplyAdds, Math.Round(network.MultiplyAdds / 1e6, 1));
        Assert.Equal(parameters, Math.Round(network.Parameters / 1e6, 2));
    }

    // Their counts have four numbers of a normalisation (Keras) or two (torchvision) in place of a bias.
    [Theory]
    [InlineData("MobileNetV3Large", 5_483_032, 5_507_432)]
    [InlineData("MobileNetV3Small", 2_542_856, 2_554_968)]
    public void V3_with_1000_classes_is_torchvisions_and_Keras_network(string name, long torchvision, long keras)
    {
        Network network = Compiled.Network($"network {name}\nclasses 1000\nweights random");
        Assert.Equal(torchvision, network.Parameters + (2 * NormalisedChannels(network)));
        Assert.Equal(keras, network.Parameters + (4 * NormalisedChannels(network)));
    }

    // TF-slim's README prints 990 and 624 million multiply-adds, 4.0 and 2.9 million parameters: it drops what is left.
    [Theory]
    [InlineData("1.0", 990, 4.0)]
    [InlineData("0.75", 624, 2.9)]
    public void EdgeTPU_has_the_published_size(string alpha, int multiplyAdds, double parameters)
    {
        Network network = Variant("MobileNetEdgeTPU", alpha, 224);
        Assert.Equal((multiplyAdds, parameters), (Math.Floor(network.MultiplyAdds / 1e6), Math.Floor(network.Parameters / 1e5) / 10));
    }

    // V1's table 10: 120 breeds of dogs.
    [Fact]
    public void V1_for_dogs_has_the_papers_size()
    {
        Network network = Compiled.Network("network MobileNetV1\nalpha 0.75\nresolution 192\nclasses 120\nweights random");
        Assert.Equal(239, Math.Round(network.MultiplyAdds / 1e6));
        Assert.Equal(1.9, Math.Round(network.Parameters / 1e6, 1));
    }

    // V1's table 5: the five layers of 14×14×512 left out.
    [Fact]
    public void V1_shallow_has_the_papers_size()
    {
        Network network = Compiled.Network("""
            network MobileNetV1
            weights random
            layers
              conv        32 kernel 3 stride 2
              separable   64
              separable  128 stride 2
              separable  128
              separable  256 stride 2
              separable  256
              separable  512 stride 2
              separable 1024 stride 2
              separable 1024
            """);
        Assert.Equal(307, Math.Round(network.MultiplyAdds / 1e6));
        Assert.Equal(2.9, Math.Round(network.Parameters / 1e6, 1));
    }

    // V1's table 4: full convolutions in place of the separable ones. The paper's 4866 million is the sum without the classifier.
    [Fact]
    public void V1_with_full_convolutions_has_the_papers_size()
    {
        Network network = Compiled.Network("""
            network MobileNetV1
            weights random
            layers
              conv   32 kernel 3 stride 2
              conv   64 kernel 3
              conv  128 kernel 3 stride 2
              conv  128 kernel 3
              conv  256 kernel 3 stride 2
              conv  256 kernel 3
              conv  512 kernel 3 stride 2
              conv  512 kernel 3 repeat 5
              conv 1024 kernel 3 stride 2
              conv 1024 kernel 3
            """);
        Assert.Equal(4_866_269_184, network.Layers.Where(l => l.Operator == Operator.Convolution).Sum(l => l.MultiplyAdds));
        Assert.Equal(29.3, Math.Round(network.Parameters / 1e6, 1));
    }

    [Fact]
    public void A_list_of_every_published_variant_compiles_at_once()
    {
        EquatableArray<Plan> v1 = Compiled.Plans("network MobileNetV1\nalpha 0.25 0.5 0.75 1.0\nresolution 128 160 192 224\nweights random");
        EquatableArray<Plan> v2 = Compiled.Plans("network MobileNetV2\nalpha 0.35 0.5 0.75 1.0\nresolution 96 128 160 192 224\nweights random");
        Assert.Equal(16, v1.Select(p => p.Network.ClassName).Distinct().Count());
        Assert.Equal(20, v2.Select(p => p.Network.ClassName).Distinct().Count());
    }

    internal static Network Variant(string name, string alpha, int resolution) =>
        Compiled.Network($"network {name}\nalpha {alpha}\nresolution {resolution}\nweights random");

    /// <summary>Output channels of the layers that batch normalisation follows: all with weights but the classifier.</summary>
    private static long NormalisedChannels(Network network) =>
        network.Layers.Where(l => l.HasWeights && l.Operator != Operator.Dense).Sum(l => (long)l.Output.Channels);
}
