using System;
using System.IO;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Tests.Formats;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Matching;

public sealed class TrainedNetworkLoaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private const string Layers = """
        layers
          conv 4 kernel 3 stride 2
        head
          avgpool
          dense 2
          softmax
        """;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Random_weights_need_no_file() =>
        Assert.Equal(4, TrainedNetworkLoader.Load(NetworkText.Network($"network N\nresolution 5\nweights random\n{Layers}"), _folder.Path).Layers.Length);

    [Fact]
    public void A_missing_file_is_reported_at_its_name()
    {
        string path = Path.Combine(_folder.Path, "missing.tflite");
        Fails("\"missing.tflite\"", Rules.WeightsMissing, "\"missing.tflite\"", $"the weights file 'missing.tflite' does not exist (looked for {path}); correct the path, which is relative to this file, or use: weights random");
    }

    [Fact]
    public void The_second_file_is_reported_at_its_own_name()
    {
        _folder.Write("first.tflite", SampleFiles.Float().Build());
        string path = Path.Combine(_folder.Path, "second.tflite");
        Fails(
            "\"first.tflite\" \"second.tflite\"", Rules.WeightsMissing, "\"second.tflite\"",
            $"the weights file 'second.tflite' does not exist (looked for {path}); correct the path, which is relative to this file, or use: weights random");
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_reported_with_its_reason()
    {
        string path = _folder.Write("text.bin", "hello"u8.ToArray());
        string reason = Assert.Throws<WeightsException>(() => WeightsFile.Read(path)).Message;
        Fails("\"text.bin\"", Rules.WeightsUnreadable, "\"text.bin\"", $"the weights file 'text.bin' cannot be used: {reason}");
    }

    [Fact]
    public void Files_that_do_not_follow_each_other_are_reported_at_the_second()
    {
        _folder.Write("a.tflite", SampleFiles.Float().Build());
        _folder.Write("b.tflite", SampleFiles.Float().Build());
        Fails(
            "\"a.tflite\" \"b.tflite\"", Rules.WeightsUnreadable, "\"b.tflite\"",
            "the weights file 'b.tflite' cannot be used: The first file ends in Float32 [1, 2] and the second begins with Float32 [1, 5, 5, 3]: shape, type, scale and zero point must be equal. "
            + "Give files that were cut from one network, in the order they run.");
    }

    [Fact]
    public void Epsilon_has_no_meaning_for_a_file_whose_normalisations_are_folded()
    {
        _folder.Write("a.tflite", SampleFiles.Float().Build());
        Fails(
            "\"a.tflite\"\nepsilon 0.001", Rules.NoMeaning, "epsilon 0.001",
            "'epsilon' has no meaning for 'a.tflite', whose batch normalisations are folded already or state their own; remove the statement");
    }

    private void Fails(string weights, Rule rule, string place, string message)
    {
        string text = $"network N\nresolution 5\nweights {weights}\n{Layers}";
        Network network = NetworkText.Network(text);
        var error = Assert.Throws<MatchException>(() => TrainedNetworkLoader.Load(network, _folder.Path));
        Assert.Equal(message, error.Message);
        Assert.Equal(rule, error.Rule);
        Assert.Equal(place, NetworkText.At(text, error.Place));
    }
}
