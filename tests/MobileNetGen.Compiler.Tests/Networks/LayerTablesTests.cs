using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;

namespace MobileNetGen.Compiler.Tests.Networks;

/// <summary>The papers' layer tables, line by line.</summary>
public class LayerTablesTests
{
    // Table 1, with a stride of 1 in the last depthwise layer: the paper prints 2 there, but gives 7×7 on both sides.
    private static readonly string[] s_v1 =
    [
        "conv1: convolution 3×3 stride 2, 224×224×3 → 112×112×32",
        "separable1_depthwise: depthwise 3×3, 112×112×32 → 112×112×32",
        "separable1_pointwise: pointwise, 112×112×32 → 112×112×64",
        "separable2_depthwise: depthwise 3×3 stride 2, 112×112×64 → 56×56×64",
        "separable2_pointwise: pointwise, 56×56×64 → 56×56×128",
        "separable3_depthwise: depthwise 3×3, 56×56×128 → 56×56×128",
        "separable3_pointwise: pointwise, 56×56×128 → 56×56×128",
        "separable4_depthwise: depthwise 3×3 stride 2, 56×56×128 → 28×28×128",
        "separable4_pointwise: pointwise, 28×28×128 → 28×28×256",
        "separable5_depthwise: depthwise 3×3, 28×28×256 → 28×28×256",
        "separable5_pointwise: pointwise, 28×28×256 → 28×28×256",
        "separable6_depthwise: depthwise 3×3 stride 2, 28×28×256 → 14×14×256",
        "separable6_pointwise: pointwise, 14×14×256 → 14×14×512",
        "separable7_depthwise: depthwise 3×3, 14×14×512 → 14×14×512",
        "separable7_pointwise: pointwise, 14×14×512 → 14×14×512",
        "separable8_depthwise: depthwise 3×3, 14×14×512 → 14×14×512",
        "separable8_pointwise: pointwise, 14×14×512 → 14×14×512",
        "separable9_depthwise: depthwise 3×3, 14×14×512 → 14×14×512",
        "separable9_pointwise: pointwise, 14×14×512 → 14×14×512",
        "separable10_depthwise: depthwise 3×3, 14×14×512 → 14×14×512",
        "separable10_pointwise: pointwise, 14×14×512 → 14×14×512",
        "separable11_depthwise: depthwise 3×3, 14×14×512 → 14×14×512",
        "separable11_pointwise: pointwise, 14×14×512 → 14×14×512",
        "separable12_depthwise: depthwise 3×3 stride 2, 14×14×512 → 7×7×512",
        "separable12_pointwise: pointwise, 7×7×512 → 7×7×1024",
        "separable13_depthwise: depthwise 3×3, 7×7×1024 → 7×7×1024",
        "separable13_pointwise: pointwise, 7×7×1024 → 7×7×1024",
        "avgpool1: averagepool, 7×7×1024 → 1×1×1024",
        "dense1: dense, 1×1×1024 → 1×1×1000",
        "softmax1: softmax, 1×1×1000 → 1×1×1000",
    ];

    // Parameters and multiply-adds of the same layers in the docstring of slim's mobilenet_v1.py: α = 1 at 224, α = 0.75 at 128.
    public static TheoryData<string, int, (long Parameters, long MultiplyAdds)[], long, long> SlimV1 => new()
    {
        {
            "1.0", 224,
            [
                (864, 10_838_016), (288, 3_612_672), (2_048, 25_690_112), (576, 1_806_336), (8_192, 25_690_112), (1_152, 3_612_672),
                (16_384, 51_380_224), (1_152, 903_168), (32_768, 25_690_112), (2_304, 1_806_336), (65_536, 51_380_224), (2_304, 451_584),
                (131_072, 25_690_112), (4_608, 903_168), (262_144, 51_380_224), (4_608, 903_168), (262_144, 51_380_224), (4_608, 903_168),
                (262_144, 51_380_224), (4_608, 903_168), (262_144, 51_380_224), (4_608, 903_168), (262_144, 51_380_224), (4_608, 225_792),
                (524_288, 25_690_112), (9_216, 451_584), (1_048_576, 51_380_224),
            ],
            3_185_088, 567_716_352
        },
        {
            "0.75", 128,
            [
                (648, 2_654_208), (216, 884_736), (1_152, 4_718_592), (432, 442_368), (4_608, 4_718_592), (864, 884_736),
                (9_216, 9_437_184), (864, 221_184), (18_432, 4_718_592), (1_728, 442_368), (36_864, 9_437_184), (1_728, 110_592),
                (73_728, 4_718_592), (3_456, 221_184), (147_456, 9_437_184), (3_456, 221_184), (147_456, 9_437_184), (3_456, 221_184),
                (147_456, 9_437_184), (3_456, 221_184), (147_456, 9_437_184), (3_456, 221_184), (147_456, 9_437_184), (3_456, 55_296),
                (294_912, 4_718_592), (6_912, 110_592), (589_824, 9_437_184),
            ],
            1_800_144, 106_002_432
        },
    };

