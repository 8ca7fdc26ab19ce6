using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using static MobileNetGen.Weights.Tests.Formats.TensorFlowLiteFile;

namespace MobileNetGen.Weights.Tests.Formats;

public class TensorFlowLiteReaderTests
{
    [Fact]
    public void A_float_network_is_read_in_canonical_order()
    {
        SourceNetwork network = Read(SampleFiles.Float());

        Assert.Equal("TensorFlow Lite", network.Format.Name);
        Assert.Equal(PaddingConvention.Same, network.Format.Padding);
        Assert.Collection(
            network.Operators,
            step =>
            {
                var stem = Assert.IsType<SourceConvolution>(step);
                Assert.Equal("operator 0, CONV_2D", stem.Place);
                Assert.Equal([4, 3, 3, 3], stem.Weights.Shape.AsEnumerable());
                Assert.Equal(107 / 8f, stem.Weights.Floats[107]);
                Assert.Equal([0, 0.125f, 0.25f, 0.375f], stem.Bias!.Floats);
                Assert.Equal((2, 2), (stem.StrideHeight, stem.StrideWidth));
                Assert.Equal(SourcePadding.Same, stem.Padding);
                Assert.Equal(SourceActivation.Relu6, stem.Activation);
                Assert.False(stem.StoredAsDepthwise);
            },
            step =>
            {
                var depthwise = Assert.IsType<SourceDepthwise>(step);
                Assert.Equal([3, 3, 4], depthwise.Weights.Shape.AsEnumerable());
                Assert.Equal(1, depthwise.Multiplier);
                Assert.Equal(SourcePadding.None, depthwise.Padding);
                Assert.Equal(SourceActivation.Relu, depthwise.Activation);
            },
            step => Assert.Equal(SourcePoolKind.AveragePool, Assert.IsType<SourcePool>(step).Kind),
            step =>
            {
                var dense = Assert.IsType<SourceDense>(step);
                Assert.Equal([2, 4], dense.Weights.Shape.AsEnumerable());
                Assert.Null(dense.Bias);
                Assert.Equal(SourceActivation.None, dense.Activation);
            },
            step => Assert.Equal(1f, Assert.IsType<SourceSoftmax>(step).Beta));
        Assert.Equal([0, 1, 2, 3, 4], network.Operators.Select(step => step.Input));
        Assert.Equal([1, 2, 3, 4, 5], network.Operators.Select(step => step.Output));
        Assert.Equal([0], network.Inputs.AsEnumerable());
        Assert.Equal([5], network.Outputs.AsEnumerable());
        Assert.Equal([1, 5, 5, 3], network.Values[0].Shape.AsEnumerable());
        Assert.All(network.Values, value => Assert.Null(value.Quantization));
    }

    [Fact]
    public void A_uint8_network_keeps_scales_zero_points_and_raw_numbers()
    {
        SourceNetwork network = Read(SampleFiles.UInt8());

        var stem = Assert.IsType<SourceConvolution>(network.Operators[0]);
        Assert.Equal(SampleFiles.Count(108), stem.Weights.Bytes);
        Assert.Equal((0.25f, 7), (stem.Weights.Quantization!.Scale, stem.Weights.Quantization.ZeroPoint));
        Assert.Equal([1, -2, 3, 1 << 30], stem.Bias!.Ints);
        Assert.Equal(0.125f, stem.Bias.Quantization!.Scale);
        SourceValue value = network.Values[stem.Output];
        Assert.Equal(ElementType.UInt8, value.Type);
        Assert.Equal((1.5f, 1), (value.Quantization!.Scale, value.Quantization.ZeroPoint));
        Assert.Equal((-1.5, 381.0), value.RealRange);
    }

