using System.Linq;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MobileNetGen.Tool.Tests.Support;

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
}
