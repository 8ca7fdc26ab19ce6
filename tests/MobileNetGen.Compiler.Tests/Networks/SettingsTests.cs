using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Compiler.Tests.Networks;

/// <summary>What each statement outside the blocks does.</summary>
public class SettingsTests
{
    private const string V2 = "network MobileNetV2\nweights random\n";

    [Fact]
    public void Two_lines_suffice_and_the_rest_has_defaults()
    {
        Network network = Compiled.Network(V2);
        Assert.Equal("MobileNetV2_1_0_224", network.ClassName);
        Assert.Null(network.Namespace);
        Assert.Equal("MobileNetV2_1_0_224", network.QualifiedName);
        Assert.Equal("MobileNetV2", network.Architecture);
        Assert.Equal(1m, network.Alpha);
        Assert.Equal(new Shape(224, 224, 3), network.Input);
        Assert.Equal(PixelOrder.Rgb, network.Order);
        Assert.Equal((Quantization.Float32, Quantization.Float32, Quantization.Float32), (network.Quantization, network.InputType, network.OutputType));
        Assert.Equal(RoundingMode.Once, network.Rounding);
        Assert.Null(network.Padding);
        Assert.Null(network.Labels);
        Assert.Equal(new Normalization(EquatableArray.Of(127.5m), EquatableArray.Of(127.5m)), network.Normalization);
        Assert.Equal(640 * 1024, network.StackBudget);
        Assert.Equal(Bake.Auto, network.Bake);
        Assert.Equal(1001, network.OutputLength);
        Assert.True(network.EndsInSoftmax);
    }

    [Fact]
    public void Lists_multiply_out_with_alpha_outside()
    {
        EquatableArray<Plan> plans = Compiled.Plans(V2 + "alpha 0.35 1\nresolution 96 192x256 224");
        Assert.Equal(
            ["MobileNetV2_0_35_96", "MobileNetV2_0_35_192x256", "MobileNetV2_0_35_224", "MobileNetV2_1_0_96", "MobileNetV2_1_0_192x256", "MobileNetV2_1_0_224"],
            plans.Select(p => p.Network.ClassName));
        Assert.Equal(new Shape(192, 256, 3), plans[1].Network.Input);
    }

    [Theory]
    [InlineData("0.5", "0_5")]
    [InlineData("0.50", "0_5")]
    [InlineData("1", "1_0")]
    [InlineData("1.4", "1_4")]
    [InlineData("0.35", "0_35")]
    [InlineData(".75", "0_75")]
    [InlineData("0.333333333333", "0_333333333333")]
    public void Class_names_write_alpha_with_at_least_one_decimal(string alpha, string name) =>
        Assert.Equal($"MobileNetV2_{name}_224", Compiled.Network(V2 + "alpha " + alpha).ClassName);

    [Fact]
    public void Class_and_namespace_replace_the_default_names()
    {
        Network network = Compiled.Network(V2 + "class Birds\nnamespace Field.Guide");
        Assert.Equal(("Birds", "Field.Guide", "Field.Guide.Birds"), (network.ClassName, network.Namespace, network.QualifiedName));
    }

    [Theory]
    [InlineData("1", 224)]
    [InlineData("6/7", 192)]
    [InlineData("5/7", 160)]
    [InlineData("4/7", 128)]
    [InlineData("3/7", 96)]
    [InlineData("0.5", 112)]
    [InlineData("0.857", 192)] // 191.97: the papers round to whole pixels
    [InlineData("0.5714", 128)]
    [InlineData("1.5", 336)]
    public void Rho_multiplies_a_base_of_224(string rho, int side) =>
        Assert.Equal(new Shape(side, side, 3), Compiled.Network(V2 + "rho " + rho).Input);

    [Fact]
    public void Rho_lists_like_resolution()
    {
        Assert.Equal(
            ["MobileNetV2_1_0_160", "MobileNetV2_1_0_96"],
            Compiled.Plans(V2 + "rho 5/7 3/7").Select(p => p.Network.ClassName));
    }

    [Fact]
    public void Rho_scales_multiply_adds_by_its_square_and_leaves_parameters()
    {
        Network once = Compiled.Network(V2), twice = Compiled.Network(V2 + "rho 2");
        long classifier = once.Layer("dense1").MultiplyAdds;
        Assert.Equal(once.Parameters, twice.Parameters);
        Assert.Equal(4 * (once.MultiplyAdds - classifier), twice.MultiplyAdds - classifier);
    }

