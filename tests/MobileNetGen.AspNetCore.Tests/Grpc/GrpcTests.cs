using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using MobileNetGen.AspNetCore.Grpc;
using MobileNetGen.AspNetCore.Tests.Support;
using MobileNetGen.Runtime;
using MobileNetGen.SkiaSharp;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace MobileNetGen.AspNetCore.Tests.Grpc;

/// <summary>The protocol over gRPC, with the client that .NET has.</summary>
[Collection(ServiceCollection.Name)]
public class GrpcTests(ServiceFixture fixture)
{
    private readonly TestService _service = fixture.Service;
    private readonly GRPCInferenceService.GRPCInferenceServiceClient _client = new(fixture.Service.Grpc);

    [Fact]
    public async Task The_server_says_what_it_is_and_has()
    {
        Assert.True((await _client.ServerLiveAsync(new ServerLiveRequest())).Live);
        Assert.True((await _client.ServerReadyAsync(new ServerReadyRequest())).Ready);
        Assert.True((await _client.ModelReadyAsync(new ModelReadyRequest { Name = "cifar10", Version = "1" })).Ready);
        Assert.Equal(["binary_tensor_data", "classification", "model_repository"], (await _client.ServerMetadataAsync(new ServerMetadataRequest())).Extensions);

        ModelMetadataResponse model = await _client.ModelMetadataAsync(new ModelMetadataRequest { Name = "cifar10_raw" });
        Assert.Equal(("input", "FP32"), (model.Inputs[0].Name, model.Inputs[0].Datatype));
        Assert.Equal([-1, 32, 32, 3], model.Inputs[0].Shape);
        Assert.Equal([-1, 10], model.Outputs[0].Shape);

        RepositoryIndexResponse index = await _client.RepositoryIndexAsync(new RepositoryIndexRequest());
        Assert.Equal(["cifar10", "cifar10_int8", "cifar10_raw", "digits", "embedder", "swapped"], index.Models.Select(entry => entry.Name));
        await _client.RepositoryModelLoadAsync(new RepositoryModelLoadRequest { ModelName = "digits" });
        Assert.Equal(StatusCode.InvalidArgument, await FailureAsync(_client.RepositoryModelUnloadAsync(new RepositoryModelUnloadRequest { ModelName = "digits" })));
        Assert.Equal(StatusCode.NotFound, await FailureAsync(_client.ModelReadyAsync(new ModelReadyRequest { Name = "digits", Version = "2" })));
    }

    [Theory]
    [InlineData("")]
    [InlineData("inference.GRPCInferenceService")]
    public async Task Health_is_told_by_the_standard_service(string service)
        => Assert.Equal(Status.Serving, (await new Health.HealthClient(_service.Grpc).CheckAsync(new HealthCheckRequest { Service = service })).Status);

    [Fact]
    public async Task Raw_contents_give_raw_contents_of_the_same_bits_as_Run()
    {
        byte[] pixels = Pictures.Noise(Cifar10_1_0_32_Int8.InputLength, seed: 20);
        var scores = new float[10];
        Cifar10_1_0_32_Int8.Run(pixels, scores);

        ModelInferResponse answer = await _client.ModelInferAsync(Request("cifar10", "image", "UINT8", [1, 32, 32, 3], raw: pixels));
        Assert.Equal(MemoryMarshal.AsBytes<float>(scores), answer.RawOutputContents.Single().Span);
        Assert.Null(answer.Outputs.Single().Contents);
        Assert.Equal(("cifar10", "1", "42"), (answer.ModelName, answer.ModelVersion, answer.Id));
    }

