using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Tests.Formats.Parameters;

/// <summary>What names and shapes cannot settle is refused; what they can is tested with whole networks in <see cref="NamesTests"/>.</summary>
public class ParameterGroupingTests
{
    [Fact]
    public void Normalisations_defined_after_all_convolutions_are_told_by_name() =>
        Assert.Equal(["bn1", "bn2"], Normalizations(Group(true, [Kernel("conv1", 4), Kernel("conv2", 4), .. Norm("bn1", 4), .. Norm("bn2", 4)])));

    [Fact]
    public void A_convolution_without_normalisation_is_none_of_its_neighbours() =>
        Assert.Equal([null, "bn"], Normalizations(Group(true, [Kernel("first", 4), Kernel("second", 4), .. Norm("bn", 4)])));

    [Fact]
    public void A_normalisation_in_the_layer_itself_is_its_own()
    {
        SourceFilter filter = Assert.Single(Group(true, [Kernel("conv", 4), new("conv", ParameterRole.Bias, "conv/bias", [4], new float[4]), .. Norm("conv", 4)]).Filters);
        Assert.Equal("conv", filter.Normalization!.Place);
        Assert.Equal("conv/bias", filter.Bias!.Name);
    }

    [Fact]
    public void Gamma_and_beta_may_be_missing()
    {
        BatchNormalization normalization = Assert.Single(Group(true, [Kernel("conv", 4), .. Norm("bn", 4).Where(t => t.Role is ParameterRole.Mean or ParameterRole.Variance)]).Filters).Normalization!;
        Assert.Null(normalization.Gamma);
        Assert.Null(normalization.Beta);
    }

    [Fact]
    public void Epsilon_is_the_tensor_s_or_the_format_s()
    {
        SourceParameters source = Group(true, [Kernel("a", 4), .. Norm("a_bn", 4), Kernel("b", 4), .. Norm("b_bn", 4, 0.25)]);
        Assert.Equal([(0.5, false), (0.25, true)], source.Filters.Select(filter => (filter.Normalization!.Epsilon, filter.Normalization.StatesEpsilon)));
        Assert.True(source.NeedsEpsilon);
        Assert.False(Group(true, [Kernel("b", 4), .. Norm("b_bn", 4, 0.25)]).NeedsEpsilon);
    }

    [Fact]
    public void A_normalisation_before_every_convolution_is_refused() =>
        Fails("The batch normalisation \"norm\" follows no convolution.", true, [.. Norm("norm", 4), Kernel("conv", 5)]);

    [Fact]
    public void A_normalisation_of_other_channels_is_refused() =>
        Fails("The batch normalisation \"norm\" has 5 channels, but \"conv.weight\" before it has 4 outputs.", true, [Kernel("conv", 4), .. Norm("norm", 5)]);

    [Fact]
    public void Two_normalisations_of_one_convolution_are_refused() =>
        Fails("The batch normalisations \"x\" and \"y\" both follow \"conv.weight\".", true, [Kernel("conv", 4), .. Norm("x", 4), .. Norm("y", 4)]);

    [Fact]
    public void Numbered_normalisations_of_named_convolutions_are_not_guessed() => Fails(
        "The batch normalisation \"bn1\" follows no convolution.", false,
        [Kernel("left", 4), Kernel("middle", 4), Kernel("right", 4), .. Norm("bn1", 4), .. Norm("bn2", 4), .. Norm("bn3", 4)]);

    [Fact]
    public void Other_layers_are_refused() => Fails(
        "\"norm\" (norm.weight, norm.bias) has neither weights nor a running mean and variance. Layers of a MobileNet are convolutions, batch normalisations and fully connected ones.", true,
        [new("norm", ParameterRole.Gamma, "norm.weight", [4], new float[4]), new("norm", ParameterRole.Bias, "norm.bias", [4], new float[4])]);

    [Fact]
    public void Tensors_of_other_lengths_are_refused() =>
        Fails("\"conv.bias\" has 5 elements, but \"conv\" has 4 outputs.", true, [Kernel("conv", 4), new("conv", ParameterRole.Bias, "conv.bias", [5], new float[5])]);

    [Fact]
    public void Kernels_of_other_shapes_are_refused() =>
        Fails("\"conv.weight\" has the shape [2, 2, 2]; weights of convolutions have four dimensions and those of fully connected layers two.", true, [new("conv", ParameterRole.Kernel, "conv.weight", [2, 2, 2], new float[8])]);

    [Fact]
    public void A_second_kernel_is_refused() =>
        Fails("\"conv.weight\" is a second kernel of \"conv\"; one was expected.", true, [Kernel("conv", 4), Kernel("conv", 4)]);

    [Fact]
    public void A_hundred_thousand_tensors_are_refused() =>
        Fails("The file has 100000 tensors; a MobileNet has a few hundred, and at most 16384 are read.", true, [.. Enumerable.Range(0, 100_000).Select(i => Kernel($"conv{i}", 1))]);

