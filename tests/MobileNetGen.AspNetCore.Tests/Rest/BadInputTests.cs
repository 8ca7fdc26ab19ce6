using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using MobileNetGen.AspNetCore.Tests.Support;
using SkiaSharp;

namespace MobileNetGen.AspNetCore.Tests.Rest;

/// <summary>What strangers send.</summary>
[Collection(ServiceCollection.Name)]
public class BadInputTests(ServiceFixture fixture)
{
    private readonly TestService _service = fixture.Service;

    public static TheoryData<int, string, string> Requests => new()
    {
        { 400, "cifar10", "" },
        { 400, "cifar10", "[]" },
        { 400, "cifar10", "{\"inputs\":[]}" },
        { 400, "cifar10", "{\"inputs\":{}}" },
        { 400, "cifar10", new string('[', 100_000) },
        { 400, "cifar10", string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) },
        { 400, "cifar10", RestClient.Pixels([1, 1, 3], [1, 2, 3]) + "{}" },
        { 400, "cifar10", RestClient.Pixels([1, 1, 3], [1, 2, 3], ",\"inputs\":[]") },
        { 400, "cifar10", RestClient.Pixels([1, 1, 3], [1, 2]) },
        { 400, "cifar10", RestClient.Pixels([1, 1, 3], [1, 2, 3, 4]) },
        { 400, "cifar10", RestClient.Pixels([1, 1, 2], [1, 2]) },
        { 400, "cifar10", RestClient.Pixels([0, 1, 1, 3], []) },
        { 400, "cifar10", RestClient.Pixels([1, 0, 1, 3], []) },
        { 400, "cifar10", RestClient.Pixels([-1, -1, 3], [1, 2, 3]) },
        { 400, "cifar10", RestClient.Pixels([3], [1, 2, 3]) },
        { 400, "cifar10", RestClient.Pixels([1, 1, 3], [1, 2, 3], ",\"outputs\":[{\"name\":\"boxes\"}]") },
        { 400, "cifar10", RestClient.Pixels([1, 1, 3], [1, 2, 3], ",\"outputs\":[{\"name\":\"scores\",\"parameters\":{\"classification\":0}}]") },
        { 400, "cifar10", RestClient.Pixels([1, 1, 3], [1, 2, 3], ",\"outputs\":[{}]") },
        { 400, "cifar10", RestClient.Pixels([1, 1, 3], [1, 2, 3], ",\"outputs\":[" + string.Join(',', Enumerable.Repeat("{\"name\":\"scores\"}", 65)) + "]") },
        { 400, "digits", RestClient.Pixels([1, 1, 3], [1, 2, 3], ",\"parameters\":{\"threshold\":1.5}") },
        { 400, "digits", RestClient.Pixels([1, 1, 3], [1, 2, 3], ",\"outputs\":[{\"name\":\"scores\",\"parameters\":{\"classification\":1}}]") },
        { 400, "cifar10", RestClient.Request("image", "UINT8", [1, 1, 3], (int[])[1, 2, 256]) },
        { 400, "cifar10", RestClient.Request("image", "UINT8", [1, 1, 3], (double[])[1, 2, 0.5]) },
        { 400, "cifar10", RestClient.Request("image", "UINT8", [1, 1, 3], (string[])["1", "2", "3"]) },
        { 400, "cifar10", RestClient.Request("image", "FP32", [1, 1, 3], (int[])[1, 2, 3]) },
        { 400, "cifar10", RestClient.Request("image", "INT32", [1, 1, 3], (int[])[1, 2, 3]) },
        { 400, "cifar10", RestClient.Request("image", "BOOL", [1], (bool[])[true]) },
        { 400, "cifar10", RestClient.Request("image", "BYTES", [1], (string[])["no base64!"]) },
        { 400, "cifar10", RestClient.Request("image", "BYTES", [1], (string[])["AAAA"]) },
        { 400, "cifar10", RestClient.Request("image", "BYTES", [2], (string[])["AAAA"]) },
        { 400, "cifar10_raw", RestClient.Request("input", "FP32", [1, 32, 32, 1], new float[1024]) },
        { 400, "cifar10_raw", RestClient.Request("input", "FP32", [3072], new float[3072]) },
        { 400, "cifar10_raw", "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[32,32,3],\"data\":[1e39" + string.Concat(Enumerable.Repeat(",0", 3071)) + "]}]}" },
        { 400, "cifar10", "{\"inputs\":[{\"name\":\"image\",\"datatype\":\"UINT8\",\"shape\":[9223372036854775807,9223372036854775807,9223372036854775807,3],\"data\":[]}]}" },
        { 400, "cifar10", "{\"inputs\":[{\"name\":\"image\",\"datatype\":\"UINT8\",\"shape\":[1,1,1,1,1,1,1,1,3],\"data\":[1,2,3]}]}" },
        { 400, "cifar10", "{\"inputs\":[{\"name\":\"image\",\"datatype\":\"UINT8\",\"shape\":[99999999999999999999],\"data\":[1]}]}" },
        { 400, "cifar10", "{\"inputs\":[{\"name\":\"image\",\"datatype\":\"UINT8\",\"shape\":[1,1,3],\"parameters\":{\"binary_data_size\":3}}]}" },
        { 400, "cifar10", "{\"inputs\":[{\"name\":\"image\",\"datatype\":\"UINT8\",\"shape\":[1,1,3],\"parameters\":{\"binary_data_size\":-3}}]}" },
        { 413, "cifar10", RestClient.Pixels([33, 1, 1, 3], new byte[99]) },
        { 413, "cifar10", RestClient.Pixels([1, 16_385, 1], new byte[16_385]) },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task What_cannot_be_is_refused_with_a_reason(int status, string model, string request)
    {
        RestAnswer answer = await _service.InferAsync(model, request);
        Assert.Equal(status, answer.Status);
        Schemas.Matches(Schemas.Error, answer.Json);
    }

