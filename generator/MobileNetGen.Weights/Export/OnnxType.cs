namespace MobileNetGen.Weights.Export;

/// <summary>Types of ONNX's tensors, by their numbers there (<c>TensorProto.DataType</c>).</summary>
internal enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int32 = 6,
}