    [Fact]
    public void A_normalisation_that_is_a_part_of_its_convolution_is_its_own() =>
        Assert.Equal(["a.bn", "b.bn"], Normalizations(Group(false, [Kernel("b", 4), .. Norm("b.bn", 4), Kernel("a", 4), .. Norm("a.bn", 4)])));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_normalisation_before_a_dense_layer_is_folded_into_that(bool inOrder)
    {
        SourceParameters source = Group(inOrder, [Kernel("f.0", 4), .. Norm("f.1", 4), .. Norm("head.0", 4), Dense("head.1", 4, 6), .. Norm("head.2", 6), Dense("head.4", 6, 2)]);
        Assert.Equal([null, "head.0", null], source.Filters.Select(filter => filter.NormalizationBefore?.Place));
        Assert.Equal(["f.1", "head.2", null], Normalizations(source));
        Assert.True(source.NeedsEpsilon);
    }

    [Fact]
    public void Folding_before_a_dense_layer_gives_what_both_give()
    {
        var before = new BatchNormalization("bn", [2, 3], [1, -1], [0.5f, -0.5f], [3, 8], 1) { StatesEpsilon = true };
        var filter = new SourceFilter("fc", SourceFilterKind.Dense, new SourceTensor("fc", [1, 2], [5, 7]), new SourceTensor("b", [1], [11])) { NormalizationBefore = before };
        SourceFilter folded = filter.Fold(null);

        // 2 / √4 = 1 and 3 / √9 = 1: x − 0.5 + 1 and x + 0.5 − 1.
        Assert.Equal([5, 7], folded.Weights.Floats);
        Assert.Equal([11 + (5 * 0.5f) - (7 * 0.5f)], folded.Bias!.Floats);
        Assert.Null(folded.NormalizationBefore);
    }

    [Fact]
    public void In_a_sequence_numbers_tell_which_dense_layer_takes_a_normalisation()
    {
        // Linear, ReLU, BatchNorm, Linear, and Linear, BatchNorm, ReLU, Linear.
        SourceParameters before = Group(true, [Dense("0", 4, 6), .. Norm("2", 6), Dense("3", 6, 2)]), behind = Group(true, [Dense("0", 4, 6), .. Norm("1", 6), Dense("3", 6, 2)]);
        Assert.Equal([null, "2"], before.Filters.Select(filter => filter.NormalizationBefore?.Place));
        Assert.Equal(["1", null], Normalizations(behind));
    }

    [Fact]
    public void What_may_stand_between_a_normalisation_and_its_layer_is_refused()
    {
        Fails(
            "Between the batch normalisation \"head.0\" and \"head.2.weight\" stands something without numbers: dropout, which is nothing here, or an activation, which the file does not tell. "
            + "Save the whole model, torch.save(model), or export it to ONNX.", true,
            [Kernel("f.0", 4), .. Norm("f.1", 4), .. Norm("head.0", 4), Dense("head.2", 4, 2)]);
        Fails(
            "Between \"f.0.weight\" and the batch normalisation \"f.2\" stands something without numbers: an activation cannot be passed, and the file does not tell what it is. "
            + "Save the whole model, torch.save(model), or export it to ONNX.", true,
            [Kernel("f.0", 4), .. Norm("f.2", 4)]);
    }

    [Fact]
    public void Two_pools_beside_each_other_are_refused_by_their_name() => Fails(
        "The batch normalisation \"1.2\" has 8 channels, twice the 4 of \"0.0.weight\": between them averages and maxima of a map are put beside each other (fastai's AdaptiveConcatPool2d), "
        + "which no network here can. Train with a head of one pool: in fastai, concat_pool=False.", true,
        [Kernel("0.0", 4), .. Norm("0.1", 4), .. Norm("1.2", 8), Dense("1.4", 8, 2)]);

    [Theory]
    [InlineData("criterion.weight", 4, "criterion.weight")]
    [InlineData("metric.class_weights.weight", 4, "metric.class_weights.weight")]
    [InlineData("balance.weight", 2, "balance.weight")]
    public void Weights_of_a_loss_are_left_aside_and_named(string name, int count, string expected)
    {
        SourceParameters source = Group(true, [Kernel("net.conv", 4), .. Norm("net.bn", 4), Dense("net.fc", 4, 2), new(name[..^7], ParameterRole.Gamma, name, [count], new float[count])]);
        Assert.Equal(expected, Assert.Single(source.LeftAside));
        Assert.Equal(2, source.Filters.Length);
    }

    [Theory]
    [InlineData("net.act.weight", 4)]
    [InlineData("act.weight", 1)]
    public void Slopes_of_a_PReLU_are_not_left_aside(string name, int count) => Fails(
        $"\"{name}\", {count} numbers by themselves, is what a PReLU has; a MobileNet here has ReLU or ReLU6. If it is no part of the network, save the network without it.", true,
        [Kernel("net.conv", 4), Dense("net.fc", 4, 2), new(name[..^7], ParameterRole.Gamma, name, [count], new float[count])]);

