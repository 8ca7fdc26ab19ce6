using System;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Synthetic;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Matching;

/// <summary>Filters without a graph: in the layers' order, in any other, and such as no order helps.</summary>
public class ParameterMatcherTests
{
    private const string Head = "network Small\nresolution 9\nclasses 3\n";
    private const string Named = Head + "weights \"small.net\"\n";

    // Two blocks of one shape, and a classifier of the shape of a pointwise layer.
    private const string Layers = """
        layers
          conv 8 kernel 3 stride 2
          bottleneck 8 expand 2 repeat 2
        head
          avgpool
          dense 8 relu
          dense classes
          softmax
        """;

    // The filters of a file of those layers.
    private const int Conv = 0, Expand2 = 4, Hidden = 7, Classes = 8;

    [Fact]
    public void Filters_in_the_layers_order_are_taken_as_they_stand()
    {
        TrainedNetwork matched = Match(File());
        AssertOriginal(matched);
        Assert.Empty(matched.Notes);
    }

    [Fact]
    public void Filters_in_another_order_are_told_by_shape()
    {
        SourceParameters file = File();
        ImmutableArray<SourceFilter> f = file.Filters;
        AssertOriginal(Match(file with { Filters = [f[Classes], f[Hidden], f[3], f[2], f[1], f[6], f[5], f[4], f[Conv]] }));
    }

    [Fact]
    public void A_classifier_that_was_sorted_before_a_pointwise_layer_of_its_shape_stays_the_classifier()
    {
        const string layers = "layers\n  conv 8 kernel 3 stride 2\n  pointwise 8\nhead\n  avgpool\n  dense 8\n";
        SourceParameters file = File(layers);
        ImmutableArray<SourceFilter> f = file.Filters;
        AssertOriginal(Match(file with { Filters = [f[2], f[0], f[1]] }, layers), layers);
        AssertOriginal(Match(file with { Filters = [f[0], f[2], f[1]] }, layers), layers);
    }

    [Fact]
    public void What_follows_the_last_layer_is_noted()
    {
        SourceParameters file = File();
        TrainedNetwork matched = Match(file with { Filters = [.. file.Filters, Filter("auxiliary", SourceFilterKind.Dense, 3, 8), Filter("more", SourceFilterKind.Dense, 4, 5)] });
        AssertOriginal(matched);
        Assert.Equal("'small.net' also has weights that no layer of the network uses: auxiliary and 1 more", Assert.Single(matched.Notes));
    }

    [Fact]
    public void What_has_a_shape_of_its_own_is_noted_wherever_it_stands()
    {
        SourceParameters file = File();
        TrainedNetwork matched = Match(file with { Filters = [Filter("auxiliary", SourceFilterKind.Dense, 4, 5), .. file.Filters] });
        AssertOriginal(matched);
        Assert.Equal("'small.net' also has weights that no layer of the network uses: auxiliary", Assert.Single(matched.Notes));
    }

    [Fact]
    public void What_could_be_a_layer_s_weights_as_well_as_others_is_refused()
    {
        SourceParameters file = File();
        Fails(
            file with { Filters = [Filter("auxiliary", SourceFilterKind.Dense, 8, 16), .. file.Filters] },
            Rules.LayerCount,
            "bottleneck 8 expand 2 repeat 2",
            "'small.net' has 1×1 weights for 16 inputs and 8 outputs 3 times, from filter 3 to auxiliary, and the network 2 times, from bottleneck1_project to bottleneck2_project; "
            + "which belong together, shapes cannot tell; describe all layers that the file holds, or use a file that has them in the order they run");
    }

    [Fact]
    public void Other_channels_are_an_error_at_the_first_layer_that_has_them_in_the_text() => Fails(
        File(Layers.Replace("conv 8", "conv 16", StringComparison.Ordinal)),
        Rules.LayerMismatch,
        "conv 8 kernel 3 stride 2",
        "conv1 (convolution 3×3 stride 2, 9×9×3 → 5×5×8) needs 3×3 weights for 3 inputs and 8 outputs, but 'small.net' has filter 0 with 3×3 weights for 3 inputs and 16 outputs in its place; "
        + "correct 'alpha', or the layer");