    [Fact]
    public async Task Images_that_claim_to_be_large_are_refused_before_they_are_decoded()
    {
        byte[] png = Picture(SKEncodedImageFormat.Png), jpeg = Picture(SKEncodedImageFormat.Jpeg);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(16), 60_000);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(20), 60_000);
        int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        byte[] wide = [.. jpeg];
        BinaryPrimitives.WriteUInt16BigEndian(wide.AsSpan(frame + 5), 65_500);
        BinaryPrimitives.WriteUInt16BigEndian(wide.AsSpan(frame + 7), 65_500);

        // A scan of few bytes goes through all of the picture.
        int scan = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        byte[] scans = [.. jpeg[..scan], .. Enumerable.Repeat((byte[])[0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0], 300).SelectMany(bytes => bytes), .. jpeg[scan..]];

        foreach (byte[] bomb in (byte[][])[png, wide, scans])
            Assert.Equal(413, (await _service.InferFileAsync("cifar10", bomb)).Status);
        foreach (byte[] file in (byte[][])[[], [0xFF, 0xD8], [0xFF, 0xD8, 0xFF], jpeg[..(frame + 4)], png[..20], "GIF89a"u8.ToArray(), "RIFF\0\0\0\0WEBP"u8.ToArray(), "BM"u8.ToArray()])
            Assert.Equal(400, (await _service.InferFileAsync("cifar10", file)).Status);
        Assert.Equal(200, (await _service.InferFileAsync("cifar10", jpeg)).Status);
    }

    [Fact]
    public async Task Thousands_of_damaged_requests_are_each_answered_and_leave_nothing_behind()
    {
        var random = new Random(20_26);
        byte[] jpeg = Picture(SKEncodedImageFormat.Jpeg), png = Picture(SKEncodedImageFormat.Png), pixels = Pictures.Noise(192);
        const string Head = """{"id":"1","inputs":[{"name":"image","shape":[1,8,8,3],"datatype":"UINT8","parameters":{"binary_data_size":192}}],"parameters":{"binary_data_output":true}}""";
        (string Model, byte[] Body, int? Json)[] good =
        [
            ("cifar10", Encoding.UTF8.GetBytes(RestClient.Pixels([2, 2, 3], Pictures.Noise(12), ",\"id\":\"\\u00e9\",\"outputs\":[{\"name\":\"scores\",\"parameters\":{\"classification\":2}}]")), null),
            ("digits", Encoding.UTF8.GetBytes(RestClient.Request("image", "BYTES", [2], (byte[][])[jpeg, png])), null),
            ("cifar10", [.. Encoding.UTF8.GetBytes(Head), .. pixels], Head.Length),
            ("embedder", jpeg, 0),
            ("embedder", png, 0),
        ];

        int refused = 0;
        long before = 0;
        for (int i = 0; i < 2_500; i++)
        {
            (string model, byte[] body, int? json) = good[i % good.Length];
            var content = new ByteArrayContent(Damage.To(random, body));
            if (json is { } length)
                content.Headers.Add(RestClient.JsonLength, (random.Next(8) == 0 ? random.Next(-5, 2 * body.Length) : length).ToString(CultureInfo.InvariantCulture));
            RestAnswer answer = await _service.SendAsync(HttpMethod.Post, $"/v2/models/{model}/infer", content);
            Assert.True(answer.Status is 200 or (>= 400 and < 500), $"request {i}: {answer.Status} {answer.Error}");
            Schemas.Matches(answer.Status == 200 ? Schemas.Inference : Schemas.Error, answer.Json);
            refused += answer.Status == 200 ? 0 : 1;
            if (i == 500)
                before = GC.GetTotalMemory(forceFullCollection: true);
        }

        Assert.InRange(refused, 1_000, int.MaxValue);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 << 20);
        Assert.Equal(200, (await _service.GetAsync("/v2/health/ready")).Status);
    }

    [Fact]
    public async Task Bodies_that_are_too_long_or_lie_about_their_length_are_refused()
    {
        await using TestService service = await TestService.StartAsync(limits => (limits.MaximumBodyBytes, limits.BodyTimeout) = (4_096, TimeSpan.FromSeconds(0.4)));
        Assert.Equal(413, (await service.InferAsync("cifar10", new string(' ', 5_000))).Status);
        Assert.Equal(400, (await service.InferAsync("cifar10", new string(' ', 4_096))).Status);
        Assert.StartsWith("HTTP/1.1 413", await TalkAsync(service, "Transfer-Encoding: chunked", $"1000\r\n{new string(' ', 4_096)}\r\n1000\r\n{new string(' ', 4_096)}\r\n0\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 413", await TalkAsync(service, "Content-Length: 99999999999", ""), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", await TalkAsync(service, "Content-Length: -1", ""), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", await TalkAsync(service, "Transfer-Encoding: chunked", "zz\r\n"), StringComparison.Ordinal);

        // One that stops in the middle, and one that comes a byte at a time.
        Assert.StartsWith("HTTP/1.1 408", await TalkAsync(service, "Content-Length: 100", "{"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 408", await TalkAsync(service, "Content-Length: 100", new string('{', 20), pause: TimeSpan.FromMilliseconds(50)), StringComparison.Ordinal);
        Assert.Equal(200, (await service.GetAsync("/v2/health/ready")).Status);
    }

    [Fact]
    public async Task Bodies_for_which_there_is_no_memory_beside_others_may_come_again()
    {
        await using TestService service = await TestService.StartAsync(limits => (limits.MaximumBufferedBytes, limits.BodyTimeout) = (10_000, TimeSpan.FromSeconds(5)));
        using var slow = new TcpClient("127.0.0.1", service.HttpPort);
        await slow.GetStream().WriteAsync("POST /v2/models/cifar10/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n"u8.ToArray());
        RestAnswer answer = await service.InferAsync("cifar10", new string(' ', 2_000));
        for (int i = 0; i < 50 && answer.Status != 503; i++)
        {
            await Task.Delay(20);
            answer = await service.InferAsync("cifar10", new string(' ', 2_000));
        }

        Assert.Equal(503, answer.Status);

        // What is sent by a client that goes is given back.
        slow.Dispose();
        for (int i = 0; i < 50 && answer.Status == 503; i++)
        {
            await Task.Delay(20);
            answer = await service.InferAsync("cifar10", new string(' ', 2_000));
        }

        Assert.Equal(400, answer.Status);
    }

    private static byte[] Picture(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(20, 14, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Erase(SKColors.Orange);
        return bitmap.Encode(format, 80).ToArray();
    }

    /// <summary>Sends a request as it stands, and reads the first line of the answer.</summary>
    private static async Task<string> TalkAsync(TestService service, string header, string body, TimeSpan pause = default)
    {
        using var client = new TcpClient("127.0.0.1", service.HttpPort);
        NetworkStream stream = client.GetStream();
        stream.ReadTimeout = 10_000;
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /v2/models/cifar10/infer HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n"));
        using var reader = new StreamReader(stream);
        Task<string?> line = reader.ReadLineAsync();
        try
        {
            foreach (char character in pause == default ? "" : body)
            {
                stream.WriteByte((byte)character);
                await Task.Delay(pause);
            }

            if (pause == default)
                await stream.WriteAsync(Encoding.ASCII.GetBytes(body));
        }
        catch (IOException)
        {
            // The service has answered and closed the connection.
        }

        return await line.WaitAsync(TimeSpan.FromSeconds(10)) ?? "";
    }
}
