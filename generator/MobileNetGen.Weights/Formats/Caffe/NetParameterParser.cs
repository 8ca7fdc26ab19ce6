using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Google.Protobuf;
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
            layers.Insert(0, Input(inputs[0], sizes));
        else if (inputs.Count > 1)
            throw new WeightsException($"The network has {inputs.Count} inputs: {string.Join(", ", inputs.Take(4).Select(PrintableName.Of))}; a classifier has one.");
        return layers.DrainToImmutable();
    }

    private static CaffeLayer Input(string name, List<long> sizes)
    {
        var shape = new CaffeSetting();
        shape.Integers.AddRange(sizes);
        return new CaffeLayer(PrintableName.Of(name), "Input", new Dictionary<string, CaffeSetting> { ["input_param.shape"] = shape }) { Tops = [name] };
    }

    private static CaffeLayer Layer(ProtobufReader fields, bool isOld)
    {
        var layer = new CaffeLayer("", "", new Dictionary<string, CaffeSetting>(StringComparer.Ordinal));
        while (fields.Next())
        {
            int field = isOld ? FieldOfToday(fields.Field) : fields.Field;
            switch (field)
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
                case 5 or 6 or 8 or 9 or 11:
                    // Weights of losses, learning rates, and when the layer is there: it is.
                    fields.Skip();
                    break;
                case 7:
                    layer = layer with { Blobs = layer.Blobs.Add(Blob(fields.Message(), layer)) };
                    break;
                case 10:
                    Read(fields, layer, "phase");
                    break;
                case var message when CaffeFields.Message(message) is not null:
                    ProtobufReader settings = fields.Message();
                    while (settings.Next())
                        Read(settings, layer, CaffeFields.Setting(message, settings.Field));
                    break;
                default:
                    Read(fields, layer, $"field {fields.Field}");
                    break;
            }

            if (layer.Bottoms.Length + layer.Tops.Length + layer.Blobs.Length + layer.Settings.Count > MaximumParts)
                throw new WeightsException($"{layer.Place}, has more than {MaximumParts} bottoms, tops, blobs and settings; a MobileNet's layers have a few.");
        }

        return layer;
    }

    private static void Read(ProtobufReader field, CaffeLayer layer, string name)
    {
        if (name == "detection_output_param.nms_param")
        {
            ProtobufReader suppression = field.Message();
            while (suppression.Next())
                Read(suppression, layer, CaffeFields.Suppression(name, suppression.Field));
            return;
        }

        if (!layer.Settings.TryGetValue(name, out CaffeSetting? setting))
            layer.Settings.Add(name, setting = new CaffeSetting());
        switch (name)
        {
            case "convolution_param.pad" or "convolution_param.kernel_size" or "convolution_param.stride" or "convolution_param.dilation" or "permute_param.order":
                field.Integers(setting.Integers);
                break;
            case "eltwise_param.coeff" or "transform_param.mean_value"
                or "prior_box_param.min_size" or "prior_box_param.max_size" or "prior_box_param.aspect_ratio" or "prior_box_param.variance":
                field.Singles(setting.Numbers);
                break;
            case "input_param.shape" or "reshape_param.shape":
                Shape(field.Message(), setting.Integers);
                break;
            default:
                if (field.Type == WireFormat.WireType.Varint)
                    setting.Integers.Add(field.Integer());
                else if (field.Type == WireFormat.WireType.Fixed32)
                    setting.Numbers.Add(field.Single());
                else
                    field.Skip();
                break;
        }

        if (setting.Integers.Count + setting.Numbers.Count > MaximumParts)
            throw new WeightsException($"{layer.Place}, has more than {MaximumParts} numbers for {name}; a MobileNet's layers have a few.");
    }

    /// <summary>The number that a field of V1 has today; 0 for one that no MobileNet's layer has.</summary>
    private static int FieldOfToday(int field) => field switch
    {
        2 => 3,
        3 => 4,
        4 => 1,
        5 => 2,
        6 => 7,
        7 or 8 or 32 or 33 or 35 or 1001 or 1002 => 6,
        10 => 106,
        12 => 108,
        17 => 117,
        19 => 121,
        21 => 122,
        24 => 110,
        30 => 123,
        36 => 100,
        37 => 127,
        38 => 124,
        39 => 125,
        42 => 101,
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
        19 => "Sigmoid",
        20 => "Softmax",
        21 => "SoftmaxWithLoss",
        22 => "Split",
        23 => "TanH",
        25 => "Eltwise",
        26 => "Power",
        29 => "MemoryData",
        _ => $"V1 type {number}",
    };

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
}
