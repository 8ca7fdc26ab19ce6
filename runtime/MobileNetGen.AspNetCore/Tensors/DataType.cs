namespace MobileNetGen.AspNetCore.Tensors;

/// <summary>What the elements of a tensor are, of those that networks take or give.</summary>
internal enum DataType
{
    /// <summary>Unsigned bytes: <c>UINT8</c>.</summary>
    UInt8,

    /// <summary>Signed bytes: <c>INT8</c>.</summary>
    Int8,

    /// <summary>Integers of 32 bits: <c>INT32</c>.</summary>
    Int32,

    /// <summary>Numbers in single precision: <c>FP32</c>.</summary>
    Float32,

    /// <summary>Strings of bytes, such as files or names: <c>BYTES</c>.</summary>
    Bytes,
}