    [Fact]
    public void Another_number_of_classes_is_an_error_at_their_statement() => Fails(
        File(Layers, "network Small\nresolution 9\nclasses 4\n"),
        Rules.LayerMismatch,
        "classes 3",
        "dense2 (dense, 1×1×8 → 1×1×3) needs 1×1 weights for 8 inputs and 3 outputs, but 'small.net' has filter 8 with 1×1 weights for 8 inputs and 4 outputs in its place; the file has 4 classes; write: classes 4");

    [Fact]
    public void Another_kernel_is_an_error_at_its_layer() => Fails(
        File(Layers.Replace("kernel 3", "kernel 5", StringComparison.Ordinal)),
        Rules.LayerMismatch,
        "conv 8 kernel 3 stride 2",
        "conv1 (convolution 3×3 stride 2, 9×9×3 → 5×5×8) needs 3×3 weights for 3 inputs and 8 outputs, but 'small.net' has filter 0 with 5×5 weights for 3 inputs and 8 outputs in its place; correct the layer");

    [Fact]
    public void Too_few_filters_are_an_error_at_the_first_layer_without()
    {
        SourceParameters file = File();
        Fails(
            file with { Filters = file.Filters.RemoveAt(Expand2) },
            Rules.LayerCount,
            "bottleneck 8 expand 2 repeat 2",
            "'small.net' has no weights left for bottleneck2_expand (pointwise, 5×5×8 → 5×5×16); remove the layers that it does not have, or add the file that has them");
    }

    [Theory]
    [InlineData("int8")]
    [InlineData("uint8")]
    public void A_quantised_network_needs_a_quantised_file(string quantization)
    {
        Network network = NetworkText.Network($"{Named}quantization {quantization}\n{Layers}");
        var error = Assert.Throws<MatchException>(() => ParameterMatcher.Match(network, File()));
        Assert.Equal(Rules.QuantizationMismatch, error.Rule);
        Assert.Equal($"the network is {quantization}, but 'small.net' is float32; write: quantization float32, or make a quantised file of it with: mbnet quantize", error.Message);
    }

    [Theory]
    [InlineData(PaddingConvention.Symmetric, "", 1)]
    [InlineData(PaddingConvention.Same, "", 0)]
    [InlineData(PaddingConvention.Symmetric, "padding same\n", 0)]
    [InlineData(PaddingConvention.Same, "padding symmetric\n", 1)]
    public void Padding_is_the_text_s_or_else_the_format_s(PaddingConvention format, string setting, int expected)
    {
        const string layers = "layers\n  conv 8 kernel 3 stride 2\nhead\n  avgpool\n";
        Network network = NetworkText.Network($"network N\nresolution 8\nweights \"small.net\"\n{setting}{layers}");
        TrainedLayer conv = ParameterMatcher.Match(network, File(layers) with { Format = new SourceFormat("Test", format) }).Layers[0];
        Assert.Equal((expected, expected), (conv.PadTop, conv.PadLeft));
    }

    [Theory]
    [InlineData("stride", "conv1 (convolution 3×3 stride 2, 9×9×3 → 5×5×8) needs 3×3 weights for 3 inputs and 8 outputs, stride 2, but 'small.net' has filter 0 with 3×3 weights for 3 inputs and 8 outputs, stride 2×1 in its place; correct the layer")]
    [InlineData("relu", "conv1 (convolution 3×3 stride 2, 9×9×3 → 5×5×8) needs relu6, but 'small.net' has filter 0 with relu in its place; write: activation relu")]
    [InlineData("linear", "conv1 (convolution 3×3 stride 2, 9×9×3 → 5×5×8) needs relu6, but 'small.net' has filter 0 with linear in its place; write 'linear' after the layer")]
    [InlineData("maxpool", "conv1 (convolution 3×3 stride 2, 9×9×3 → 5×5×8) needs no pool and no function behind it, but 'small.net' has filter 0 with a maximum pool behind it in its place; describe the network that the file holds")]
    public void What_the_file_states_of_a_layer_is_compared(string what, string message)
    {
        SourceLayerFacts facts = what switch
        {
            "stride" => new() { Stride = (2, 1) },
            "relu" => new() { Activation = SourceActivation.Relu },
            "linear" => new() { Activation = SourceActivation.None },
            _ => new() { Next = SourceFollower.MaxPool },
        };
        Fails(Stated(Conv, facts), Rules.LayerMismatch, "conv 8 kernel 3 stride 2", message);
    }

