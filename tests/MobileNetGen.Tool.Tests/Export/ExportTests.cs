using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Tool.Compiled;
using MobileNetGen.Tool.Tests.Support;
using MobileNetGen.Tool.Verify;
using MobileNetGen.Weights.Descriptions;

namespace MobileNetGen.Tool.Tests.Export;

public class ExportTests
{
    [Theory]
    [InlineData("float32 V2", TensorElementType.Float)]
    [InlineData("uint8 V2", TensorElementType.UInt8)]
    [InlineData("int8 layers", TensorElementType.UInt8)]
    public void Onnx_runtime_loads_what_is_exported(string name, TensorElementType type)
    {
        using var mbnet = new Mbnet();
        Mbnet.Succeed("export", mbnet.Write("net.mbnet", Texts.All[name]), "-o", mbnet["net.onnx"]);
        using var session = new InferenceSession(mbnet["net.onnx"]);
        NodeMetadata input = session.InputMetadata["input"];
        Assert.Equal(type, input.ElementDataType);
        Assert.Equal(Texts.Plan(Texts.All[name]).Network.Input.Channels, input.Dimensions[1]);
        Assert.Equal(Texts.Plan(Texts.All[name]).Network.OutputLength, session.OutputMetadata["output"].Dimensions.Last());
    }

    /// <summary>Each layer's numbers are compared by verify; here, that all results of a detector are there, and are what the class gives.</summary>
    [Theory]
    [InlineData("float32 detector")]
    [InlineData("float32 SSDLite")]
    public void A_detectors_results_are_those_of_its_predictors(string name)
    {
        using var mbnet = new Mbnet();
        Description description = Texts.Compile(Texts.All[name]);
        PackedPlan packed = PackedPlan.Of(description.Plans[0], description);
        Network network = packed.Plan.Network;
        Mbnet.Succeed("export", mbnet.Write("net.mbnet", Texts.All[name]), "-o", mbnet["net.onnx"]);
        using var session = new InferenceSession(mbnet["net.onnx"]);
        Assert.Equal(network.Outputs.Select(o => o.Layer).Order(StringComparer.Ordinal), session.OutputMetadata.Keys.Order(StringComparer.Ordinal));

        // One value everywhere is in any order of channels, rows and columns.
        const float value = 0.25f;
        int pixels = (int)network.Input.Length;
        float[] input = [.. Enumerable.Repeat(value, pixels)];
        var tensor = new DenseTensor<float>(input, (int[])[1, network.Input.Channels, network.Input.Height, network.Input.Width]);
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run([NamedOnnxValue.CreateFromTensor("input", tensor)]);
        Dictionary<string, float[]> maps = results.ToDictionary(r => r.Name, r => InRows(r.AsTensor<float>()), StringComparer.Ordinal);
        var compiled = CompiledNetwork.Of(description, packed);
        float[] own = compiled.RunRaw<float, float>(input, network.Outputs.Sum(o => o.Length), new byte[compiled.ScratchBytes]), theirs = [.. DetectorHeads.Results(packed.Trained, maps)];
        Assert.Equal(own.Length, theirs.Length);
        float largest = own.Max(MathF.Abs);
        Assert.All(own.Zip(theirs), pair => Assert.Equal(pair.First, pair.Second, 1e-4f * largest));
    }

    [Theory]
    [InlineData("uint8 detector")]
    [InlineData("int8 SSDLite")]
    public void A_quantised_detector_has_a_result_of_bytes_for_each_predictor(string name)
    {
        using var mbnet = new Mbnet();
        Network network = Texts.Plan(Texts.All[name]).Network;
        Mbnet.Succeed("export", mbnet.Write("net.mbnet", Texts.All[name]), "-o", mbnet["net.onnx"]);
        using var session = new InferenceSession(mbnet["net.onnx"]);
        Assert.Equal(network.Outputs.Count, session.OutputMetadata.Count);
        foreach (NetworkOutput output in network.Outputs)
        {
            NodeMetadata result = session.OutputMetadata[output.Layer];
            Assert.Equal(TensorElementType.UInt8, result.ElementDataType);
            Assert.Equal([1, output.Shape.Channels, output.Shape.Height, output.Shape.Width], result.Dimensions);
        }
    }

    /// <summary>Rows, columns, channels of channels, rows, columns.</summary>
    private static float[] InRows(Tensor<float> map)
    {
        (int channels, int height, int width) = (map.Dimensions[1], map.Dimensions[2], map.Dimensions[3]);
        return [.. Enumerable.Range(0, channels * height * width).Select(i => map[0, i % channels, i / channels / width, i / channels % width])];
    }
}