    [Fact]
    public void An_int8_network_keeps_a_scale_per_channel_along_the_outputs()
    {
        SourceNetwork network = Read(SampleFiles.Int8());

        var stem = Assert.IsType<SourceConvolution>(network.Operators[0]);
        Assert.Equal([0.25f, 0.5f, 0.75f, 1f], stem.Weights.Quantization!.Scales.AsEnumerable());
        Assert.Equal(0, stem.Weights.Quantization.Axis);
        Assert.Equal(ElementType.Int8, stem.Weights.Type);
        Assert.Equal(4, stem.Bias!.Quantization!.Scales.Length);
        Assert.Equal(2, Assert.IsType<SourceDepthwise>(network.Operators[1]).Weights.Quantization!.Axis);
        Assert.True(Assert.IsType<SourceDense>(network.Operators[3]).Weights.Quantization!.IsPerTensor);
        Assert.Equal((-128.0 * 0.5, 127.0 * 0.5), network.Values[0].RealRange);
    }

    [Fact]
    public void Padding_activations_and_half_precision_weights_become_part_of_their_operators()
    {
        SourceNetwork network = Read(SampleFiles.Keras());

        Assert.Equal(4, network.Operators.Length);
        var stem = Assert.IsType<SourceConvolution>(network.Operators[0]);
        Assert.Equal(SourcePadding.Explicit(0, 0, 1, 1), stem.Padding);
        Assert.Equal(SourceActivation.Relu6, stem.Activation);
        Assert.Equal(17 / 8f, stem.Weights.Floats[17]);
        Assert.Null(stem.Bias);
        var depthwise = Assert.IsType<SourceDepthwise>(network.Operators[1]);
        Assert.Equal(SourceActivation.Relu6, depthwise.Activation);
        Assert.Null(depthwise.Bias);
        var sum = Assert.IsType<SourceAdd>(network.Operators[2]);
        Assert.Equal([depthwise.Output, stem.Output], sum.Inputs.AsEnumerable());
        Assert.Equal(SourceActivation.Relu, sum.Activation);
        var mean = Assert.IsType<SourcePool>(network.Operators[3]);
        Assert.Equal((SourcePoolKind.Mean, false), (mean.Kind, mean.KeepDimensions));
        Assert.Equal(sum.Output, mean.Input);
    }

    [Fact]
    public void A_maximum_before_its_minimum_is_relu6_and_without_one_is_relu()
    {
        TensorFlowLiteFile file = SampleFiles.Keras();
        (file.Operators[5].Code, file.Operators[6].Code) = (55, 57);
        (file.Operators[5].Inputs[1], file.Operators[6].Inputs[0]) = (file.Operators[6].Inputs[0], file.Operators[5].Inputs[1]);
        Assert.Equal(SourceActivation.Relu6, Assert.IsType<SourceDepthwise>(Read(file).Operators[1]).Activation);

        file.Operators[7].Inputs[0] = file.Operators[5].Outputs[0];
        file.Operators.RemoveAt(6);
        Assert.Equal(SourceActivation.Relu, Assert.IsType<SourceDepthwise>(Read(file).Operators[1]).Activation);
    }

    [Fact]
    public void Bounds_of_quantised_networks_are_numbers_at_the_scale_of_what_they_bound()
    {
        TensorFlowLiteFile file = SampleFiles.UInt8();
        int bounded = file.Add("bounded", TensorType.UInt8, [1, 3, 3, 4], null, [1.5f], [1]);
        int six = file.Add("six", TensorType.UInt8, [], [5], [1.5f], [1]);
        file.Operators[0].Options[3] = (byte)1;
        file.Operators.Insert(1, new Operator { Code = 57, Inputs = [file.Operators[0].Outputs[0], six], Outputs = [bounded] });
        file.Operators[2].Inputs[0] = bounded;
        Assert.Equal(SourceActivation.Relu6, Assert.IsType<SourceConvolution>(Read(file).Operators[0]).Activation);

        file.Tensors[six].Data = [6];
        Fails(file, "operator 1, MINIMUM, has a bound other than 6");
    }

