using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Onnx;
using MobileNetGen.Weights.Synthetic;
using MobileNetGen.Weights.Tests.Synthetic;
using Xunit.Abstractions;

namespace MobileNetGen.Weights.Tests.Formats.Onnx;

public class DamagedOnnxTests(ITestOutputHelper output)
{
    // A node of a few dozen bytes is read by objects of its own.
    private const int BytesPerByte = 64;

    public static TheoryData<string> Samples => ["float32", "int8", "QLinear", "PyTorch's shapes", "bytes to sigmoid"];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Whatever_bytes_a_model_has_it_is_read_or_refused(string sample)
    {
        byte[] file = Sample(sample);
        Read(file);
        Damage.Check(output, Damage.Truncations(file), Read, BytesPerByte);
        Damage.Check(output, Damage.Bits(file), Read, BytesPerByte);
        Damage.Check(output, Damage.Words(file), Read, BytesPerByte);
        Damage.Check(output, Damage.Splices(file, Sample("int8"), 4000, seed: 6), Read, BytesPerByte);
    }

    [Theory]
    [InlineData("onnx/v1_open.onnx")]
    [InlineData("onnx/v2_quantized.onnx")]
    public void What_PyTorch_exported_with_random_damage_is_read_or_refused(string name) =>
        Damage.Check(output, Damage.Splices(MadeFiles.Bytes(name), MadeFiles.Bytes("onnx/v2_unfolded.onnx"), 400, seed: 7), Read, BytesPerByte);

    [Fact]
    public void Weights_named_by_thousands_of_convolutions_are_refused()
    {
        OnnxFile file = new OnnxFile().Input("x0", [1, 1, 1, 1]).Constant("w", [1 << 16, 1, 1, 1], new float[1 << 16]).Constant("v", [1, 1 << 16, 1, 1], new float[1 << 16]).Output("x4000");
        for (int i = 0; i < 4000; i += 2)
            file.Node("Conv", $"x{i} w", $"x{i + 1}").Node("Conv", $"x{i + 1} v", $"x{i + 2}");
        (bool isRead, _) = Damage.Try(file.Build(), Read, BytesPerByte);
        Assert.False(isRead);
    }

    [Fact]
    public void Bytes_beside_the_file_that_thousands_of_tensors_share_are_refused()
    {
        OnnxFile file = new OnnxFile().Input("x", [1, 1, 1, 1]).Node("Relu", "x", "y").Output("y");
        for (int i = 0; i < 2000; i++)
            file.Constant(OnnxFile.External($"w{i}", [1 << 18], "data", 0, 1 << 20));
        var error = Assert.Throws<WeightsException>(() => file.Read(_ => new byte[1 << 20]));
        Assert.Contains("amount to several times the file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_named_by_thousands_of_normalisations_are_refused()
    {
        OnnxFile file = new OnnxFile().Input("x", [1, 1, 1, 1]).Constant("n", [1 << 16], [.. Enumerable.Repeat(1f, 1 << 16)])
            .Constant("w", [1 << 16, 1, 1, 1], new float[1 << 16]).Node("Conv", "x w", "y0").Output("y4000");
        for (int i = 0; i < 4000; i++)
            file.Node("BatchNormalization", $"y{i} n n n n", $"y{i + 1}");
        (bool isRead, _) = Damage.Try(file.Build(), Read, BytesPerByte);
        Assert.False(isRead);
    }

    [Fact]
    public void A_constant_for_billions_of_channels_is_refused()
    {
        OnnxFile file = new OnnxFile().Input("x", [1, int.MaxValue, 1, 1]).Constant("c", [], 2f).Node("Mul", "x c", "y").Output("y");
        (bool isRead, _) = Damage.Try(file.Build(), Read, BytesPerByte);
        Assert.False(isRead);
    }

    [Fact]
    public void A_network_that_reads_itself_is_refused()
    {
        OnnxFile file = new OnnxFile().Input("x", [1, 3, 8, 8]).Node("Add", "x b", "a").Node("Identity", "a", "b").Output("b");
        Assert.Contains("not computed before it", Assert.Throws<WeightsException>(() => file.Read()).Message, StringComparison.Ordinal);
    }

    private static byte[] Sample(string sample) => sample switch
    {
        "float32" => OnnxExporter.Export(RandomWeights.Create(NetworkText.Network(NetworkText.Tiny))),
        "int8" => QdqExporter.Export(RandomWeights.Create(NetworkText.Network($"{NetworkText.Tiny}\nquantization int8"))),
        "QLinear" => QuantizedOnnxTests.QLinear().Build(),
        "bytes to sigmoid" => OnnxHeadTests.Everything().Build(),
        _ => OnnxReaderTests.Shapes().Build(),
    };

    private static void Read(byte[] file) => new OnnxReader().Read(new WeightsInput("model.onnx", file) { InputSize = new Shape(8, 8, 3) });
}