    [Theory]
    [InlineData("rgb", PixelOrder.Rgb, 3)]
    [InlineData("bgr", PixelOrder.Bgr, 3)]
    [InlineData("grey", PixelOrder.Grey, 1)]
    public void Input_gives_order_and_number_of_channels(string word, PixelOrder order, int channels)
    {
        Network network = Compiled.Network(V2 + "input " + word);
        Assert.Equal((order, channels), (network.Order, network.Input.Channels));
        Assert.Equal(3 * 3 * channels * 32, network.Layer("conv1").Parameters);
    }

    [Fact]
    public void Classes_sizes_the_classifier() => Assert.Equal(37, Compiled.Network(V2 + "classes 37").OutputLength);

    [Theory]
    [InlineData("", Activation.Relu6)]
    [InlineData("activation relu6", Activation.Relu6)]
    [InlineData("activation relu", Activation.Relu)]
    public void Activation_is_that_of_every_layer_that_is_not_linear(string line, Activation activation)
    {
        Network network = Compiled.Network(V2 + line);
        Assert.Equal(activation, network.Layer("conv1").Activation);
        Assert.Equal(activation, network.Layer("bottleneck2_depthwise").Activation);
        Assert.Equal(Activation.Linear, network.Layer("bottleneck2_project").Activation);
        Assert.Equal(Activation.Linear, network.Layer("dense1").Activation);
    }

    [Theory]
    [InlineData("int8 io uint8 float32", Quantization.Int8, Quantization.UInt8, Quantization.Float32)]
    [InlineData("int8 io float32 int8", Quantization.Int8, Quantization.Float32, Quantization.Int8)]
    [InlineData("int8 io int8 uint8", Quantization.Int8, Quantization.Int8, Quantization.UInt8)]
    [InlineData("uint8 io int8 float32", Quantization.UInt8, Quantization.Int8, Quantization.Float32)]
    public void The_ends_types_are_given_one_by_one(string words, Quantization inside, Quantization input, Quantization output)
    {
        Network network = Compiled.Network(V2 + "quantization " + words);
        Assert.Equal((inside, input, output), (network.Quantization, network.InputType, network.OutputType));
    }

    [Theory]
    [InlineData("int8 io float32 uint8")]
    [InlineData("uint8 io float32")]
    public void Normalize_has_meaning_where_the_input_is_of_real_numbers(string words) =>
        Assert.Equal(EquatableArray.Of(0m), Compiled.Network(V2 + $"quantization {words}\nnormalize mean 0 std 255").Normalization.Mean);

    [Theory]
    [InlineData("float32", Quantization.Float32, Quantization.Float32)]
    [InlineData("uint8", Quantization.UInt8, Quantization.UInt8)]
    [InlineData("int8", Quantization.Int8, Quantization.Int8)]
    [InlineData("int8 io uint8", Quantization.Int8, Quantization.UInt8)]
    [InlineData("int8 io float32", Quantization.Int8, Quantization.Float32)]
    public void Quantization_gives_the_types_inside_and_at_the_ends(string words, Quantization inside, Quantization ends)
    {
        Network network = Compiled.Network(V2 + "quantization " + words);
        Assert.Equal((inside, ends, ends), (network.Quantization, network.InputType, network.OutputType));
    }

    [Theory]
    [InlineData("once", RoundingMode.Once)]
    [InlineData("twice", RoundingMode.Twice)]
    public void Rounding_is_of_int8(string word, RoundingMode rounding) =>
        Assert.Equal(rounding, Compiled.Network(V2 + "quantization int8\nrounding " + word).Rounding);

    [Theory]
    [InlineData("same", PaddingRule.Same)]
    [InlineData("symmetric", PaddingRule.Symmetric)]
    public void Padding_overrides_the_weights_format(string word, PaddingRule padding) =>
        Assert.Equal(padding, Compiled.Network(V2 + "padding " + word).Padding);

    [Theory]
    [InlineData("auto", Bake.Auto)]
    [InlineData("source", Bake.Source)]
    [InlineData("resource", Bake.Resource)]
    public void Bake_says_where_weights_go(string word, Bake bake) => Assert.Equal(bake, Compiled.Network(V2 + "bake " + word).Bake);

