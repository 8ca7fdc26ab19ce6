using MobileNetGen.Weights.Tests.Formats;

namespace MobileNetGen.Weights.Tests.Formats.Onnx;

/// <summary>Files that PyTorch 1.13 exported, and its own outputs: see Files/make_onnx.py.</summary>
public class PyTorchExportTests
{
    internal const string V2 = """
        layers
          conv        8 kernel 3 stride 2
          bottleneck  8 expand 1
          bottleneck  8 expand 6 stride 2 repeat 2
          bottleneck 16 expand 6 stride 2
          pointwise  32
        head
          avgpool
          dense 5
        """;

    private const string V1 = """
        layers
          conv       8 kernel 3 stride 2
          separable 16
          separable 32 stride 2
        head
          avgpool
          dense 5
          softmax
        """;

    [Theory]
    [InlineData("onnx/v2.onnx", V2)]
    [InlineData("onnx/v2_external.onnx", V2)]
    [InlineData("onnx/v2_unfolded.onnx", V2)]
    [InlineData("onnx/v1_open.onnx", V1)]
    public void What_PyTorch_exported_gives_what_PyTorch_computes(string name, string text) => MadeFiles.GivesItsOutputs(name, text);
}
