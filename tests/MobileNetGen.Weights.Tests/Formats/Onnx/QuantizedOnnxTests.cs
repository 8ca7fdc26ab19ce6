using System;
using System.Linq;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Tests.Matching;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Formats.Onnx;

/// <summary>Quantised models, run by TensorFlow Lite's rules here and by ONNX Runtime or PyTorch there.</summary>
public sealed class QuantizedOnnxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_PyTorch_quantised_gives_what_others_compute_within_a_few_steps()
    {
        const string name = "onnx/v2_quantized.onnx";
        TrainedNetwork trained = MadeFiles.Load(name, PyTorchExportTests.V2 + "\nactivation relu\nquantization int8 io float32");
        TensorScale input = trained.Input!.Value, output = trained.Layers[^1].Output!.Value;
        Assert.Null(trained.OuterInput);
        Assert.Null(trained.OuterOutput);

        float[] picture = MadeFiles.Picture(trained.Network.Input);
        int[] bytes = [.. picture.Select(x => Math.Clamp((int)MathF.Round(x / input.Scale) + input.ZeroPoint, -128, 127))];
        int[] result = QuantizedReference.Run(trained with { OuterInput = input, OuterOutput = output }, bytes)[QuantizedReference.ResultName];
        float[] real = [.. result.Select(q => output.Scale * (q - output.ZeroPoint))];
        Assert.True(result.Max() - result.Min() > 60);

        // They differ from each other by two steps.
        AreWithin(1, Run(MadeFiles.Bytes(name), trained.Network.Input, picture));
        AreWithin(3, MadeFiles.Expected(name));

        void AreWithin(int steps, float[] expected)
        {
            Assert.Equal(expected.Length, real.Length);
            Assert.All(expected.Zip(real), pair => Assert.Equal(pair.First, pair.Second, (steps + 0.1f) * output.Scale));
        }
    }

    [Fact]
    public void Operators_on_integers_give_what_ONNX_Runtime_computes_within_a_step()
    {
        OnnxFile file = QLinear();
        _folder.Write("model.onnx", file.Build());
        Network network = NetworkText.Network("network N\nresolution 7\nquantization int8\nweights \"model.onnx\"\n" + QLinearText);
        TrainedNetwork trained = TrainedNetworkLoader.Load(network, _folder.Path);

        byte[] picture = new byte[7 * 7 * 3];
        new Random(5).NextBytes(picture);
        int[] result = QuantizedReference.Run(trained, [.. picture.Select(b => b - 128)])[QuantizedReference.ResultName];
        byte[] expected = Run(file.Build(), network.Input, picture);
        Assert.True(expected.Max() - expected.Min() > 60);
        Assert.All(expected.Zip(result), pair => Assert.InRange(pair.First - (pair.Second + 128), -1, 1));
        Assert.Equal(expected.Length, result.Length);
    }

    [Fact]
    public void The_same_operators_between_conversions_are_the_same_network()
    {
        SourceNetwork integers = QLinear().Read(), conversions = Conversions().Read();
        Assert.Equal(integers.Operators.Select(step => step.GetType()), conversions.Operators.Select(step => step.GetType()));
        Assert.Equal(integers.Values.Select(value => (value.Type, value.Quantization)), conversions.Values.Select(value => (value.Type, value.Quantization)));
    }

    [Fact]
    public void Real_weights_that_the_file_itself_rounds_are_rounded_to_even()
    {
        OnnxFile file = new OnnxFile().Input("image", [1, 1, 4, 4]).Constant("w", [4, 1, 1, 1], 0.25f, 0.75f, -9f, 1f)
            .Constant("s", [4], 0.5f, 0.5f, 0.01f, 2f).Constant("z", [4], new sbyte[4]).Constant("x_s", [], 0.1f).Constant("x_z", [], (sbyte)3)
            .Node("QuantizeLinear", "image x_s x_z", "q").Node("DequantizeLinear", "q x_s x_z", "x")
            .Node("QuantizeLinear", "w s z", "w_q", OnnxFile.Integer("axis", 0)).Node("DequantizeLinear", "w_q s z", "w_r", OnnxFile.Integer("axis", 0))
            .Node("Conv", "x w_r", "y").Node("QuantizeLinear", "y x_s x_z", "y_q").Node("DequantizeLinear", "y_q x_s x_z", "scores").Output("scores");
        SourceNetwork network = file.Read();
        Assert.Equal(["SourceQuantize", "SourceConvolution", "SourceDequantize"], network.Operators.Select(step => step.GetType().Name));
        Assert.Equal([0, 2, -128, 0], ((SourceConvolution)network.Operators[1]).Weights.SBytes);
    }

    [Theory]
    [InlineData(3L, 0L, ElementType.Int8)]
    [InlineData(2L, 0L, ElementType.UInt8)]
    [InlineData(0L, 0L, ElementType.UInt8)]
    public void Without_a_zero_point_the_stated_type_is_that_of_the_integers(long stated, long precision, ElementType type)
    {
        OnnxFile file = Typed(stated, precision);
        SourceNetwork network = file.Read();
        SourceValue value = network.Values[network.Operators[0].Output];
        Assert.Equal((ElementType.Int8, type == ElementType.Int8 ? 0 : -128), (value.Type, value.Quantization!.ZeroPoint));
    }

    [Fact]
    public void Types_that_are_not_of_8_bits_or_that_disagree_are_refused()
    {
        Fails(Typed(5, 0), "gives integers of type 5 (output_dtype); uint8 or int8 was expected");
        Fails(Typed(3, 10), "has the attribute \"precision\" = 10");
        Fails(new OnnxFile(21).Input("x", [1, 4]).Constant("s", [], 0.5f).Constant("z", [], (byte)3).Node("QuantizeLinear", "x s z", "y", OnnxFile.Integer("output_dtype", 3)).Output("y"), "states Int8 for its result and has a zero point of UInt8");
        Fails(new OnnxFile(21).Input("x", [1, 4]).Constant("s", [], 0.5f).Node("QuantizeLinear", "x s", "y", OnnxFile.Integer("block_size", 2)).Output("y"), "has the attribute \"block_size\" = 2");
        Fails(new OnnxFile(23).Input("x", [1, 4], 2).Constant("s", [], 0.5f).Node("DequantizeLinear", "x s", "y", OnnxFile.Integer("output_dtype", 6)).Output("y"), "gives numbers of type 6 (output_dtype); real ones were expected");

        static void Fails(OnnxFile file, string message) => Assert.Contains(message, Assert.Throws<WeightsException>(() => file.Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sigmoid_of_integers_and_one_between_conversions_are_the_same()
    {
        OnnxFile Model() => new OnnxFile().Input("x", [1, 4], 3).Constant("s", [], 0.5f).Constant("z", [], (sbyte)3).Constant("t", [], 1f / 256).Constant("u", [], (sbyte)-128);
        SourceNetwork[] networks =
        [
            Model().Node("com.microsoft.QLinearSigmoid", "x s z t u", "y").Output("y", type: 3).Read(),
            Model().Node("DequantizeLinear", "x s z", "r").Node("Sigmoid", "r", "f").Node("QuantizeLinear", "f t u", "y").Output("y", type: 3).Read(),
        ];
        Assert.All(networks, network =>
        {
            Assert.Equal(SourceFunction.Sigmoid, Assert.IsType<SourceElementwise>(Assert.Single(network.Operators)).Function);
            Assert.Equal(new SourceQuantization([1f / 256], [-128], 0), network.Values[network.Outputs[0]].Quantization);
        });
    }

    [Fact]
    public void The_largest_of_integers_keeps_what_they_stand_for()
    {
        OnnxFile file = new OnnxFile().Input("x", [1, 2, 3, 3]).Constant("s", [], 0.5f).Constant("z", [], (sbyte)3)
            .Node("QuantizeLinear", "x s z", "q").Node("MaxPool", "q", "m", OnnxFile.Integers("kernel_shape", 3, 3)).Node("Flatten", "m", "f").Node("DequantizeLinear", "f s z", "y").Output("y");
        Assert.Equal(["SourceQuantize", "SourcePool", "SourceDequantize"], file.Read().Operators.Select(step => step.GetType().Name));
    }

    /// <summary>A QuantizeLinear without a zero point, before a convolution with signed weights.</summary>
    private static OnnxFile Typed(long stated, long precision) => new OnnxFile(21).Input("x", [1, 1, 2, 2]).Constant("s", [], 0.5f).Constant("w", [1, 1, 1, 1], (sbyte)64).Constant("ws", [], 0.01f).Constant("wz", [], (sbyte)0)
        .Node("QuantizeLinear", "x s", "q", OnnxFile.Integer("output_dtype", stated), OnnxFile.Integer("precision", precision)).Node("DequantizeLinear", "q s", "r").Node("DequantizeLinear", "w ws wz", "v")
        .Node("Conv", "r v", "c").Node("QuantizeLinear", "c s", "p", OnnxFile.Integer("output_dtype", stated)).Node("DequantizeLinear", "p s", "y").Output("y");

    private const string QLinearText = """
        padding symmetric
        layers
          conv      4 kernel 3 linear
          pointwise 4 linear as branch
          add       conv1 linear
        head
          avgpool
          dense     3
        """;

    /// <summary>The operators that ONNX Runtime's quantiser writes in its operator form.</summary>
    internal static OnnxFile QLinear() => Constants(new OnnxFile())
        .Node("QLinearConv", "image in_s in_z w1 w1_s w1_z c_s c_z b1", "c", OnnxFile.Integers("pads", 1, 1, 1, 1))
        .Node("QLinearConv", "c c_s c_z w2 w2_s w2_z p_s p_z", "p")
        .Node("com.microsoft.QLinearAdd", "c c_s c_z p p_s p_z a_s a_z", "a")
        .Node("com.microsoft.QLinearGlobalAveragePool", "a a_s a_z g_s g_z", "g", OnnxFile.Integer("channels_last", 0))
        .Node("Flatten", "g", "f")
        .Node("com.microsoft.QGemm", "f g_s g_z w3 w3_s w3_z b3 d_s d_z", "scores", OnnxFile.Integer("transB", 1), OnnxFile.Number("alpha", 1));

    /// <summary>The same network in the form of conversions.</summary>
    private static OnnxFile Conversions() => Constants(new OnnxFile())
        .Node("DequantizeLinear", "image in_s in_z", "image_r")
        .Node("DequantizeLinear", "w1 w1_s w1_z", "w1_r", OnnxFile.Integer("axis", 0))
        .Node("DequantizeLinear", "b1 b1_s", "b1_r", OnnxFile.Integer("axis", 0))
        .Node("Conv", "image_r w1_r b1_r", "c_r", OnnxFile.Integers("pads", 1, 1, 1, 1))
        .Node("QuantizeLinear", "c_r c_s c_z", "c")
        .Node("DequantizeLinear", "c c_s c_z", "c_x")
        .Node("DequantizeLinear", "c c_s c_z", "c_y")
        .Node("DequantizeLinear", "w2 w2_s w2_z", "w2_r")
        .Node("Conv", "c_x w2_r", "p_r")
        .Node("QuantizeLinear", "p_r p_s p_z", "p")
        .Node("DequantizeLinear", "p p_s p_z", "p_x")
        .Node("Add", "c_y p_x", "a_r")
        .Node("QuantizeLinear", "a_r a_s a_z", "a")
        .Node("DequantizeLinear", "a a_s a_z", "a_x")
        .Node("GlobalAveragePool", "a_x", "g_r")
        .Node("QuantizeLinear", "g_r g_s g_z", "g")
        .Node("Flatten", "g", "f")
        .Node("DequantizeLinear", "f g_s g_z", "g_x")
        .Node("DequantizeLinear", "w3 w3_s w3_z", "w3_r")
        .Node("DequantizeLinear", "b3 b3_s", "b3_r")
        .Node("Gemm", "g_x w3_r b3_r", "d_r", OnnxFile.Integer("transB", 1))
        .Node("QuantizeLinear", "d_r d_s d_z", "scores");

    private static OnnxFile Constants(OnnxFile file)
    {
        var random = new Random(11);
        return file.Input("image", [1, 3, 7, 7], 2).Output("scores", [1, 3], 2)
            .Constant("w1", [4, 3, 3, 3], Weights(4 * 27)).Constant("w1_s", [4], 0.01f, 0.02f, 0.005f, 0.015f).Constant("w1_z", [4], new sbyte[4]).Constant("b1", [4], 100, -300, 500, 0)
            .Constant("b1_s", [4], 0.02f * 0.01f, 0.02f * 0.02f, 0.02f * 0.005f, 0.02f * 0.015f)
            .Constant("w2", [4, 4, 1, 1], Weights(16)).Constant("w2_s", [], 0.01f).Constant("w2_z", [], (sbyte)0)
            .Constant("w3", [3, 4], Weights(12)).Constant("w3_s", [], 0.012f).Constant("w3_z", [], (sbyte)0).Constant("b3", [3], -50, 20, 70).Constant("b3_s", [], 0.03f * 0.012f)
            .Constant("in_s", [], 0.02f).Constant("in_z", [], (byte)128)
            .Constant("c_s", [], 0.08f).Constant("c_z", [], (byte)120)
            .Constant("p_s", [], 0.09f).Constant("p_z", [], (byte)131)
            .Constant("a_s", [], 0.1f).Constant("a_z", [], (byte)125)
            .Constant("g_s", [], 0.03f).Constant("g_z", [], (byte)140)
            .Constant("d_s", [], 0.02f).Constant("d_z", [], (byte)120);

        sbyte[] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => (sbyte)random.Next(-127, 128))];
    }

    /// <summary>What ONNX Runtime gives for a picture.</summary>
    internal static T[] Run<T>(byte[] model, Shape shape, T[] picture)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(model, options);
        var tensor = new DenseTensor<T>([1, shape.Channels, shape.Height, shape.Width]);
        for (int i = 0; i < picture.Length; i++)
            tensor[0, i % shape.Channels, i / shape.Channels / shape.Width, i / shape.Channels % shape.Width] = picture[i];
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run([NamedOnnxValue.CreateFromTensor(session.InputMetadata.Keys.Single(), tensor)]);
        return [.. Assert.Single(results).AsEnumerable<T>()];
    }
}
