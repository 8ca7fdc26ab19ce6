using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Protobuf;

namespace MobileNetGen.Weights.Formats.Caffe;

/// <summary>Reads Caffe's message NetParameter: its layers of today, or those of before 2015 (V1), which have other field numbers.</summary>
internal static class NetParameterParser
{
    private const int MaximumLayers = 4096;
    private const int MaximumParts = 64;

    /// <summary>Reads the layers of a network in their order, which is an order of execution. Inputs that stand outside of them come first, as layers.</summary>
    /// <exception cref="WeightsException">A layer's numbers are damaged.</exception>
    public static ImmutableArray<CaffeLayer> Parse(byte[] file)
    {
        var layers = ImmutableArray.CreateBuilder<CaffeLayer>();
        var inputs = new List<string>();
        var sizes = new List<long>();
        var net = new ProtobufReader(file);
        while (net.Next())
        {
            switch (net.Field)
            {
                case 2:
                    layers.Add(Layer(net.Message(), isOld: true));
                    break;
                case 3:
                    inputs.Add(net.Text());
                    break;
                case 4:
                    net.Integers(sizes);
                    break;
                case 8:
                    Shape(net.Message(), sizes);
                    break;
                case 100:
                    layers.Add(Layer(net.Message(), isOld: false));
                    break;
                default:
                    net.Skip();
                    break;
            }

            if (layers.Count + inputs.Count > MaximumLayers)
                throw new WeightsException($"The network has more than {MaximumLayers} layers; a MobileNet has a few hundred.");
        }

        if (inputs.Count == 1)
            layers.Insert(0, new CaffeLayer(PrintableName.Of(inputs[0]), "Input") { Tops = [inputs[0]], InputShape = [.. sizes] });
        else if (inputs.Count > 1)
            throw new WeightsException($"The network has {inputs.Count} inputs: {string.Join(", ", inputs.Take(4).Select(PrintableName.Of))}; a classifier has one.");
        return layers.DrainToImmutable();
    }

    private static CaffeLayer Layer(ProtobufReader fields, bool isOld)
    {
        var layer = new CaffeLayer("", "");
        while (fields.Next())
        {
            switch (isOld ? FieldOfToday(fields.Field) : fields.Field)
            {
                case 1:
                    layer = layer with { Name = PrintableName.Of(fields.Text()) };
                    break;
                case 2:
                    layer = layer with { Type = isOld ? OldType(fields.Integer()) : PrintableName.Of(fields.Text()) };
                    break;
                case 3:
                    layer = layer with { Bottoms = layer.Bottoms.Add(fields.Text()) };
                    break;
                case 4:
                    layer = layer with { Tops = layer.Tops.Add(fields.Text()) };
                    break;
                case 7:
                    layer = layer with { Blobs = layer.Blobs.Add(Blob(fields.Message(), layer)) };
                    break;
                case 106:
                    layer = Convolution(fields.Message(), layer);
                    break;
                case 110:
                    layer = Eltwise(fields.Message(), layer);
                    break;
                case 117:
                    layer = layer with { IsTransposed = Find(fields.Message(), 6, 0, static transpose => transpose.Integer()) != 0 };
                    break;
                case 121:
                    layer = Pooling(fields.Message(), layer);
                    break;
                case 123:
                    layer = layer with { NegativeSlope = Find(fields.Message(), 1, 0, static slope => slope.Single()) };
                    break;
                case 139:
                    layer = layer with { Epsilon = Find(fields.Message(), 3, layer.Epsilon, static epsilon => epsilon.Single()) };
                    break;
                case 143:
                    layer = Input(fields.Message(), layer);
                    break;
                case 148:
                    layer = Clip(fields.Message(), layer);
                    break;
                default:
                    fields.Skip();
                    break;
            }

            if (layer.Bottoms.Length + layer.Tops.Length + layer.Blobs.Length > MaximumParts)
                throw new WeightsException($"{layer.Place}, has more than {MaximumParts} bottoms, tops and blobs; a MobileNet's layers have a few.");
        }

        return layer;
    }

    /// <summary>The number that a field of V1 has today; 0 for a field that is not read.</summary>
    private static int FieldOfToday(int field) => field switch
    {
        2 => 3,
        3 => 4,
        4 => 1,
        5 => 2,
        6 => 7,
        10 => 106,
        17 => 117,
        19 => 121,
        24 => 110,
        30 => 123,
        _ => 0,
    };

    /// <summary>The names of V1's numbers for the types of layer that a MobileNet may have.</summary>
    private static string OldType(long number) => number switch
    {
        1 => "Accuracy",
        4 => "Convolution",
        5 => "Data",
        6 => "Dropout",
        8 => "Flatten",
        12 => "ImageData",
        14 => "InnerProduct",
        17 => "Pooling",
        18 => "ReLU",
        20 => "Softmax",
        21 => "SoftmaxWithLoss",
        22 => "Split",
        25 => "Eltwise",
        29 => "MemoryData",
        _ => $"V1 type {number}",
    };