    [Fact]
    public void Padding_of_quantised_networks_must_be_with_the_zero_point()
    {
        TensorFlowLiteFile file = SampleFiles.UInt8();
        int padded = file.Add("padded", TensorType.UInt8, [1, 7, 7, 3], null, [0.5f], [0]);
        int sizes = file.Add("sizes", TensorType.Int64, [4, 2], Bytes(0L, 0, 1, 1, 1, 1, 0, 0));
        int value = file.Add("value", TensorType.UInt8, [1], [0], [0.5f], [0]);
        file.Operators.Insert(0, new Operator { Code = 60, Inputs = [0, sizes, value], Outputs = [padded] });
        file.Operators[1].Inputs[0] = padded;
        file.Operators[1].Options[0] = (byte)1;
        Assert.Equal(SourcePadding.Explicit(1, 1, 1, 1), Assert.IsType<SourceConvolution>(Read(file).Operators[0]).Padding);

        file.Tensors[value].Data = [1];
        Fails(file, "operator 0, PADV2, pads with something else than zero");
    }

    [Fact]
    public void A_depthwise_convolution_of_one_channel_is_a_convolution_that_remembers_what_it_was()
    {
        var file = new TensorFlowLiteFile();
        file.Add("input", TensorType.Int8, [1, 2, 2, 1], null, [1f], [0]);
        file.Add("output", TensorType.Int8, [1, 1, 1, 3], null, [1f], [0]);
        file.Add("weights", TensorType.Int8, [1, 2, 2, 3], SampleFiles.Count(12), [1f, 2f, 3f], [0], 3);
        file.Add("bias", TensorType.Int32, [3], Bytes(1, 2, 3), [1f, 2f, 3f], [0], 3);
        file.Run(4, [0, 2, 3], 1, 2, (byte)1, 1, 1, 3, (byte)0, 1, 1);
        (file.Inputs, file.Outputs) = ([0], [1]);

        var stem = Assert.IsType<SourceConvolution>(Assert.Single(Read(file).Operators));
        Assert.True(stem.StoredAsDepthwise);
        Assert.Equal([3, 2, 2, 1], stem.Weights.Shape.AsEnumerable());
        Assert.Equal([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11], stem.Weights.SBytes.Select(weight => (int)weight));
        Assert.Equal((0, 0), (stem.Weights.Quantization!.Axis, stem.Bias!.Quantization!.Axis));
    }

    [Fact]
    public void A_depth_multiplier_of_several_channels_stays_depthwise()
    {
        var file = new TensorFlowLiteFile();
        file.Add("input", TensorType.Float32, [1, 1, 1, 2]);
        file.Add("output", TensorType.Float32, [1, 1, 1, 6]);
        file.Add("weights", TensorType.Float32, [1, 1, 1, 6], SampleFiles.Ramp(6));
        file.Run(4, [0, 2], 1, 2, (byte)0, 1, 1, 3, (byte)0, 1, 1);
        (file.Inputs, file.Outputs) = ([0], [1]);
        Assert.Equal(3, Assert.IsType<SourceDepthwise>(Assert.Single(Read(file).Operators)).Multiplier);
    }

    [Fact]
    public void Stored_int8_weights_of_a_float_network_are_dequantised_per_channel()
    {
        TensorFlowLiteFile file = SampleFiles.Keras();
        Tensor half = file.Tensors.Single(tensor => tensor.Name == "stem/half");
        (half.Type, half.Data, half.Scales, half.ZeroPoints, half.Axis) = (TensorType.Int8, SampleFiles.Count(18), [0.5f, 2f], [0, 1], 0);
        var stem = Assert.IsType<SourceConvolution>(Read(file).Operators[0]);
        Assert.Equal(4f, stem.Weights.Floats[8]);
        Assert.Equal(2f * (9 - 1), stem.Weights.Floats[9]);
    }

