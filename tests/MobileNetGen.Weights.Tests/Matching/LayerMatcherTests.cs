using System;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Export.TensorFlowLite;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Synthetic;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Matching;

/// <summary>Files that fit, and files of which one thing does not: each is an error at the line that would have to change.</summary>
public class LayerMatcherTests
{
    private const string Layers = """
        layers
          conv 8 kernel 3 stride 2
          bottleneck 8 expand 2
        head
          avgpool
          dense classes
          softmax
        """;

    private const string Head = "network Small\nresolution 8\nclasses 3\nweights ";

    private const string FunctionLayers = "layers\n  conv 4 kernel 3 stride 2\nhead\n  flatten\n  dense 5 tanh\n  dense 4 sigmoid\n  dense classes\n  sigmoid\n";

    private const string MaximumLayers = "layers\n  conv 4 kernel 3 stride 2\nhead\n  maxpool\n  dense classes\n";

    private const string Branches = """
        layers
          conv 4 kernel 3 as stem
          pointwise 6 from stem as narrow
          pointwise 8 from stem as left
          pointwise 8 from narrow
          add left
        head
          avgpool
        """;

    // The operators of the file, by the layer they are for.
    private const int Conv = 0, Expand = 1, Depthwise = 2, Project = 3, Add = 4, Pool = 5, Dense = 6, Softmax = 7;

    private static string Text(string settings = "", string layers = Layers) => $"{Head}\"small.net\"\n{settings}{layers}";

    private static SourceNetwork File(string settings = "", string layers = Layers) =>
        SourceFile.Of(RandomWeights.Create(NetworkText.Network($"{Head}random 1\n{settings}{layers}")));

    [Theory]
    [InlineData("")]
    [InlineData("quantization uint8\n")]
    [InlineData("quantization int8\n")]
    [InlineData("quantization int8 io uint8\n")]
    [InlineData("quantization int8 io float32\n")]
    [InlineData("quantization int8 io uint8 float32\n")]
    [InlineData("quantization uint8 io float32 int8\n")]
    [InlineData("padding symmetric\nactivation relu\n")]
    [InlineData("", FunctionLayers)]
    [InlineData("quantization uint8\n", FunctionLayers)]
    [InlineData("quantization int8\n", FunctionLayers)]
    [InlineData("", MaximumLayers)]
    [InlineData("quantization int8\n", MaximumLayers)]
    [InlineData("input grey\n", NetworkText.OddLayers)]
    [InlineData("quantization int8\n", NetworkText.OddLayers)]
    [InlineData("quantization uint8\npadding symmetric\n", NetworkText.OddLayers)]
    public void A_file_that_fits_gives_the_network_it_was_made_of(string settings, string layers = Layers)
    {
        TrainedNetwork original = RandomWeights.Create(NetworkText.Network($"{Head}random 1\n{settings}{layers}"));
        TrainedNetwork matched = LayerMatcher.Match(NetworkText.Network(Text(settings, layers)), SourceFile.Of(original));

        Assert.Equal((original.Input, original.OuterInput, original.OuterOutput), (matched.Input, matched.OuterInput, matched.OuterOutput));
        Assert.Empty(matched.Notes);
        Assert.Equal(original.Layers.Length, matched.Layers.Length);
        Assert.All(original.Layers.Zip(matched.Layers), pair =>
        {
            (TrainedLayer expected, TrainedLayer actual) = pair;
            Assert.Equal(expected.Layer.Name, actual.Layer.Name);
            Assert.Equal((expected.Output, expected.PadTop, expected.PadLeft, expected.Pool, expected.StoredAsDepthwise), (actual.Output, actual.PadTop, actual.PadLeft, actual.Pool, actual.StoredAsDepthwise));
            AssertEqual(expected.Filter, actual.Filter);
        });
    }

    private static void AssertEqual(Filter? expected, Filter? actual)
    {
        if (expected is FloatFilter real)
        {
            var other = Assert.IsType<FloatFilter>(actual);
            Assert.Equal(real.Weights, other.Weights);
            Assert.Equal(real.Bias, other.Bias);
        }
        else if (expected is QuantizedFilter quantized)
        {
            var other = Assert.IsType<QuantizedFilter>(actual);
            Assert.Equal(quantized.Weights, other.Weights);
            Assert.Equal(quantized.Bias, other.Bias);
            Assert.Equal(quantized.Scales.AsEnumerable(), other.Scales.AsEnumerable());
            Assert.Equal(quantized.ZeroPoint, other.ZeroPoint);
        }
        else
        {
            Assert.Null(actual);
        }
    }