    [Fact]
    public void A_moving_average_beside_the_network_is_left_aside_and_taken_alone()
    {
        SourceParameters source = Group(true, [Kernel("model.conv", 4), .. Norm("model.bn", 4), Kernel("ema.conv", 4), .. Norm("ema.bn", 4)]);
        Assert.Equal("model.conv.weight", Assert.Single(source.Filters).Place);
        Assert.Equal("ema.* (a moving average)", Assert.Single(source.LeftAside));
        Assert.Empty(Group(true, [Kernel("ema.conv", 4), .. Norm("ema.bn", 4)]).LeftAside);
    }

    [Fact]
    public void What_no_layer_needs_is_named_once_a_kind()
    {
        Assert.Equal(
            ["a.weight_fake_quant.scale and 2 more (observers of quantisation)", "metric.total and 1 more", "mean"],
            Leftovers.Describe(["a.weight_fake_quant.scale", "a.bn.num_batches_tracked", "a.activation_post_process.min_val", "metric.total", "b.weight_fake_quant.scale", "other.total", "mean"]).AsEnumerable());
        Assert.StartsWith("\"a.weight_g\" is a part from which a layer's weights are computed", Assert.Throws<WeightsException>(() => Leftovers.Describe(["a.weight_g"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mobilenet_v1.conv_stem.convolution.weight mobilenet_v1.conv_stem.normalization.weight", "", "transformers'")]
    [InlineData("features.1.skip_add.activation_post_process.scale features.0.0.weight", "", "torchvision's quantisable")]
    [InlineData("quant.activation_post_process.scale features.0.0.weight", "", "torchvision's quantisable")]
    [InlineData("MobilenetV2/Conv/weights MobilenetV2/Conv/BatchNorm/beta", "", "TensorFlow's")]
    [InlineData("block_1_expand/kernel", "", "TensorFlow's")]
    [InlineData("conv_stem.weight bn1.weight", "tf_mobilenet_v2.safetensors", "timm's tf_")]
    [InlineData("features.0.0.weight", "", "torchvision's")]
    public void Names_tell_the_producer(string names, string origin, string producer) =>
        Assert.Equal(producer, Producers.From(new SourceFormat("PyTorch", PaddingConvention.Symmetric), names.Split(' '), origin).Producer);

    [Theory]
    [InlineData("stem body", true)]
    [InlineData("body.0 body.1", true)]
    [InlineData("a.block_2.conv a.block_10.conv", true)]
    [InlineData("layer layer_1", true)]
    [InlineData("features.0 classifier", true)]
    [InlineData("blocks.1.expand blocks.1.project", true)]
    [InlineData("left right", false)]
    [InlineData("net.a.conv net.b.conv", false)]
    public void Names_tell_an_order_by_numbers_and_known_words(string names, bool isTold)
    {
        string[] both = names.Split(' ');
        Assert.Equal(isTold, NameOrder.IsTold(both[0], both[1]));
        Assert.Equal(both, both.Reverse().Order(NameOrder.Instance));
    }

    [Fact]
    public void Layers_of_one_shape_that_names_do_not_order_are_marked()
    {
        SourceParameters source = Group(false, [Kernel("right", 4), Kernel("left", 4), Kernel("other", 5)]);
        Assert.Equal([("left.weight", null), ("other.weight", null), ("right.weight", "left.weight")], source.Filters.Select(filter => (filter.Place, filter.UnorderedWith)));
        Assert.All(Group(true, [Kernel("right", 4), Kernel("left", 4)]).Filters, filter => Assert.Null(filter.UnorderedWith));
    }

    private static Parameter Dense(string layer, int inputs, int outputs) => new(layer, ParameterRole.Kernel, $"{layer}.weight", [outputs, inputs], new float[outputs * inputs]);

    private static Parameter Kernel(string layer, int outputs) => new(layer, ParameterRole.Kernel, $"{layer}.weight", [outputs, 3, 1, 1], new float[outputs * 3]);

    private static IEnumerable<Parameter> Norm(string layer, int channels, double? epsilon = null)
    {
        foreach (ParameterRole role in new[] { ParameterRole.Gamma, ParameterRole.Beta, ParameterRole.Mean, ParameterRole.Variance })
            yield return new Parameter(layer, role, $"{layer}.{role}", [channels], new float[channels]) { Epsilon = role == ParameterRole.Variance ? epsilon : null };
    }

    private static SourceParameters Group(bool inOrder, IReadOnlyList<Parameter> tensors) =>
        ParameterGrouping.Group(new SourceFormat("Test", PaddingConvention.Symmetric), KernelLayout.OutputFirst, 0.5, inOrder, tensors);

    private static IEnumerable<string?> Normalizations(SourceParameters source) => source.Filters.Select(filter => filter.Normalization?.Place);

    private static void Fails(string message, bool inOrder, Parameter[] tensors) =>
        Assert.Equal(message, Assert.Throws<WeightsException>(() => Group(inOrder, tensors)).Message);
}
