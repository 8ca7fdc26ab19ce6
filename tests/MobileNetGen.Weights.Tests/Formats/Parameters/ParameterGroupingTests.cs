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