    private static CaffeLayer Convolution(ProtobufReader fields, CaffeLayer layer)
    {
        // [height, width] each; one number stands for both. The forms with _h and _w exclude the other.
        List<long> kernel = [], stride = [], pad = [], dilation = [];
        long kernelHeight = 0, kernelWidth = 0, strideHeight = 0, strideWidth = 0, padHeight = 0, padWidth = 0, groups = 1;
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 3:
                    fields.Integers(pad);
                    break;
                case 4:
                    fields.Integers(kernel);
                    break;
                case 5:
                    groups = fields.Integer();
                    break;
                case 6:
                    fields.Integers(stride);
                    break;
                case 9:
                    padHeight = fields.Integer();
                    break;
                case 10:
                    padWidth = fields.Integer();
                    break;
                case 11:
                    kernelHeight = fields.Integer();
                    break;
                case 12:
                    kernelWidth = fields.Integer();
                    break;
                case 13:
                    strideHeight = fields.Integer();
                    break;
                case 14:
                    strideWidth = fields.Integer();
                    break;
                case 18:
                    fields.Integers(dilation);
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }

        var window = new CaffeWindow(
            Height(kernel, kernelHeight, 0), Width(kernel, kernelWidth, 0), Height(stride, strideHeight, 1), Width(stride, strideWidth, 1),
            Height(pad, padHeight, 0), Width(pad, padWidth, 0), dilation.Count == 0 ? 1 : dilation.Max());
        return layer with { Window = window, Groups = groups };

        static long Height(List<long> both, long own, long absent) => both.Count > 0 ? both[0] : own != 0 ? own : absent;
        static long Width(List<long> both, long own, long absent) => both.Count > 0 ? both[^1] : own != 0 ? own : absent;
    }

    private static CaffeLayer Pooling(ProtobufReader fields, CaffeLayer layer)
    {
        long kernelHeight = 0, kernelWidth = 0, method = 0, pads = 0;
        bool isGlobal = false;
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    method = fields.Integer();
                    break;
                case 2:
                    kernelHeight = kernelWidth = fields.Integer();
                    break;
                case 4 or 9 or 10:
                    pads |= fields.Integer();
                    break;
                case 5:
                    kernelHeight = fields.Integer();
                    break;
                case 6:
                    kernelWidth = fields.Integer();
                    break;
                case 12:
                    isGlobal = fields.Integer() != 0;
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }

        return layer with { Window = new CaffeWindow(kernelHeight, kernelWidth, 1, 1, pads, pads, 1), IsAverage = method == 1, IsGlobal = isGlobal };
    }

    private static CaffeLayer Clip(ProtobufReader fields, CaffeLayer layer)
    {
        while (fields.Next())
        {
            if (fields.Field == 1)
                layer = layer with { Minimum = fields.Single() };
            else if (fields.Field == 2)
                layer = layer with { Maximum = fields.Single() };
            else
                fields.Skip();
        }

        return layer;
    }

    private static CaffeLayer Eltwise(ProtobufReader fields, CaffeLayer layer)
    {
        const long Sum = 1;
        var coefficients = new List<float>();
        long operation = Sum;
        while (fields.Next())
        {
            if (fields.Field == 1)
                operation = fields.Integer();
            else if (fields.Field == 2)
                fields.Singles(coefficients);
            else
                fields.Skip();
        }

        return layer with { IsPlainSum = operation == Sum && coefficients.TrueForAll(coefficient => coefficient == 1) };
    }

    private static CaffeLayer Input(ProtobufReader fields, CaffeLayer layer)
    {
        var sizes = new List<long>();
        while (fields.Next())
        {
            if (fields.Field == 1)
                Shape(fields.Message(), sizes);
            else
                fields.Skip();
        }

        return layer with { InputShape = [.. sizes] };
    }

    private static SourceTensor Blob(ProtobufReader fields, CaffeLayer layer)
    {
        List<long> shape = [], old = [0, 0, 0, 0];
        var values = new List<float>();
        bool hasShape = false;
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case >= 1 and <= 4 and var dimension:
                    old[dimension - 1] = fields.Integer();
                    break;
                case 5:
                    fields.Singles(values);
                    break;
                case 7:
                    hasShape = true;
                    Shape(fields.Message(), shape);
                    break;
                case 8:
                    fields.Doubles(values);
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }

        string name = $"{layer.Name}, blob {layer.Blobs.Length}";
        shape = hasShape ? shape : old;
        long count = 1;
        foreach (long size in shape)
        {
            count = size is > 0 and <= int.MaxValue ? count * size : 0;
            if (count is 0 or > int.MaxValue)
                throw new WeightsException($"The shape of \"{name}\" is [{string.Join(", ", shape.Take(8))}]; positive sizes were expected. The file is damaged.");
        }

        if (count != values.Count)
            throw new WeightsException($"\"{name}\" has {values.Count} numbers for [{string.Join(", ", shape.Take(8))}]. The file is damaged, or a fork of Caffe wrote it that keeps them elsewhere.");
        int bad = values.FindIndex(value => !float.IsFinite(value));
        if (bad >= 0)
            throw new WeightsException($"Element {bad} of \"{name}\" is not a finite number. The training diverged, or the file is damaged.");
        return new SourceTensor(name, [.. shape.Select(size => (int)size)], [.. values]);
    }

    private static void Shape(ProtobufReader fields, List<long> sizes)
    {
        while (fields.Next())
        {
            if (fields.Field == 1)
                fields.Integers(sizes);
            else
                fields.Skip();
        }
    }

    /// <summary>One field of a message, or what it is where it is absent.</summary>
    private static T Find<T>(ProtobufReader fields, int number, T absent, Func<ProtobufReader, T> read)
    {
        T value = absent;
        while (fields.Next())
        {
            if (fields.Field == number)
                value = read(fields);
            else
                fields.Skip();
        }

        return value;
    }
}
