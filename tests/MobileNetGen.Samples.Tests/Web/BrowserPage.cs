using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

namespace MobileNetGen.Samples.Tests.Web;

/// <summary>A page of a visitor who has never been here: what it keeps, no other has.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(40);

    private readonly Chromium _browser;
    private readonly string _context;
    private readonly ConcurrentDictionary<string, bool> _sessions = new();
    private readonly ConcurrentQueue<string> _problems = new();
    private string _session = "";
    private JsonNode? _chooser;

    private BrowserPage(Chromium browser, string context)
    {
        (_browser, _context) = (browser, context);
        _browser.Said += Listen;
    }

    /// <summary>What went wrong in the page and its worker: errors, violations of the security policy, what could not be loaded.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    public static async Task<BrowserPage> OpenAsync(Chromium browser, string address)
    {
        var page = new BrowserPage(browser, (string)(await browser.CallAsync("Target.createBrowserContext"))["browserContextId"]!);
        JsonNode target = await browser.CallAsync("Target.createTarget", new { url = "about:blank", browserContextId = page._context });
        page._session = (string)(await browser.CallAsync("Target.attachToTarget", new { targetId = (string)target["targetId"]!, flatten = true }))["sessionId"]!;
        await page.WatchAsync(page._session);
        await page.CallAsync("Page.enable");
        await page.CallAsync("Page.setInterceptFileChooserDialog", new { enabled = true });
        await page.ShowAsync(1280, "light");
        await page.CallAsync("Page.addScriptToEvaluateOnNewDocument", new { source = "window.results = []; document.addEventListener('classified', event => results.push(event.detail));" });
        await page.CallAsync("Page.navigate", new { url = address });
        return page;
    }

    /// <summary>Gives the window another width, and its user a liking for light or dark, and always one for little motion.</summary>
    public async Task ShowAsync(int width, string scheme)
    {
        await CallAsync("Emulation.setDeviceMetricsOverride", new { width, height = 800, deviceScaleFactor = 1, mobile = true });
        await CallAsync("Emulation.setEmulatedMedia", new { features = new[] { new { name = "prefers-color-scheme", value = scheme }, new { name = "prefers-reduced-motion", value = "reduce" } } });
    }

    /// <summary>The value of an expression of JavaScript, a promise's once it is kept.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        JsonNode answer = await CallAsync("Runtime.evaluate", new { expression, awaitPromise = true, returnByValue = true, userGesture = false });
        return answer["exceptionDetails"] is JsonNode failure ? throw new InvalidOperationException(failure.ToJsonString()) : answer["result"]!["value"];
    }

    public async Task<string> TextAsync(string selector) => (string)(await EvaluateAsync($"document.querySelector('{selector}').textContent"))!;

    /// <summary>Waits until an expression holds.</summary>
    public async Task UntilAsync(string expression)
    {
        DateTime end = DateTime.UtcNow + s_limit;
        while (!(bool)(await EvaluateAsync($"Boolean({expression})"))!)
        {
            if (DateTime.UtcNow > end)
                Assert.Fail($"Not within {s_limit}: {expression}\n{await EvaluateAsync("document.body.innerText")}\n{string.Join('\n', _problems)}");
            await Task.Delay(50);
        }
    }

    /// <summary>Waits until so many pictures were classified, and gives the last one's result.</summary>
    public async Task<JsonNode> ResultAsync(int count)
    {
        await UntilAsync($"results.length >= {count}");
        return (await EvaluateAsync("results.map(result => ({ ...result, scores: Array.from(result.scores) })).at(-1)"))!;
    }

    /// <summary>Presses a key: <c>Tab</c>, <c>Enter</c> or a space.</summary>
    public async Task PressAsync(string key)
    {
        (string code, int number, string text) = key switch { "Tab" => ("Tab", 9, ""), "Enter" => ("Enter", 13, "\r"), _ => ("Space", 32, " ") };
        await CallAsync("Input.dispatchKeyEvent", new { type = text.Length > 0 ? "keyDown" : "rawKeyDown", key, code, windowsVirtualKeyCode = number, text });
        await CallAsync("Input.dispatchKeyEvent", new { type = "keyUp", key, code, windowsVirtualKeyCode = number });
    }

    /// <summary>Answers the dialog that asks for a file.</summary>
    public async Task ChooseAsync(string path)
    {
        for (DateTime end = DateTime.UtcNow + s_limit; _chooser is null; await Task.Delay(20))
            Assert.True(DateTime.UtcNow < end, "The page asked for no file.");
        await CallAsync("DOM.setFileInputFiles", new { files = new[] { path }, backendNodeId = (int)_chooser["backendNodeId"]! });
        _chooser = null;
    }

    public Task ReloadAsync() => CallAsync("Page.reload");

    /// <summary>Writes the whole page as a PNG file.</summary>
    public async Task PhotographAsync(string path)
    {
        JsonNode shot = await CallAsync("Page.captureScreenshot", new { format = "png", captureBeyondViewport = true });
        await File.WriteAllBytesAsync(path, Convert.FromBase64String((string)shot["data"]!));
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Said -= Listen;
        await _browser.CallAsync("Target.disposeBrowserContext", new { browserContextId = _context });
    }

    private Task<JsonNode> CallAsync(string method, object? parameters = null) => _browser.CallAsync(method, parameters, _session);

    private async Task WatchAsync(string session)
    {
        _sessions[session] = true;
        await _browser.CallAsync("Runtime.enable", null, session);
        await _browser.CallAsync("Log.enable", null, session);
        await _browser.CallAsync("Target.setAutoAttach", new { autoAttach = true, waitForDebuggerOnStart = false, flatten = true }, session);
    }

    private void Listen(string? session, string method, JsonNode parameters)
    {
        if (session is null || !_sessions.ContainsKey(session))
            return;
        if (method == "Target.attachedToTarget")
            _ = WatchAsync((string)parameters["sessionId"]!);
        else if (method == "Page.fileChooserOpened")
            _chooser = parameters;
        else if (method == "Runtime.exceptionThrown"
            || method == "Log.entryAdded" && (string?)parameters["entry"]!["level"] == "error"
            || method == "Runtime.consoleAPICalled" && (string?)parameters["type"] is "error" or "warning" or "assert")
            _problems.Enqueue(parameters.ToJsonString());
    }
}
