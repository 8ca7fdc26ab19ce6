using System;

namespace MobileNetGen.AspNetCore.Tensors;

/// <summary>Tensors whose data came as they are in memory.</summary>
internal static class BinaryTensor
{
    /// <summary>A tensor with its data.</summary>
    /// <exception cref="InferenceException">They have another length than its shape says.</exception>
    public static InputTensor Of(InputTensor tensor, ReadOnlyMemory<byte> data)
    {
        if (tensor.Type == DataType.Bytes)
            return tensor with { Items = LengthPrefixed.Split(data, tensor.Shape) };
        int count = InputTensor.Count(tensor.Shape, data.Length / tensor.Type.Size());
        return (long)count * tensor.Type.Size() == data.Length
            ? tensor with { Data = data }
            : throw new InferenceException(Problem.Invalid, $"'{InferenceException.Quoted(tensor.Name)}' has {data.Length} bytes of data; its shape says {count} of {tensor.Type.Name()}.");
    }
}
