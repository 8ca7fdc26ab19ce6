using System;
using System.Collections.Generic;
using System.Text.Json;
using MobileNetGen.AspNetCore.Serving;
using MobileNetGen.AspNetCore.Tensors;

namespace MobileNetGen.AspNetCore.Rest;

/// <summary>Reads the JSON of an inference request. Members that it does not know are passed over, as the protocol wants it.</summary>
internal ref struct JsonInferenceReader
{
    private const int MaximumDepth = 16;
    private const int MostOutputs = 64;

    private readonly int _length;
    private ReadOnlyMemory<byte> _binary;
    private Utf8JsonReader _json;

    private JsonInferenceReader(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> binary)
    {
        _json = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = MaximumDepth });
        _length = json.Length;
        _binary = binary;
    }

    /// <summary>Reads a request.</summary>
    /// <param name="json">Its JSON.</param>
    /// <param name="binary">The binary data behind it. The request's tensor may lie there.</param>
    /// <exception cref="InferenceException">It is no JSON, or does not say what an inference request has to.</exception>
    public static InferenceRequest Read(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> binary)
    {
        try
        {
            return new JsonInferenceReader(json, binary).Read();
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException: a string that is no UTF-8.
            throw new InferenceException(Problem.Invalid, $"The request is no JSON of an inference request: {failure.Message}");
        }
    }

    private InferenceRequest Read()
    {
        string id = "";
        InputTensor? input = null;
        List<RequestedOutput>? outputs = null;
        var parameters = new Parameters();
        _json.Read();
        Expect(JsonTokenType.StartObject, "The request");
        while (NextMember(out string member))
        {
            switch (member)
            {
                case "id":
                    id = Text("id");
                    break;
                case "parameters":
                    parameters = ReadParameters();
                    break;
                case "inputs" when input is null:
                    Expect(JsonTokenType.StartArray, "'inputs'");
                    _json.Read();
                    input = ReadInput();
                    _json.Read();
                    Expect(JsonTokenType.EndArray, "Each network takes one input. The end of 'inputs'");
                    break;
                case "inputs":
                    throw new InferenceException(Problem.Invalid, "There are 'inputs' twice.");
                case "outputs":
                    outputs = ReadOutputs();
                    break;
                default:
                    _json.Skip();
                    break;
            }
        }

        if (_json.Read())
            throw new InferenceException(Problem.Invalid, "Something follows the request's JSON.");
        if (input is null)
            throw new InferenceException(Problem.Invalid, "There are no 'inputs'.");
        if (!_binary.IsEmpty)
            throw new InferenceException(Problem.Invalid, $"{_binary.Length} bytes behind the JSON belong to no tensor.");
        return new InferenceRequest(input, WithDefault(outputs, parameters.BinaryDataOutput), id, parameters.Threshold) { AllBinary = parameters.BinaryDataOutput ?? false };
    }

    /// <summary>The outputs, where each knows whether it is wanted as binary data.</summary>
    private static List<RequestedOutput>? WithDefault(List<RequestedOutput>? outputs, bool? isBinary)
        => outputs?.ConvertAll(output => output with { IsBinary = output.IsBinary ?? isBinary });

    private InputTensor ReadInput()
    {
        Expect(JsonTokenType.StartObject, "An input");
        string? name = null;
        DataType? type = null;
        long[]? shape = null;
        var parameters = new Parameters();
        Utf8JsonReader data = default;
        bool hasData = false;
        while (NextMember(out string member))
        {
            switch (member)
            {
                case "name":
                    name = Text("name");
                    break;
                case "datatype":
                    type = DataTypes.Parse(Text("datatype"));
                    break;
                case "shape":
                    shape = ReadShape();
                    break;
                case "parameters":
                    parameters = ReadParameters();
                    break;
                case "data":
                    // What it means is known once type and shape are, which may come behind it.
                    data = _json;
                    hasData = true;
                    _json.Skip();
                    break;
                default:
                    _json.Skip();
                    break;
            }
        }

        if (name is null || type is not { } known || shape is null)
            throw new InferenceException(Problem.Invalid, "An input has 'name', 'datatype' and 'shape'; one is missing.");
        if (hasData == parameters.BinaryDataSize is not null)
            throw new InferenceException(Problem.Invalid, "An input has either 'data', or binary data and the parameter 'binary_data_size'.");
        var tensor = new InputTensor(name, known, shape);
        return hasData ? JsonTensorReader.Read(tensor, data, _length) : TakeBinary(tensor, parameters.BinaryDataSize!.Value);
    }

    private InputTensor TakeBinary(InputTensor tensor, long size)
    {
        if (size < 0 || size > _binary.Length)
            throw new InferenceException(Problem.Invalid, $"'binary_data_size' is {size}; behind the JSON there are {_binary.Length} bytes.");
        ReadOnlyMemory<byte> data = _binary[..(int)size];
        _binary = _binary[(int)size..];
        return BinaryTensor.Of(tensor, data);
    }

    private List<RequestedOutput> ReadOutputs()
    {
        Expect(JsonTokenType.StartArray, "'outputs'");
        var outputs = new List<RequestedOutput>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (outputs.Count == MostOutputs)
                throw new InferenceException(Problem.Invalid, $"There are more than {MostOutputs} 'outputs'.");
            Expect(JsonTokenType.StartObject, "An output");
            string? name = null;
            var parameters = new Parameters();
            while (NextMember(out string member))
            {
                if (member == "name")
                    name = Text("name");
                else if (member == "parameters")
                    parameters = ReadParameters();
                else
                    _json.Skip();
            }

            outputs.Add(new RequestedOutput(name ?? throw new InferenceException(Problem.Invalid, "An output has no 'name'."), parameters.Classification, parameters.BinaryData));
        }

        return outputs;
    }

    private long[] ReadShape()
    {
        Expect(JsonTokenType.StartArray, "'shape'");
        var lengths = new List<long>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out long length) || lengths.Count == InputTensor.MaximumRank)
                throw new InferenceException(Problem.Invalid, $"'shape' has what is no length, or more than {InputTensor.MaximumRank} of them.");
            lengths.Add(length);
        }

        return [.. lengths];
    }

    private Parameters ReadParameters()
    {
        Expect(JsonTokenType.StartObject, "'parameters'");
        var parameters = new Parameters();
        while (NextMember(out string member))
        {
            switch (member)
            {
                case "binary_data_size":
                    parameters.BinaryDataSize = Integer(member);
                    break;
                case "binary_data":
                    parameters.BinaryData = Flag(member);
                    break;
                case "binary_data_output":
                    parameters.BinaryDataOutput = Flag(member);
                    break;
                case "classification":
                    parameters.Classification = (int)Math.Clamp(Integer(member), int.MinValue, int.MaxValue);
                    break;
                case "threshold":
                    Expect(JsonTokenType.Number, "'threshold'");
                    parameters.Threshold = _json.GetSingle();
                    break;
                default:
                    _json.Skip();
                    break;
            }
        }

        return parameters;
    }

    /// <summary>Goes to the value of the next member of an object.</summary>
    private bool NextMember(out string name)
    {
        _json.Read();
        bool isMember = _json.TokenType == JsonTokenType.PropertyName;
        name = isMember ? _json.GetString()! : "";
        if (isMember)
            _json.Read();
        return isMember;
    }

    private string Text(string member)
    {
        Expect(JsonTokenType.String, $"'{member}'");
        return _json.GetString()!;
    }

    private long Integer(string member)
        => _json.TokenType == JsonTokenType.Number && _json.TryGetInt64(out long value) ? value : throw new InferenceException(Problem.Invalid, $"'{member}' is no integer.");

    private bool Flag(string member)
        => _json.TokenType is JsonTokenType.True or JsonTokenType.False ? _json.GetBoolean() : throw new InferenceException(Problem.Invalid, $"'{member}' is neither true nor false.");

    private void Expect(JsonTokenType type, string what)
    {
        if (_json.TokenType != type)
            throw new InferenceException(Problem.Invalid, $"{what} is {_json.TokenType} where {type} is needed.");
    }

    /// <summary>The parameters that mean something, wherever they stand.</summary>
    private struct Parameters
    {
        public long? BinaryDataSize;
        public bool? BinaryData;
        public bool? BinaryDataOutput;
        public int? Classification;
        public float? Threshold;
    }
}
