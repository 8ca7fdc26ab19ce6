using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;

namespace MobileNetGen.Compiler.Tests.Networks;

/// <summary>What each layer and option does.</summary>
public class LayersTests
{
    [Fact]
    public void Conv_reads_its_kernel_and_stride()
    {
        Layer layer = First("conv 16 kernel 5 stride 2");
        Assert.Equal("convolution 5×5 stride 2, 32×32×3 → 16×16×16", layer.ToString());
        Assert.Equal(5 * 5 * 3 * 16, layer.Parameters);
        Assert.Equal(16 * 16 * 5 * 5 * 3 * 16, layer.MultiplyAdds);
        Assert.Equal(Activation.Relu6, layer.Activation);
        Assert.Equal("conv 16 kernel 5 stride 2", layer.Source);
    }

    [Fact]
    public void A_conv_of_one_pixel_is_pointwise() => Assert.Equal(Operator.Pointwise, First("conv 16 kernel 1").Operator);

    [Fact]
    public void A_conv_of_one_pixel_with_a_stride_stays_a_convolution() => Assert.Equal("convolution stride 2, 32×32×3 → 16×16×16", First("conv 16 kernel 1 stride 2").ToString());

    [Fact]
    public void Depthwise_keeps_the_channels_or_multiplies_them()
    {
        Assert.Equal("depthwise 3×3, 32×32×3 → 32×32×3", First("depthwise").ToString());
        Layer layer = First("depthwise kernel 5 stride 2 multiplier 8");
        Assert.Equal("depthwise 5×5 stride 2, 32×32×3 → 16×16×24", layer.ToString());
        Assert.Equal((8, 5 * 5 * 24L, 16 * 16 * 5 * 5 * 24L), (layer.Multiplier, layer.Parameters, layer.MultiplyAdds));
    }

    [Fact]
    public void Separable_is_a_depthwise_and_a_pointwise_layer()
    {
        Network network = Build("separable 64 kernel 5 stride 2 relu");
        Assert.Equal(
            ["separable1_depthwise: depthwise 5×5 stride 2, 32×32×3 → 16×16×3", "separable1_pointwise: pointwise, 16×16×3 → 16×16×64"],
            network.Layers.Take(2).Select(l => $"{l.Name}: {l}"));
        Assert.All(network.Layers.Take(2), l => Assert.Equal(Activation.Relu, l.Activation));
    }

    [Fact]
    public void Bottleneck_expands_filters_and_projects_linearly()
    {
        Network network = Build("bottleneck 16 expand 4 stride 2 kernel 5 relu");
        Assert.Equal(
            [
                "bottleneck1_expand: pointwise, 32×32×3 → 32×32×12 Relu",
                "bottleneck1_depthwise: depthwise 5×5 stride 2, 32×32×12 → 16×16×12 Relu",
                "bottleneck1_project: pointwise, 16×16×12 → 16×16×16 Linear",
            ],
            network.Layers.Take(3).Select(l => $"{l.Name}: {l} {l.Activation}"));
        Assert.Equal(Operator.AveragePool, network.Layers[3].Operator);
    }

    [Fact]
    public void A_squeeze_weighs_the_channels_before_the_projection()
    {
        Network network = Build("conv 16 kernel 3", "bottleneck 16 expand 3 kernel 5 squeeze 1/4 hswish");
        Assert.Equal(
            [
                "bottleneck1_expand: pointwise, 32×32×16 → 32×32×48 HSwish",
                "bottleneck1_depthwise: depthwise 5×5, 32×32×48 → 32×32×48 HSwish",
                "bottleneck1_squeeze: averagepool, 32×32×48 → 1×1×48 Linear",
                "bottleneck1_reduce: dense, 1×1×48 → 1×1×16 Relu",
                "bottleneck1_excite: dense, 1×1×16 → 1×1×48 HSigmoid",
                "bottleneck1_multiply: multiply, 32×32×48 → 32×32×48 Linear",
                "bottleneck1_project: pointwise, 32×32×48 → 32×32×16 Linear",
                "bottleneck1_add: add, 32×32×16 → 32×32×16 Linear",
            ],
            network.Layers.Skip(1).Take(8).Select(l => $"{l.Name}: {l} {l.Activation}"));
        Assert.Equal(["bottleneck1_depthwise", "bottleneck1_excite"], network.Layer("bottleneck1_multiply").Inputs);
        Assert.Equal(["bottleneck1_multiply"], network.Layer("bottleneck1_project").Inputs);
    }

