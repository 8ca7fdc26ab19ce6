using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Export.TensorFlowLite;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Synthetic;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>A small MobileNetV3 that PyTorch 1.13 saved and exported, and its own outputs: see Files/make_mobilenetv3.py.</summary>
public class MobileNetV3Tests
{
    /// <summary>The script's network.</summary>
    private const string Network = """
        activation relu
        layers
          conv         8 kernel 3 stride 2 hswish
          bottleneck   8 expand 1 squeeze 1/4
          bottleneck  16 expand 3 kernel 5 stride 2 hswish
          bottleneck  16 expand to 40 kernel 5 squeeze 1/4 hswish
          bottleneck  24 expand to 40 stride 2 squeeze 1/4
          pointwise  144 hswish
        head
          avgpool
          dense 24 hswish
          dense 5
        """;

    [Theory]
    [InlineData("opset11.onnx")]
    [InlineData("opset14.onnx")]
    [InlineData("module.pt")]
    [InlineData("script.pt")]
    [InlineData("state_dict.pth")]
    [InlineData("timm.safetensors")]
    public void What_PyTorch_gave_away_gives_what_PyTorch_computes(string name) =>
        MadeFiles.GivesItsOutputs("mobilenetv3/" + name, (name == "timm.safetensors" ? "epsilon 0.001\n" : "") + Network);

    /// <summary>torchvision's MobileNetV3 has another ε than its other networks, and no file of tensors says so.</summary>
    [Fact]
    public void The_conventions_of_torchvision_are_those_of_its_MobileNetV3()
    {
        TrainedNetwork trained = MadeFiles.Load("mobilenetv3/state_dict.pth", Network);

        Assert.Contains("epsilon 0.001 (as torchvision's MobileNetV3 networks have it)", trained.Assumptions.Select(a => a.ToString()));
    }

    [Fact]
    public void An_activation_that_differs_from_the_files_is_an_error_at_its_line()
    {
        string text = $"network N\nresolution 32\nweights \"mobilenetv3/opset14.onnx\"\n{Network.ReplaceLineEndings("\n").Replace("kernel 5 stride 2 hswish", "kernel 5 stride 2")}";

        var error = Assert.Throws<MatchException>(() => TrainedNetworkLoader.Load(NetworkText.Network(text), Path.GetDirectoryName(MadeFiles.Path("x"))!));

        Assert.Equal("bottleneck  16 expand 3 kernel 5 stride 2", NetworkText.At(text, error.Place));
        Assert.Contains("hswish", error.Message);
    }

    /// <summary>The range of a hard sigmoid's bytes is within ReLU6's, and of a hard swish's it may be.</summary>
    [Theory]
    [InlineData("hsigmoid", "relu6")]
    [InlineData("hsigmoid", "hswish")]
    [InlineData("hswish", "hsigmoid")]
    [InlineData("relu6", "hswish")]
    public void In_bytes_no_range_stands_for_another_function(string stored, string written)
    {
        byte[] file = TensorFlowLiteWriter.Write(RandomWeights.Create(NetworkText.Network(Text(stored))));

        var error = Assert.Throws<MatchException>(() => LayerMatcher.Match(NetworkText.Network(Text(written)), (SourceNetwork)new TensorFlowLiteReader().Read(new WeightsInput("net.tflite", file))));

        Assert.Contains($"needs {written}", error.Message);
        Assert.EndsWith($"with {stored} in its place; write '{stored}' after the layer", error.Message);

        static string Text(string activation) => $"network N\nresolution 8\nquantization int8\nweights random\nlayers\n  conv 8 kernel 3 {activation}\nhead\n  avgpool\n  dense 3";
    }
}