    [Fact]
    public void Conversions_at_the_ends_stay_operators()
    {
        TensorFlowLiteFile file = SampleFiles.Int8();
        int bytes = file.Add("bytes", TensorType.UInt8, [1, 5, 5, 3], null, [0.5f], [128]);
        int real = file.Add("real", TensorType.Float32, [1, 2]);
        file.Operators.Insert(0, new Operator { Code = 114, Inputs = [bytes], Outputs = [0] });
        file.Operators.Add(new Operator { Code = 6, Inputs = [6], Outputs = [real] });
        (file.Inputs, file.Outputs) = ([bytes], [real]);
        SourceNetwork network = Read(file);
        Assert.IsType<SourceQuantize>(network.Operators[0]);
        Assert.IsType<SourceDequantize>(network.Operators[^1]);
    }

    [Fact]
    public void Data_behind_the_tables_is_found_and_must_be_inside_the_file()
    {
        TensorFlowLiteFile file = SampleFiles.Float();
        Tensor weights = file.Tensors.Single(tensor => tensor.Name == "dense/weights");
        weights.IsOutside = true;
        Assert.Equal(7 / 8f, Assert.IsType<SourceDense>(Read(file).Operators[3]).Weights.Floats[7]);

        weights.OutsideOffset = ulong.MaxValue - 3;
        Fails(file, "\"dense/weights\" has 32 bytes of data at byte 18446744073709551612");
        weights.OutsideOffset = (ulong)file.Build().Length - 31;
        Fails(file, "\"dense/weights\" has 32 bytes of data at byte");
    }

