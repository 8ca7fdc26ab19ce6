using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using MobileNetGen.AspNetCore.Models;
using MobileNetGen.AspNetCore.Serving;
using MobileNetGen.AspNetCore.Tensors;

namespace MobileNetGen.AspNetCore.Grpc;

/// <summary>From messages to tensors and back. Who sends raw data gets raw data, and who sends lists of numbers gets those.</summary>
internal static class GrpcTensors
{
    private const int MostOutputs = 64;

    /// <summary>Reads a request.</summary>
    /// <exception cref="InferenceException">It does not say what an inference request has to.</exception>
    public static InferenceRequest Read(ModelInferRequest request)
    {
        if (request.Inputs is not [var input])
            throw new InferenceException(Problem.Invalid, $"Each network takes one input; there are {request.Inputs.Count}.");
        if (request.Outputs.Count > MostOutputs)
            throw new InferenceException(Problem.Invalid, $"There are more than {MostOutputs} outputs.");
        if (request.RawInputContents.Count > 1 || (request.RawInputContents.Count == 1) == input.Contents is not null)
            throw new InferenceException(Problem.Invalid, "An input has either 'contents', or its data in 'raw_input_contents'.");
        return new InferenceRequest(Read(input, request.RawInputContents), [.. request.Outputs.Select(Read)], request.Id, Threshold(request.Parameters));
    }

    /// <summary>Writes an answer.</summary>
    public static ModelInferResponse Write(ServedModel model, ModelInferRequest request, OutputTensor[] outputs)
    {
        bool isRaw = request.RawInputContents.Count > 0;
        var response = new ModelInferResponse { ModelName = model.Name, ModelVersion = ServedModel.Version, Id = request.Id };
        foreach (OutputTensor tensor in outputs)
        {
            response.Outputs.Add(new ModelInferResponse.Types.InferOutputTensor
            {
                Name = tensor.Name,
                Datatype = tensor.Type.Name(),
                Shape = { tensor.Shape.Select(length => (long)length) },
                Contents = isRaw ? null : Contents(tensor),
            });
            if (isRaw)
                response.RawOutputContents.Add(UnsafeByteOperations.UnsafeWrap(tensor.Type == DataType.Bytes ? LengthPrefixed.Join(tensor.Items) : tensor.Data));
        }

        return response;
    }

    private static InputTensor Read(ModelInferRequest.Types.InferInputTensor input, RepeatedField<ByteString> raw)
    {
        if (input.Shape.Count > InputTensor.MaximumRank)
            throw new InferenceException(Problem.Invalid, $"The shape has {input.Shape.Count} axes; at most {InputTensor.MaximumRank} are read.");
        var tensor = new InputTensor(input.Name, DataTypes.Parse(input.Datatype), [.. input.Shape]);
        if (raw.Count > 0)
            return BinaryTensor.Of(tensor, raw[0].Memory);

        InferTensorContents contents = input.Contents;
        switch (tensor.Type)
        {
            case DataType.UInt8:
                return tensor with { Data = Narrow(contents.UintContents, tensor, value => value <= byte.MaxValue, value => (byte)value) };
            case DataType.Int8:
                return tensor with { Data = Narrow(contents.IntContents, tensor, value => value is >= sbyte.MinValue and <= sbyte.MaxValue, value => (byte)value) };
            case DataType.Float32:
                CheckCount(tensor, contents.Fp32Contents.Count);
                return tensor with { Data = MemoryMarshal.AsBytes<float>(contents.Fp32Contents.ToArray()).ToArray() };
            case DataType.Bytes:
                CheckCount(tensor, contents.BytesContents.Count);
                return tensor with { Items = [.. contents.BytesContents.Select(file => file.Memory)] };
            default:
                throw new InferenceException(Problem.Invalid, $"No network takes {tensor.Type.Name()}.");
        }
    }

    private static byte[] Narrow<T>(RepeatedField<T> values, InputTensor tensor, Func<T, bool> fits, Func<T, byte> narrow)
    {
        CheckCount(tensor, values.Count);
        return values.All(fits) ? [.. values.Select(narrow)] : throw new InferenceException(Problem.Invalid, $"An element is outside the range of {tensor.Type.Name()}.");
    }

    private static void CheckCount(InputTensor tensor, int count)
    {
        if (InputTensor.Count(tensor.Shape, count) != count)
            throw new InferenceException(Problem.Invalid, $"'contents' has {count} elements of {tensor.Type.Name()}; the shape says fewer.");
    }

    private static RequestedOutput Read(ModelInferRequest.Types.InferRequestedOutputTensor output)
        => new(output.Name, Number(output.Parameters, "classification") is { } classes ? (int)Math.Clamp(classes, int.MinValue, int.MaxValue) : null);

    private static float? Threshold(IDictionary<string, InferParameter> parameters) => (float?)Number(parameters, "threshold");

    /// <summary>A number, of whatever type.</summary>
    private static double? Number(IDictionary<string, InferParameter> parameters, string name)
        => !parameters.TryGetValue(name, out InferParameter? parameter) ? null : parameter.ParameterChoiceCase switch
        {
            InferParameter.ParameterChoiceOneofCase.Int64Param => parameter.Int64Param,
            InferParameter.ParameterChoiceOneofCase.Uint64Param => parameter.Uint64Param,
            InferParameter.ParameterChoiceOneofCase.DoubleParam => parameter.DoubleParam,
            _ => throw new InferenceException(Problem.Invalid, $"The parameter '{name}' is no number."),
        };

    private static InferTensorContents Contents(OutputTensor tensor)
    {
        var contents = new InferTensorContents();
        switch (tensor.Type)
        {
            case DataType.UInt8:
                contents.UintContents.Add(tensor.Data.Select(value => (uint)value));
                break;
            case DataType.Int8:
                contents.IntContents.Add(tensor.Data.Select(value => (int)(sbyte)value));
                break;
            case DataType.Int32:
                contents.IntContents.Add(tensor.As<int>().ToArray());
                break;
            case DataType.Float32:
                contents.Fp32Contents.Add(tensor.As<float>().ToArray());
                break;
            default:
                contents.BytesContents.Add(tensor.Items.Select(ByteString.CopyFromUtf8));
                break;
        }

        return contents;
    }
}
