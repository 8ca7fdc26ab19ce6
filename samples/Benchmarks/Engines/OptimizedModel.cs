using System;
using System.Collections.Generic;
using System.IO;
using Google.Protobuf;

namespace MobileNetGen.Samples.Benchmarks.Engines;

/// <summary>What ONNX Runtime's optimisations made of a model, read from the model it saves.</summary>
internal static class OptimizedModel
{
    // onnx.proto: ModelProto.graph is field 7, GraphProto.node 1, NodeProto.op_type 4; all of them length-delimited.
    private const uint GraphField = (7 << 3) | 2;
    private const uint NodeField = (1 << 3) | 2;
    private const uint OperatorField = (4 << 3) | 2;

    /// <summary>How many operators there are of each type.</summary>
    public static IReadOnlyDictionary<string, int> Operators(string file)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (ByteString graph in Fields(ByteString.CopyFrom(File.ReadAllBytes(file)), GraphField))
        {
            foreach (ByteString node in Fields(graph, NodeField))
            {
                foreach (ByteString type in Fields(node, OperatorField))
                    counts[type.ToStringUtf8()] = counts.GetValueOrDefault(type.ToStringUtf8()) + 1;
            }
        }

        return counts;
    }

    /// <summary>How many convolutions, dense layers and additions of a quantised model still compute in float32.</summary>
    public static int Unfused(IReadOnlyDictionary<string, int> operators)
    {
        int count = 0;
        foreach (string type in (string[])["Conv", "FusedConv", "Gemm", "FusedGemm", "MatMul", "Add"])
            count += operators.GetValueOrDefault(type);
        return count;
    }

    private static IEnumerable<ByteString> Fields(ByteString message, uint field)
    {
        CodedInputStream stream = message.CreateCodedInput();
        for (uint tag = stream.ReadTag(); tag != 0; tag = stream.ReadTag())
        {
            if (tag == field)
                yield return stream.ReadBytes();
            else
                stream.SkipLastField();
        }
    }
}
