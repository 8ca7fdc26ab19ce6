using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Google.FlatBuffers;
using MobileNetGen.Weights.Formats.TensorFlowLite;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>A <c>.tflite</c> file in the making. Tests change one thing in it and see what the reader says.</summary>
internal sealed class TensorFlowLiteFile
{
    public sealed class Tensor
    {
        public required string Name { get; set; }
        public required TensorType Type { get; set; }
        public required int[] Shape { get; set; }
        public float[] Scales { get; set; } = [];
        public long[] ZeroPoints { get; set; } = [];
        public int Axis { get; set; }
        public byte[] Data { get; set; } = [];
        public bool IsSparse { get; set; }
        public bool IsVariable { get; set; }

        /// <summary>Puts the data behind the FlatBuffer, as the newer schema allows.</summary>
        public bool IsOutside { get; set; }

        /// <summary>Overrides where that is.</summary>
        public ulong? OutsideOffset { get; set; }
    }

    public sealed class Operator
    {
        public required int Code { get; set; }
        public required int[] Inputs { get; set; }
        public required int[] Outputs { get; set; }
        public byte OptionsType { get; set; }
        public string CustomCode { get; set; } = "";
        public byte[] CustomOptions { get; set; } = [];

        /// <summary>By field: a byte, an int, a float or ints; null where absent.</summary>
        public object?[] Options { get; set; } = [];
    }

    public List<Tensor> Tensors { get; } = [];
    public List<Operator> Operators { get; } = [];
    public int[] Inputs { get; set; } = [];
    public int[] Outputs { get; set; } = [];
    public uint Version { get; set; } = 3;
    public int Subgraphs { get; set; } = 1;
    public string Identifier { get; set; } = "TFL3";

    public int Add(string name, TensorType type, int[] shape, byte[]? data = null, float[]? scales = null, long[]? zeroPoints = null, int axis = 0)
    {
        Tensors.Add(new Tensor { Name = name, Type = type, Shape = shape, Data = data ?? [], Scales = scales ?? [], ZeroPoints = zeroPoints ?? [], Axis = axis });
        return Tensors.Count - 1;
    }

    public void Run(int code, int[] inputs, int output, byte optionsType = 0, params object?[] options) =>
        Operators.Add(new Operator { Code = code, Inputs = inputs, Outputs = [output], OptionsType = optionsType, Options = options });

    public static byte[] Bytes<T>(params T[] elements)
        where T : unmanaged => MemoryMarshal.AsBytes(elements.AsSpan()).ToArray();

    public byte[] Build()
    {
        // The place of outside data depends on the length of what is before it, which does not depend on that place.
        int length = Build(0).Length;
        return [.. Build(length), .. Tensors.Where(tensor => tensor.IsOutside).SelectMany(tensor => tensor.Data)];
    }