    [Theory]
    [InlineData("", 1)]
    [InlineData("threads 2", 2)]
    [InlineData("threads 64", 64)]
    public void Threads_that_share_an_image_are_those_of_the_text(string line, int threads) => Assert.Equal(threads, Compiled.Network(V2 + line).Threads);

    [Theory]
    [InlineData("threads 1")]
    [InlineData("threads 65")]
    [InlineData("threads many")]
    public void Threads_have_a_range(string line) => Assert.NotEmpty(Mbnet.Compile("net.mbnet", V2 + line).Diagnostics);

    [Fact]
    public void A_detector_has_no_threads() => Assert.Equal(
        "MBN1013", Assert.Single(Mbnet.Compile("net.mbnet", "network SSDMobileNetV1\nclasses 2\nweights random\nthreads 2").Diagnostics).Rule.Id);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1000", 1000)]
    [InlineData("1000B", 1000)]
    [InlineData("64KiB", 65_536)]
    [InlineData("1.5MiB", 1_572_864)]
    [InlineData("64MiB", 67_108_864)]
    public void Stack_takes_bytes_KiB_and_MiB(string size, long bytes) => Assert.Equal(bytes, Compiled.Network(V2 + "stack " + size).StackBudget);

    [Theory]
    [InlineData("mean 127.5 std 127.5", new[] { 127.5 }, new[] { 127.5 })]
    [InlineData("mean 123.675 116.28 103.53 std 58.395 57.12 57.375", new[] { 123.675, 116.28, 103.53 }, new[] { 58.395, 57.12, 57.375 })]
    [InlineData("mean 103.94 116.78 123.68 std 58.8", new[] { 103.94, 116.78, 123.68 }, new[] { 58.8 })]
    [InlineData("mean -1 std 0.5", new[] { -1.0 }, new[] { 0.5 })]
    public void Normalize_takes_one_number_or_one_a_channel(string words, double[] mean, double[] std)
    {
        Normalization normalization = Compiled.Network(V2 + "normalize " + words).Normalization;
        Assert.Equal(mean, normalization.Mean.Select(m => (double)m));
        Assert.Equal(std, normalization.Std.Select(s => (double)s));
    }

    [Fact]
    public void Epsilon_is_left_to_the_weights_unless_given()
    {
        Assert.Null(Compiled.Network(V2).Epsilon);
        Assert.Equal(0.001m, Compiled.Network("network MobileNetV2\nweights \"a.pth\"\nepsilon 0.001").Epsilon);
    }

    [Theory]
    [InlineData("random", 0UL, false)]
    [InlineData("random 42", 42UL, false)]
    [InlineData("random 2147483647", 2_147_483_647UL, false)]
    [InlineData("random uniform", 0UL, true)]
    [InlineData("random 42 uniform", 42UL, true)]
    public void Random_weights_have_a_seed_and_a_distribution(string words, ulong seed, bool isUniform)
    {
        WeightsSource weights = Compiled.Network("network MobileNetV2\nweights " + words).Weights;
        Assert.True(weights.IsRandom);
        Assert.Equal(seed, weights.Seed);
        Assert.Equal(isUniform, weights.IsUniform);
    }

    [Fact]
    public void Weights_files_keep_their_order_and_their_places()
    {
        const string Text = "network MobileNetV1\nweights \"features.tflite\" \"head one.tflite\"\nlabels \"names.txt\"";
        Network network = Compiled.Network(Text);
        Assert.False(network.Weights.IsRandom);
        Assert.Equal(["features.tflite", "head one.tflite"], network.Weights.Files);
        Assert.Equal(["\"features.tflite\"", "\"head one.tflite\""], network.Weights.Files.Select((_, i) => At(Place.WeightsFile(i))));
        Assert.Equal("names.txt", network.Labels);
        Assert.Equal("\"names.txt\"", At(Place.Labels));

        static string At(Place place)
        {
            Compiler.Syntax.TextSpan span = Mbnet.Compile(Compiled.Path, Text).Positions[place];
            return Text.Substring(span.Start, span.Length);
        }
    }

    [Fact]
    public void Alpha_and_resolution_are_replaced_in_file_names()
    {
        EquatableArray<Plan> plans = Compiled.Plans(
            "network MobileNetV2\nalpha 0.5 1\nresolution 96 192x256\nweights \"v2_{alpha}_{resolution}.tflite\" \"head.tflite\"\nlabels \"{resolution}.txt\"");
        Assert.Equal(
            ["v2_0.5_96.tflite", "v2_0.5_192x256.tflite", "v2_1.0_96.tflite", "v2_1.0_192x256.tflite"],
            plans.Select(p => p.Network.Weights.Files[0]));
        Assert.All(plans, p => Assert.Equal("head.tflite", p.Network.Weights.Files[1]));
        Assert.Equal(["96.txt", "192x256.txt", "96.txt", "192x256.txt"], plans.Select(p => p.Network.Labels));
    }

