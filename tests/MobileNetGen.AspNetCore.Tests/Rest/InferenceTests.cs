using System;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using MobileNetGen.AspNetCore.Tests.Support;
using MobileNetGen.Runtime;
using MobileNetGen.SkiaSharp;

namespace MobileNetGen.AspNetCore.Tests.Rest;

/// <summary>Answers over HTTP are those of the generated classes, in every bit.</summary>
[Collection(ServiceCollection.Name)]
public class InferenceTests(ServiceFixture fixture)
{
    private readonly TestService _service = fixture.Service;

    [Fact]
    public async Task A_tensor_of_the_networks_size_gives_what_Run_gives()
    {
        byte[] pixels = Pictures.Noise(Cifar10_1_0_32_Int8.InputLength * 3);
        RestAnswer answer = await _service.InferAsync("cifar10", RestClient.Pixels([3, 32, 32, 3], pixels, ",\"id\":\"seven\""));

        Assert.Equal(200, answer.Status);
        Assert.Equal("seven", (string?)answer.Json!["id"]);
        Assert.Equal("[3,10]", answer.Output("scores")["shape"]!.ToJsonString());
        Assert.Equal(Scores(pixels, 3), answer.Floats("scores"));
    }

    [Fact]
    public async Task Binary_data_give_binary_data_of_the_same_bits()
    {
        byte[] pixels = Pictures.Noise(Cifar10_1_0_32_Int8.InputLength * 2, seed: 2);
        RestAnswer answer = await _service.InferBinaryAsync(
            "cifar10",
            $$$"""{"parameters":{"binary_data_output":true},"inputs":[{"name":"image","shape":[2,32,32,3],"datatype":"UINT8","parameters":{"binary_data_size":{{{pixels.Length}}}}}]}""",
            pixels);

        Assert.Equal((200, "application/octet-stream"), (answer.Status, answer.ContentType));
        Assert.Equal(80, (int)answer.Output("scores")["parameters"]!["binary_data_size"]!);
        Assert.Equal(MemoryMarshal.AsBytes<float>(Scores(pixels, 2)), answer.Binary);
    }

    [Theory]
    [InlineData(3, PixelFormat.Rgb)]
    [InlineData(1, PixelFormat.Grey)]
    [InlineData(4, PixelFormat.Rgba)]
    public async Task An_image_of_any_size_is_prepared(int channels, PixelFormat format)
    {
        byte[] pixels = Pictures.Noise(50 * 41 * channels, seed: 3);
        var prepared = new byte[Cifar10_1_0_32_Int8.InputLength];
        Cifar10_1_0_32_Int8.Prepare(pixels, 50, 41, prepared, format);

        RestAnswer answer = await _service.InferAsync("cifar10", RestClient.Pixels([1, 41, 50, channels], pixels));
        Assert.Equal(Scores(prepared, 1), answer.Floats("scores"));
    }

    [Fact]
    public async Task Pixels_are_red_green_and_blue_whatever_the_network_takes()
    {
        // Of its own size too, where nothing else would be done to them.
        byte[] pixels = Pictures.Noise(Swapped.InputLength, seed: 4);
        var expected = new Prediction[Swapped.OutputLength];
        Swapped.Classify(pixels, Swapped.InputWidth, Swapped.InputHeight, expected);

        RestAnswer answer = await _service.InferAsync("swapped", RestClient.Pixels([Swapped.InputHeight, Swapped.InputWidth, 3], pixels));
        float[] scores = answer.Floats("scores");
        Assert.All(expected, prediction => Assert.Equal(prediction.Probability, scores[prediction.Index]));
    }

    [Fact]
    public async Task JPEG_and_PNG_files_are_what_the_photograph_package_makes_of_them()
    {
        Prediction[] expected = Cifar10_1_0_32_Int8.Classify(new System.IO.MemoryStream(Pictures.Cat), count: 3);
        string[] texts = [.. expected.Select(prediction => string.Create(CultureInfo.InvariantCulture, $"{prediction.Probability}:{prediction.Index}:{prediction.Label}"))];

        RestAnswer alone = await _service.InferFileAsync("cifar10", Pictures.Cat, "?classification=3");
        Assert.Equal(texts, alone.Strings("scores"));

        RestAnswer batch = await _service.InferAsync("cifar10", RestClient.Request("image", "BYTES", [2], (byte[][])[Pictures.Cat, Pictures.CatPng], """
            ,"outputs":[{"name":"scores","parameters":{"classification":3}}]
            """));
        Assert.Equal([.. texts, .. texts], batch.Strings("scores"));

        byte[] binary = [.. BitConverter.GetBytes(Pictures.CatPng.Length), .. Pictures.CatPng];
        RestAnswer prefixed = await _service.InferBinaryAsync(
            "cifar10",
            $$$"""
            {"inputs":[{"parameters":{"binary_data_size":{{{binary.Length}}}},"datatype":"BYTES","shape":[1,1],"name":"image"}],
             "outputs":[{"name":"scores","parameters":{"classification":3,"binary_data":true}}]}
            """,
            binary);
        Assert.Equal([.. texts.SelectMany(text => (byte[])[.. BitConverter.GetBytes(text.Length), .. System.Text.Encoding.UTF8.GetBytes(text)])], prefixed.Binary);
    }

