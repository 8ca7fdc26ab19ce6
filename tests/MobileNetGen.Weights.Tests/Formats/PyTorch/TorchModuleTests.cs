using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.PyTorch;

namespace MobileNetGen.Weights.Tests.Formats.PyTorch;

/// <summary>Whole modules: what their classes and attributes state is read, and nothing else is made up.</summary>
public class TorchModuleTests
{
    private const string Mobile = "torchvision.models.mobilenetv2.";

    [Fact]
    public void A_sequence_is_a_network_with_everything_it_states()
    {
        SourceNetwork network = Network(Module.Sequential(
            Module.Conv(3, 4, kernel: 3, stride: 2), Module.Norm(4), Module.Relu,
            Module.Conv(4, 4, kernel: 3, padding: "same", groups: 4), Module.Of("activation.Hardtanh").With("min_val", 0.0).With("max_val", 6.0),
            Module.Of("pooling.AdaptiveMaxPool2d").With("output_size", new[] { 1L, 1L }), Module.Flatten, Module.Of("dropout.Dropout"), Module.Linear(4, 5), Module.Of("activation.Sigmoid")));

        Assert.Equal("SourceConvolution SourceDepthwise SourcePool SourceDense SourceElementwise", string.Join(" ", network.Operators.Select(o => o.GetType().Name)));
        var stem = (SourceConvolution)network.Operators[0];
        var depthwise = (SourceDepthwise)network.Operators[1];
        Assert.Equal((2, 2, SourcePadding.Explicit(1, 1, 1, 1), SourceActivation.Relu), (stem.StrideHeight, stem.StrideWidth, stem.Padding, stem.Activation));
        Assert.Equal((1, SourcePadding.Explicit(1, 1, 1, 1), SourceActivation.Relu6), (depthwise.StrideHeight, depthwise.Padding, depthwise.Activation));
        Assert.Equal(SourcePoolKind.Max, ((SourcePool)network.Operators[2]).Kind);
        Assert.Equal("8, Linear", network.Operators[3].Place);
        Assert.Equal(SourceFunction.Sigmoid, ((SourceElementwise)network.Operators[4]).Function);
        Assert.True(network.AssumesInputSize);
    }

    [Fact]
    public void The_classes_of_torchvision_s_MobileNetV2_are_known()
    {
        SourceNetwork network = Network(MobileNet());
        Assert.Equal(
            "SourceConvolution SourceDepthwise SourceConvolution SourceAdd SourceConvolution SourcePool SourceDense", string.Join(" ", network.Operators.Select(o => o.GetType().Name)));
        Assert.Equal("features.1.conv.0.0, Conv2d", network.Operators[1].Place);
        Assert.Equal(SourceActivation.None, ((SourceConvolution)network.Operators[2]).Activation);
    }

    [Fact]
    public void A_wrapper_for_several_devices_is_its_network() =>
        Assert.Equal(7, Network(new Module("torch.nn.parallel.data_parallel.DataParallel") { Children = [("module", MobileNet())] }).Operators.Length);

    [Theory]
    [InlineData(96)]
    [InlineData(224)]
    public void Without_a_text_the_size_is_one_at_which_the_network_is_possible(int side)
    {
        SourceNetwork network = Network(Module.Sequential(
            Module.Conv(3, 4, kernel: 3, stride: 2), Module.Of("pooling.AvgPool2d").With("kernel_size", side / 2L).With("stride", 1L).With("padding", 0L), Module.Flatten, Module.Linear(4, 5)));
        Assert.Equal([1, side, side, 3], network.Values[network.Inputs[0]].Shape.AsEnumerable());
    }