    [Fact]
    public void A_missing_bias_is_zero()
    {
        SourceNetwork file = Change<SourceDense>(File(), Dense, d => d with { Bias = null });
        Assert.Equal(new float[3], ((FloatFilter)Match(file).Layers[Dense].Filter!).Bias);
        file = Change<SourceDense>(File("quantization int8\n"), Dense, d => d with { Bias = null });
        Assert.Equal(new int[3], ((QuantizedFilter)Match(file, "quantization int8\n").Layers[Dense].Filter!).Bias);
    }

    [Fact]
    public void A_dense_layer_may_be_a_convolution_in_the_file()
    {
        SourceNetwork file = Change<SourceDense>(File(), Dense, d => new SourceConvolution(
            d.Place, d.Input, d.Output, d.Weights.Reshape([3, 1, 1, 8], 0), d.Bias, 1, 1, SourcePadding.Same, d.Activation, StoredAsDepthwise: false));
        AssertEqual(Match(File()).Layers[Dense].Filter, Match(file).Layers[Dense].Filter);
    }

    [Theory]
    [InlineData("")]
    [InlineData("quantization int8\n")]
    public void A_depthwise_layer_of_one_channel_may_be_a_convolution_in_the_file(string quantization)
    {
        const string layers = "layers\n  depthwise multiplier 5\nhead\n  avgpool\n";
        string settings = "input grey\n" + quantization;
        SourceNetwork file = File(settings, layers);
        SourceNetwork stored = Change<SourceDepthwise>(file, 0, d => new SourceConvolution(
            d.Place, d.Input, d.Output, OutputsFirst(d.Weights, 5), d.Bias, 1, 1, d.Padding, d.Activation, StoredAsDepthwise: true));

        TrainedLayer expected = Match(file, settings, layers).Layers[0], actual = Match(stored, settings, layers).Layers[0];
        AssertEqual(expected.Filter, actual.Filter);
        Assert.True(actual.StoredAsDepthwise);

        static SourceTensor OutputsFirst(SourceTensor weights, int outputs)
        {
            int taps = weights.Count / outputs;
            T[] Transpose<T>(T[] values) => [.. Enumerable.Range(0, values.Length).Select(i => values[(i % taps * outputs) + (i / taps)])];
            return weights.Quantization is { } q
                ? new SourceTensor(weights.Name, [outputs, 3, 3, 1], q with { Axis = 0 }, Transpose(weights.SBytes))
                : new SourceTensor(weights.Name, [outputs, 3, 3, 1], Transpose(weights.Floats));
        }
    }

    [Fact]
    public void Operators_behind_the_end_are_noted_and_not_used()
    {
        const string features = "layers\n  conv 8 kernel 3 stride 2\n  bottleneck 8 expand 2\nhead\n  avgpool\n";
        TrainedNetwork matched = Match(File(), "", features);
        Assert.Equal(6, matched.Layers.Length);
        Assert.Equal("the network ends with avgpool1; what 'small.net' has behind it, from operator 6, DENSE on, is not used", Assert.Single(matched.Notes));
    }

    [Fact]
    public void The_ends_of_a_network_cut_short_have_the_type_of_the_ends()
    {
        const string settings = "quantization int8 io uint8\n", features = "layers\n  conv 8 kernel 3 stride 2\n  bottleneck 8 expand 2\nhead\n  avgpool\n";
        TrainedNetwork matched = Match(File(settings), settings, features);
        TensorScale last = matched.Layers[^1].Output!.Value;
        Assert.Equal(last with { ZeroPoint = last.ZeroPoint + 128 }, matched.OuterOutput);
    }

    [Fact]
    public void A_quantised_mean_that_drops_dimensions_is_noted()
    {
        SourceNetwork file = Change<SourcePool>(File("quantization int8\n"), Pool, p => p with { Kind = SourcePoolKind.Mean, KeepDimensions = false });
        TrainedNetwork matched = Match(file, "quantization int8\n");
        Assert.Equal(PoolKind.MeanInt8, matched.Layers[Pool].Pool);
        Assert.Equal("avgpool1: a quantised MEAN without kept dimensions is computed like one with; no network was at hand to test that", Assert.Single(matched.Notes));
    }

    [Theory]
    [InlineData("quantization uint8\n", Depthwise, SourceActivation.None)]
    [InlineData("quantization uint8\n", Depthwise, SourceActivation.Relu)]
    [InlineData("quantization uint8\nactivation relu\n", Depthwise, SourceActivation.None)]
    public void A_range_that_is_that_of_the_activation_needs_none_in_the_file(string settings, int place, SourceActivation found)
    {
        // 6 / 255 in single precision: the range ends a little off 6.
        SourceNetwork file = ChangeResult(File(settings), place, v => v with { Quantization = new SourceQuantization([6f / 255], [0], 0) });
        file = Change<SourceConvolution>(file, Project, c => c with { Bias = null });
        Match(Change<SourceDepthwise>(file, place, d => d with { Activation = found }), settings);
    }

