using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.SafeTensors;

/// <summary>Reads <c>.safetensors</c> files as PyTorch libraries write them: named tensors, without order and without the network.</summary>
public sealed class SafeTensorsReader : IWeightsReader
{
    /// <summary>safetensors, with PyTorch's padding.</summary>
    public static SourceFormat Format { get; } = new("safetensors", PaddingConvention.Symmetric);

    /// <inheritdoc/>
    public string Description => "safetensors (.safetensors)";

    /// <inheritdoc/>
    public bool CanRead(ReadOnlySpan<byte> head, string extension) => extension == ".safetensors" || SafeTensorsHeader.IsPlausible(head);

    /// <inheritdoc/>
    public SourceModel Read(WeightsInput file)
    {
        ArgumentNullException.ThrowIfNull(file);
        SafeTensorsHeader header = SafeTensorsHeader.Read(file.Bytes);
        if (header.Framework is { } framework && framework != "pt")
            throw new WeightsException($"The file was saved from \"{framework}\", which orders kernels differently; a file saved from PyTorch (\"pt\") was expected.");

        var parameters = new List<Parameter>();
        var unused = new List<string>();
        foreach (SafeTensor tensor in header.Tensors)
        {
            if (ParameterNames.Parse(tensor.Name, tensor.Shape.Length) is not var (layer, role))
            {
                unused.Add(tensor.Name);
                continue;
            }

            RealType type = tensor.Type switch
            {
                "F16" => RealType.Float16,
                "BF16" => RealType.BFloat16,
                "F32" => RealType.Float32,
                "F64" => RealType.Float64,
                _ => throw new WeightsException($"\"{tensor.Name}\" is of type {tensor.Type}; F32, F16, BF16 or F64 was expected."),
            };
            tensor.CheckSize(RealNumbers.Size(type));
            float[] values = RealNumbers.Read(tensor.Name, type, file.Bytes.AsSpan(tensor.Start, tensor.Length));
            parameters.Add(new Parameter(layer, role, tensor.Name, tensor.Shape, values));
        }

        if (parameters.Count == 0)
            throw new WeightsException(ParameterNames.NothingFound(header.Tensors.Select(tensor => tensor.Name)));
        SourceConventions conventions = Producers.From(Format, [.. header.Tensors.Select(tensor => tensor.Name)], file.Name);
        SourceParameters grouped = ParameterGrouping.Group(Format, KernelLayout.OutputFirst, conventions.Epsilon, inOrder: false, parameters, conventions);
        return grouped with { LeftAside = [.. grouped.LeftAside, .. Leftovers.Describe(unused)] };
    }
}
