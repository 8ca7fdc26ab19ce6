using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Google.FlatBuffers;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <summary>The constants of a file: weights and biases in canonical order, and the small tensors that say paddings, axes and bounds.</summary>
internal sealed class ConstantReader(TensorFlowLiteModel model)
{
    private readonly Dictionary<int, SourceTensor> _tensors = [];

    /// <summary>Whether a tensor is stored, or is what DEQUANTIZE makes of one that is.</summary>
    public bool IsConstant(int index) => index >= 0 && (_tensors.ContainsKey(index) || model.Tensor(index).IsConstant);

    /// <summary>Makes a tensor stand for the real numbers of a stored one.</summary>
    public void Dequantize(StoredOperator step, int from, int to)
    {
        StoredTensor stored = model.Tensor(from);
        StoredTensor result = model.Tensor(to);
        if (result.IsConstant || result.Type != TensorType.Float32 || !result.Shape.AsSpan().SequenceEqual(stored.Shape.AsSpan()))
            throw new WeightsException($"{step.Place}, makes {result} of {stored}; float32 of the same shape was expected.");

        float[] numbers = stored.Type == TensorType.Float16
            ? model.Elements(stored, static (buffer, at) => (float)BitConverter.UInt16BitsToHalf(buffer.GetUshort(at)))
            : Dequantize(step, stored);
        CheckFinite(numbers, stored);
        _tensors.Add(to, new SourceTensor(result.Name, result.Shape, numbers));
    }

    /// <summary>A trained tensor, in the file's shape.</summary>
    public SourceTensor Weights(StoredOperator step, int index, string role)
    {
        if (_tensors.TryGetValue(index, out SourceTensor? known))
            return known;
        if (index < 0)
            throw FlatTable.Broken($"{step.Place}: its {role} are left out");
        StoredTensor stored = model.Tensor(index);
        if (!stored.IsConstant)
            throw new WeightsException($"{step.Place}: its {role}, {stored}, are not stored but computed; trained numbers were expected. Export the network frozen.");

        SourceTensor tensor = stored.Type switch
        {
            TensorType.Float32 => Floats(stored),
            TensorType.UInt8 => new SourceTensor(stored.Name, stored.Shape, Quantized(step, stored), model.Elements(stored, static (buffer, at) => buffer.Get(at))),
            TensorType.Int8 => new SourceTensor(stored.Name, stored.Shape, Quantized(step, stored), model.Elements(stored, static (buffer, at) => (sbyte)buffer.Get(at))),
            TensorType.Int32 => new SourceTensor(stored.Name, stored.Shape, Quantized(step, stored), model.Elements(stored, static (buffer, at) => buffer.GetInt(at))),
            _ => throw new WeightsException($"{step.Place}: its {role}, {stored}, are {stored.Type}; float32, uint8, int8 and int32 are understood."),
        };
        _tensors.Add(index, tensor);
        return tensor;
    }

    /// <summary>A small constant of whole numbers: axes or paddings.</summary>
    public ImmutableArray<long> Integers(StoredOperator step, int index, int most)
    {
        if (index < 0 || !model.Tensor(index).IsConstant)
            throw new WeightsException($"{step.Place}: tensor {index} is computed or left out; a stored constant was expected.");
        StoredTensor stored = model.Tensor(index);
        if (stored.Type is not (TensorType.Int32 or TensorType.Int64) || stored.Count > most)
            throw new WeightsException($"{step.Place}: {stored} is {stored.Count} of {stored.Type}; at most {most} of int32 or int64 were expected.");
        return ImmutableArray.Create(stored.Type == TensorType.Int32
            ? model.Elements(stored, static (buffer, at) => (long)buffer.GetInt(at))
            : model.Elements(stored, static (buffer, at) => buffer.GetLong(at)));
    }

    /// <summary>Whether a constant scalar is a real number, in the number representation of a value.</summary>
    /// <remarks>For quantised values the scalar must have the value's scale and zero point, and be where the number is clamped to.</remarks>
    public bool IsNumber(StoredOperator step, int index, float number, SourceValue value)
    {
        StoredTensor stored = model.Tensor(index);
        if (stored.Count != 1)
            return false;
        SourceTensor scalar = Weights(step, index, "constants");
        if (scalar.Type != value.Type || scalar.Quantization != value.Quantization)
            return false;
        if (scalar.Quantization is not { } q)
            return scalar.Floats[0] == number;

        int stand = scalar.Type == ElementType.Int8 ? scalar.SBytes[0] : scalar.Bytes[0];
        int top = scalar.Type == ElementType.Int8 ? sbyte.MaxValue : byte.MaxValue;
        return stand == (int)Math.Min(top, q.ZeroPoint + MathF.Round(number / q.Scale, MidpointRounding.AwayFromZero));
    }

    private float[] Dequantize(StoredOperator step, StoredTensor stored)
    {
        if (stored.Type is not (TensorType.UInt8 or TensorType.Int8))
            throw new WeightsException($"{step.Place}: {stored} is {stored.Type}; float16, int8 and uint8 weights are understood.");
        Quantization q = Quantized(step, stored);
        float[] numbers = stored.Type == TensorType.Int8
            ? model.Elements(stored, static (buffer, at) => (float)(sbyte)buffer.Get(at))
            : model.Elements(stored, static (buffer, at) => (float)buffer.Get(at));

        int inner = 1;
        for (int i = q.Axis + 1; i < stored.Shape.Length; i++)
            inner *= stored.Shape[i];
        for (int i = 0; i < numbers.Length; i++)
        {
            int channel = q.IsPerTensor ? 0 : i / inner % q.Scales.Length;
            numbers[i] = q.Scales[channel] * (numbers[i] - q.ZeroPoints[channel]);
        }

        return numbers;
    }

    private SourceTensor Floats(StoredTensor stored)
    {
        float[] numbers = model.Elements(stored, static (buffer, at) => buffer.GetFloat(at));
        CheckFinite(numbers, stored);
        return new SourceTensor(stored.Name, stored.Shape, numbers);
    }

    private static Quantization Quantized(StoredOperator step, StoredTensor stored) => stored.Quantization
        ?? throw new WeightsException($"{step.Place}: {stored} is {stored.Type} and has no scale. Export the network again; what its integers stand for is lost.");

    private static void CheckFinite(float[] numbers, StoredTensor stored)
    {
        int bad = Array.FindIndex(numbers, static number => !float.IsFinite(number));
        if (bad >= 0)
            throw new WeightsException($"Element {bad} of {stored} is not a finite number. The training diverged, or the file is damaged.");
    }
}
