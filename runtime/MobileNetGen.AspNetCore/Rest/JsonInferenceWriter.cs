using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text.Encodings.Web;
using System.Text.Json;
using MobileNetGen.AspNetCore.Models;
using MobileNetGen.AspNetCore.Serving;
using MobileNetGen.AspNetCore.Tensors;

namespace MobileNetGen.AspNetCore.Rest;

/// <summary>Writes the answer to an inference request: JSON, and behind it the tensors that are wanted as binary data.</summary>
internal static class JsonInferenceWriter
{
    /// <summary>Quotes and other signs are written as they are: answers are no part of a page.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an answer.</summary>
    /// <exception cref="InferenceException">A number has no JSON: a network gave NaN or infinity.</exception>
    public static InferenceAnswer Write(ServedModel model, InferenceRequest request, OutputTensor[] outputs)
    {
        var body = new ArrayBufferWriter<byte>();
        var binary = new List<byte[]>();
        using (var json = new Utf8JsonWriter(body, Options))
        {
            json.WriteStartObject();
            json.WriteString("model_name"u8, model.Name);
            json.WriteString("model_version"u8, ServedModel.Version);
            if (request.Id.Length > 0)
                json.WriteString("id"u8, request.Id);
            json.WriteStartArray("outputs"u8);
            for (int i = 0; i < outputs.Length; i++)
                Write(json, outputs[i], binary, request.Outputs is { Count: > 0 } requested ? requested[i].IsBinary ?? false : request.AllBinary);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        int jsonLength = body.WrittenCount;
        foreach (byte[] data in binary)
            body.Write(data);
        return new InferenceAnswer(body.WrittenMemory, binary.Count > 0 ? jsonLength : null);
    }

    private static void Write(Utf8JsonWriter json, OutputTensor tensor, List<byte[]> binary, bool isBinary)
    {
        TensorHead.Write(json, tensor.Name, tensor.Type, tensor.Shape);
        if (isBinary)
        {
            byte[] data = tensor.Type == DataType.Bytes ? LengthPrefixed.Join(tensor.Items) : tensor.Data;
            binary.Add(data);
            json.WriteStartObject("parameters"u8);
            json.WriteNumber("binary_data_size"u8, data.Length);
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartArray("data"u8);
            WriteElements(json, tensor);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteElements(Utf8JsonWriter json, OutputTensor tensor)
    {
        switch (tensor.Type)
        {
            case DataType.UInt8:
                foreach (byte element in tensor.Data)
                    json.WriteNumberValue(element);
                break;
            case DataType.Int8:
                foreach (sbyte element in tensor.As<sbyte>())
                    json.WriteNumberValue(element);
                break;
            case DataType.Int32:
                foreach (int element in tensor.As<int>())
                    json.WriteNumberValue(element);
                break;
            case DataType.Float32:
                foreach (float element in tensor.As<float>())
                    json.WriteNumberValue(float.IsFinite(element) ? element : throw new InferenceException(Problem.Invalid, $"'{tensor.Name}' has NaN or infinity, which JSON has not; ask for binary data."));
                break;
            default:
                foreach (string element in tensor.Items)
                    json.WriteStringValue(element);
                break;
        }
    }
}