    private static readonly Dictionary<string, (Action<TensorFlowLiteFile> Change, string Message)> s_refused = new()
    {
        ["identifier"] = (f => f.Identifier = "ABCD", "\"TFL3\" is expected"),
        ["schema version"] = (f => f.Version = 2, "schema version 2"),
        ["no subgraph"] = (f => f.Subgraphs = 0, "0 subgraphs"),
        ["two subgraphs"] = (f => f.Subgraphs = 2, "2 subgraphs"),
        ["no inputs"] = (f => f.Inputs = [], "0 inputs and 1 outputs"),
        ["inputs twice"] = (f => f.Inputs = [0, 0], "computed or stored already"),
        ["output never computed"] = (f => f.Outputs = [f.Add("loose", TensorType.Float32, [1])], "read before any operator has produced it"),
        ["unknown operator"] = (f => f.Operators[1].Code = 23, "operator 1, RESIZE_BILINEAR, is not one of a MobileNet's: CONV_2D"),
        ["control flow"] = (f => f.Operators[1].Code = 119, "operator 1, WHILE, is not one of a MobileNet's"),
        ["newer operator"] = (f => f.Operators[1].Code = 206, "operator 1, built-in operator 206, is not one of a MobileNet's"),
        ["custom operator"] = (f => (f.Operators[4].Code, f.Operators[4].CustomCode, f.Operators[1].Code) = (32, "Decode\n", 23), "operator 4, Decode?, is a custom operator"),
        ["dilation"] = (f => f.Operators[0].Options[4] = 2, "operator 0, CONV_2D, has dilation 1×2"),
        ["stride 0"] = (f => f.Operators[0].Options[1] = 0, "stride 2×0"),
        ["padding"] = (f => f.Operators[0].Options[0] = (byte)2, "padding 2"),
        ["activation"] = (f => f.Operators[0].Options[3] = (byte)4, "operator 0, CONV_2D, has activation TANH"),
        ["options of another operator"] = (f => f.Operators[0].OptionsType = 2, "options of kind 2; 1 was expected"),
        ["no options"] = (f => f.Operators[0].OptionsType = 0, "options of kind 0; 1 was expected"),
        ["computed weights"] = (f => f.Tensors[7].Data = [], "tensor 7 \"stem/weights\", are not stored but computed"),
        ["weights not named"] = (f => f.Operators[0].Inputs = [0], "has 1 inputs"),
        ["weights left out"] = (f => f.Operators[0].Inputs[1] = -1, "operator 0, CONV_2D: its weights are left out"),
        ["input left out"] = (f => f.Operators[0].Inputs[0] = -1, "something that is needed is left out"),
        ["dense output left out"] = (f => f.Operators[4].Outputs[0] = -1, "left out"),
        ["output left out"] = (f => f.Operators[0].Outputs[0] = -1, "something that is needed is left out"),
        ["weights as input"] = (f => f.Operators[0].Inputs[0] = 7, "is a stored constant"),
        ["two outputs"] = (f => f.Operators[0].Outputs = [1, 2], "has 2 outputs"),
        ["data too short"] = (f => f.Tensors[7].Data = SampleFiles.Ramp(107), "428 bytes of data for [4, 3, 3, 3]"),
        ["shape overflow"] = (f => f.Tensors[7].Shape = [65536, 65536, 65536, 65536], "more than 2147483647 elements"),
        ["many dimensions"] = (f => f.Tensors[7].Shape = [1, 1, 1, 1, 1, 1, 1, 1, 108], "has 9 dimensions"),
        ["unknown size"] = (f => f.Tensors[0].Shape = [1, -1, 5, 3], "Dimension 1 of tensor 0 \"input\" is -1"),
        ["batch"] = (f => f.Tensors[0].Shape = [2, 5, 5, 3], "is [2, 5, 5, 3]: 2 images; one was expected"),
        ["channels"] = (f => f.Tensors[0].Shape = [1, 5, 5, 4], "do not fit a map of 5×5×4"),
        ["output shape"] = (f => f.Tensors[1].Shape = [1, 2, 3, 4], "[1, 3, 3, 4] was expected"),
        ["bias length"] = (f => (f.Tensors[8].Shape, f.Tensors[8].Data) = ([3], SampleFiles.Ramp(3)), "biases of [3] do not fit 4 channels"),
        ["dense shape"] = (f => f.Tensors[11].Shape = [4, 2], "weights of [4, 2] do not take [1, 4] to [1, 2]"),
        ["shuffled weights"] = (f => f.Operators[4].Options[1] = (byte)1, "shuffled"),
        ["int16"] = (f => f.Tensors[0].Type = TensorType.Int16, "tensor 0 \"input\" is Int16; float32, uint8 and int8 networks are understood"),
        ["uint8 weights"] = (f => (f.Tensors[7].Type, f.Tensors[7].Data, f.Tensors[7].Scales) = (TensorType.UInt8, new byte[108], [1f]), "has UInt8 weights and reads Float32"),
        ["sparse"] = (f => f.Tensors[7].IsSparse = true, "are sparse"),
        ["variable"] = (f => f.Tensors[7].IsVariable = true, "outlives a run"),
        ["weights not finite"] = (f => f.Tensors[7].Data = [.. Bytes(float.NaN), .. f.Tensors[7].Data.Skip(4)], "Element 0 of tensor 7 \"stem/weights\" is not a finite number"),
        ["pool window"] = (f => f.Operators[2].Options[3] = 2, "has a window of 1×2 on a map of 1×1"),
        ["pool activation"] = (f => f.Operators[2].Options[5] = (byte)3, "has an activation"),
        ["reshape"] = (f => f.Tensors[4].Shape = [2, 2], "makes [2, 2] of [1, 1, 1, 4]"),
        ["beta"] = (f => f.Operators[5].Options[0] = float.NaN, "beta that is not finite"),
        ["tensor index"] = (f => f.Operators[5].Inputs[0] = 99, "tensor 99 of 12"),
        ["cycle"] = (f => f.Operators[0].Inputs[0] = 2, "read before any operator has produced it"),
    };

    public static TheoryData<string> Refused => [.. s_refused.Keys];

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_no_float_MobileNet_is_refused_with_its_place(string reason)
    {
        (Action<TensorFlowLiteFile> change, string message) = s_refused[reason];
        TensorFlowLiteFile file = SampleFiles.Float();
        change(file);
        Fails(file, message);
    }