    [Theory]
    [InlineData("MobileNetV1", 1, 22)]
    [InlineData("MobileNetV2", 8, 24)]
    [InlineData("MobileNetV2\ndivisor 1", 1, 22)]
    [InlineData("MobileNetV1\ndivisor 16", 16, 32)] // 22.4 → 16 loses over 10%
    public void Divisor_rounds_channels(string network, int divisor, int channels)
    {
        Network built = Compiled.Network($"network {network}\nalpha 0.7\nweights random");
        Assert.Equal(channels, built.Layer("conv1").Output.Channels);
        Assert.Equal(0, built.Layer("conv1").Output.Channels % divisor);
    }

    [Fact]
    public void The_order_of_statements_does_not_matter()
    {
        string[] lines = ["network MobileNetV2", "weights random 7", "alpha 0.5", "resolution 160", "quantization int8 io uint8", "rounding twice", "classes 10"];
        Network forward = Compiled.Network(string.Join("\n", lines));
        Network backward = Compiled.Network(string.Join("\n", lines.Reverse()));
        Assert.Equal(forward.Layers.Select(l => l.ToString()), backward.Layers.Select(l => l.ToString()));
        Assert.Equal((forward.ClassName, forward.Rounding, forward.InputType, forward.OutputType, forward.Weights.Seed), (backward.ClassName, backward.Rounding, backward.InputType, backward.OutputType, backward.Weights.Seed));
    }

    [Fact]
    public void A_text_always_compiles_to_equal_plans()
    {
        const string Text = V2 + "alpha 0.5 1.0\nresolution 96 160";
        Assert.Equal(Compiled.Plans(Text), Compiled.Plans(Text));
        Assert.NotEqual(Compiled.Plans(Text), Compiled.Plans(Text + "\nclasses 2"));
    }

    [Theory]
    [InlineData("record")]
    [InlineData("required")]
    [InlineData("scoped")]
    [InlineData("file")]
    [InlineData("extension")]
    [InlineData("class")]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("a-b")]
    [InlineData("a.b")]
    public void Names_that_C_sharp_refuses_for_a_type_are_not_valid(string name) => Assert.False(ClassNames.IsValid(name));

    [Theory]
    [InlineData("Birds")]
    [InlineData("_birds2")]
    [InlineData("Größe")]
    [InlineData("partial")]
    public void Names_that_C_sharp_accepts_are_valid(string name) => Assert.True(ClassNames.IsValid(name));

    // Where something stands is beside the networks: an edit that moves lines leaves them as they were.
    [Fact]
    public void Networks_do_not_depend_on_where_their_statements_stand()
    {
        const string text = """
            network    MobileNetV2
            alpha      0.5 1.0
            resolution 96
            weights    "a.pth" "b.pth"
            epsilon    0.001
            labels     "names.txt"
            normalize  mean 127.5 std 127.5
            output     bottleneck3
            head
              avgpool
              dense classes as logits
              softmax
            """;
        string moved = string.Concat(text.Split('\n').Select(line => $"\n# A comment.\n  {line.Trim()}   # and another"));
        Assert.Equal(Compiled.Plans(text), Compiled.Plans(moved));
        (Positions before, Positions after) = (Mbnet.Compile("a", text).Positions, Mbnet.Compile("a", moved).Positions);
        Layer logits = Compiled.Plans(text)[0].Network.Layer("logits");
        foreach (Place place in new[] { Place.Name, Place.Weights, Place.WeightsFile(1), Place.Labels, Place.Statement("epsilon"), Place.Statement("padding"), Place.Layer(logits) })
            Assert.Equal(text.Substring(before[place].Start, before[place].Length), moved.Substring(after[place].Start, after[place].Length));
        Assert.Equal("dense classes as logits", text.Substring(before[Place.Layer(logits)].Start, before[Place.Layer(logits)].Length));
        Assert.Equal("\"b.pth\"", text.Substring(before[Place.WeightsFile(1)].Start, before[Place.WeightsFile(1)].Length));
    }
}
