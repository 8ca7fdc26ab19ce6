using System;
using System.Text.Json;
using MobileNetGen.AspNetCore.Tensors;

namespace MobileNetGen.AspNetCore.Rest;

/// <summary>What JSON says of a tensor before its data.</summary>
internal static class TensorHead
{
    /// <summary>Begins an object with the members <c>name</c>, <c>datatype</c> and <c>shape</c>.</summary>
    public static void Write(Utf8JsonWriter json, string name, DataType type, ReadOnlySpan<int> shape)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, name);
        json.WriteString("datatype"u8, type.Name());
        json.WriteStartArray("shape"u8);
        foreach (int length in shape)
            json.WriteNumberValue(length);
        json.WriteEndArray();
    }
}