    // Table 2: input, then expansion t, channels c, repetitions n and stride s of each row of bottlenecks.
    private static readonly (int Size, int InputChannels, int T, int C, int N, int S)[] s_v2 =
    [
        (112, 32, 1, 16, 1, 1), (112, 16, 6, 24, 2, 2), (56, 24, 6, 32, 3, 2), (28, 32, 6, 64, 4, 2), (14, 64, 6, 96, 3, 1), (14, 96, 6, 160, 3, 2), (7, 160, 6, 320, 1, 1),
    ];

    [Fact]
    public void V1_is_table_1_of_its_paper()
    {
        Network network = Compiled.Network("network MobileNetV1\nclasses 1000\nweights random");
        Assert.Equal(s_v1, network.Layers.Select(l => $"{l.Name}: {l}"));
    }

    [Theory]
    [MemberData(nameof(SlimV1))]
    public void V1_is_the_table_in_slims_documentation(string alpha, int resolution, (long Parameters, long MultiplyAdds)[] layers, long parameters, long multiplyAdds)
    {
        Layer[] convolutions = PublishedNetworksTests.Variant("MobileNetV1", alpha, resolution).Layers.Take(27).ToArray();
        Assert.Equal(layers, convolutions.Select(l => (l.Parameters, l.MultiplyAdds)));
        Assert.Equal(parameters, convolutions.Sum(l => l.Parameters));
        Assert.Equal(multiplyAdds, convolutions.Sum(l => l.MultiplyAdds));
    }

    [Fact]
    public void V2_is_table_2_of_its_paper()
    {
        Network network = Compiled.Network("network MobileNetV2\nclasses 1000\nweights random");
        int block = 0, next = 1;
        AssertLayer(network.Layers[0], "conv1", Operator.Convolution, new Shape(224, 224, 3), new Shape(112, 112, 32), 3, 2, Activation.Relu6);
        foreach ((int size, int inputChannels, int t, int c, int n, int s) in s_v2)
        {
            (int height, int channels) = (size, inputChannels);
            for (int i = 0; i < n; i++)
            {
                int stride = i == 0 ? s : 1;
                string name = $"bottleneck{++block}";
                var input = new Shape(height, height, channels);
                var hidden = input with { Channels = channels * t };
                var reduced = new Shape(height / stride, height / stride, channels * t);
                var output = reduced with { Channels = c };
                if (t > 1)
                    AssertLayer(network.Layers[next++], name + "_expand", Operator.Pointwise, input, hidden, 1, 1, Activation.Relu6);
                AssertLayer(network.Layers[next++], name + "_depthwise", Operator.Depthwise, hidden, reduced, 3, stride, Activation.Relu6);
                AssertLayer(network.Layers[next++], name + "_project", Operator.Pointwise, reduced, output, 1, 1, Activation.Linear);
                if (i > 0)
                    AssertLayer(network.Layers[next++], name + "_add", Operator.Add, output, output, 1, 1, Activation.Linear);
                (height, channels) = (height / stride, c);
            }
        }

        AssertLayer(network.Layers[next++], "pointwise1", Operator.Pointwise, new Shape(7, 7, 320), new Shape(7, 7, 1280), 1, 1, Activation.Relu6);
        AssertLayer(network.Layers[next++], "avgpool1", Operator.AveragePool, new Shape(7, 7, 1280), new Shape(1, 1, 1280), 1, 1, Activation.Linear);
        AssertLayer(network.Layers[next++], "dense1", Operator.Dense, new Shape(1, 1, 1280), new Shape(1, 1, 1000), 1, 1, Activation.Linear);
        AssertLayer(network.Layers[next++], "softmax1", Operator.Softmax, new Shape(1, 1, 1000), new Shape(1, 1, 1000), 1, 1, Activation.Linear);
        Assert.Equal(next, network.Layers.Count);
    }

    // The rows of the paper's table 1: what a bottleneck costs.
    [Fact]
    public void A_bottleneck_costs_what_the_V2_paper_says()
    {
        const int H = 28, W = 28, D = 32, C = 32, T = 6, K = 3;
        Network network = Compiled.Network("network MobileNetV2\nclasses 1000\nweights random");
        long cost = network.Layers.Where(l => l.Name.StartsWith("bottleneck5_", System.StringComparison.Ordinal)).Sum(l => l.MultiplyAdds);
        Assert.Equal(H * W * D * T * (D + (K * K) + C), cost);
    }

    private static void AssertLayer(Layer layer, string name, Operator op, Shape input, Shape output, int kernel, int stride, Activation activation)
    {
        Assert.Equal((name, op, input, output, kernel, stride, activation), (layer.Name, layer.Operator, layer.Input, layer.Output, layer.Kernel, layer.Stride, layer.Activation));
    }
}