    [Fact]
    public void What_the_file_states_as_the_text_has_it_is_fine()
    {
        SourceParameters file = Stated(Conv, new() { Stride = (2, 2), Activation = SourceActivation.Relu6, Next = SourceFollower.Other, Padding = SourcePadding.Explicit(1, 1, 1, 1) });
        AssertOriginal(Match(file with { Filters = file.Filters.SetItem(Classes, file.Filters[Classes] with { Facts = new() { Activation = SourceActivation.None, Next = SourceFollower.Softmax } }) }));
    }

    [Fact]
    public void An_end_that_the_file_leaves_to_its_caller_is_noted() =>
        Assert.Equal("'small.net' ends before softmax1, which is computed from its result", Assert.Single(Match(Stated(Classes, new() { Next = SourceFollower.Other })).Notes));

    [Fact]
    public void Another_end_is_an_error() => Fails(
        Stated(Classes, new() { Next = SourceFollower.Sigmoid }), Rules.LayerMismatch, "dense classes",
        "dense2 (dense, 1×1×8 → 1×1×3) needs a softmax behind it, but 'small.net' has filter 8 with a sigmoid behind it in its place; describe the network that the file holds");

    [Fact]
    public void The_file_s_padding_is_used_where_it_states_one_and_the_text_does_not()
    {
        const string layers = "layers\n  conv 8 kernel 3 stride 2\nhead\n  avgpool\n";
        SourceParameters file = File(layers);
        file = file with { Filters = [file.Filters[0] with { Facts = new() { Padding = SourcePadding.Explicit(0, 0, 1, 1) } }] };
        TrainedLayer conv = ParameterMatcher.Match(NetworkText.Network($"network N\nresolution 8\nweights \"small.net\"\n{layers}"), file).Layers[0];
        Assert.Equal((0, 0), (conv.PadTop, conv.PadLeft));

        var differs = Assert.Throws<MatchException>(() => ParameterMatcher.Match(NetworkText.Network($"network N\nresolution 8\npadding symmetric\nweights \"small.net\"\n{layers}"), file));
        Assert.Equal(Rules.PaddingMismatch, differs.Rule);
        file = file with { Filters = [file.Filters[0] with { Facts = new() { Padding = SourcePadding.None } }] };
        Assert.Equal(Rules.PaddingMismatch, Assert.Throws<MatchException>(() => ParameterMatcher.Match(NetworkText.Network($"network N\nresolution 8\nweights \"small.net\"\n{layers}"), file)).Rule);
    }

    [Fact]
    public void Filters_of_one_shape_that_nothing_orders_are_an_error()
    {
        SourceParameters file = File();
        Fails(
            file with { Filters = file.Filters.SetItem(Expand2, file.Filters[Expand2] with { UnorderedWith = "filter 1" }) },
            Rules.LayerCount,
            "bottleneck 8 expand 2 repeat 2",
            "'small.net' has 1×1 weights for 8 inputs and 16 outputs for bottleneck2_expand and another layer, in no order: their names, filter 1 and filter 4, do not tell which of them runs first; "
            + "use a state dictionary (.pth), which has the order in which layers were defined, or give the tensors names that differ in numbers");
        Match(file with { Filters = file.Filters.SetItem(Expand2, file.Filters[Expand2] with { UnorderedWith = "a filter that no layer uses" }) });
    }

