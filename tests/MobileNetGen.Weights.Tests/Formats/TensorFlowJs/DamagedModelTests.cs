using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
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

    private static readonly byte[] s_layers = """
        {"modelTopology": {"model_config": {"class_name": "Sequential", "config": {"name": "s", "layers": [
          {"class_name": "Functional", "config": {"name": "f", "layers": [
            {"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_input_shape": [null, 2, 2, 1], "dtype": "float32"}, "inbound_nodes": []},
            {"class_name": "TFOpLambda", "name": "m", "config": {"name": "m", "function": "math.truediv"}, "inbound_nodes": [["x", 0, 0, {"y": [2.0], "name": null}]]},
            {"class_name": "Rescaling", "name": "r", "config": {"name": "r", "scale": 2, "offset": [1]}, "inbound_nodes": [[["m", 0, 0, {}]]]},
            {"class_name": "ZeroPadding2D", "name": "p", "config": {"name": "p", "padding": [[0, 1], [0, 1]]}, "inbound_nodes": [[["r", 0, 0, {}]]]},
            {"class_name": "Conv2D", "name": "c", "config": {"name": "c", "filters": 1, "kernel_size": [1, 1], "strides": 1, "groups": 1, "padding": "valid", "use_bias": false, "activation": "relu"},
             "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["p", 0, 0]}}], "kwargs": {"training": false}}]},
            {"class_name": "ReLU", "name": "a", "config": {"name": "a", "max_value": 6}, "inbound_nodes": [[["c", 0, 0, {}]], [["add", 0, 0, {}]]]},
            {"class_name": "Add", "name": "add", "config": {"name": "add"}, "inbound_nodes": [[["a", 0, 0, {}], ["a", 0, 0, {}]]]}],
           "input_layers": [["x", 0, 0]], "output_layers": [["a", 1, 0]]}},
          {"class_name": "GlobalMaxPooling2D", "config": {"name": "g", "keepdims": true}},
          {"class_name": "BatchNormalization", "config": {"name": "b", "axis": [3], "epsilon": 0.1, "scale": false, "center": false}},
          {"class_name": "Reshape", "config": {"name": "h", "target_shape": [1, -1]}},
          {"class_name": "Dense", "config": {"name": "d", "units": 2, "use_bias": false, "activation": {"class_name": "Softmax", "config": {"axis": -1}}}}]}}},
         "weightsManifest": [{"paths": ["shard"], "weights": [
          {"name": "c/kernel", "shape": [1, 1, 1, 1], "dtype": "float32"}, {"name": "d/kernel", "shape": [1, 2], "dtype": "float32"},
          {"name": "b/moving_mean", "shape": [1], "dtype": "float32"}, {"name": "b/moving_variance", "shape": [1], "dtype": "float32"}]}]}
        """u8.ToArray();

    public static TheoryData<string> Models => ["model.json", "quantized.json", "graph.json", "teachable.json", "heads.json"];

    public static TheoryData<bool> Small => [false, true];

    [Fact]
    public void The_small_models_are_read_as_they_stand()
    {
        Read(s_small, _ => [1, 2]);
        Read(s_layers, _ => new byte[20]);
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void Every_bit_of_a_model_may_flip(bool isOfLayers) => CheckSmall(isOfLayers, Damage.Bits);

    [Theory]
    [MemberData(nameof(Small))]
    public void Every_truncation_of_a_model_is_read_or_refused(bool isOfLayers) => CheckSmall(isOfLayers, Damage.Truncations);

    [Theory]
    [MemberData(nameof(Small))]
    public void Every_word_of_a_model_may_be_anything(bool isOfLayers) => CheckSmall(isOfLayers, Damage.Words);

    [Theory]
    [MemberData(nameof(Small))]
    public void Every_value_of_a_model_may_be_another(bool isOfLayers) => CheckSmall(isOfLayers, Damage.Values);

    [Fact]
    public void Models_that_are_deep_or_long_or_whose_layers_are_called_often_end_soon()
    {
        string deep = string.Concat(Enumerable.Repeat("""{"class_name": "Sequential", "config": {"name": "s", "layers": [""", 30)) + string.Concat(Enumerable.Repeat("]}}", 30));
        string Long(int count) => deep[..deep.IndexOf('[', StringComparison.Ordinal)] + "[" + string.Join(", ", Enumerable.Range(0, count).Select(i => $"{{\"class_name\": \"Dropout\", \"config\": {{\"name\": \"d{i}\"}}}}")) + "]}}";
        string calls = string.Join(", ", Enumerable.Range(0, 1500).Select(i => i == 0 ? """[["x", 0, 0], ["x", 0, 0]]""" : $"[[\"r\", {i - 1}, 0], [\"r\", {i - 1}, 0]]"));
        string often = $$$"""
            {"class_name": "Functional", "config": {"name": "f", "input_layers": ["x", 0, 0], "output_layers": ["r", LAST, 0], "layers": [
              {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [1, 2, 2, 1]}, "inbound_nodes": []}, {"class_name": "Add", "config": {"name": "r"}, "inbound_nodes": [{{{calls}}}]}]}}
            """;
        foreach (string model in new[] { deep, Long(16_000), Long(20_000), often.Replace("LAST", "1000", StringComparison.Ordinal), often.Replace("LAST", "1400", StringComparison.Ordinal) })
            Damage.Try(Encoding.UTF8.GetBytes($"{{\"modelTopology\": {model}, \"weightsManifest\": []}}"), file => Read(file, _ => []), bytesPerByte: 100);
    }

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

    private void CheckSmall(bool isOfLayers, Func<byte[], IEnumerable<byte[]>> damage) =>
        Damage.Check(output, damage(isOfLayers ? s_layers : s_small), file => Read(file, _ => isOfLayers ? new byte[20] : [1, 2]));

    private static void Read(byte[] model, Func<string, byte[]> beside) =>
        new TensorFlowJsReader().Read(new WeightsInput("model.json", model, beside) { InputSize = new Shape(32, 32, 3) });
}
