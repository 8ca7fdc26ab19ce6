using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Tests.Formats.Detectors;
using Xunit.Abstractions;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>Whatever bytes a file has, it is read or refused with a message, soon and in memory of its own order.</summary>
public class DamagedFileTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, Func<TensorFlowLiteFile>> s_samples = new()
    {
        ["float32"] = SampleFiles.Float,
        ["uint8"] = SampleFiles.UInt8,
        ["int8"] = SampleFiles.Int8,
        ["Keras"] = SampleFiles.Keras,
        ["detector"] = () => TinyDetector.Write(TensorType.UInt8),
    };

    public static TheoryData<string> Samples => [.. s_samples.Keys];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_word_may_be_anything(string sample) =>
        Report(Damage.Words(s_samples[sample]().Build()));

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_truncation_is_read_or_refused(string sample) =>
        Report(Damage.Truncations(s_samples[sample]().Build()));

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_bit_may_flip(string sample) =>
        Report(Damage.Bits(s_samples[sample]().Build()));

    [Theory]
    [MemberData(nameof(Samples))]
    public void Random_splices_and_offsets_are_read_or_refused(string sample) =>
        Report(Damage.Splices(s_samples[sample]().Build(), SampleFiles.Int8().Build(), 4000, seed: 20260));

    [ReferenceTheory]
    [InlineData("mlcommons_vww_96_int8.tflite")]
    [InlineData("tflm_person_detect.tflite")]
    public void A_trained_network_with_random_damage_is_read_or_refused(string name) =>
        Report(Damage.Splices(File.ReadAllBytes(ReferenceData.TensorFlowLite(name)), SampleFiles.Int8().Build(), 600, seed: 1704));

    [Fact]
    public void Half_precision_weights_named_by_thousands_of_operators_are_refused()
    {
        var file = new TensorFlowLiteFile();
        file.Add("half", TensorType.Float16, [1 << 18], new byte[2 << 18]);
        file.Inputs = file.Outputs = [file.Add("input", TensorType.Float32, [1, 1 << 18])];
        for (int i = 0; i < 2000; i++)
        {
            file.Run(6, [0], file.Add("float", TensorType.Float32, [1 << 18]));
            Plus(file);
        }

        Refused(file.Build());
    }

    [Fact]
    public void Scales_and_names_shared_by_thousands_of_tensors_are_refused()
    {
        var file = new TensorFlowLiteFile();
        string name = new('n', 10_000);
        int[] shape = [20_000];
        byte[] weights = new byte[20_000];
        float[] scales = [.. Enumerable.Repeat(1f, 20_000)];
        file.Inputs = file.Outputs = [file.Add("input", TensorType.Float32, [1, 20_000])];
        for (int i = 0; i < 2000; i++)
        {
            file.Run(6, [file.Add(name, TensorType.Int8, shape, weights, scales)], file.Add(name, TensorType.Float32, shape));
            Plus(file);
        }

        Refused(file.Build());
    }

    [Fact]
    public void A_stem_stored_as_depthwise_that_thousands_of_operators_share_is_refused()
    {
        var file = new TensorFlowLiteFile();
        file.Add("input", TensorType.Float32, [1, 1, 1, 1]);
        file.Add("weights", TensorType.Float32, [1, 1, 1, 1 << 17], new byte[4 << 17]);
        for (int i = 0; i < 2000; i++)
            file.Run(4, [0, 1], file.Add("map", TensorType.Float32, [1, 1, 1, 1 << 17]), 2, (byte)0, 1, 1, 1 << 17, (byte)0, 1, 1);
        (file.Inputs, file.Outputs) = ([0], [.. file.Operators.Select(step => step.Outputs[0])]);
        Refused(file.Build());
    }

    /// <summary>Adds the tensor that was made last to the result so far.</summary>
    private static void Plus(TensorFlowLiteFile file)
    {
        int last = file.Tensors.Count - 1, sum = file.Add("sum", TensorType.Float32, file.Tensors[file.Inputs[0]].Shape);
        file.Run(0, [file.Outputs[0], last], sum, 11, (byte)0);
        file.Outputs = [sum];
    }

    private void Report(IEnumerable<byte[]> files) => Damage.Check(output, files, Read);

    private static void Refused(byte[] file)
    {
        (bool isRead, _) = Damage.Try(file, Read);
        Assert.False(isRead);
        Assert.Contains("amount to several times the file", Assert.Throws<WeightsException>(() => Read(file)).Message, StringComparison.Ordinal);
    }

    private static void Read(byte[] file) => new TensorFlowLiteReader().Read(new WeightsInput("model.tflite", file));
}