    [Fact]
    public void Weights_behind_a_flattened_map_are_brought_into_the_text_s_order()
    {
        const string layers = "layers\n  conv 2 kernel 1\nhead\n  flatten\n  dense 1\n";
        var conv = new SourceFilter("conv", SourceFilterKind.Convolution, new SourceTensor("conv", [2, 1, 1, 1], [1, 1]), null);
        var dense = new SourceFilter("fc", SourceFilterKind.Dense, new SourceTensor("fc", [1, 8], [0, 1, 2, 3, 4, 5, 6, 7]), null);
        var file = new SourceParameters(new SourceFormat("Test", PaddingConvention.Symmetric), [conv, dense]);
        Network network = NetworkText.Network($"network N\nresolution 2\ninput grey\nweights \"small.net\"\n{layers}");
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], ((FloatFilter)ParameterMatcher.Match(network, file).Layers[^1].Filter!).Weights);
        Assert.Equal([0, 4, 1, 5, 2, 6, 3, 7], ((FloatFilter)ParameterMatcher.Match(network, file with { IsChannelsFirst = true }).Layers[^1].Filter!).Weights);
    }

    private static SourceParameters Stated(int filter, SourceLayerFacts facts)
    {
        SourceParameters file = File();
        return file with { Filters = file.Filters.SetItem(filter, file.Filters[filter] with { Facts = facts }) };
    }

    [Fact]
    public void A_missing_bias_is_zero()
    {
        SourceParameters file = File();
        TrainedNetwork matched = Match(file with { Filters = file.Filters.SetItem(Conv, file.Filters[Conv] with { Bias = null }) });
        Assert.Equal(new float[8], ((FloatFilter)matched.Layers[0].Filter!).Bias);
    }

    [Theory]
    [InlineData("layers\n  depthwise multiplier 5\nhead\n  avgpool\n", SourceFilterKind.Convolution)]
    [InlineData("layers\n  conv 5 kernel 3\nhead\n  avgpool\n", SourceFilterKind.Depthwise)]
    public void One_input_channel_is_depthwise_or_not_as_the_layer_says(string layers, SourceFilterKind kind)
    {
        float[] outputsFirst = [.. Enumerable.Range(0, 45)], tapsFirst = [.. Enumerable.Range(0, 45).Select(i => (float)((i % 5 * 9) + (i / 5)))];
        SourceTensor weights = kind == SourceFilterKind.Convolution ? new("stem", [5, 3, 3, 1], outputsFirst) : new("stem", [3, 3, 5], tapsFirst);
        Network network = NetworkText.Network($"{Named}input grey\n{layers}");
        TrainedLayer stem = ParameterMatcher.Match(network, new SourceParameters(new SourceFormat("Test", PaddingConvention.Same), [new SourceFilter("stem", kind, weights, null)])).Layers[0];
        Assert.Equal(kind == SourceFilterKind.Convolution ? tapsFirst : outputsFirst, ((FloatFilter)stem.Filter!).Weights);
    }

    [Theory]
    [InlineData("", false, 1e-5)]
    [InlineData("epsilon 0.25\n", false, 0.25)]
    [InlineData("epsilon 0.25\n", true, 1e-5)]
    public void Epsilon_is_the_file_s_or_else_the_text_s_or_else_the_format_s(string setting, bool isStated, double expected)
    {
        const string layers = "layers\n  conv 1 kernel 1\nhead\n  avgpool\n";
        var normalization = new BatchNormalization("bn", [2f], [3f], [5f], [0.75f], 1e-5) { StatesEpsilon = isStated };
        var filter = new SourceFilter("conv", SourceFilterKind.Convolution, new SourceTensor("conv", [1, 1, 1, 1], [7f]), new SourceTensor("bias", [1], [11f])) { Normalization = normalization };
        Network network = NetworkText.Network($"{Named}input grey\n{setting}{layers}");
        var folded = (FloatFilter)ParameterMatcher.Match(network, new SourceParameters(new SourceFormat("Test", PaddingConvention.Same), [filter])).Layers[0].Filter!;

        double scale = 2 / Math.Sqrt(0.75 + expected);
        Assert.Equal((float)(7 * scale), Assert.Single(folded.Weights));
        Assert.Equal((11 - 5) * scale + 3, Assert.Single(folded.Bias), 1e-6);
    }

    [Fact]
    public void A_normalisation_that_cannot_be_folded_is_an_error_at_the_weights()
    {
        SourceParameters file = File();
        var broken = new BatchNormalization("bn1", null, null, new float[8], [.. Enumerable.Repeat(-1f, 8)], 1e-5);
        Fails(
            file with { Filters = file.Filters.SetItem(Conv, file.Filters[Conv] with { Normalization = broken }) },
            Rules.WeightsUnreadable,
            "weights \"small.net\"",
            "the weights file 'small.net' cannot be used: bn1: variance -1 of channel 0 is negative; a variance was expected. The file is damaged, or its tensors are mixed up.");
    }

    private static SourceParameters File(string layers = Layers, string head = Head)
    {
        TrainedNetwork trained = Original(layers, head);
        return new SourceParameters(
            new SourceFormat("Test", PaddingConvention.Same),
            [.. trained.Layers.Where(layer => layer.Filter is not null).Select((layer, i) => Filter($"filter {i}", layer))]);
    }

    private static TrainedNetwork Original(string layers, string head = Head) => RandomWeights.Create(NetworkText.Network($"{head}weights random 1\n{layers}"));

    private static SourceFilter Filter(string place, TrainedLayer trained)
    {
        (Layer layer, var filter) = (trained.Layer, (FloatFilter)trained.Filter!);
        (int kernel, int inputs, int outputs) = (layer.Kernel, layer.Input.Channels, layer.Output.Channels);
        (SourceFilterKind kind, ImmutableArray<int> shape) = layer.Operator.Name switch
        {
            "depthwise" => (SourceFilterKind.Depthwise, ImmutableArray.Create(kernel, kernel, outputs)),
            "dense" => (SourceFilterKind.Dense, [outputs, inputs]),
            _ => (SourceFilterKind.Convolution, [outputs, kernel, kernel, inputs]),
        };
        return new SourceFilter(place, kind, new SourceTensor(place, shape, filter.Weights), new SourceTensor(place, [outputs], filter.Bias));
    }

    private static SourceFilter Filter(string place, SourceFilterKind kind, params int[] shape) =>
        new(place, kind, new SourceTensor(place, [.. shape], new float[shape.Aggregate(1, (a, b) => a * b)]), null);

    private static TrainedNetwork Match(SourceParameters file, string layers = Layers) => ParameterMatcher.Match(NetworkText.Network(Named + layers), file);

    private static void AssertOriginal(TrainedNetwork matched, string layers = Layers) => Assert.All(Original(layers).Layers.Zip(matched.Layers), pair =>
    {
        (FloatFilter? expected, FloatFilter? actual) = (pair.First.Filter as FloatFilter, pair.Second.Filter as FloatFilter);
        Assert.Equal(expected?.Weights, actual?.Weights);
        Assert.Equal(expected?.Bias, actual?.Bias);
        Assert.Equal((pair.First.PadTop, pair.First.PadLeft, pair.First.StoredAsDepthwise), (pair.Second.PadTop, pair.Second.PadLeft, pair.Second.StoredAsDepthwise));
    });

    private static void Fails(SourceParameters file, Rule rule, string place, string message)
    {
        const string text = Named + Layers;
        var error = Assert.Throws<MatchException>(() => ParameterMatcher.Match(NetworkText.Network(text), file));
        Assert.Equal(message, error.Message);
        Assert.Equal(rule, error.Rule);
        Assert.Equal(place, NetworkText.At(text, error.Place));
    }
}
