namespace MobileNetGen.Weights.Formats.Onnx;

/// <summary>Types of ONNX's tensors, by their numbers there (<c>TensorProto.DataType</c>): those of a MobileNet, and what its constants may be.</summary>
internal enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int32 = 6,
    Int64 = 7,
    Bool = 9,
    Float16 = 10,
    Double = 11,
    BFloat16 = 16,
}