    [Theory]
    [InlineData("expand 2.5", 24, 64)]
    [InlineData("expand 88/24", 24, 88)]
    [InlineData("expand 2.3", 80, 184)]
    [InlineData("expand 2", 20, 40)]
    [InlineData("expand 2.25", 20, 48)]
    [InlineData("expand to 100", 24, 100)]
    public void An_expansion_is_a_factor_or_a_number(string expand, int read, int expanded) =>
        Assert.Equal(expanded, Build($"conv {read} kernel 3", $"bottleneck 16 {expand}").Layer("bottleneck1_expand").Output.Channels);

    [Fact]
    public void An_expansion_to_as_many_channels_is_no_layer() => Assert.Equal("bottleneck1_depthwise", Build("conv 24 kernel 3", "bottleneck 16 expand to 24").Layers[1].Name);

    // At α = 0.75, 80 channels are 64 and 40 are 32: TF-slim's factors multiply what is rounded, torchvision's numbers are rounded themselves.
    [Theory]
    [InlineData("expand 6", 192)]
    [InlineData("expand to 240", 184)]
    [InlineData("expand to 240 fixed", 240)]
    public void A_number_of_expanded_channels_follows_alpha(string expand, int expanded)
    {
        Network network = Compiled.Network($"network N\nresolution 32\nalpha 0.75\ndivisor 8\nweights random\nlayers\n conv 40 kernel 3\n bottleneck 80 {expand}\nhead\n avgpool");
        Assert.Equal(expanded, network.Layer("bottleneck1_expand").Output.Channels);
    }

    [Fact]
    public void A_fused_bottleneck_has_one_convolution()
    {
        Network network = Build("conv 16 kernel 3", "bottleneck 24 expand 4 fused stride 2 relu", "bottleneck 24 expand 4 fused kernel 5");
        Assert.Equal(
            [
                "bottleneck1_expand: convolution 3×3 stride 2, 32×32×16 → 16×16×64 Relu", "bottleneck1_project: pointwise, 16×16×64 → 16×16×24 Linear",
                "bottleneck2_expand: convolution 5×5, 16×16×24 → 16×16×96 Relu6", "bottleneck2_project: pointwise, 16×16×96 → 16×16×24 Linear", "bottleneck2_add: add, 16×16×24 → 16×16×24 Linear",
            ],
            network.Layers.Skip(1).Take(5).Select(l => $"{l.Name}: {l} {l.Activation}"));
    }

    [Fact]
    public void A_residual_can_be_left_out() => Assert.DoesNotContain(Build("conv 16 kernel 3", "bottleneck 16 expand 4 no-residual").Layers, l => l.Operator == Operator.Add);

    [Theory]
    [InlineData("relu6", Activation.Relu6)]
    [InlineData("relu", Activation.Relu)]
    [InlineData("hswish", Activation.HSwish)]
    [InlineData("hsigmoid", Activation.HSigmoid)]
    public void An_activation_is_the_networks_or_a_layers(string word, Activation activation)
    {
        Network network = Compiled.Network($"network N\nresolution 32\nactivation {word}\nweights random\nlayers\n conv 8 kernel 3\n conv 8 kernel 3 linear\n add conv1 {word}\nhead\n avgpool\n dense 4 {word}");
        Assert.Equal([activation, Activation.Linear, activation, Activation.Linear, activation], network.Layers.Select(l => l.Activation));
    }

    [Theory]
    [InlineData("multiply features")]
    [InlineData("multiply factors from features")]
    public void A_map_is_multiplied_by_a_vector_whichever_is_named(string line)
    {
        Layer layer = Build("conv 16 kernel 3 as features", "avgpool", "dense 8 relu", "dense 16 hsigmoid as factors", line, "maxpool").Layer("multiply1");
        Assert.Equal(["features", "factors"], layer.Inputs);
        Assert.Equal("multiply, 32×32×16 → 32×32×16", layer.ToString());
        Assert.Equal((0, 0), (layer.Parameters, layer.MultiplyAdds));
    }

    [Theory]
    [InlineData("0.5", 64)]
    [InlineData("1.25", 80)]
    public void A_dense_layer_may_grow_with_alpha(string alpha, int outputs) => Assert.Equal(
        outputs, Compiled.Network($"network N\nresolution 32\ndivisor 8\nalpha {alpha}\nweights random\nlayers\n conv 8 kernel 3\nhead\n avgpool\n dense 64 widen-only").OutputLength);

    [Fact]
    public void An_expansion_by_1_is_no_layer() => Assert.Equal("bottleneck1_depthwise", Build("bottleneck 16 expand 1").Layers[0].Name);

