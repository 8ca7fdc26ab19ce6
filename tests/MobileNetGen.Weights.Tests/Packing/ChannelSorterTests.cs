using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Packing;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Synthetic;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Packing;

public class ChannelSorterTests
{
    private static readonly string[] s_networks =
    [
        "network MobileNetV1\nalpha 0.25\nresolution 32\nclasses 10\nweights random 3\n",
        "network MobileNetV2\nalpha 0.35\nresolution 32\nclasses 10\nweights random 3\n",
        $"network Odd\nresolution 17x14\nweights random 5\n{NetworkText.OddLayers}\n",
        "network Largest\nresolution 16\nclasses 5\nweights random 3\nlayers\n  conv 32 kernel 3\n  pointwise 48\n  pointwise 48\nhead\n  maxpool\n  dense 40 tanh\n  dense classes\n  sigmoid\n",
        "network Flat\nresolution 8\nclasses 5\nweights random 3\nlayers\n  conv 32 kernel 3\n  pointwise 48\n  pointwise 48\nhead\n  flatten\n  dense 40 sigmoid\n  dense classes\n",
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Results_are_the_same(int network)
    {
        TrainedNetwork trained = Trained(network, "int8"), arranged = ChannelSorter.Arrange(trained).Network;
        Assert.Contains(trained.Layers.Zip(arranged.Layers), pair => pair.First.Filter is QuantizedFilter before && !before.Weights.SequenceEqual(((QuantizedFilter)pair.Second.Filter!).Weights));
        var random = new Random(1);
        int[] input = [.. Enumerable.Range(0, (int)trained.Network.Input.Length).Select(_ => random.Next(-128, 128))];
        Assert.Equal(QuantizedReference.Run(trained, input)[QuantizedReference.ResultName], QuantizedReference.Run(arranged, input)[QuantizedReference.ResultName]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Maps_hold_the_channels_in_the_order_told_and_additions_keep_theirs(int network)
    {
        TrainedNetwork trained = Trained(network, "int8");
        (TrainedNetwork arranged, IReadOnlyDictionary<string, int[]> orders) = ChannelSorter.Arrange(trained);
        int[] input = [.. Enumerable.Range(0, (int)trained.Network.Input.Length).Select(i => i % 100)];
        IReadOnlyDictionary<string, int[]> before = QuantizedReference.Run(trained, input), after = QuantizedReference.Run(arranged, input);
        foreach (Layer layer in trained.Network.Layers)
        {
            int[] natural = [.. Enumerable.Range(0, layer.Output.Channels)];
            int[] order = orders.GetValueOrDefault(layer.Name, natural);
            Assert.True(layer.Operator.Name is not ("add" or "flatten" or "tanh" or "sigmoid" or "softmax") || order == natural);
            Assert.Equal(natural, order.Order());
            Assert.Equal(before[layer.Name].Select((_, i) => before[layer.Name][i - (i % order.Length) + order[i % order.Length]]), after[layer.Name]);
        }
    }

    [Fact]
    public void The_largest_of_a_channel_goes_where_the_channel_does_and_a_flattened_map_stays()
    {
        Assert.Contains("maxpool1", ChannelSorter.Arrange(Trained(3, "int8")).Orders);
        Assert.DoesNotContain("pointwise2", ChannelSorter.Arrange(Trained(4, "int8")).Orders);
    }

    [Fact]
    public void The_order_is_always_the_same()
    {
        TrainedNetwork trained = Trained(0, "int8");
        Assert.Equal(
            ChannelSorter.Arrange(trained).Network.Layers.Select(l => (l.Filter as QuantizedFilter)?.Weights),
            ChannelSorter.Arrange(trained).Network.Layers.Select(l => (l.Filter as QuantizedFilter)?.Weights));
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("uint8")]
    public void Networks_without_a_scale_for_each_output_stay_as_they_are(string quantization)
    {
        TrainedNetwork trained = Trained(1, quantization);
        Assert.Equal(trained.Layers.ToArray(), ChannelSorter.Arrange(trained).Network.Layers.ToArray());
    }

    [Fact]
    public void Maps_too_wide_for_sixteen_bits_keep_their_order()
    {
        const string Text = "network Wide\nresolution 4x4\nclasses 3\nquantization int8\nweights random 1\nlayers\n  conv 16 kernel 3 stride 2\n  pointwise 32\n  pointwise 4104\nhead\n  avgpool\n  dense classes\n  softmax\n";
        IReadOnlyDictionary<string, int[]> orders = ChannelSorter.Arrange(RandomWeights.Create(NetworkText.Network(Text))).Orders;
        Assert.Contains("pointwise1", orders);
        Assert.DoesNotContain("pointwise2", orders);
    }

    [Fact]
    public void It_saves_entries()
    {
        TrainedNetwork trained = RandomWeights.Create(NetworkText.Network("network MobileNetV1\nalpha 0.5\nresolution 64\nweights random 3\nquantization int8\n"));
        Assert.True(Packed(ChannelSorter.Arrange(trained).Network) > Packed(trained));

        static int Packed(TrainedNetwork network) => network.Layers.Count(l => l.Filter is QuantizedFilter filter && SixteenBitFilter.Create(l.Layer, filter) is not null);
    }

    private static TrainedNetwork Trained(int network, string quantization) => RandomWeights.Create(NetworkText.Network(Settings(s_networks[network], quantization)));

    /// <summary>The network's text with a quantization before its layers.</summary>
    private static string Settings(string text, string quantization) => text.Replace("weights random", $"quantization {quantization}\nweights random", StringComparison.Ordinal);
}