    private byte[] Build(int outside)
    {
        var builder = new FlatBufferBuilder(1024) { ForceDefaults = true };
        var shared = new Dictionary<Array, int>(ReferenceEqualityComparer.Instance);

        // One array that several tensors have is stored once, as exporters may do, and as an attack would.
        int Vector<T>(T[] items, int size, Action<T> add)
        {
            if (items.Length > 0 && shared.TryGetValue(items, out int known))
                return known;
            builder.StartVector(size, items.Length, size);
            for (int i = items.Length - 1; i >= 0; i--)
                add(items[i]);
            int offset = builder.EndVector().Value;
            if (items.Length > 0)
                shared[items] = offset;
            return offset;
        }

        int Tables(int[] tables) => Vector(tables, 4, builder.AddOffset);

        var buffers = new List<int>();
        builder.StartTable(3);
        buffers.Add(builder.EndTable());
        var tensors = new List<int>();
        foreach (Tensor tensor in Tensors)
        {
            int data = tensor.IsOutside ? 0 : Vector(tensor.Data, 1, builder.AddByte);
            builder.StartTable(3);
            if (tensor.IsOutside)
            {
                builder.AddUlong(1, tensor.OutsideOffset ?? (ulong)outside, 0);
                builder.AddUlong(2, (ulong)tensor.Data.Length, 0);
                outside += tensor.Data.Length;
            }
            else
            {
                builder.AddOffset(0, data, 0);
            }

            buffers.Add(builder.EndTable());

            int name = builder.CreateSharedString(tensor.Name).Value;
            int shape = Vector(tensor.Shape, 4, builder.AddInt);
            int scales = Vector(tensor.Scales, 4, builder.AddFloat);
            int zeroPoints = Vector(tensor.ZeroPoints, 8, builder.AddLong);
            builder.StartTable(7);
            builder.AddOffset(2, scales, 0);
            builder.AddOffset(3, zeroPoints, 0);
            builder.AddInt(6, tensor.Axis, 0);
            int quantization = builder.EndTable();
            builder.StartTable(10);
            builder.AddOffset(0, shape, 0);
            builder.AddByte(1, (byte)tensor.Type, 0);
            builder.AddUint(2, tensor.Data.Length == 0 ? 0 : (uint)buffers.Count - 1, 0);
            builder.AddOffset(3, name, 0);
            builder.AddOffset(4, quantization, 0);
            builder.AddBool(5, tensor.IsVariable, false);
            if (tensor.IsSparse)
                builder.AddOffset(6, quantization, 0);
            tensors.Add(builder.EndTable());
        }

        var codes = new List<int>();
        var operators = new List<int>();
        foreach (Operator step in Operators)
        {
            int custom = builder.CreateSharedString(step.CustomCode).Value;
            builder.StartTable(4);
            builder.AddSbyte(0, (sbyte)Math.Min(step.Code, 127), 0);
            builder.AddOffset(1, custom, 0);
            builder.AddInt(3, step.Code, 0);
            codes.Add(builder.EndTable());

            int inputs = Vector(step.Inputs, 4, builder.AddInt);
            int outputs = Vector(step.Outputs, 4, builder.AddInt);
            int[] vectors = [.. step.Options.Select(option => option is int[] numbers ? Vector(numbers, 4, builder.AddInt) : 0)];
            builder.StartTable(step.Options.Length);
            for (int i = 0; i < step.Options.Length; i++)
            {
                switch (step.Options[i])
                {
                    case byte b: builder.AddByte(i, b, 0); break;
                    case int n: builder.AddInt(i, n, 0); break;
                    case float f: builder.AddFloat(i, f, 0); break;
                    case int[]: builder.AddOffset(i, vectors[i], 0); break;
                }
            }

            int options = builder.EndTable();
            int customOptions = Vector(step.CustomOptions, 1, builder.AddByte);
            builder.StartTable(9);
            builder.AddUint(0, (uint)codes.Count - 1, 0);
            builder.AddOffset(1, inputs, 0);
            builder.AddOffset(2, outputs, 0);
            builder.AddByte(3, step.OptionsType, 0);
            if (step.OptionsType != 0)
                builder.AddOffset(4, options, 0);
            if (step.CustomOptions.Length > 0)
                builder.AddOffset(5, customOptions, 0);
            operators.Add(builder.EndTable());
        }

        int tensorVector = Tables([.. tensors]);
        int inputVector = Vector(Inputs, 4, builder.AddInt);
        int outputVector = Vector(Outputs, 4, builder.AddInt);
        int operatorVector = Tables([.. operators]);
        builder.StartTable(5);
        builder.AddOffset(0, tensorVector, 0);
        builder.AddOffset(1, inputVector, 0);
        builder.AddOffset(2, outputVector, 0);
        builder.AddOffset(3, operatorVector, 0);
        int graph = builder.EndTable();

        int codeVector = Tables([.. codes]);
        int graphVector = Tables([.. Enumerable.Repeat(graph, Subgraphs)]);
        int bufferVector = Tables([.. buffers]);
        builder.StartTable(5);
        builder.AddUint(0, Version, 0);
        builder.AddOffset(1, codeVector, 0);
        builder.AddOffset(2, graphVector, 0);
        builder.AddOffset(4, bufferVector, 0);
        builder.Finish(builder.EndTable(), Identifier);
        return builder.SizedByteArray();
    }
}