    [Fact]
    public void More_than_one_input_is_refused() =>
        Fails(File() with { Inputs = [0, 0] }, Rules.WeightsUnreadable, "weights \"small.net\"", "the weights file 'small.net' cannot be used: it has 2 inputs and 1 outputs; a classifier has one of each");

    // A file that was made to give the result of the first convolution too.
    [Theory]
    [InlineData("", ElementType.Float32)]
    [InlineData("quantization int8\n", ElementType.Int8)]
    public void Every_result_of_a_file_has_to_be_one_of_the_text(string settings, ElementType type)
    {
        SourceNetwork file = File(settings);
        int conv = file.Operators[Conv].Output, end = file.Outputs[0];
        file = file with { Outputs = [conv, end] };
        Fails(file, Rules.WeightsUnreadable, "weights \"small.net\"", "the weights file 'small.net' cannot be used: its result number 1 is that of conv1; write: output conv1", settings);
        Assert.Equal(type == ElementType.Float32, Match(file, settings + "output conv1\n").Layers[0].Output is null);
    }

    [Theory]
    [InlineData(1f, 0, null)]
    [InlineData(1.5f, 0, "the weights file 'small.net' cannot be used: tap, QUANTIZE gives conv1 at scale ")]
    [InlineData(1f, 3, "the weights file 'small.net' cannot be used: tap, QUANTIZE gives conv1 at scale ")]
    public void A_result_beside_the_first_has_the_scale_of_its_layer(float factor, int shift, string? message)
    {
        const string settings = "quantization int8 io int8 uint8\noutput conv1\n";
        SourceNetwork file = File("quantization int8 io int8 uint8\n");
        SourceValue conv = file.Values[file.Operators[Conv].Output];
        SourceQuantization q = conv.Quantization!;
        SourceValue tap = conv with { Name = "tap", Type = ElementType.UInt8, Quantization = new SourceQuantization([q.Scale * factor], [q.ZeroPoint + 128 - shift], 0) };
        file = file with
        {
            Values = file.Values.Add(tap),
            Operators = file.Operators.Add(new SourceQuantize("tap, QUANTIZE", file.Operators[Conv].Output, file.Values.Length)),
            Outputs = file.Outputs.Add(file.Values.Length),
        };
        if (message is null)
            Assert.Empty(Match(file, settings).Notes);
        else
            Assert.StartsWith(message, Assert.Throws<MatchException>(() => Match(file, settings)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quantization uint8\n", "", "the network is float32, but 'small.net' is uint8; write: quantization uint8")]
    [InlineData("", "quantization int8\n", "the network is int8, but 'small.net' is float32; write: quantization float32, or make a quantised file of it with: mbnet quantize")]
    [InlineData("quantization int8 io uint8\n", "quantization int8\n", "the network is int8, but 'small.net' is int8 io uint8; write: quantization int8 io uint8")]
    [InlineData("quantization int8 io uint8 float32\n", "quantization int8 io uint8\n", "the network is int8 io uint8, but 'small.net' is int8 io uint8 float32; write: quantization int8 io uint8 float32")]
    [InlineData("quantization int8 io int8 uint8\n", "quantization int8\n", "the network is int8, but 'small.net' is int8 io int8 uint8; write: quantization int8 io int8 uint8")]
    [InlineData("quantization int8\n", "quantization int8 io float32\n", "the network is int8 io float32, but 'small.net' is int8; write: quantization int8")]
    public void Another_quantization_is_refused(string found, string written, string message) =>
        Fails(File(found), Rules.QuantizationMismatch, written.Length > 0 ? written.TrimEnd() : "weights \"small.net\"", message, written);

    [Fact]
    public void A_file_of_another_alpha_is_refused_at_the_layer() => Fails(
        File("alpha 2\n"),
        Rules.LayerMismatch,
        "conv 8 kernel 3 stride 2",
        "conv1 (convolution 3×3 stride 2, 8×8×3 → 4×4×8) needs 3×3 weights for 3 inputs and 8 outputs, stride 2, but 'small.net' has operator 0, CONV with 3×3 weights for 3 inputs and 16 outputs, stride 2 in its place; correct 'alpha', or the layer");

    [Fact]
    public void A_layer_of_a_built_in_network_is_refused_at_its_name()
    {
        TrainedNetwork half = RandomWeights.Create(NetworkText.Network("network MobileNetV1\nalpha 0.5\nresolution 32\nweights random"));
        Network whole = NetworkText.Network("network MobileNetV1\nresolution 32\nweights \"half.net\"");
        var error = Assert.Throws<MatchException>(() => LayerMatcher.Match(whole, SourceFile.Of(half)));
        Assert.Equal((Rules.LayerMismatch, "network MobileNetV1"), (error.Rule, NetworkText.At("network MobileNetV1\nresolution 32\nweights \"half.net\"", error.Place)));
    }

    [Theory]
    [InlineData("MobileNetV1", "MobileNetV2")]
    [InlineData("MobileNetV2", "MobileNetV1")]
    public void Weights_of_another_built_in_network_are_named(string named, string actual)
    {
        string text = $"network {named}\nresolution 32\nweights \"other.net\"";
        SourceNetwork file = SourceFile.Of(RandomWeights.Create(NetworkText.Network($"network {actual}\nalpha 0.25\nresolution 32\nweights random")));
        var error = Assert.Throws<MatchException>(() => LayerMatcher.Match(NetworkText.Network(text), file));
        MatchException better = LookAlike.Named(error, NetworkText.Network(text), file);
        Assert.EndsWith($"these look like {actual}'s weights; write: network {actual}", better.Message, StringComparison.Ordinal);
        Assert.Equal($"network {named}", NetworkText.At(text, better.Place));
    }

    /// <summary>Whose squeezes, and both dense layers of the head, are stored as convolutions.</summary>
    [Theory]
    [InlineData("MobileNetV3Large", "MobileNetV3Small")]
    [InlineData("MobileNetV2", "MobileNetV3Large")]
    public void Weights_of_another_built_in_MobileNetV3_are_named(string named, string actual)
    {
        string text = $"network {named}\nresolution 32\nquantization int8\nweights \"other.net\"";
        byte[] written = TensorFlowLiteWriter.Write(RandomWeights.Create(NetworkText.Network($"network {actual}\nalpha 0.25\nresolution 32\nquantization int8\nweights random")));
        var file = (SourceNetwork)new TensorFlowLiteReader().Read(new WeightsInput("other.net", written));
        var error = Assert.Throws<MatchException>(() => LayerMatcher.Match(NetworkText.Network(text), file));
        Assert.EndsWith($"these look like {actual}'s weights; write: network {actual}", LookAlike.Named(error, NetworkText.Network(text), file).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_the_same_network_at_another_width_are_those_of_no_other()
    {
        const string text = "network MobileNetV1\nresolution 32\nweights \"other.net\"";
        SourceNetwork file = SourceFile.Of(RandomWeights.Create(NetworkText.Network("network MobileNetV1\nalpha 0.25\nresolution 32\nweights random")));
        var error = Assert.Throws<MatchException>(() => LayerMatcher.Match(NetworkText.Network(text), file));
        Assert.Same(error, LookAlike.Named(error, NetworkText.Network(text), file));
    }

    [Fact]
    public void Another_number_of_classes_is_refused_at_their_statement_with_the_number() => Fails(
        Change<SourceDense>(File(), Dense, d => d with { Weights = new SourceTensor("weights", [4, 8], new float[32]) }),
        Rules.LayerMismatch,
        "classes 3",
        "dense1 (dense, 1×1×8 → 1×1×3) needs 1×1 weights for 8 inputs and 3 outputs, stride 1, but 'small.net' has operator 6, DENSE with 1×1 weights for 8 inputs and 4 outputs, stride 1 in its place; the file has 4 classes; write: classes 4");

    [Fact]
    public void Another_kernel_and_stride_are_refused() => Fails(
        Change<SourceConvolution>(File(), Conv, c => c with { Weights = new SourceTensor("weights", [8, 5, 3, 3], new float[360]), StrideWidth = 1 }),
        Rules.LayerMismatch,
        "conv 8 kernel 3 stride 2",
        "conv1 (convolution 3×3 stride 2, 8×8×3 → 4×4×8) needs 3×3 weights for 3 inputs and 8 outputs, stride 2, but 'small.net' has operator 0, CONV with 5×3 weights for 3 inputs and 8 outputs, stride 2×1 in its place; correct the layer");

    [Fact]
    public void Another_kind_of_operator_is_refused() => Fails(
        Change<SourceAdd>(File(), Add, a => new SourcePool(a.Place, a.Left, a.Output, SourcePoolKind.Mean, true)),
        Rules.LayerMismatch,
        "bottleneck 8 expand 2",
        "bottleneck1_add (add, 4×4×8 → 4×4×8) needs an operator of that kind, but 'small.net' has operator 4, ADD in its place; describe the network that the file holds");

    [Theory]
    [InlineData("avgpool\n  dense classes\n  softmax\n", "maxpool\n  dense classes\n  softmax\n", "maxpool", "operator 5, POOL in its place; describe the network that the file holds")]
    [InlineData("maxpool\n  dense classes\n", "avgpool\n  dense classes\n", "avgpool", "operator 5, MAXIMUM in its place; write 'maxpool' in its place")]
    [InlineData("flatten\n  dense classes\n", "avgpool\n  dense classes\n", "avgpool", "operator 5, FLATTEN in its place; write 'flatten' in its place")]
    [InlineData("avgpool\n  dense classes\n  sigmoid\n", "avgpool\n  dense classes\n  softmax\n", "softmax", "operator 7, SIGMOID in its place; write 'sigmoid' in its place")]
    public void Another_head_is_refused_with_what_to_write(string file, string written, string place, string message)
    {
        string layers = Layers[..Layers.IndexOf("avgpool", StringComparison.Ordinal)];
        var error = Assert.Throws<MatchException>(() => Match(File("", layers + file), "", layers + written));
        Assert.EndsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(place, NetworkText.At(Text("", layers + written), error.Place));
    }

    [Fact]
    public void An_operator_that_reads_another_value_is_refused() => Fails(
        Change<SourceAdd>(File(), Add, a => a with { Inputs = [a.Inputs[0], a.Inputs[0]] }),
        Rules.LayerMismatch,
        "bottleneck 8 expand 2",
        "bottleneck1_add (add, 4×4×8 → 4×4×8) needs to read bottleneck1_project and conv1, but 'small.net' has operator 4, ADD, which reads something else in its place; describe the network that the file holds");

    [Fact]
    public void The_operands_of_an_addition_may_be_in_either_order() =>
        Match(Change<SourceAdd>(File(), Add, a => a with { Inputs = [a.Inputs[1], a.Inputs[0]] }));

    [Fact]
    public void A_file_with_fewer_layers_is_refused_at_the_first_that_is_missing()
    {
        SourceNetwork file = File();
        Fails(
            file with { Operators = file.Operators[..Dense], Outputs = [Dense] },
            Rules.LayerCount,
            "dense classes",
            "'small.net' ends before dense1 (dense, 1×1×8 → 1×1×3); remove the layers that it does not have, or add the file that has them");
    }

    [Fact]
    public void A_softmax_of_real_numbers_need_not_be_in_the_file()
    {
        SourceNetwork file = File();
        TrainedNetwork matched = Match(file with { Operators = file.Operators[..Softmax], Outputs = [Softmax] });
        Assert.Equal("'small.net' ends before softmax1, which is computed from its result", Assert.Single(matched.Notes));
    }

    [Fact]
    public void A_file_with_a_layer_more_in_between_is_refused_where_it_stands() => Fails(
        File("", Layers.Replace("head", "  pointwise 8\nhead", StringComparison.Ordinal)),
        Rules.LayerMismatch,
        "avgpool",
        "avgpool1 (averagepool, 4×4×8 → 1×1×8) needs an operator of that kind, but 'small.net' has operator 5, CONV in its place; describe the network that the file holds");

    [Fact]
    public void Another_resolution_is_refused_at_its_statement_with_what_to_write() => Fails(
        ChangeResult(File(), -1, v => v with { Shape = [1, 9, 8, 3] }),
        Rules.LayerMismatch,
        "resolution 8",
        "the input needs the shape 8×8×3, but 'small.net' has 1×9×8×3 in its place; write: resolution 9x8");

    // The text has no such statement, so the weights stand for it.
    [Fact]
    public void A_grey_input_says_so() => Fails(
        ChangeResult(File(), -1, v => v with { Shape = [1, 8, 8, 1] }),
        Rules.LayerMismatch,
        "weights \"small.net\"",
        "the input needs the shape 8×8×3, but 'small.net' has 1×8×8×1 in its place; write: input grey");

    [Fact]
    public void Another_shape_of_a_result_is_refused_at_the_layer() => Fails(
        ChangeResult(File(), Conv, v => v with { Shape = [1, 5, 4, 8] }),
        Rules.LayerMismatch,
        "conv 8 kernel 3 stride 2",
        "conv1 (convolution 3×3 stride 2, 8×8×3 → 4×4×8) needs the shape 4×4×8, but 'small.net' has 1×5×4×8 in its place; correct the layer, or 'resolution'");

    [Fact]
    public void A_result_of_another_type_is_refused() => Fails(
        ChangeResult(File("quantization int8\n"), Add, v => v with { Type = ElementType.Float32, Quantization = null }),
        Rules.LayerMismatch,
        "bottleneck 8 expand 2",
        "bottleneck1_add (add, 4×4×8 → 4×4×8) needs a result of Int8, but 'small.net' has operator 4, ADD with a result of Float32 in its place; use a file that is quantised throughout",
        "quantization int8\n");

    [Fact]
    public void Weights_of_another_type_are_refused() => Fails(
        Change<SourceDense>(File("quantization int8\n"), Dense, d => d with { Weights = new SourceTensor("weights", [3, 8], new SourceQuantization([1f], [5], 0), new byte[24]) }),
        Rules.LayerMismatch,
        "dense classes",
        "dense1 (dense, 1×1×8 → 1×1×3) needs int8 weights, but 'small.net' has operator 6, DENSE with UInt8 weights in its place; use a file that is quantised throughout",
        "quantization int8\n");

    [Fact]
    public void Real_weights_of_a_quantised_network_are_refused() => Fails(
        Change<SourceDense>(File("quantization int8\n"), Dense, d => d with { Weights = new SourceTensor("weights", [3, 8], new float[24]) }),
        Rules.LayerMismatch,
        "dense classes",
        "dense1 (dense, 1×1×8 → 1×1×3) needs int8 weights, but 'small.net' has operator 6, DENSE with Float32 weights in its place; use a file that is quantised throughout",
        "quantization int8\n");

    [Fact]
    public void Int8_weights_with_a_zero_point_are_refused() => Fails(
        Change<SourceDense>(File("quantization int8\n"), Dense, d => d with { Bias = null, Weights = new SourceTensor("weights", [3, 8], new SourceQuantization([1f], [5], 0), new sbyte[24]) }),
        Rules.LayerMismatch,
        "dense classes",
        "dense1 (dense, 1×1×8 → 1×1×3) needs weights with zero point 0, as int8 has, but 'small.net' has operator 6, DENSE with another in its place; convert the network again",
        "quantization int8\n");

    [Fact]
    public void A_bias_of_another_scale_is_refused()
    {
        const string settings = "quantization uint8\n";
        SourceNetwork file = Change<SourceDense>(File(settings), Dense, d => d with
        {
            Weights = new SourceTensor("weights", [3, 8], new SourceQuantization([0.5f], [128], 0), new byte[24]),
            Bias = new SourceTensor("bias", [3], new SourceQuantization([0.625f], [0], 0), new int[3]),
        });
        file = ChangeResult(file, Pool, v => v with { Quantization = new SourceQuantization([1f], [0], 0) });
        file = ChangeResult(file, Add, v => v with { Quantization = new SourceQuantization([1f], [0], 0) });
        Fails(
            ChangeResult(file, Dense, v => v with { Quantization = new SourceQuantization([4f], [0], 0) }),
            Rules.LayerMismatch,
            "dense classes",
            "dense1 (dense, 1×1×8 → 1×1×3) needs a bias of scale 0.5 (input · weights) and zero point 0, but 'small.net' has operator 6, DENSE with a bias of scale 0.625 in its place; convert the network again",
            settings);

        // 0.125 off is within a fiftieth of the result's scale.
        Match(ChangeResult(file, Dense, v => v with { Quantization = new SourceQuantization([6.5f], [0], 0) }), settings);
    }

    [Theory]
    [InlineData("", SourceActivation.Relu, "needs relu6, but 'small.net' has operator 0, CONV with relu in its place; write: activation relu")]
    [InlineData("", SourceActivation.None, "needs relu6, but 'small.net' has operator 0, CONV with linear in its place; write 'linear' after the layer")]
    [InlineData("activation relu\n", SourceActivation.Relu6, "needs relu, but 'small.net' has operator 0, CONV with relu6 in its place; write: activation relu6")]
    public void Another_activation_is_refused(string settings, SourceActivation found, string message) => Fails(
        Change<SourceConvolution>(File(settings), Conv, c => c with { Activation = found }),
        Rules.LayerMismatch,
        "conv 8 kernel 3 stride 2",
        "conv1 (convolution 3×3 stride 2, 8×8×3 → 4×4×8) " + message,
        settings);

    [Fact]
    public void An_activation_of_a_linear_layer_is_refused() => Fails(
        Change<SourceConvolution>(File(), Project, c => c with { Activation = SourceActivation.Relu }),
        Rules.LayerMismatch,
        "bottleneck 8 expand 2",
        "bottleneck1_project (pointwise, 4×4×16 → 4×4×8) needs linear, but 'small.net' has operator 3, CONV with relu in its place; write 'relu' after the layer");

    [Fact]
    public void An_average_pool_between_two_scales_is_refused() => Fails(
        ChangeResult(File("quantization uint8\n"), Pool, v => v with { Quantization = new SourceQuantization([9f], [0], 0) }),
        Rules.LayerMismatch,
        "avgpool",
        "avgpool1 (averagepool, 4×4×8 → 1×1×8) needs equal scales and zero points of input and result, but 'small.net' has operator 5, POOL with different ones in its place; convert the network again",
        "quantization uint8\n");

    [Fact]
    public void A_softmax_with_another_beta_is_refused() => Fails(
        Change<SourceSoftmax>(File(), Softmax, s => s with { Beta = 2 }),
        Rules.LayerMismatch,
        "softmax",
        "softmax1 (softmax, 1×1×3 → 1×1×3) needs a softmax with beta 1, but 'small.net' has operator 7, SOFTMAX with another in its place; convert the network again");

    [Fact]
    public void A_softmax_with_another_scale_is_refused() => Fails(
        ChangeResult(File("quantization int8\n"), Softmax, v => v with { Quantization = new SourceQuantization([1f / 256], [0], 0) }),
        Rules.LayerMismatch,
        "softmax",
        "softmax1 (softmax, 1×1×3 → 1×1×3) needs a result of scale 1/256 and zero point -128, as TensorFlow Lite's softmax has, but 'small.net' has operator 7, SOFTMAX with scale 0.00390625 and zero point 0 in its place; convert the network again",
        "quantization int8\n");

    [Fact]
    public void A_padding_that_contradicts_the_text_is_refused() => Fails(
        File("padding symmetric\n"),
        Rules.PaddingMismatch,
        "conv 8 kernel 3 stride 2",
        "conv1 (convolution 3×3 stride 2, 8×8×3 → 4×4×8) needs padding (0, 0, 1, 1) (top, left, bottom, right), but 'small.net' has (1, 1, 1, 1); remove the statement 'padding' to follow the file",
        "padding same\n");

    [Fact]
    public void A_padding_that_gives_another_size_is_refused() => Fails(
        Change<SourceDepthwise>(File(), Depthwise, d => d with { Padding = SourcePadding.None }),
        Rules.PaddingMismatch,
        "bottleneck 8 expand 2",
        "bottleneck1_depthwise (depthwise 3×3, 4×4×16 → 4×4×16) needs padding (1, 1, 1, 1) (top, left, bottom, right), but 'small.net' has (0, 0, 0, 0); use a network with one of these paddings");

    [Theory]
    [InlineData("padding symmetric\n", 1)]
    [InlineData("padding same\n", 0)]
    public void The_padding_of_the_file_is_followed_where_the_text_has_none(string file, int expected)
    {
        TrainedLayer conv = Match(File(file)).Layers[Conv];
        Assert.Equal((expected, expected), (conv.PadTop, conv.PadLeft));
    }

    [Fact]
    public void The_order_of_the_file_does_not_matter()
    {
        SourceNetwork file = File("", Branches);
        SourceNetwork other = file with { Operators = [file.Operators[0], file.Operators[2], file.Operators[1], .. file.Operators[3..]] };
        TrainedNetwork expected = Match(file, "", Branches), actual = Match(other, "", Branches);
        Assert.Empty(actual.Notes);
        Assert.All(expected.Layers.Zip(actual.Layers), pair => AssertEqual(pair.First.Filter, pair.Second.Filter));
    }

    [Theory]
    [InlineData("1x4", 4, 1, "1×4×1")]
    [InlineData("4x1", 1, 4, "4×1×1")]
    public void Height_and_width_of_a_map_are_not_interchangeable(string resolution, int height, int width, string shape)
    {
        string text = $"network N\ninput grey\nresolution {resolution}\nweights ", layers = "\nlayers\n  conv 1 kernel 3 linear\nhead\n  avgpool\n";
        SourceNetwork file = SourceFile.Of(RandomWeights.Create(NetworkText.Network(text + "random" + layers)));
        Network network = NetworkText.Network(text + "\"n.net\"" + layers);
        LayerMatcher.Match(network, file);
        SourceNetwork turned = file with { Values = [.. file.Values.Select(v => v.Shape.Length == 4 && v.Shape[1] * v.Shape[2] > 1 ? v with { Shape = [1, height, width, 1] } : v)] };
        var error = Assert.Throws<MatchException>(() => LayerMatcher.Match(network, turned));
        Assert.Equal($"the input needs the shape {shape}, but 'n.net' has 1×{height}×{width}×1 in its place; write: resolution {height}x{width}", error.Message);
    }

    [Theory]
    [InlineData(Pool)]
    [InlineData(Dense)]
    public void A_result_before_the_end_ends_the_file(int output)
    {
        SourceNetwork file = File();
        var error = Assert.Throws<MatchException>(() => Match(file with { Operators = file.Operators[..(output + 1)], Outputs = [output + 1] }, "", Layers.Replace("softmax", "dense 2", StringComparison.Ordinal)));
        Assert.Contains("ends before", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("normalize mean 0 std 255\n", 1 / 255.0, 0.0)]
    [InlineData("normalize mean 127.5 std 127.5\n", 1 / 127.5f, -1.0)]
    [InlineData("", 1 / 127.5f, -1.0)]
    [InlineData("normalize mean 127.5 std 127.5\n", 2.0, -1.0)]
    [InlineData("normalize mean 123.675 std 58.395\n", 1 / 0.229f, -0.485f / 0.229f)]
    public void What_the_file_does_to_pixels_itself_is_what_the_text_says(string written, double factor, double offset) =>
        Assert.Empty(Match(With(factor, offset), written).Assumptions);

    [Theory]
    [InlineData("", "127.5", "127.5", 1 / 255.0, 0.0, "weights \"small.net\"", "mean 0.0 std 255.0")]
    [InlineData("normalize mean 0 std 255\n", "0.0", "255.0", 1 / 127.5, -1.0, "normalize mean 0 std 255", "mean 127.5 std 127.5")]
    [InlineData("normalize mean 0 std 1\n", "0.0", "1.0", 2.0, -1.0, "normalize mean 0 std 1", "mean 127.5 std 127.5, or: normalize mean 191.25 std 63.75")]
    public void Another_normalisation_than_the_file_s_is_refused(string written, string mean, string std, double factor, double offset, string place, string right) => Fails(
        With(factor, offset),
        Rules.NormalizationMismatch,
        place,
        $"the network reads pixels as: normalize mean {mean} std {std}; but 'small.net' computes with pixels itself, up to operator 0, ADD; write: normalize {right}",
        written);

    [Fact]
    public void A_range_that_arithmetic_in_the_file_leaves_open_is_assumed()
    {
        Assert.Equal(
            "normalize mean 127.5 std 127.5 (operator 0, ADD, and what stands before it, compute with numbers of which the file does not say the range)",
            Assert.Single(Match(With(2, -1)).Assumptions).ToString());
        Assert.Empty(Match(With(1 / 127.5, -1)).Assumptions);
    }

    [Fact]
    public void Pixels_of_a_file_of_bytes_are_as_they_are()
    {
        SourceNetwork file = File() with { Preprocessing = new SourcePreprocessing("the input", [1, 1, 1], [0, 0, 0], TakesPixels: true) };
        Match(file, "normalize mean 0 std 1\n");
        Assert.Throws<MatchException>(() => Match(file));
    }

    [Fact]
    public void A_normalisation_in_metadata_is_compared()
    {
        SourceNetwork file = File() with { Normalization = new SourceNormalization([0], [255]) };
        Assert.Empty(Match(file, "normalize mean 0 std 255\n").Assumptions);
        Fails(
            file,
            Rules.NormalizationMismatch,
            "weights \"small.net\"",
            "the network reads pixels as: normalize mean 127.5 std 127.5; but 'small.net' states its normalisation; write: normalize mean 0.0 std 255.0");
    }

    [Fact]
    public void What_neither_file_nor_text_says_is_assumed()
    {
        Assert.Equal(["normalize mean 127.5 std 127.5 (as TensorFlow's networks have it)"], Match(File()).Assumptions.Select(a => a.ToString()));
        Assert.Equal(
            ["normalize mean 127.5 std 127.5 (torchvision's networks have mean 123.675 116.28 103.53 std 58.395 57.12 57.375)"],
            Match(File() with { Conventions = SourceConventions.Torchvision }).Assumptions.Select(a => a.ToString()));
        Assert.Empty(Match(File(), "normalize mean 127.5 std 127.5\n").Assumptions);
        Assert.Empty(Match(File("quantization int8\n"), "quantization int8\n").Assumptions);
        Assert.Equal(2, Match(File() with { Conventions = SourceConventions.Caffe }).Assumptions.Length);
        Assert.Empty(Match(File() with { Conventions = SourceConventions.Caffe }, "input rgb\nnormalize mean 0 std 1\n").Assumptions);
    }

    [Fact]
    public void What_is_no_part_of_a_network_is_named_once()
    {
        SourceNetwork file = File() with { LeftAside = ["criterion.weight", "ema.conv.weight", "step", "optimizer"] };
        Assert.Equal("'small.net' also holds what is no part of a network, and was left aside: \"criterion.weight\", \"ema.conv.weight\", \"step\" and 1 more", Assert.Single(Match(file).Notes));
    }

    private static SourceNetwork With(double factor, double offset) =>
        File() with { Preprocessing = new SourcePreprocessing("operator 0, ADD", [factor, factor, factor], [offset, offset, offset], TakesPixels: false) };

    private static TrainedNetwork Match(SourceNetwork file, string settings = "", string layers = Layers) =>
        LayerMatcher.Match(NetworkText.Network(Text(settings, layers)), file);

    private static void Fails(SourceNetwork file, Rule rule, string place, string message, string settings = "")
    {
        var error = Assert.Throws<MatchException>(() => Match(file, settings));
        Assert.Equal(message, error.Message);
        Assert.Equal(rule, error.Rule);
        Assert.Equal(place, NetworkText.At(Text(settings), error.Place));
    }

    private static SourceNetwork Change<T>(SourceNetwork file, int place, Func<T, SourceOperator> change)
        where T : SourceOperator => file with { Operators = file.Operators.SetItem(place, change(Assert.IsType<T>(file.Operators[place]))) };

    /// <summary>Changes the result of an operator, or the input at −1, of a network without conversions at its ends.</summary>
    private static SourceNetwork ChangeResult(SourceNetwork file, int place, Func<SourceValue, SourceValue> change) =>
        file with { Values = file.Values.SetItem(place + 1, change(file.Values[place + 1])) };
}