    private static readonly Dictionary<string, (Action<TensorFlowLiteFile> Change, string Message)> s_refusedQuantised = new()
    {
        ["no scale"] = (f => (f.Tensors[1].Scales, f.Tensors[1].ZeroPoints) = ([], []), "tensor 1 \"stem\" is Int8 and has 0 scales"),
        ["weights without scale"] = (f => (f.Tensors[7].Scales, f.Tensors[7].ZeroPoints) = ([], []), "\"stem/weights\" is Int8 and has no scale"),
        ["negative scale"] = (f => f.Tensors[1].Scales = [-1f], "has scale -1, which is not finite and positive"),
        ["infinite scale"] = (f => f.Tensors[7].Scales[2] = float.PositiveInfinity, "which is not finite and positive"),
        ["zero point"] = (f => f.Tensors[1].ZeroPoints = [128], "zero point 128, outside the range of Int8"),
        ["zero points"] = (f => f.Tensors[7].ZeroPoints = [0, 0, 0], "4 scales and 3 zero points"),
        ["scales"] = (f => (f.Tensors[7].Scales, f.Tensors[7].ZeroPoints) = ([1, 1, 1, 1, 1], []), "5 scales along dimension 0 of [4, 3, 3, 3]"),
        ["axis"] = (f => (f.Tensors[7].Axis, f.Tensors[7].Scales, f.Tensors[7].ZeroPoints) = (3, [1, 1, 1], []), "run along dimension 3; 0, the output channels, was expected"),
        ["axis out of range"] = (f => f.Tensors[7].Axis = -1, "along dimension -1"),
        ["asymmetric weights"] = (f => f.Tensors[7].ZeroPoints[1] = 1, "int8 weights with a zero point"),
        ["bias with a zero point"] = (f => f.Tensors[8].ZeroPoints[1] = 1, "biases with a zero point"),
        ["float bias"] = (f => (f.Tensors[8].Type, f.Tensors[8].Data) = (TensorType.Float32, SampleFiles.Ramp(4)), "has Float32 biases and reads Int8"),
        ["mixed types"] = (f => f.Tensors[1].Type = TensorType.UInt8, "makes UInt8 of Int8"),
        ["scale per channel of a map"] = (f => (f.Tensors[1].Scales, f.Tensors[1].ZeroPoints, f.Tensors[1].Axis) = ([1, 1, 1, 1], [0], 3), "has 4 scales; one was expected"),
        ["pool that rescales"] = (f => f.Tensors[3].Scales = f.Tensors[4].Scales = [9f], "changes scale or zero point"),
        ["reshape that rescales"] = (f => f.Tensors[4].Scales = [9f], "operator 3, RESHAPE, changes type, scale or zero point"),
    };

    public static TheoryData<string> RefusedQuantised => [.. s_refusedQuantised.Keys];

    [Theory]
    [MemberData(nameof(RefusedQuantised))]
    public void What_is_no_int8_MobileNet_is_refused_with_its_place(string reason)
    {
        (Action<TensorFlowLiteFile> change, string message) = s_refusedQuantised[reason];
        TensorFlowLiteFile file = SampleFiles.Int8();
        change(file);
        Fails(file, message);
    }

