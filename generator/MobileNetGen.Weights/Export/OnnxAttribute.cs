namespace MobileNetGen.Weights.Export;

/// <summary>Attributes of ONNX nodes (<c>AttributeProto</c>: name 1, float 2, integer 3, integers 8, type 20).</summary>
internal static class OnnxAttribute
{
    public static ProtobufMessage Integer(string name, long value) => new ProtobufMessage().Text(1, name).Integer(3, value).Integer(20, 2);

    public static ProtobufMessage Float(string name, float value) => new ProtobufMessage().Text(1, name).Float(2, value).Integer(20, 1);

    public static ProtobufMessage Integers(string name, params long[] values)
    {
        ProtobufMessage attribute = new ProtobufMessage().Text(1, name);
        foreach (long value in values)
            attribute.Integer(8, value);
        return attribute.Integer(20, 7);
    }
}
