using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using MobileNetGen.Runtime;
using MobileNetGen.Samples.Classify;
using MobileNetGen.SkiaSharp;
using MobileNetGen.Tests;
using SkiaSharp;

namespace MobileNetGen.Samples.Tests.Web;

/// <summary>The page of samples/Web, in a browser.</summary>
public sealed class WebTests(WebFixture web) : IClassFixture<WebFixture>, IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("web");
    private WebApplication? _server;
    private string _address = "";

    private static string Cat => Path.Combine(AppContext.BaseDirectory, "photos", "cat.jpg");

    public async Task InitializeAsync()
    {
        if (Chromium.Program is not null)
            (_server, _address) = await web.ServeAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [BrowserFact]
    public async Task The_photograph_that_comes_with_the_page_is_classified_when_it_opens_with_the_scores_that_the_console_gives()
    {
        await using BrowserPage page = await OpenAsync();

        JsonNode result = await page.ResultAsync(1);

        byte[] rgba = Convert.FromBase64String((string)(await page.EvaluateAsync("""
            (async () => {
              const bitmap = await createImageBitmap(await (await fetch('cat.jpg')).blob(), { colorSpaceConversion: 'none' });
              const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', { willReadFrequently: true });
              context.drawImage(bitmap, 0, 0);
              return new Uint8Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer).toBase64();
            })()
            """))!);
        AssertScores(rgba, 451, 300, result);
        Assert.Equal("cat", await page.TextAsync("#bars li:first-child .label"));
        Assert.Equal("92.6%", await page.TextAsync("#bars li:first-child .percent"));
        Assert.Equal("cat, 93 percent", await page.TextAsync("[aria-live=polite]"));
        Assert.Equal(5, (int)(await page.EvaluateAsync("document.querySelectorAll('#bars li').length"))!);
        Assert.Empty(page.Problems);
    }

    [BrowserFact]
    public async Task The_page_can_talk_to_no_one_else_and_takes_no_styles_but_its_own()
    {
        await using BrowserPage page = await OpenAsync();
        await page.ResultAsync(1);
        Assert.Empty(page.Problems);

        await Assert.ThrowsAsync<InvalidOperationException>(() => page.EvaluateAsync("fetch('http://127.0.0.1:9/', { mode: 'no-cors' })"));
        await page.EvaluateAsync("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">No</p>')");

        // What the browser says comes before what it is asked for later.
        await page.UntilAsync("true");
        Assert.Contains(page.Problems, problem => problem.Contains("connect-src", StringComparison.Ordinal));
        Assert.Contains(page.Problems, problem => problem.Contains("style-src", StringComparison.Ordinal));
    }

    [BrowserFact]
    public async Task A_file_is_chosen_by_keyboard_alone_and_classified_as_in_the_console()
    {
        string path = Path.Combine(_folder.FullName, "noise.png");
        byte[] rgba = WriteNoise(path, 70, 50);
        await using BrowserPage page = await OpenAsync();
        await page.ResultAsync(1);

        await page.PressAsync("Tab");
        Assert.Equal("choose", await FocusAsync(page));
        Assert.Equal("solid", (string)(await page.EvaluateAsync("getComputedStyle(document.activeElement).outlineStyle"))!);
        await page.PressAsync("Enter");
        await page.ChooseAsync(path);
        JsonNode result = await page.ResultAsync(2);

        AssertScores(rgba, 70, 50, result);
        string best = await page.TextAsync("#bars li:first-child .label");
        Assert.StartsWith(best + ", ", await page.TextAsync("[aria-live=polite]"));
        Assert.Equal("noise.png", (string)(await page.EvaluateAsync("document.querySelector('#photo').alt"))!);
        Assert.Empty(page.Problems);
    }

    [BrowserFact]
    public async Task Frames_of_the_camera_are_classified_until_it_is_stopped_by_keyboard_alone()
    {
        await using BrowserPage page = await OpenAsync();
        await page.ResultAsync(1);

        await page.PressAsync("Tab");
        await page.PressAsync("Tab");
        Assert.Equal("camera", await FocusAsync(page));
        await page.PressAsync(" ");
        JsonNode frame = await page.ResultAsync(4);

        Assert.Equal((640, 480), ((int)frame["width"]!, (int)frame["height"]!));
        Assert.Contains("ms for the network", (await page.TextAsync("#time")).Replace('\u00A0', ' '));
        await page.UntilAsync("document.activeElement.id === 'stop'");
        await page.EvaluateAsync("window.track = document.querySelector('#video').srcObject.getTracks()[0]");
        Assert.Equal("live", (string)(await page.EvaluateAsync("track.readyState"))!);

        await page.PressAsync("Enter");

        await page.UntilAsync("track.readyState === 'ended' && document.querySelector('#video').hidden && !document.querySelector('#photo').hidden");
        await page.UntilAsync("document.querySelector('#bars .label').textContent === 'cat'");
        Assert.Equal("camera", await FocusAsync(page));
        Assert.Equal("cat, 93 percent", await page.TextAsync("[aria-live=polite]"));
        Assert.Empty(page.Problems);
    }

    [BrowserFact]
    public async Task A_photograph_is_dropped_and_another_is_pasted_and_both_come_upright()
    {
        byte[] turned = Jpegs.WithOrientation(await File.ReadAllBytesAsync(Cat), 6);
        await using BrowserPage page = await OpenAsync();
        await page.ResultAsync(1);
        await DropAsync(page, turned, "turned.jpg", "image/jpeg");
        JsonNode dropped = await page.ResultAsync(2);
        await page.EvaluateAsync($"document.dispatchEvent(new ClipboardEvent('paste', {{ bubbles: true, clipboardData: {Transfer(turned, "pasted.jpg", "image/jpeg")} }}))");
        JsonNode pasted = await page.ResultAsync(3);

        Assert.Equal((300, 451), ((int)dropped["width"]!, (int)dropped["height"]!));
        Assert.Equal(dropped["scores"]!.ToJsonString(), pasted["scores"]!.ToJsonString());
        Assert.Equal("pasted.jpg", (string)(await page.EvaluateAsync("document.querySelector('#photo').alt"))!);
        Assert.Empty(page.Problems);
    }

    [BrowserFact]
    public async Task A_file_that_is_no_picture_is_told_and_the_next_picture_is_classified()
    {
        await using BrowserPage page = await OpenAsync();
        await page.ResultAsync(1);
        await DropAsync(page, "no picture"u8.ToArray(), "letter.txt", "text/plain");
        await page.UntilAsync("document.querySelector('#message').textContent");

        Assert.Equal("Your browser cannot read this file as a picture.", await page.TextAsync("#message"));
        Assert.Equal("Your browser cannot read this file as a picture.", await page.TextAsync("[aria-live=polite]"));
        Assert.Equal("", await page.TextAsync("#bars"));

        await DropAsync(page, await File.ReadAllBytesAsync(Cat), "cat.jpg", "image/jpeg");
        await page.ResultAsync(2);
        Assert.Equal(("", "cat, 93 percent"), (await page.TextAsync("#message"), await page.TextAsync("[aria-live=polite]")));
    }

    [BrowserFact]
    public async Task After_the_first_visit_the_page_works_without_its_server()
    {
        await using BrowserPage page = await OpenAsync();
        string first = (await page.ResultAsync(1))["scores"]!.ToJsonString();
        await page.UntilAsync("document.querySelector('#offline').textContent && navigator.serviceWorker.controller");
        Assert.Empty(page.Problems);

        await _server!.StopAsync();
        await page.EvaluateAsync("results = null");
        await page.ReloadAsync();
        await page.UntilAsync("window.results && results.length");

        Assert.Equal(first, (await page.ResultAsync(1))["scores"]!.ToJsonString());
    }

    [BrowserFact]
    public async Task The_page_fits_windows_of_all_widths_in_light_and_dark()
    {
        string shots = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;
        await using BrowserPage page = await OpenAsync();
        await page.ResultAsync(1);
        foreach (int width in new[] { 320, 768, 1280 })
        {
            foreach (string scheme in new[] { "light", "dark" })
            {
                await page.ShowAsync(width, scheme);
                await page.PhotographAsync(Path.Combine(shots, $"{scheme}-{width}.png"));

                Assert.Equal("[]", (await page.EvaluateAsync("""
                    [...document.body.querySelectorAll('*')].filter(element => element.getBoundingClientRect().right > document.documentElement.clientWidth).map(element => element.outerHTML)
                    """))!.ToJsonString());
                Assert.True((bool)(await page.EvaluateAsync("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))!);
                Assert.True((bool)(await page.EvaluateAsync("[...document.querySelectorAll('button:not([hidden])')].every(button => button.getBoundingClientRect().height >= 44)"))!);
            }
        }

        Assert.Empty(page.Problems);
    }

    private Task<BrowserPage> OpenAsync() => BrowserPage.OpenAsync(web.Browser, _address);

    private static Task DropAsync(BrowserPage page, byte[] file, string name, string type) =>
        page.EvaluateAsync($"dispatchEvent(new DragEvent('drop', {{ dataTransfer: {Transfer(file, name, type)} }}))");

    /// <summary>What comes with a drop or a paste, in JavaScript.</summary>
    private static string Transfer(byte[] file, string name, string type) => $$"""
        (() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([Uint8Array.fromBase64('{{Convert.ToBase64String(file)}}')], '{{name}}', { type: '{{type}}' }));
          return transfer;
        })()
        """;

    private static async Task<string> FocusAsync(BrowserPage page) => (string)(await page.EvaluateAsync("document.activeElement.id"))!;

    /// <summary>The same network in this process, on the same pixels: every bit.</summary>
    private static void AssertScores(byte[] rgba, int width, int height, JsonNode result)
    {
        var pixels = new byte[Cifar10_1_0_32_Int8.InputLength];
        var scores = new float[Cifar10_1_0_32_Int8.OutputLength];
        Cifar10_1_0_32_Int8.Prepare(rgba, width, height, pixels, PixelFormat.Rgba);
        Cifar10_1_0_32_Int8.Run(pixels, scores);
        Assert.Equal((width, height), ((int)result["width"]!, (int)result["height"]!));
        Assert.Equal(scores.Select(score => (double)score), result["scores"]!.AsArray().Select(score => (double)score!));
    }

    private static byte[] WriteNoise(string path, int width, int height)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        new Random(5).NextBytes(bitmap.GetPixelSpan());
        for (int i = 3; i < bitmap.ByteCount; i += 4)
            bitmap.GetPixelSpan()[i] = 255;
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path, png.ToArray());
        return bitmap.GetPixelSpan().ToArray();
    }
}
