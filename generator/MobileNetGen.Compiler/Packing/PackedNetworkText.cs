using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Compiler.Packing;

/// <summary>
/// The <c>.mbplan</c> file through which packing hands its numbers to the generator: one fact a line, a keyword and its values,
/// always in the same order. Machine-written and machine-read, so a file of any other form is simply not one.
/// </summary>
public static class PackedNetworkText
{
    // Another version has another form: such a file is as good as none, and the build packs again.
    private const string Header = "mbplan 3";

    // Stands for a number that there is not.
    private const string None = "-";

    // Tells a complete file from one whose writer was stopped.
    private const string End = "end";

    /// <summary>The text of a packed network, with <c>\n</c> line ends.</summary>
    public static string Write(PackedNetwork packed)
    {
        var text = new StringBuilder();
        Line(Header);
        Line("class", packed.QualifiedName);
        Line("description", packed.DescriptionHash);
        Line("blob", packed.BlobBytes, packed.BlobHash);
        foreach (string source in packed.Sources)
            Line("source", source);
        if (packed.Resource is not null)
            Line("resource", packed.Resource);
        Tensor("input", packed.Input);
        foreach (PackedOutput output in packed.Outputs)
            Line("output", output.Name, output.Tensor?.Scale ?? None, output.Tensor?.ZeroPoint ?? 0, output.Table?.ToString(CultureInfo.InvariantCulture) ?? None);
        if (packed.InputTable is { } inputTable)
            Line("inputtable", inputTable);
        if (packed.Detector is { } detector)
            Line("detector", detector.Anchors);
        foreach (PackedLayer layer in packed.Layers)
        {
            Line("layer", layer.Name);
            if (layer.Weights is { } w)
                Line("weights", w.Weights, w.Channels, w.PadTop, w.PadLeft, w.SixteenBitEntries, w.HasThrees ? 1 : 0);
            if (layer.Requantization is { } r)
                Line("requantization", r.WeightZeroPoint, r.OutputZeroPoint, r.Min, r.Max, (int)r.Rounding);
            if (layer.Add is { } a)
                Line("add", a.LeftZeroPoint, a.LeftMultiplier, a.LeftShift, a.RightZeroPoint, a.RightMultiplier, a.RightShift, a.OutputMultiplier, a.OutputShift, a.OutputZeroPoint, a.Min, a.Max, a.LeftFactor, a.RightFactor, a.Offset);
            if (layer.Multiply is { } m)
                Line("multiply", m.MapZeroPoint, m.FactorZeroPoint, m.Multiplier, m.Shift, m.OutputZeroPoint, m.Min, m.Max, m.Scale, m.Nudge);
            if (layer.Pool is { } p)
                Line("pool", (int)p.Kind, p.InputZeroPoint, p.Multiplier, p.Shift, p.Bias, p.OutputZeroPoint, p.Min, p.Max);
            if (layer.SoftmaxTable is { } table)
                Line("softmax", table);
            if (layer.FunctionTable is { } function)
                Line("function", function);
            Tensor("result", layer.Output);
        }

        foreach (string label in packed.Labels)
            Line("label", label);
        foreach (string word in packed.Words)
            Line("word", word);
        Line(End);
        return text.ToString();

        void Tensor(string keyword, QuantizedTensor? tensor)
        {
            if (tensor is not null)
                Line(keyword, tensor.Scale, tensor.ZeroPoint);
        }

        void Line(params object[] values) =>
            text.Append(string.Join(" ", values.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)))).Append('\n');
    }

    /// <summary>Reads a text that <see cref="Write"/> wrote; null for any other.</summary>
    public static PackedNetwork? Read(string text)
    {
        try
        {
            return ReadLines(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException or IndexOutOfRangeException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static PackedNetwork? ReadLines(string text)
    {
        List<string> lines = text.Split('\n').Select(l => l.TrimEnd('\r')).ToList();
        if (lines.Count < 3 || lines[0] != Header || lines[lines.Count - 2] != End || lines[lines.Count - 1] != "")
            return null;

        var packed = new PackedNetwork
        {
            QualifiedName = "", DescriptionHash = "", BlobHash = "", BlobBytes = 0, Sources = default, Resource = null, Input = null, Outputs = default,
            InputTable = null, Layers = default, Labels = default, Words = default,
        };
        List<string> sources = [], labels = [], words = [];
        List<PackedLayer> layers = [];
        List<PackedOutput> outputs = [];
        PackedLayer Last() => layers[layers.Count - 1];
        void Replace(PackedLayer layer) => layers[layers.Count - 1] = layer;

        foreach (string line in lines.Skip(1).Take(lines.Count - 3))
        {
            int space = line.IndexOf(' ');
            (string keyword, string rest) = space < 0 ? (line, "") : (line.Substring(0, space), line.Substring(space + 1));
            string[] fields = rest.Split(' ');
            int Int(int i) => int.Parse(fields[i], CultureInfo.InvariantCulture);
            long Long(int i) => long.Parse(fields[i], CultureInfo.InvariantCulture);
            QuantizedTensor Tensor() => new(fields[0], Int(1));
            T Enumeration<T>(int i)
                where T : struct, Enum => Enum.IsDefined(typeof(T), Int(i)) ? (T)(object)Int(i) : throw new FormatException();

            switch (keyword)
            {
                case "class":
                    packed = packed with { QualifiedName = rest };
                    break;
                case "description":
                    packed = packed with { DescriptionHash = rest };
                    break;
                case "blob":
                    packed = packed with { BlobBytes = Long(0), BlobHash = fields[1] };
                    break;
                case "source":
                    sources.Add(rest);
                    break;
                case "resource":
                    packed = packed with { Resource = rest };
                    break;
                case "input":
                    packed = packed with { Input = Tensor() };
                    break;
                case "output":
                    outputs.Add(new PackedOutput(fields[0], fields[1] == None ? null : new QuantizedTensor(fields[1], Int(2)), fields[3] == None ? null : Long(3)));
                    break;
                case "inputtable":
                    packed = packed with { InputTable = Long(0) };
                    break;
                case "detector":
                    packed = packed with { Detector = new PackedDetector(Long(0)) };
                    break;
                case "layer":
                    layers.Add(new PackedLayer(rest));
                    break;
                case "weights":
                    Replace(Last() with { Weights = new PackedWeights(Long(0), Long(1), Int(2), Int(3), Int(4), Int(5) != 0) });
                    break;
                case "requantization":
                    Replace(Last() with { Requantization = new PackedRequantization(Int(0), Int(1), Int(2), Int(3), Enumeration<RoundingMode>(4)) });
                    break;
                case "add":
                    Replace(Last() with { Add = new PackedAdd(Int(0), Int(1), Int(2), Int(3), Int(4), Int(5), Int(6), Int(7), Int(8), Int(9), Int(10), fields[11], fields[12], fields[13]) });
                    break;
                case "multiply":
                    Replace(Last() with { Multiply = new PackedMultiply(Int(0), Int(1), Int(2), Int(3), Int(4), Int(5), Int(6), fields[7], fields[8]) });
                    break;
                case "pool":
                    Replace(Last() with { Pool = new PackedPool(Enumeration<PoolKind>(0), Int(1), Int(2), Int(3), Int(4), Int(5), Int(6), Int(7)) });
                    break;
                case "softmax":
                    Replace(Last() with { SoftmaxTable = Long(0) });
                    break;
                case "function":
                    Replace(Last() with { FunctionTable = Long(0) });
                    break;
                case "result":
                    Replace(Last() with { Output = Tensor() });
                    break;
                case "label":
                    labels.Add(rest);
                    break;
                case "word":
                    words.Add(rest);
                    break;
                default:
                    return null;
            }
        }

        if (packed.QualifiedName.Length == 0 || packed.DescriptionHash.Length == 0 || packed.BlobHash.Length == 0 || outputs.Count == 0)
            return null;
        return packed with
        {
            Sources = sources.ToEquatableArray(), Outputs = outputs.ToEquatableArray(), Layers = layers.ToEquatableArray(), Labels = labels.ToEquatableArray(), Words = words.ToEquatableArray(),
        };
    }
}