    [Theory]
    [InlineData("bottleneck 16 expand 2", true)]
    [InlineData("bottleneck 16 expand 1", true)]
    [InlineData("bottleneck 24 expand 2", false)]
    [InlineData("bottleneck 16 expand 2 stride 2", false)]
    public void A_bottleneck_has_a_residual_where_stride_is_1_and_channels_are_equal(string bottleneck, bool residual)
    {
        Network network = Build("conv 16 kernel 3", bottleneck);
        Layer? add = network.Layers.SingleOrDefault(l => l.Operator == Operator.Add);
        Assert.Equal(residual, add is not null);
        if (add is not null)
            Assert.Equal(("bottleneck1_add", "[bottleneck1_project, conv1]", Activation.Linear), (add.Name, add.Inputs.ToString(), add.Activation));
    }

    // α decides: 24 and 20 channels are both 16 at α = 0.75 with divisor 8.
    [Fact]
    public void Residuals_are_decided_after_alpha()
    {
        const string Layers = "layers\n conv 24 kernel 3\n bottleneck 20 expand 2\nhead\n avgpool\n";
        Assert.DoesNotContain(Compiled.Network("network N\nresolution 32\nweights random\ndivisor 8\n" + Layers).Layers, l => l.Operator == Operator.Add);
        Assert.Contains(Compiled.Network("network N\nresolution 32\nweights random\ndivisor 8\nalpha 0.65\n" + Layers).Layers, l => l.Operator == Operator.Add);
    }

    [Fact]
    public void Repeat_strides_once()
    {
        Network network = Build("conv 16 kernel 3 stride 2 repeat 3");
        Assert.Equal(["conv1", "conv2", "conv3"], network.Layers.Take(3).Select(l => l.Name));
        Assert.Equal([2, 1, 1], network.Layers.Take(3).Select(l => l.Stride));
    }

    [Fact]
    public void From_reads_another_layer_in_the_first_repetition_only()
    {
        Network network = Build("conv 16 kernel 3", "conv 8 kernel 3", "conv 24 kernel 3 from conv1 repeat 2");
        Assert.Equal("[conv1]", network.Layer("conv3").Inputs.ToString());
        Assert.Equal("[conv3]", network.Layer("conv4").Inputs.ToString());
    }

    [Fact]
    public void From_and_add_name_a_block_by_its_last_layer()
    {
        Network network = Build("separable 16 as first", "bottleneck 16 expand 2", "add first", "conv 8 kernel 3 from bottleneck1");
        Assert.Equal("[bottleneck1_add, first_pointwise]", network.Layer("add1").Inputs.ToString());
        Assert.Equal("[bottleneck1_add]", network.Layer("conv1").Inputs.ToString());
    }

    [Fact]
    public void The_networks_input_is_a_layer_named_input()
    {
        Network network = Build("conv 3 kernel 3", "add input", "conv 8 kernel 3 from input");
        Assert.Equal("[conv1, input]", network.Layer("add1").Inputs.ToString());
        Assert.Equal("[input]", network.Layer("conv2").Inputs.ToString());
    }

    [Fact]
    public void Add_is_linear_unless_it_says_otherwise()
    {
        Network network = Build("conv 8 kernel 3 as stem", "pointwise 8 linear", "add stem", "pointwise 8 linear", "add stem relu6 as sum");
        Assert.Equal(Activation.Linear, network.Layer("add1").Activation);
        Assert.Equal(Activation.Relu6, network.Layer("sum").Activation);
    }

    [Fact]
    public void As_names_a_layer_and_what_a_block_becomes()
    {
        Network network = Build("conv 8 kernel 3 as stem", "bottleneck 8 expand 2 as b");
        Assert.Equal(["stem", "b_expand", "b_depthwise", "b_project", "b_add", "avgpool1"], network.Layers.Select(l => l.Name));
    }

    // The layers count by their own kind, named ones left out.
    [Fact]
    public void Unnamed_layers_count_from_1_by_kind()
    {
        Network network = Build("conv 8 kernel 3", "separable 8", "conv 8 kernel 3 as stem", "separable 8", "conv 8 kernel 3");
        Assert.Equal(
            ["conv1", "separable1_depthwise", "separable1_pointwise", "stem", "separable2_depthwise", "separable2_pointwise", "conv2", "avgpool1"],
            network.Layers.Select(l => l.Name));
    }