    private static readonly Dictionary<string, (Action<TensorFlowLiteFile> Change, string Message)> s_refusedNormalisation = new()
    {
        ["padded channels"] = (f => Named(f, "pad/sizes").Data = Bytes(0, 0, 0, 1, 0, 1, 0, 1), "operator 1, PAD, pads dimension 3 of [1, 4, 4, 1]"),
        ["negative padding"] = (f => Named(f, "pad/sizes").Data = Bytes(0, 0, -1, 1, 0, 1, 0, 0), "operator 1, PAD, pads a dimension by -1 and 1"),
        ["huge padding"] = (f => Named(f, "pad/sizes").Data = Bytes(0, 0, 0, int.MaxValue, 0, 1, 0, 0), "operator 1, PAD, pads a dimension by 0 and 2147483647"),
        ["padding before SAME"] = (f => f.Operators[2].Options[0] = (byte)0, "[1, 3, 3, 2] was expected"),
        ["padding as the result"] = (f => f.Outputs = [f.Operators[1].Outputs[0]], "operator 1, PAD, is followed by the network's outputs; a convolution was expected"),
        ["padding left out"] = (f => f.Operators[1].Inputs[1] = -1, "tensor -1 is computed or left out; a stored constant was expected"),
        ["bound left out"] = (f => f.Operators[5].Inputs[1] = -1, "operator 5, MINIMUM, has a bound other than 6"),
        ["weights to dequantise left out"] = (f => f.Operators[0].Inputs[0] = -1, "something that is needed is left out"),
        ["padding computed"] = (f => Named(f, "pad/sizes").Data = [], "a stored constant was expected"),
        ["minimum of 5"] = (f => Named(f, "six").Data = Bytes(5f), "operator 5, MINIMUM, has a bound other than 6"),
        ["minimum alone"] = (f => f.Operators.RemoveAt(6), "read before any operator has produced it"),
        ["minimum then addition"] = (f => { f.Operators[7].Inputs[0] = f.Operators[5].Outputs[0]; f.Operators.RemoveAt(6); }, "operator 5, MINIMUM: it bounds a result to [-Infinity, 6]"),
        ["activation of a shared result"] = (f => f.Operators[7].Inputs[1] = f.Operators[2].Outputs[0], "operator 3, RELU6, does not directly and alone follow"),
        ["activation of the input"] = (f => { f.Operators[1].Inputs[0] = f.Add("relu", TensorType.Float32, [1, 4, 4, 1]); f.Operators.Insert(1, new Operator { Code = 21, Inputs = [0], Outputs = [f.Tensors.Count - 1] }); }, "operator 1, RELU6, does not directly and alone follow"),
        ["mean over channels"] = (f => Named(f, "axes").Data = Bytes(1, 3), "is over dimensions [1, 3] of [1, 2, 2, 2]"),
        ["mean over one"] = (f => (Named(f, "axes").Shape, Named(f, "axes").Data, Named(f, "mean").Shape) = ([1], Bytes(1), [1, 2, 2]), "operator 9, MEAN, leaves 1×2 of its map"),
        ["int16 weights"] = (f => (Named(f, "stem/half").Type, Named(f, "stem/half").Data) = (TensorType.Int16, new byte[36]), "is Int16; float16, int8 and uint8 weights are understood"),
        ["half not finite"] = (f => Named(f, "stem/half").Data[1] = 0x7c, "Element 0 of tensor"),
        ["weights twice"] = (f => f.Operators.Insert(0, f.Operators[0]), "computed or stored already"),
        ["sum of two shapes"] = (f => f.Operators[7].Inputs[1] = 0, "operator 7, ADD, adds [1, 2, 2, 2] and [1, 4, 4, 1]"),
    };

    public static TheoryData<string> RefusedNormalisation => [.. s_refusedNormalisation.Keys];

    [Theory]
    [MemberData(nameof(RefusedNormalisation))]
    public void What_cannot_become_part_of_another_operator_is_refused_with_its_place(string reason)
    {
        (Action<TensorFlowLiteFile> change, string message) = s_refusedNormalisation[reason];
        TensorFlowLiteFile file = SampleFiles.Keras();
        change(file);
        Fails(file, message);
    }

    private static Tensor Named(TensorFlowLiteFile file, string name) => file.Tensors.Single(tensor => tensor.Name == name);

    private static SourceNetwork Read(TensorFlowLiteFile file) => (SourceNetwork)new TensorFlowLiteReader().Read(new WeightsInput("model.tflite", file.Build()));

    private static void Fails(TensorFlowLiteFile file, string message) =>
        Assert.Contains(message, Assert.Throws<WeightsException>(() => Read(file)).Message, StringComparison.Ordinal);
}