    public static TheoryData<string, string> NoMobileNets => new()
    {
        { "dilation", "0.1, Conv2d, has dilation 2×2; a MobileNet classifier has none." },
        { "groups", "0.1, Conv2d, has 2 groups on a map of 4 channels; a MobileNet's convolutions have one group, or one a channel." },
        { "reflect", "0.1, Conv2d, has padding_mode 'reflect'; zeros were expected." },
        { "SiLU", "0.1, SiLU, is no layer of a MobileNet here: Conv2d, BatchNorm, ReLU, ReLU6" },
        { "Mish", "0.1, Mish, is no layer of a MobileNet here: Conv2d, BatchNorm, ReLU, ReLU6" },
        { "GroupNorm", "0.1, GroupNorm, is no layer of a MobileNet here: Conv2d, BatchNorm, ReLU, ReLU6" },
    };

    [Theory]
    [MemberData(nameof(NoMobileNets))]
    public void What_no_MobileNet_has_is_refused_by_its_path_whoever_made_the_classes_around_it(string what, string message)
    {
        Module wrong = what switch
        {
            "dilation" => Module.Conv(4, 4, kernel: 3, dilation: 2),
            "groups" => Module.Conv(4, 4, kernel: 3, groups: 2),
            "reflect" => Module.Conv(4, 4, kernel: 3, mode: "reflect"),
            "GroupNorm" => Module.Of("normalization.GroupNorm"),
            _ => Module.Of("activation." + what),
        };
        Module network = Module.Sequential(Module.Sequential(Module.Conv(3, 4), wrong), Module.Pool, Module.Flatten, Module.Linear(4, 5));
        Assert.StartsWith(message, Assert.Throws<WeightsException>(() => Read(network)).Message, StringComparison.Ordinal);
        Assert.StartsWith(message, Assert.Throws<WeightsException>(() => Read(new Module("__main__.Net") { Children = network.Children })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_of_somebody_s_own_has_the_facts_of_the_sequences_in_it()
    {
        SourceParameters file = Parameters(new Module("__main__.Net")
        {
            Children =
            [
                ("features", Module.Sequential(
                    Module.Conv(3, 4, kernel: 3, stride: 2), Module.Norm(4, 0.25), Module.Relu,
                    Module.Conv(4, 4, kernel: 3, groups: 4), Module.Norm(4), Module.Of("linear.Identity"), Module.Conv(4, 6), Module.Pool)),
                ("fc", Module.Linear(6, 5)),
            ],
        });
        Assert.Equal(
            [
                new SourceLayerFacts { Stride = (2, 2), Padding = SourcePadding.Explicit(1, 1, 1, 1), Activation = SourceActivation.Relu, Next = SourceFollower.Other },
                new SourceLayerFacts { Stride = (1, 1), Padding = SourcePadding.Explicit(1, 1, 1, 1), Activation = SourceActivation.None, Next = SourceFollower.Other },
                new SourceLayerFacts { Stride = (1, 1), Padding = SourcePadding.None, Activation = SourceActivation.None, Next = SourceFollower.AveragePool },
                new SourceLayerFacts(),
            ],
            file.Filters.Select(filter => filter.Facts!));
        Assert.Equal((0.25, true), (file.Filters[0].Normalization!.Epsilon, file.Filters[0].Normalization!.StatesEpsilon));
        Assert.Equal(SourceActivation.Relu, file.Conventions.Activation);
    }

    [Fact]
    public void What_only_the_source_of_a_class_says_is_not_stated()
    {
        // The activation is in forward, and so may be padding, as with networks that follow TensorFlow.
        SourceParameters file = Parameters(new Module("__main__.Net")
        {
            Children = [("conv1", Module.Conv(3, 4, kernel: 3, stride: 2, padding: new[] { 0L, 0L })), ("bn1", Module.Norm(4)), ("fc", Module.Linear(4, 5)), ("end", Module.Softmax), ("none", null)],
        });
        Assert.Equal([new SourceLayerFacts { Stride = (2, 2) }, new SourceLayerFacts { Next = SourceFollower.Softmax }], file.Filters.Select(filter => filter.Facts!));
        Assert.Equal(SourceActivation.Relu6, file.Conventions.Activation);
    }

    [Theory]
    [InlineData("pooling.AdaptiveMaxPool2d", SourceFollower.MaxPool)]
    [InlineData("pooling.AdaptiveAvgPool2d", SourceFollower.AveragePool)]
    [InlineData("activation.ReLU", null)]
    public void The_one_pool_that_a_class_defines_before_its_classifier_is_its_pool(string pool, SourceFollower? expected)
    {
        SourceParameters file = Parameters(new Module("__main__.Net")
        {
            Children = [("conv1", Module.Conv(3, 4)), ("conv2", Module.Conv(4, 4)), ("bn2", Module.Norm(4)), ("pool", Module.Of(pool).With("output_size", 1L)), ("fc", Module.Linear(4, 5))],
        });
        Assert.Equal([null, expected, null], file.Filters.Select(filter => filter.Facts!.Next));
    }

    [Fact]
    public void A_batch_normalisation_with_its_activation_gives_it_to_the_convolution_before()
    {
        Module norm = Module.Norm(4) with { Class = "timm.layers.norm_act.BatchNormAct2d", Children = [("drop", Module.Of("linear.Identity")), ("act", Module.Relu6)] };
        SourceParameters file = Parameters(new Module("timm.models.efficientnet.EfficientNet") { Children = [("conv_stem", Module.Conv(3, 4, kernel: 3)), ("bn1", norm), ("classifier", Module.Linear(4, 5))] });
        Assert.Equal(SourceActivation.Relu6, file.Filters[0].Facts!.Activation);
    }

    [Fact]
    public void Pools_that_put_averages_and_maxima_beside_each_other_are_refused_by_their_name() => Assert.StartsWith(
        "1.0, AdaptiveConcatPool2d, puts the averages and the maxima of a map beside each other",
        Assert.Throws<WeightsException>(() => Read(Module.Sequential(Module.Conv(3, 4), Module.Sequential(Module.Of("fastai.layers.AdaptiveConcatPool2d"), Module.Linear(8, 5))))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_batch_normalisation_without_statistics_is_refused() => Assert.Equal(
        "1, BatchNorm2d, normalises by the batch itself; trained means and variances were expected.",
        Assert.Throws<WeightsException>(() => Read(Module.Sequential(Module.Conv(3, 4), Module.Norm(4) with { Tensors = [] }, Module.Pool, Module.Flatten, Module.Linear(4, 5)))).Message);

    [Fact]
    public void Modules_that_multiply_at_every_level_end()
    {
        Module module = Module.Relu;
        for (int i = 0; i < 8; i++)
            module = Module.Sequential(module, module, module);
        Assert.Contains("has more than 4096 modules", Assert.Throws<WeightsException>(() => Read(Module.Sequential(Module.Conv(3, 4), module))).Message, StringComparison.Ordinal);
    }

    private static Module MobileNet()
    {
        Module block = new(Mobile + "InvertedResidual")
        {
            Attributes = [("use_res_connect", true)],
            Children = [("conv", Module.Sequential(Module.Of("torchvision.ops.misc.Conv2dNormActivation", Module.Conv(4, 4, kernel: 3, groups: 4), Module.Norm(4), Module.Relu6), Module.Conv(4, 4), Module.Norm(4)))],
        };
        return new Module(Mobile + "MobileNetV2")
        {
            Children =
            [
                ("features", Module.Sequential(Module.Of(Mobile + "ConvBNReLU", Module.Conv(3, 4, kernel: 3, stride: 2), Module.Norm(4), Module.Relu6), block, Module.Sequential(Module.Conv(4, 6), Module.Norm(6), Module.Relu6))),
                ("classifier", Module.Sequential(Module.Of("dropout.Dropout"), Module.Linear(6, 5))),
            ],
        };
    }

    private static SourceNetwork Network(Module module) => Assert.IsType<SourceNetwork>(Read(module));

    private static SourceParameters Parameters(Module module) => Assert.IsType<SourceParameters>(Read(module));

    private static SourceModel Read(Module module) => new PyTorchReader().Read(new WeightsInput("a.pt", TorchModuleFile.Write(module)));
}