    [Fact]
    public async Task Typed_contents_give_typed_contents()
    {
        byte[] pixels = Pictures.Noise(40 * 30 * 3, seed: 21);
        var top = new Prediction[10];
        Cifar10_1_0_32_Int8.Classify(pixels, 40, 30, top);

        ModelInferRequest request = Request("cifar10", "image", "UINT8", [1, 30, 40, 3], new InferTensorContents { UintContents = { pixels.Select(value => (uint)value) } });
        ModelInferResponse answer = await _client.ModelInferAsync(request);
        Assert.All(top, prediction => Assert.Equal(prediction.Probability, answer.Outputs.Single().Contents.Fp32Contents[prediction.Index]));

        float[] numbers = [.. Pictures.Noise(3072, seed: 22).Select(value => (value - 128) / 64f)];
        var expected = new float[10];
        Cifar10_1_0_32.RunRaw(numbers, expected);
        ModelInferResponse raw = await _client.ModelInferAsync(Request("cifar10_raw", "input", "FP32", [1, 32, 32, 3], new InferTensorContents { Fp32Contents = { numbers } }));
        Assert.Equal(expected, raw.Outputs.Single().Contents.Fp32Contents);
    }

    [Fact]
    public async Task A_JPEG_file_gives_labels()
    {
        ModelInferRequest request = Request("cifar10", "image", "BYTES", [1], new InferTensorContents { BytesContents = { ByteString.CopyFrom(Pictures.Cat) } });
        request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "scores", Parameters = { ["classification"] = new InferParameter { Int64Param = 2 } } });
        ModelInferResponse answer = await _client.ModelInferAsync(request);

        Prediction[] expected = Cifar10_1_0_32_Int8.Classify(new System.IO.MemoryStream(Pictures.Cat), count: 2);
        Assert.Equal(
            expected.Select(prediction => string.Create(CultureInfo.InvariantCulture, $"{prediction.Probability}:{prediction.Index}:{prediction.Label}")),
            answer.Outputs.Single().Contents.BytesContents.Select(text => text.ToStringUtf8()));
    }

    [Fact]
    public async Task Detections_come_with_a_threshold_of_the_requests()
    {
        ModelInferRequest request = Request("digits", "image", "BYTES", [1], new InferTensorContents { BytesContents = { ByteString.CopyFrom(Pictures.CatPng) } });
        request.Parameters["threshold"] = new InferParameter { DoubleParam = 0.99 };
        ModelInferResponse answer = await _client.ModelInferAsync(request);
        Assert.Equal(0, answer.Outputs.Single(output => output.Name == "counts").Contents.IntContents.Single());
    }

    [Fact]
    public async Task What_cannot_be_is_an_invalid_argument()
    {
        byte[] pixels = new byte[3072];
        (ModelInferRequest Request, StatusCode Status)[] bad =
        [
            (Request("none", "image", "UINT8", [1, 32, 32, 3], raw: pixels), StatusCode.NotFound),
            (Request("cifar10", "picture", "UINT8", [1, 32, 32, 3], raw: pixels), StatusCode.InvalidArgument),
            (Request("cifar10", "image", "FP64", [1, 32, 32, 3], raw: pixels), StatusCode.InvalidArgument),
            (Request("cifar10", "image", "UINT8", [1, 32, 32, 4], raw: pixels), StatusCode.InvalidArgument),
            (Request("cifar10", "image", "UINT8", [1, -32, -32, 3], raw: pixels), StatusCode.InvalidArgument),
            (Request("cifar10", "image", "UINT8", [1, long.MaxValue, long.MaxValue, 3], raw: pixels), StatusCode.InvalidArgument),
            (Request("cifar10", "image", "UINT8", [0, 32, 32, 3], raw: []), StatusCode.InvalidArgument),
            (Request("cifar10", "image", "BYTES", [1], raw: [255, 255, 255, 255, 1]), StatusCode.InvalidArgument),
            (Request("cifar10", "image", "UINT8", [1, 1, 1, 3], new InferTensorContents { UintContents = { 1, 2, 256 } }), StatusCode.InvalidArgument),
            (Request("cifar10", "image", "UINT8", [1, 1, 1, 3], new InferTensorContents { UintContents = { 1, 2 } }), StatusCode.InvalidArgument),
            (Request("cifar10", "image", "UINT8", [1, 1, 1, 3]), StatusCode.InvalidArgument),
            (new ModelInferRequest { ModelName = "cifar10" }, StatusCode.InvalidArgument),
        ];
        foreach ((ModelInferRequest request, StatusCode status) in bad)
            Assert.Equal(status, await FailureAsync(_client.ModelInferAsync(request)));
    }

    [Fact]
    public async Task A_message_of_millions_of_parts_is_refused_before_it_becomes_objects()
    {
        // Each pair of bytes is an empty input: parsed, some hundred bytes each.
        byte[] inputs = new byte[8 << 20];
        MemoryMarshal.Cast<byte, ushort>(inputs.AsSpan()).Fill(0x002A);
        long before = GC.GetTotalAllocatedBytes();
        Assert.Equal(StatusCode.InvalidArgument, await SendAsync(inputs));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 6 * inputs.Length);

        Assert.Equal(StatusCode.InvalidArgument, await SendAsync([0x2A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]));
        Assert.Equal(StatusCode.InvalidArgument, await SendAsync([0x0A, 2, 0xC0, 0xC0]));
        Assert.Equal(StatusCode.InvalidArgument, await SendAsync([7]));
        Assert.Equal(StatusCode.ResourceExhausted, await SendAsync(new byte[17 << 20]));
    }

    [Fact]
    public async Task Damaged_messages_are_invalid_arguments_and_no_failure_of_the_service()
    {
        var random = new Random(20_27);
        ModelInferRequest typed = Request("digits", "image", "BYTES", [1], new InferTensorContents { BytesContents = { ByteString.CopyFrom(Pictures.CatPng.AsSpan(0, 60)) } });
        typed.Parameters["threshold"] = new InferParameter { DoubleParam = 0.3 };
        ModelInferRequest scores = Request("cifar10", "image", "UINT8", [1, 2, 2, 3], raw: Pictures.Noise(12));
        scores.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "scores", Parameters = { ["classification"] = new InferParameter { Int64Param = 2 } } });
        byte[][] good = [typed.ToByteArray(), scores.ToByteArray(), Request("embedder", "image", "UINT8", [1, 1, 3], new InferTensorContents { UintContents = { 1, 2, 3 } }).ToByteArray()];

        var seen = new HashSet<StatusCode>();
        for (int i = 0; i < 900; i++)
        {
            StatusCode status = await SendAsync(Damage.To(random, good[i % good.Length]));
            Assert.True(status is StatusCode.OK or StatusCode.InvalidArgument or StatusCode.NotFound, $"message {i}: {status}");
            seen.Add(status);
        }

        Assert.Equal(3, seen.Count);
    }

    private async Task<StatusCode> SendAsync(byte[] message)
    {
        Marshaller<byte[]> bytes = Marshallers.Create(data => data, data => data);
        var method = new Method<byte[], byte[]>(MethodType.Unary, "inference.GRPCInferenceService", "ModelInfer", bytes, bytes);
        using AsyncUnaryCall<byte[]> call = _service.Grpc.CreateCallInvoker().AsyncUnaryCall(method, null, default, message);
        try
        {
            await call;
            return StatusCode.OK;
        }
        catch (RpcException failure)
        {
            return failure.StatusCode;
        }
    }

    private static async Task<StatusCode> FailureAsync<T>(AsyncUnaryCall<T> call) => (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode;

    private static ModelInferRequest Request(string model, string input, string type, long[] shape, InferTensorContents? contents = null, byte[]? raw = null)
    {
        var request = new ModelInferRequest { ModelName = model, Id = "42", Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = input, Datatype = type, Shape = { shape }, Contents = contents } } };
        if (raw is not null)
            request.RawInputContents.Add(ByteString.CopyFrom(raw));
        return request;
    }
}