    [Theory]
    [InlineData("relu6", Activation.Relu6)]
    [InlineData("relu", Activation.Relu)]
    [InlineData("linear", Activation.Linear)]
    public void A_layer_may_choose_its_activation(string word, Activation activation)
    {
        Assert.Equal(activation, First("conv 8 kernel 3 " + word).Activation);
        Assert.Equal(activation, First("pointwise 8 " + word).Activation);
        Assert.Equal(activation, First("depthwise " + word).Activation);
    }

    [Theory]
    [InlineData("0.5", "", 16)]
    [InlineData("0.5", "widen-only", 32)]
    [InlineData("0.5", "fixed", 32)]
    [InlineData("1.5", "", 48)]
    [InlineData("1.5", "widen-only", 48)]
    [InlineData("1.5", "fixed", 32)]
    public void Channels_follow_alpha_unless_they_are_told_not_to(string alpha, string option, int channels)
    {
        Network network = Compiled.Network($"network N\nresolution 32\nweights random\nalpha {alpha}\nlayers\n pointwise 32 {option}\nhead\n avgpool");
        Assert.Equal(channels, network.Layers[0].Output.Channels);
    }

    [Fact]
    public void Dense_takes_a_number_or_the_classes_and_ignores_alpha()
    {
        Network network = Compiled.Network("network MobileNetV2\nalpha 0.35\nclasses 2\nweights random\nhead\n avgpool\n dense 100 relu\n dense classes\n softmax");
        Layer hidden = network.Layer("dense1"), logits = network.Layer("dense2");
        Assert.Equal((100, Activation.Relu), (hidden.Output.Channels, hidden.Activation));
        Assert.Equal((2, Activation.Linear), (logits.Output.Channels, logits.Activation));
        Assert.Equal(((1280 * 100) + 100, 200 + 2), (hidden.Parameters, logits.Parameters));
    }

    [Theory]
    [InlineData("avgpool", 1280, false, false)]
    [InlineData("maxpool", 1280, false, false)]
    [InlineData("flatten", 62_720, false, false)]
    [InlineData("avgpool\n dense classes", 1001, false, false)]
    [InlineData("avgpool\n dense classes tanh", 1001, false, false)]
    [InlineData("avgpool\n softmax", 1280, true, false)]
    [InlineData("avgpool\n dense classes sigmoid\n softmax", 1001, true, false)]
    [InlineData("avgpool\n dense classes\n sigmoid", 1001, false, true)]
    [InlineData("avgpool\n dense 1 sigmoid", 1, false, true)]
    [InlineData("maxpool\n sigmoid", 1280, false, true)]
    public void A_head_may_end_in_features_logits_or_probabilities(string head, int outputs, bool softmax, bool sigmoid)
    {
        Network network = Compiled.Network("network MobileNetV2\nweights random\nhead\n " + head);
        Assert.Equal((outputs, softmax, sigmoid), (network.OutputLength, network.EndsInSoftmax, network.EndsInSigmoid));
        Assert.Equal(softmax || sigmoid, network.EndsInProbabilities);
    }

    [Theory]
    [InlineData("dense 1\n sigmoid", 2)]
    [InlineData("dense 1", 1)]
    [InlineData("dense 1 tanh", 1)]
    [InlineData("dense 2\n sigmoid", 2)]
    [InlineData("dense 5 sigmoid", 5)]
    [InlineData("dense 5\n softmax", 5)]
    public void A_label_names_an_output_and_the_probability_of_one_of_two_classes_has_two(string head, int labels) =>
        Assert.Equal(labels, Compiled.Network("network MobileNetV2\nweights random\nhead\n avgpool\n " + head).LabelCount);

    [Fact]
    public void A_dense_layers_tanh_or_sigmoid_is_a_layer_behind_it()
    {
        Network network = Build("conv 8 kernel 3", "avgpool", "dense 12 tanh", "dense 6 sigmoid as second", "dense 3 sigmoid");
        Assert.Equal(["conv1", "avgpool1", "dense1", "dense1_tanh", "second", "second_sigmoid", "dense2", "dense2_sigmoid"], network.Layers.Select(l => l.Name));
        Assert.All(network.Layers.Skip(2), l => Assert.Equal(Activation.Linear, l.Activation));
        Assert.Equal((Operator.Tanh, Operator.Sigmoid), (network.Layer("dense1_tanh").Operator, network.Layer("second_sigmoid").Operator));
        Assert.Equal(["dense1_tanh"], network.Layer("second").Inputs);
        Assert.Equal((new Shape(1, 1, 12), new Shape(1, 1, 12), 0L), (network.Layer("dense1_tanh").Input, network.Layer("dense1_tanh").Output, network.Layer("dense1_tanh").Parameters));
    }