    [Fact]
    public async Task Detections_are_those_of_Detect_and_a_batch_is_filled_up_with_zeros()
    {
        byte[] rgb = Pictures.Rgb(Pictures.Cat, out int width, out int height);
        var expected = new Detection[100];
        int count = Digits_1_0_128.Detect(rgb, width, height, expected, 0.3f);
        Assert.NotInRange(count, int.MinValue, 0);

        RestAnswer answer = await _service.InferAsync("digits", RestClient.Request("image", "BYTES", [2], (byte[][])[Pictures.CatPng, Flat()], """
            ,"parameters":{"threshold":0.3}
            """));
        Assert.Equal($"[{count},0]", answer.Output("counts")["data"]!.ToJsonString());
        Assert.Equal($"[2,{count},4]", answer.Output("boxes")["shape"]!.ToJsonString());
        Assert.Equal(expected[..count].SelectMany(box => (float[])[box.Left, box.Top, box.Right, box.Bottom]), answer.Floats("boxes").Take(4 * count));
        Assert.Equal(expected[..count].Select(box => box.Score), answer.Floats("scores").Take(count));
        Assert.Equal(expected[..count].Select(box => (float)box.Class), answer.Floats("classes").Take(count));
        Assert.Equal(expected[..count].Select(box => box.Label), answer.Strings("labels").Take(count));
        Assert.All(answer.Floats("boxes").Skip(4 * count), edge => Assert.Equal(0, edge));

        static byte[] Flat()
        {
            using var bitmap = new global::SkiaSharp.SKBitmap(40, 30);
            bitmap.Erase(global::SkiaSharp.SKColors.Gray);
            return bitmap.Encode(global::SkiaSharp.SKEncodedImageFormat.Png, 100).ToArray();
        }
    }

    [Fact]
    public async Task Features_are_those_of_the_class()
    {
        byte[] pixels = Pictures.Noise(30 * 20 * 3, seed: 6);
        var expected = new float[Embedder.OutputLength];
        Features<Embedder>(pixels, 20, 30, expected);
        RestAnswer answer = await _service.InferAsync("embedder", RestClient.Pixels([30, 20, 3], pixels));
        Assert.Equal(expected, answer.Floats("features"));

        static void Features<T>(byte[] pixels, int width, int height, float[] features) where T : IImageFeatures<T> => T.Features(pixels, width, height, features);
    }

    [Fact]
    public async Task A_networks_own_numbers_go_through_RunRaw()
    {
        float[] input = [.. Pictures.Noise(2 * 32 * 32 * 3, seed: 7).Select(value => (value - 128) / 64f)];
        var expected = new float[20];
        Cifar10_1_0_32.RunRaw(input.AsSpan(0, 3072), expected.AsSpan(0, 10));
        Cifar10_1_0_32.RunRaw(input.AsSpan(3072), expected.AsSpan(10));
        RestAnswer single = await _service.InferAsync("cifar10_raw", RestClient.Request("input", "FP32", [2, 32, 32, 3], input));
        Assert.Equal(expected, single.Floats("output"));

        sbyte[] signed = [.. Pictures.Noise(3072, seed: 8).Select(value => (sbyte)value)];
        var result = new sbyte[10];
        Cifar10_1_0_32_Int8.RunRaw(signed, result);
        RestAnswer bytes = await _service.InferAsync("cifar10_int8", RestClient.Request("input", "INT8", [32, 32, 3], signed));
        Assert.Equal(result.Select(value => (float)value), bytes.Floats("output"));

        // The tensor alone, from an address that is no multiple of four.
        var content = new ByteArrayContent(MemoryMarshal.AsBytes<float>(input.AsSpan(0, 3072)).ToArray()) { Headers = { { RestClient.JsonLength, "0" } } };
        RestAnswer alone = await _service.SendAsync(HttpMethod.Post, "/v2/models/cifar10_raw/versions/1/infer", content);
        Assert.Equal(expected[..10], alone.Floats("output"));
    }

    private static float[] Scores(byte[] pixels, int count)
    {
        var scores = new float[count * Cifar10_1_0_32_Int8.OutputLength];
        for (int i = 0; i < count; i++)
        {
            Cifar10_1_0_32_Int8.Run(
                pixels.AsSpan(i * Cifar10_1_0_32_Int8.InputLength, Cifar10_1_0_32_Int8.InputLength), scores.AsSpan(i * Cifar10_1_0_32_Int8.OutputLength, Cifar10_1_0_32_Int8.OutputLength));
        }

        return scores;
    }
}
