using System;
using System.Collections.Generic;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowJs;
using Xunit.Abstractions;

namespace MobileNetGen.Weights.Tests.Formats.TensorFlowJs;

/// <summary>Whatever bytes a model and its shards have, it is read or refused with a message, soon and in memory of its own order.</summary>
public class DamagedModelTests(ITestOutputHelper output)
{
    private static readonly byte[] s_small = """
        {"modelTopology": {"node": [
          {"name": "x", "op": "Placeholder", "attr": {"shape": {"shape": {"dim": [{"size": "1"}, {"size": "2"}]}}}},
          {"name": "w", "op": "Const"}, {"name": "y", "op": "MatMul", "input": ["x", "w"], "attr": {"transpose_a": {"b": false}}}]},
         "weightsManifest": [{"paths": ["shard"], "weights": [
          {"name": "w", "shape": [2, 1], "dtype": "float32", "quantization": {"dtype": "uint8", "min": -1, "scale": 0.5}}]}]}
        """u8.ToArray();

    public static TheoryData<string> Models => ["model.json", "quantized.json", "graph.json"];

    [Fact]
    public void The_small_model_is_read_as_it_stands() => Read(s_small, _ => [1, 2]);

    [Fact]
    public void Every_bit_of_a_model_may_flip() => CheckSmall(Damage.Bits);

    [Fact]
    public void Every_truncation_of_a_model_is_read_or_refused() => CheckSmall(Damage.Truncations);

    [Fact]
    public void Every_word_of_a_model_may_be_anything() => CheckSmall(Damage.Words);

    [Theory]
    [MemberData(nameof(Models))]
    public void Random_splices_of_a_model_are_read_or_refused(string name)
    {
        byte[] Beside(string path) => path.Contains('/', StringComparison.Ordinal) || path.Contains('\0', StringComparison.Ordinal) || !System.IO.File.Exists(MadeFiles.Path($"tensorflowjs/{path}"))
            ? throw new WeightsException("There is none.")
            : MadeFiles.Bytes($"tensorflowjs/{path}");
        Damage.Check(output, Damage.Splices(MadeFiles.Bytes($"tensorflowjs/{name}"), s_small, 2000, 2018), file => Read(file, Beside));
    }

    [Theory]
    [InlineData("model.json", "group1-shard1of1.bin")]
    [InlineData("graph.json", "graph.bin")]
    public void Random_splices_and_truncations_of_a_shard_are_read_or_refused(string name, string shard)
    {
        byte[] model = MadeFiles.Bytes($"tensorflowjs/{name}"), whole = MadeFiles.Bytes($"tensorflowjs/{shard}");
        Damage.Check(output, Damage.Splices(whole, s_small, 1000, 2019), part => Read(model, _ => part));
        Damage.Check(output, Damage.Splices(whole[..^1], s_small, 10, 2019), part => Read(model, _ => part));
    }

    private void CheckSmall(Func<byte[], IEnumerable<byte[]>> damage) => Damage.Check(output, damage(s_small), file => Read(file, _ => [1, 2]));

    private static void Read(byte[] model, Func<string, byte[]> beside) =>
        new TensorFlowJsReader().Read(new WeightsInput("model.json", model, beside) { InputSize = new Shape(32, 32, 3) });
}