    [Fact]
    public void The_name_of_a_dense_layer_with_a_function_means_both_together()
    {
        Network network = Build("conv 8 kernel 3", "avgpool", "dense 12 tanh as hidden", "dense 4", "dense 3 from hidden");
        Assert.Equal(["hidden_tanh"], network.Layer("dense2").Inputs);
    }

    [Fact]
    public void A_sigmoid_line_is_what_the_word_on_a_dense_line_is()
    {
        const string Head = "network MobileNetV2\nweights random\nhead\n avgpool\n dense 4";
        Layer line = Compiled.Network(Head + "\n sigmoid").Layers[^1], word = Compiled.Network(Head + " sigmoid").Layers[^1];
        Assert.Equal(("sigmoid1", "dense1_sigmoid"), (line.Name, word.Name));
        Assert.Equal(line with { Name = word.Name, Source = word.Source }, word);
    }

    [Fact]
    public void Flatten_makes_all_values_of_a_map_inputs_of_a_dense_layer()
    {
        Network network = Compiled.Network("network N\nresolution 10x7\nweights random\nlayers\n conv 5 kernel 3 stride 2\nhead\n flatten\n dense 3 relu");
        Layer flatten = network.Layer("flatten1"), dense = network.Layer("dense1");
        Assert.Equal((Operator.Flatten, new Shape(5, 4, 5), new Shape(1, 1, 100)), (flatten.Operator, flatten.Input, flatten.Output));
        Assert.Equal((300L, 303L, 300L), (dense.WeightCount, dense.Parameters, dense.MultiplyAdds));
        Assert.Equal((0L, 0L), (flatten.Parameters, flatten.MultiplyAdds));
    }

    [Fact]
    public void Own_layers_keep_the_built_in_head()
    {
        Network network = Compiled.Network("network MobileNetV1\nweights random\nlayers\n conv 8 kernel 3 stride 2");
        Assert.Equal(["conv1", "avgpool1", "dense1", "softmax1"], network.Layers.Select(l => l.Name));
    }

    [Fact]
    public void A_map_of_one_pixel_may_go_straight_to_dense()
    {
        Network network = Compiled.Network("network N\nresolution 4\nweights random\nlayers\n conv 8 kernel 3 stride 4\nhead\n dense 3");
        Assert.Equal(3, network.OutputLength);
    }

    // Rounded up at each stride, as both paddings do: 225 → 113 → 57 → 29 → 15 → 8.
    [Theory]
    [InlineData("225", "8×8")]
    [InlineData("33x97", "2×4")]
    [InlineData("224x320", "7×10")]
    public void Odd_and_oblong_inputs_round_up(string resolution, string last)
    {
        Network network = Compiled.Network($"network MobileNetV2\nresolution {resolution}\nweights random");
        Assert.Equal($"{last}×1280", network.Layer("pointwise1").Output.ToString());
    }

    [Fact]
    public void Built_in_layers_point_at_the_network_statement_and_own_layers_at_themselves()
    {
        const string Text = "weights random\nnetwork MobileNetV2\nhead\n  avgpool as features";
        Network network = Compiled.Network(Text);
        Assert.Equal("network MobileNetV2", At(network.Layers[0]));
        Assert.Equal("avgpool as features", At(network.Layer("features")));

        static string At(Layer layer)
        {
            Compiler.Syntax.TextSpan span = Mbnet.Compile(Compiled.Path, Text).Positions[Place.Layer(layer)];
            return Text.Substring(span.Start, span.Length);
        }
    }

    [Fact]
    public void Every_layer_follows_those_it_reads()
    {
        foreach (string name in BuiltInNetworks.Names)
        {
            Network network = Compiled.Network($"network {name}\nweights random");
            for (int i = 0; i < network.Layers.Count; i++)
                Assert.All(network.Layers[i].Inputs, input => Assert.Contains(input, network.Layers.Take(i).Select(l => l.Name).Prepend(Network.InputName)));
        }
    }

    [Theory]
    [InlineData("bottleneck3_expand", "Bottleneck3Expand")]
    [InlineData("a_b", "AB")]
    [InlineData("aB", "AB")]
    [InlineData("a__b_", "AB")]
    public void Method_names_are_the_layers_names_in_Pascal_case(string layer, string method) => Assert.Equal(method, ClassNames.Pascal(layer));

    private static Network Build(params string[] layers) =>
        Compiled.Network($"network N\nresolution 32\nweights random\nlayers\n  {string.Join("\n  ", layers)}\n{(layers.Contains("avgpool") ? "" : "head\n  avgpool\n")}");

    private static Layer First(string layer) => Build(layer).Layers[0];
}
