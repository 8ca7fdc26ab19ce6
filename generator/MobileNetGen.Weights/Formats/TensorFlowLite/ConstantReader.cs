using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <summary>What is known before the network runs: stored weights, biases and small numbers, and what operators make of such.</summary>
internal sealed class ConstantReader(TensorFlowLiteModel model)
{
    private readonly Dictionary<int, SourceTensor> _tensors = [];
    private readonly Dictionary<int, WholeNumbers> _numbers = [];

    /// <summary>Whether a tensor is stored, or made of such that are.</summary>
    public bool IsConstant(int index) => index >= 0 && (_tensors.ContainsKey(index) || _numbers.ContainsKey(index) || model.Tensor(index).IsConstant);

    /// <summary>Whether a tensor is a few whole numbers that stand for themselves.</summary>
    public bool IsWhole(int index) => index >= 0
        && (_numbers.ContainsKey(index) || model.Tensor(index) is { IsConstant: true, Type: TensorType.Int32 or TensorType.Int64, Quantization: null, Count: <= WholeNumbers.Most });

    /// <summary>Says what an operator makes of constants.</summary>
    public void Define(int index, SourceTensor tensor) => _tensors.Add(index, tensor);

    /// <summary>Says what an operator makes of constants.</summary>
    public void Define(int index, WholeNumbers numbers) => _numbers.Add(index, numbers);

    /// <summary>The real numbers that a stored tensor stands for.</summary>
    public SourceTensor Dequantized(StoredOperator step, int index, StoredTensor result)
    {
        StoredTensor stored = model.Tensor(index);
        if (stored.Type == TensorType.Float16 && stored.IsConstant)
            return Finite(new SourceTensor(result.Name, stored.Shape, model.Elements(stored, static (buffer, at) => (float)BitConverter.UInt16BitsToHalf(buffer.GetUshort(at)))), stored);
        if (stored.Type is not (TensorType.UInt8 or TensorType.Int8))
            throw new WeightsException($"{step.Place}: {stored} is {stored.Type}; float16, int8 and uint8 weights are understood.");
        model.Take(sizeof(float) * (long)stored.Count);
        return QuantizedDomain.ToReal(Weights(step, index, "weights"));
    }

    /// <summary>A trained tensor, in the file's shape.</summary>
    public SourceTensor Weights(StoredOperator step, int index, string role)
    {
        if (index < 0)
            throw FlatTable.Broken($"{step.Place}: its {role} are left out");
        if (_tensors.TryGetValue(index, out SourceTensor? known))
            return known;
        StoredTensor stored = model.Tensor(index);
        if (!stored.IsConstant)
            throw new WeightsException($"{step.Place}: its {role}, {stored}, are not stored but computed; trained numbers were expected. Export the network frozen.");

        SourceTensor tensor = stored.Type switch
        {
            TensorType.Float32 => Finite(new SourceTensor(stored.Name, stored.Shape, model.Elements(stored, static (buffer, at) => buffer.GetFloat(at))), stored),
            TensorType.UInt8 => new SourceTensor(stored.Name, stored.Shape, Quantized(step, stored), model.Elements(stored, static (buffer, at) => buffer.Get(at))),
            TensorType.Int8 => new SourceTensor(stored.Name, stored.Shape, Quantized(step, stored), model.Elements(stored, static (buffer, at) => (sbyte)buffer.Get(at))),
            TensorType.Int32 => new SourceTensor(stored.Name, stored.Shape, Quantized(step, stored), model.Elements(stored, static (buffer, at) => buffer.GetInt(at))),
            _ => throw new WeightsException($"{step.Place}: its {role}, {stored}, are {stored.Type}; float32, uint8, int8 and int32 are understood."),
        };
        _tensors.Add(index, tensor);
        return tensor;
    }

    /// <summary>A few whole numbers: axes, paddings or sizes.</summary>
    public WholeNumbers Integers(StoredOperator step, int index)
    {
        if (_numbers.TryGetValue(index, out WholeNumbers? known))
            return known;
        if (index < 0 || !model.Tensor(index).IsConstant)
            throw new WeightsException($"{step.Place}: tensor {index} is computed or left out; a stored constant was expected.");
        StoredTensor stored = model.Tensor(index);
        if (!IsWhole(index))
            throw new WeightsException($"{step.Place}: {stored} is {stored.Count} of {stored.Type}; at most {WholeNumbers.Most} of int32 or int64 were expected.");
        return new WholeNumbers(
            ImmutableArray.Create(stored.Type == TensorType.Int32
                ? model.Elements(stored, static (buffer, at) => (long)buffer.GetInt(at))
                : model.Elements(stored, static (buffer, at) => buffer.GetLong(at))),
            stored.Shape);
    }

    /// <summary>Whether a constant scalar is a real number in the number representation of a value: of its scale and zero point, and where the number is clamped to.</summary>
    public bool IsNumber(StoredOperator step, int index, float number, QuantizedType value)
    {
        SourceTensor scalar = Weights(step, index, "constants");
        if (scalar.Count != 1 || scalar.Type != value.Type || scalar.Quantization != value.Quantization)
            return false;
        (int stand, int top) = scalar.Type == ElementType.Int8 ? ((int)scalar.SBytes[0], (int)sbyte.MaxValue) : (scalar.Bytes[0], byte.MaxValue);
        return stand == (int)Math.Min(top, value.Quantization.ZeroPoint + MathF.Round(number / value.Quantization.Scale, MidpointRounding.AwayFromZero));
    }

    private static SourceQuantization Quantized(StoredOperator step, StoredTensor stored) => stored.Quantization
        ?? throw new WeightsException($"{step.Place}: {stored} is {stored.Type} and has no scale. Export the network again; what its integers stand for is lost.");

    private static SourceTensor Finite(SourceTensor tensor, StoredTensor stored)
    {
        int bad = Array.FindIndex(tensor.Floats, static number => !float.IsFinite(number));
        return bad < 0 ? tensor : throw new WeightsException($"Element {bad} of {stored} is not a finite number. The training diverged, or the file is damaged.");
    }
}
