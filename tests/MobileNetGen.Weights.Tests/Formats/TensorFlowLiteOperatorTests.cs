using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using static MobileNetGen.Weights.Tests.Formats.TensorFlowLiteFile;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>What converters write around a MobileNet's layers: each alone, in a network of a layer or two.</summary>
public class TensorFlowLiteOperatorTests
{
    private readonly TensorFlowLiteFile _file = new();
    private int _last;

    /// <summary>How a file begins or ends, seen from the integers that it computes with.</summary>
    public enum End
    {
        Same,
        Real,
        OtherType,
        OtherScale,
        OtherTypeAndScale,
    }

    public static TheoryData<bool, End, End> Ends
    {
        get
        {
            var ends = new TheoryData<bool, End, End>();
            foreach ((bool isSigned, End begin, End end) in from isSigned in new[] { false, true } from begin in Enum.GetValues<End>() from end in Enum.GetValues<End>() select (isSigned, begin, end))
                ends.Add(isSigned, begin, end);
            return ends;
        }
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public void Each_end_has_the_files_own_type_and_scale_and_one_conversion_where_it_differs(bool isSigned, End begin, End end)
    {
        TensorFlowLiteFile file = isSigned ? SampleFiles.Int8() : SampleFiles.UInt8();
        if (begin != End.Same)
        {
            int outer = Outer(file, file.Inputs[0], begin);
            file.Operators.Insert(0, new Operator { Code = 114, Inputs = [outer], Outputs = file.Inputs });
            file.Inputs = [outer];
        }

        if (end != End.Same)
        {
            int outer = Outer(file, file.Outputs[0], end);
            file.Run(end == End.Real ? 6 : 114, file.Outputs, outer);
            file.Outputs = [outer];
        }

        SourceNetwork network = Read(file);
        Assert.Equal(begin == End.Same ? 0 : 1, network.Operators.Take(1).Count(step => step is SourceQuantize));
        Assert.Equal(end == End.Same ? 0 : 1, network.Operators.TakeLast(1).Count(step => step is SourceQuantize or SourceDequantize));
        Assert.Equal(5 + (begin == End.Same ? 0 : 1) + (end == End.Same ? 0 : 1), network.Operators.Length);
        AssertIs(file.Tensors[file.Inputs[0]], network.Values[network.Inputs[0]]);
        AssertIs(file.Tensors[file.Outputs[0]], network.Values[network.Outputs[0]]);
        foreach (SourceOperator step in network.Operators.Where(step => step is not (SourceQuantize or SourceDequantize)))
            Assert.Equal(isSigned ? ElementType.Int8 : ElementType.UInt8, network.Values[step.Output].Type);
    }

    [Fact]
    public void A_conversion_that_changes_nothing_is_none()
    {
        TensorFlowLiteFile file = SampleFiles.Int8();
        Tensor scores = file.Tensors[file.Outputs[0]];
        int same = file.Add("same", scores.Type, scores.Shape, null, scores.Scales, scores.ZeroPoints);
        file.Run(114, file.Outputs, same);
        file.Outputs = [same];
        Assert.Equal(5, Read(file).Operators.Length);
    }

    [Fact]
    public void A_second_scale_in_the_middle_is_a_conversion()
    {
        TensorFlowLiteFile file = SampleFiles.Int8();
        int other = file.Add("other", TensorType.Int8, [1, 3, 3, 4], null, [0.75f], [3]);
        file.Operators.Insert(1, new Operator { Code = 114, Inputs = [file.Operators[0].Outputs[0]], Outputs = [other] });
        file.Operators[2].Inputs[0] = other;
        SourceNetwork network = Read(file);
        Assert.IsType<SourceQuantize>(network.Operators[1]);
        Assert.Equal(new SourceQuantization([0.75f], [3], 0), network.Values[network.Operators[1].Output].Quantization);
    }

    [Fact]
    public void Layers_of_two_types_are_refused()
    {
        TensorFlowLiteFile file = SampleFiles.Int8();
        int logits = file.Add("bytes", TensorType.UInt8, [1, 2], null, [3.5f], [128]), scores = file.Add("byte/scores", TensorType.UInt8, [1, 2], null, [1f / 256], [0]);
        file.Operators.RemoveAt(5);
        file.Run(114, [5], logits);
        file.Run(25, [logits], scores, 9, 1f);
        file.Outputs = [scores];
        Fails(file, "operator 6, SOFTMAX, computes with UInt8 and operator 0, CONV_2D with Int8");
    }

    [Fact]
    public void A_real_softmax_of_a_quantised_network_is_that_of_bytes_and_named()
    {
        TensorFlowLiteFile file = SampleFiles.Int8();
        int logits = file.Add("real", TensorType.Float32, [1, 2]), scores = file.Add("real/scores", TensorType.Float32, [1, 2]);
        file.Operators.RemoveAt(5);
        file.Run(6, [5], logits);
        file.Run(25, [logits], scores, 9, 1f);
        file.Outputs = [scores];
        SourceNetwork network = Read(file);
        Assert.Equal(["SourceSoftmax", "SourceDequantize"], network.Operators.TakeLast(2).Select(step => step.GetType().Name));
        Assert.Contains("operator 6, SOFTMAX, computes with real numbers in the file", Assert.Single(network.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Arithmetic_with_constants_before_the_first_layer_is_preprocessing()
    {
        Start();
        Then(18, Constant("half", 0.5f), 21, (byte)0);
        Then(0, Constant("three", 1f, 2, 3), 11, (byte)0);
        Then(41, Constant("two", 2f), 28, (byte)0);
        Then(42, Constant("quarter", 4f), 29, (byte)0);
        int from = Constant("ten", 10f), other = _last;
        _last = _file.Add("from", TensorType.Float32, Shape(other));
        _file.Run(41, [from, other], _last, 28, (byte)0);
        SourceNetwork network = Finish(Convolve(2));
        Assert.IsType<SourceConvolution>(Assert.Single(network.Operators));

        // 10 − ((x / 2 + c) − 2) / 4
        Assert.Equal([-0.125, -0.125, -0.125], network.Preprocessing!.Factors.AsEnumerable());
        Assert.Equal([10.25, 10, 9.75], network.Preprocessing.Offsets.AsEnumerable());
        Assert.Equal("operator 4, SUB", network.Preprocessing.Place);
        Assert.False(network.Preprocessing.TakesPixels);
    }

    [Fact]
    public void Bytes_that_are_cast_are_pixels()
    {
        Start(TensorType.UInt8);
        Then(53, TensorType.Float32, Shape(_last), 37, (byte)3, (byte)0);
        Then(18, Constant("scale", 0.5f), 21, (byte)0);
        SourceNetwork network = Finish(Convolve(2));
        Assert.True(network.Preprocessing!.TakesPixels);
        Assert.Equal([0.5, 0.5, 0.5], network.Preprocessing.Factors.AsEnumerable());
    }

    [Fact]
    public void Bytes_that_a_float_network_dequantises_are_pixels()
    {
        Start(TensorType.UInt8, [0.5f], [128]);
        Then(6, TensorType.Float32, Shape(_last));
        SourceNetwork network = Finish(Convolve(2));
        Assert.True(network.Preprocessing!.TakesPixels);
        Assert.Equal([0.5, 0.5, 0.5], network.Preprocessing.Factors.AsEnumerable());
        Assert.Equal([-64.0, -64, -64], network.Preprocessing.Offsets.AsEnumerable());
    }

    [Fact]
    public void A_normalisation_that_is_left_becomes_part_of_the_layer_before_or_behind_it()
    {
        Start();
        Convolve(2);
        Then(18, Constant("factors", 2f, 4f), 21, (byte)1);
        Then(40, Axes(1, 2), TensorType.Float32, [1, 2], 27, (byte)0);
        Then(0, Constant("offsets", 8f, 16), 11, (byte)0);
        SourceNetwork network = Finish(Dense(1));
        Assert.Equal(3, network.Operators.Length);
        var conv = Assert.IsType<SourceConvolution>(network.Operators[0]);
        Assert.Equal([0, 0.25f, 0.5f, 1.5f, 2, 2.5f], conv.Weights.Floats);
        Assert.Equal(SourceActivation.Relu, conv.Activation);
        Assert.Equal([2f], Assert.IsType<SourceDense>(network.Operators[2]).Bias!.Floats);
    }

    [Theory]
    [InlineData(14, SourceFunction.Sigmoid)]
    [InlineData(28, SourceFunction.Tanh)]
    public void Functions_of_real_numbers_are_operators(int code, SourceFunction function)
    {
        Start();
        Then(40, Axes(1, 2), TensorType.Float32, [1, 3], 27, (byte)0);
        Dense(2);
        SourceNetwork network = Finish(Then(code, TensorType.Float32, [1, 2]));
        Assert.Equal(function, Assert.IsType<SourceElementwise>(network.Operators[^1]).Function);
    }

    [Theory]
    [InlineData(14, true, 1f / 256, -128)]
    [InlineData(14, false, 1f / 256, 0)]
    [InlineData(28, true, 1f / 128, 0)]
    [InlineData(28, false, 1f / 128, 128)]
    public void Functions_of_bytes_have_the_scale_of_TensorFlow_Lites_tables(int code, bool isSigned, float scale, long zeroPoint)
    {
        TensorFlowLiteFile file = isSigned ? SampleFiles.Int8() : SampleFiles.UInt8();
        (file.Operators[5].Code, file.Operators[5].OptionsType) = (code, 0);
        (file.Tensors[6].Scales, file.Tensors[6].ZeroPoints) = ([scale], [zeroPoint]);
        SourceNetwork network = Read(file);
        Assert.IsType<SourceElementwise>(network.Operators[^1]);
        Assert.Equal(new SourceQuantization([scale], [(int)zeroPoint], 0), network.Values[network.Outputs[0]].Quantization);

        file.Tensors[6].ZeroPoints = [zeroPoint + 1 > 127 ? 127 : zeroPoint + 1];
        Fails(file, $"gives scale {scale:R} and zero point");
    }

    [Fact]
    public void Maxima_over_the_whole_map_are_a_pool()
    {
        Start();
        Then(17, TensorType.Float32, [1, 1, 1, 3], 5, (byte)1, 4, 4, 4, 4, (byte)0);
        Assert.Equal(SourcePoolKind.Max, Assert.IsType<SourcePool>(Finish(Convolve(2)).Operators[0]).Kind);

        var other = new TensorFlowLiteOperatorTests();
        other.Start();
        SourceNetwork network = other.Finish(other.Then(82, other.Axes(1, 2), TensorType.Float32, [1, 3], 27, (byte)0));
        Assert.Equal((SourcePoolKind.Max, false), (((SourcePool)network.Operators[0]).Kind, ((SourcePool)network.Operators[0]).KeepDimensions));
    }

    [Fact]
    public void A_sum_that_is_divided_is_a_mean()
    {
        Start();
        Then(74, Axes(1, 2), TensorType.Float32, [1, 3], 27, (byte)0);
        Then(42, Constant("pixels", 16f), 29, (byte)0);
        SourceNetwork network = Finish(Dense(2));
        Assert.Equal(SourcePoolKind.Mean, Assert.IsType<SourcePool>(network.Operators[0]).Kind);
        Assert.Equal([0, 0.125f, 0.25f, 0.375f, 0.5f, 0.625f], Assert.IsType<SourceDense>(network.Operators[1]).Weights.Floats);
    }

    [Fact]
    public void A_map_that_a_converter_transposes_first_is_that_of_its_reader()
    {
        _last = _file.Add("input", TensorType.Float32, [1, 3, 4, 5]);
        _file.Inputs = [_last];
        Then(39, Axes(0, 2, 3, 1), TensorType.Float32, [1, 4, 5, 3]);
        SourceNetwork network = Finish(Convolve(2));
        Assert.Equal([1, 4, 5, 3], network.Values[network.Inputs[0]].Shape.AsEnumerable());
        Assert.Single(network.Operators);
    }

    [Fact]
    public void Sizes_that_are_computed_vanish()
    {
        Start();
        Then(40, Axes(1, 2), TensorType.Float32, [1, 1, 1, 3], 27, (byte)1);
        int shape = Numbers("shape", [4], 77, [_last], 55, (byte)2);
        int one = Axes(1), zero = Axes(0);
        int batch = Numbers("batch", [], 45, [shape, zero, one, one], 32, 0, 0, 0, 0, 1);
        int sizes = Numbers("sizes", [2], 83, [batch, Scalar(3)], 59, 2, 0);
        Then(22, sizes, TensorType.Float32, [1, 3], 17);
        SourceNetwork network = Finish(Dense(2));
        Assert.Equal(["SourcePool", "SourceDense"], network.Operators.Select(step => step.GetType().Name));
    }

    [Fact]
    public void Sizes_are_joined_taken_and_multiplied()
    {
        Start();
        int shape = Numbers("shape", [4], 77, [_last], 55, (byte)2);
        int batch = Numbers("batch", [1], 36, [shape, Axes(0)], 23, 0, 0);
        int rest = Numbers("rest", [3], 45, [shape, Axes(1), Axes(0), Axes(1)], 32, 0, 1, 0, 0, 0);
        int product = Numbers("product", [], 81, [rest, Axes(0)], 27, (byte)0);
        int row = Numbers("row", [1], 70, [product, Scalar(0)]);
        int wide = Numbers("wide", [1], 53, [row], 37, (byte)2, (byte)4);
        int same = Numbers("same", [1], 18, [wide, Scalar(1)], 21, (byte)0);
        int sizes = Numbers("sizes", [2], 2, [batch, same], 10, 0, (byte)0);
        Then(22, sizes, TensorType.Float32, [1, 48], 17);
        SourceNetwork network = Finish(Dense(2));
        Assert.Equal(["SourceFlatten", "SourceDense"], network.Operators.Select(step => step.GetType().Name));
        Assert.Equal([1, 48], network.Values[network.Operators[0].Output].Shape.AsEnumerable());
    }

    [Fact]
    public void A_fully_connected_layer_reads_a_map_as_one_row()
    {
        Start();
        SourceNetwork network = Finish(Dense(2));
        Assert.IsType<SourceFlatten>(network.Operators[0]);
        var dense = Assert.IsType<SourceDense>(network.Operators[1]);
        Assert.Equal([.. Enumerable.Range(0, 96).Select(i => i / 8f)], dense.Weights.Floats);
    }

    [Fact]
    public void A_map_of_bytes_as_one_row_keeps_its_scale()
    {
        TensorFlowLiteFile file = SampleFiles.Int8();
        int row = file.Add("stem/row", TensorType.Int8, [1, 36], null, [1.5f], [1]);
        int weights = file.Add("weights", TensorType.Int8, [2, 36], SampleFiles.Count(72), [0.25f], [0]);
        file.Operators.RemoveRange(1, 3);
        file.Operators.Insert(1, new Operator { Code = 22, Inputs = [1], Outputs = [row] });
        (file.Operators[2].Inputs[0], file.Operators[2].Inputs[1]) = (row, weights);
        SourceNetwork network = Read(file);
        var flatten = Assert.IsType<SourceFlatten>(network.Operators[1]);
        Assert.Equal(new SourceQuantization([1.5f], [1], 0), network.Values[flatten.Output].Quantization);
        Assert.Equal(SampleFiles.Count(72), Assert.IsType<SourceDense>(network.Operators[2]).Weights.SBytes.Select(weight => (byte)weight));
    }

    [Fact]
    public void Dimensions_of_size_1_come_and_go()
    {
        Start();
        Then(40, Axes(1, 2), TensorType.Float32, [1, 3], 27, (byte)0);
        Then(70, Scalar(1), TensorType.Float32, [1, 1, 3]);
        Then(70, Scalar(-2), TensorType.Float32, [1, 1, 1, 3]);
        Then(43, TensorType.Float32, [1, 1, 3], 30, new[] { 1 });
        Then(43, TensorType.Float32, [3], 30);
        Then(22, TensorType.Float32, [1, 3], 17, new[] { 1, -1 });
        Assert.Equal(2, Finish(Dense(2)).Operators.Length);
    }

    [Fact]
    public void Weights_that_are_dequantised_transposed_and_reshaped_are_stored_ones()
    {
        Start();
        int stored = _file.Add("stored", TensorType.Int8, [3, 2], [1, 2, 3, 4, 5, 6], [0.5f], [0]), real = _file.Add("real", TensorType.Float32, [3, 2]);
        int turned = _file.Add("turned", TensorType.Float32, [2, 3]), kernel = _file.Add("kernel", TensorType.Float32, [2, 1, 1, 3]);
        _file.Run(6, [stored], real);
        _file.Run(39, [real, Axes(1, 0)], turned);
        _file.Run(22, [turned, Axes(2, 1, 1, -1)], kernel, 17);
        int input = _last;
        _last = _file.Add("map", TensorType.Float32, [1, 4, 4, 2]);
        _file.Run(3, [input, kernel], _last, 1, (byte)0, 1, 1, (byte)0, 1, 1);
        SourceNetwork network = Finish(_last);
        Assert.Equal([0.5f, 1.5f, 2.5f, 1, 2, 3], Assert.IsType<SourceConvolution>(Assert.Single(network.Operators)).Weights.Floats);
        Assert.Empty(network.Notes);
    }

    [Fact]
    public void Int8_weights_on_real_numbers_are_real_and_named()
    {
        TensorFlowLiteFile file = SampleFiles.Float();
        foreach ((int tensor, int channels, int axis) in new[] { (7, 4, 0), (9, 4, 3), (11, 1, 0) })
        {
            Tensor weights = file.Tensors[tensor];
            (weights.Type, weights.Data) = (TensorType.Int8, SampleFiles.Count(weights.Data.Length / 4));
            (weights.Scales, weights.ZeroPoints, weights.Axis) = ([.. Enumerable.Range(1, channels).Select(i => i / 4f)], [0], axis);
        }

        file.Operators[4].Options = [(byte)0, (byte)0, (byte)0, (byte)1];
        SourceNetwork network = Read(file);
        Assert.All(network.Values, value => Assert.Equal(ElementType.Float32, value.Type));
        Assert.Equal(107f, ((SourceConvolution)network.Operators[0]).Weights.Floats[107]);
        Assert.Equal(35f, ((SourceDepthwise)network.Operators[1]).Weights.Floats[35]);
        Assert.Equal(7 / 4f, ((SourceDense)network.Operators[3]).Weights.Floats[7]);
        Assert.Contains("the weights of 3 layers, from operator 0, CONV_2D on, are int8", Assert.Single(network.Notes), StringComparison.Ordinal);

        file.Tensors[7].ZeroPoints = [1];
        Fails(file, "operator 0, CONV_2D, has int8 weights with a zero point");
    }

    [Fact]
    public void Only_what_the_results_need_is_read()
    {
        TensorFlowLiteFile file = SampleFiles.Float();
        file.Outputs = [5];
        file.Operators[5].Code = 32;
        Assert.IsType<SourceDense>(Read(file).Operators[^1]);
    }

    [Fact]
    public void A_result_that_the_network_goes_on_from_is_named()
    {
        TensorFlowLiteFile file = SampleFiles.Float();
        file.Outputs = [6, 2];
        SourceNetwork network = Read(file);
        Assert.Equal(5, network.Operators.Length);
        Assert.Single(network.Outputs);
        Assert.Contains("1 of the results", Assert.Single(network.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_map_of_one_column_stays_one()
    {
        _last = _file.Add("input", TensorType.Float32, [1, 4, 1, 3]);
        _file.Inputs = [_last];
        SourceNetwork network = Finish(Convolve(2));
        Assert.Equal([1, 4, 1, 3], network.Values[network.Inputs[0]].Shape.AsEnumerable());
        Assert.Equal([1, 4, 1, 2], network.Values[network.Outputs[0]].Shape.AsEnumerable());
    }

    private static readonly Dictionary<string, (Action<TensorFlowLiteOperatorTests> Add, string Message)> s_refused = new()
    {
        ["option of a newer convolution"] = (t => { t.Convolve(2); t._file.Operators[0].Options = [(byte)0, 1, 1, (byte)0, 1, 1, (byte)0, 1]; }, "operator 0, CONV_2D, has an option, field 7"),
        ["option of an operator without any"] = (t => t.Then(14, TensorType.Float32, t.Shape(t._last), 200, (byte)1), "operator 0, LOGISTIC, has an option, field 0"),
        ["biases of 64 bits"] = (t => { t.Convolve(2); t._file.Operators[0].Options = [(byte)0, 1, 1, (byte)0, 1, 1, (byte)TensorType.Int64]; }, "adds its biases as Int64"),
        ["multiplier"] = (t => { int weights = t.Constant("taps", [1, 1, 1, 3], 1f, 2, 3); t.Then(4, weights, TensorType.Float32, t.Shape(t._last), 2, (byte)0, 1, 1, 2, (byte)0, 1, 1); }, "states 2 results a channel and has weights for 1"),
        ["rounding of real rows"] = (t => { t.Dense(2); t._file.Operators[0].Options = [(byte)0, (byte)0, (byte)0, (byte)1]; }, "says how to round what it reads as it runs"),
        ["stride 0 of a pool"] = (t => t.Then(1, TensorType.Float32, [1, 1, 1, 3], 5, (byte)1, 0, 4, 4, 4, (byte)0), "has stride 4×0"),
        ["padding of a pool"] = (t => t.Then(17, TensorType.Float32, [1, 1, 1, 3], 5, (byte)0, 1, 1, 4, 4, (byte)0), "has a window of 4×4 with padding"),
        ["product of two values"] = (t => t.Then(18, t._last, TensorType.Float32, t.Shape(t._last), 21, (byte)0), "a map and one factor for each of its channels, or a value and its hard sigmoid, were expected"),
        ["quotient of a constant"] = (t => t._file.Run(42, [t.Constant("c", 1f), t._last], t._last = t._file.Add("x", TensorType.Float32, t.Shape(t._last)), 29, (byte)0), "divides by what depends on the network's input"),
        ["division by 0"] = (t => t.Then(42, t.Constant("c", 0f), 29, (byte)0), "or by 0"),
        ["activation of preprocessing"] = (t => { t.Then(18, t.Constant("c", 2f), 21, (byte)3); t.Convolve(2); }, "operator 0, MUL, does not directly and alone follow"),
        ["cast to bytes"] = (t => t.Then(53, TensorType.UInt8, t.Shape(t._last), 37, (byte)0, (byte)3), "operator 0, CAST, makes UInt8 of Float32"),
        ["other shape than computed"] = (t => t.Then(22, t.Axes(1, 48), TensorType.Float32, [48], 17), "[1, 48] was expected"),
        ["other shape than sized"] = (t => t.Numbers("shape", [3], 77, [t._last], 55, (byte)2), "[4] was expected"),
        ["squeezed rows"] = (t => t.Then(43, TensorType.Float32, [1, 4, 3], 30, new[] { 1 }), "drops dimensions [1] of [1, 4, 4, 3]"),
        ["slice with a new axis"] = (t => t.Numbers("s", [1], 45, [t.Numbers("shape", [4], 77, [t._last], 55, (byte)2), t.Axes(0), t.Axes(1), t.Axes(1)], 32, 0, 0, 0, 1, 0), "operator 1, STRIDED_SLICE, does more with sizes"),
        ["slice with an ellipsis"] = (t => t.Numbers("s", [1], 45, [t.Numbers("shape", [4], 77, [t._last], 55, (byte)2), t.Axes(0), t.Axes(1), t.Axes(1)], 32, 0, 0, 1, 0, 0), "operator 1, STRIDED_SLICE, does more with sizes"),
        ["slice with an offset"] = (t => t.Numbers("s", [1], 45, [t.Numbers("shape", [4], 77, [t._last], 55, (byte)2), t.Axes(0), t.Axes(1), t.Axes(1)], 32, 0, 0, 0, 0, 0, (byte)1), "operator 1, STRIDED_SLICE, does more with sizes"),
        ["slice in steps of 0"] = (t => t.Numbers("s", [1], 45, [t.Numbers("shape", [4], 77, [t._last], 55, (byte)2), t.Axes(0), t.Axes(1), t.Axes(0)], 32, 0, 0, 0, 0, 0), "in steps of 0"),
        ["size that is not there"] = (t => t.Numbers("s", [], 45, [t.Numbers("shape", [4], 77, [t._last], 55, (byte)2), t.Axes(4), t.Axes(5), t.Axes(1)], 32, 0, 0, 0, 0, 1), "reads size 4 of 4"),
        ["slice of a map"] = (t => t._file.Run(45, [t._last, t.Axes(0), t.Axes(1), t.Axes(1)], t._last = t._file.Add("x", TensorType.Float32, [1, 4, 4, 3]), 32, 0, 0, 0, 0, 0), "is understood where exporters compute sizes"),
        ["sizes beyond all bounds"] = (t => t.Numbers("s", [1], 18, [t.Axes(1 << 20), t.Axes(1 << 20)], 21, (byte)0), "makes a size of 1099511627776"),
        ["maxima over channels"] = (t => t.Then(82, t.Axes(3), TensorType.Float32, [1, 4, 4], 27, (byte)0), "is over dimensions [3]"),
    };

    public static TheoryData<string> Refused => [.. s_refused.Keys];

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_not_understood_is_refused_with_its_place(string reason)
    {
        (Action<TensorFlowLiteOperatorTests> add, string message) = s_refused[reason];
        Start();
        add(this);
        _file.Outputs = [_file.Operators[^1].Outputs[0]];
        Fails(_file, message);
    }

    private static readonly Dictionary<string, (int Code, byte Options, string Message)> s_rescaled = new()
    {
        ["RELU"] = (19, 0, "changes type, scale or zero point"),
        ["RELU6"] = (21, 0, "changes type, scale or zero point"),
        ["MAX_POOL_2D"] = (17, 5, "changes scale or zero point"),
        ["AVERAGE_POOL_2D"] = (1, 5, "changes scale or zero point"),
        ["TRANSPOSE"] = (39, 0, "changes type, scale or zero point"),
        ["MUL"] = (18, 21, "its constant, \"two\", Float32 [], is not one quantised number"),
    };

    public static TheoryData<string> Rescaled => [.. s_rescaled.Keys];

    [Theory]
    [MemberData(nameof(Rescaled))]
    public void What_keeps_a_scale_and_states_another_is_refused(string name)
    {
        (int code, byte options, string message) = s_rescaled[name];
        TensorFlowLiteFile file = SampleFiles.Int8();
        int result = file.Add("other", TensorType.Int8, options == 5 ? [1, 1, 1, 4] : [1, 3, 3, 4], null, [1.5f], [2]);
        int[] inputs = code switch
        {
            39 => [1, file.Add("order", TensorType.Int32, [4], Bytes(0, 1, 2, 3))],
            18 => [1, file.Add("two", TensorType.Float32, [], Bytes(2f))],
            _ => [1],
        };
        file.Operators.Insert(1, new Operator { Code = code, Inputs = inputs, Outputs = [result], OptionsType = options, Options = options == 5 ? [(byte)1, 3, 3, 3, 3, (byte)0] : [] });
        file.Outputs = [result];
        Fails(file, $"operator 1, {name}{(message.StartsWith("its", StringComparison.Ordinal) ? ":" : ",")} {message}");
    }

    /// <summary>Its table would be made with the zero point of another type.</summary>
    [Fact]
    public void A_constant_of_bytes_of_the_other_sign_is_refused()
    {
        TensorFlowLiteFile file = SampleFiles.Int8();
        int three = file.Add("three", TensorType.UInt8, [], [255], [3f / 255], [0]), result = file.Add("sum", TensorType.Int8, [1, 3, 3, 4], null, [1.5f], [2]);
        file.Operators.Insert(1, new Operator { Code = 0, Inputs = [1, three], Outputs = [result], OptionsType = 11, Options = [(byte)3] });
        file.Outputs = [result];
        Fails(file, "operator 1, ADD: its constant, \"three\", UInt8 [], is UInt8, and it reads Int8; both of one type were expected.");
    }

    /// <summary>A tensor that stands for the numbers of another, as an end has them.</summary>
    private static int Outer(TensorFlowLiteFile file, int inner, End end)
    {
        Tensor tensor = file.Tensors[inner];
        if (end == End.Real)
            return file.Add("outer", TensorType.Float32, tensor.Shape);
        bool isSigned = tensor.Type == TensorType.Int8, turns = end is End.OtherType or End.OtherTypeAndScale;
        float scale = tensor.Scales[0] * (end == End.OtherType ? 1 : 2);
        long zeroPoint = tensor.ZeroPoints[0] + (!turns ? 0 : isSigned ? 128 : -128);
        return file.Add("outer", isSigned != turns ? TensorType.Int8 : TensorType.UInt8, tensor.Shape, null, [scale], [zeroPoint]);
    }

    private static void AssertIs(Tensor expected, SourceValue actual)
    {
        Assert.Equal(expected.Type.ToString(), actual.Type.ToString());
        Assert.Equal(expected.Scales, actual.Quantization?.Scales.AsEnumerable() ?? []);
        Assert.Equal(expected.ZeroPoints, actual.Quantization?.ZeroPoints.Select(zero => (long)zero) ?? []);
    }

    private void Start(TensorType type = TensorType.Float32, float[]? scales = null, long[]? zeroPoints = null)
    {
        _last = _file.Add("input", type, [1, 4, 4, 3], null, scales, zeroPoints);
        _file.Inputs = [_last];
    }

    private int[] Shape(int tensor) => _file.Tensors[tensor].Shape;

    private int Constant(string name, params float[] numbers) => Constant(name, numbers.Length == 1 ? [] : [numbers.Length], numbers);

    private int Constant(string name, int[] shape, params float[] numbers) => _file.Add(name, TensorType.Float32, shape, Bytes(numbers));

    private int Axes(params int[] numbers) => _file.Add("numbers", TensorType.Int32, [numbers.Length], Bytes(numbers));

    private int Scalar(int number) => _file.Add("number", TensorType.Int32, [], Bytes(number));

    /// <summary>An operator that gives sizes.</summary>
    private int Numbers(string name, int[] shape, int code, int[] inputs, byte optionsType = 0, params object?[] options)
    {
        int result = _file.Add(name, TensorType.Int32, shape);
        _file.Run(code, inputs, result, optionsType, options);
        return result;
    }

    /// <summary>An operator on the last result, and a constant, that keeps its shape.</summary>
    private void Then(int code, int constant, byte optionsType, params object?[] options) => Then(code, constant, TensorType.Float32, Shape(_last), optionsType, options);

    private int Then(int code, TensorType type, int[] shape, byte optionsType = 0, params object?[] options) => Then(code, -2, type, shape, optionsType, options);

    private int Then(int code, int second, TensorType type, int[] shape, byte optionsType = 0, params object?[] options)
    {
        int[] inputs = second == -2 ? [_last] : [_last, second];
        _last = _file.Add("result", type, shape);
        _file.Run(code, inputs, _last, optionsType, options);
        return _last;
    }

    private int Convolve(int channels)
    {
        int[] shape = Shape(_last);
        int weights = _file.Add("kernel", TensorType.Float32, [channels, 1, 1, shape[^1]], SampleFiles.Ramp(channels * shape[^1]));
        return Then(3, weights, TensorType.Float32, [.. shape[..^1], channels], 1, (byte)0, 1, 1, (byte)0, 1, 1);
    }

    private int Dense(int channels)
    {
        int length = Shape(_last).Aggregate(1, (product, size) => product * size);
        int weights = _file.Add("matrix", TensorType.Float32, [channels, length], SampleFiles.Ramp(channels * length));
        return Then(9, weights, TensorType.Float32, [1, channels], 8, (byte)0, (byte)0);
    }

    private SourceNetwork Finish(int output)
    {
        _file.Outputs = [output];
        return Read(_file);
    }

    private static SourceNetwork Read(TensorFlowLiteFile file) => (SourceNetwork)new TensorFlowLiteReader().Read(new WeightsInput("model.tflite", file.Build()));

    private static void Fails(TensorFlowLiteFile file, string message) =>
        Assert.Contains(message, Assert.Throws<WeightsException>(() => Read(file)).Message, StringComparison.Ordinal);
}
