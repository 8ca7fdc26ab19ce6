using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace MobileNetGen.Samples.Tests.Web;

/// <summary>A browser without a window, driven over the DevTools protocol. Its camera is a moving picture of its own.</summary>
internal sealed partial class Chromium : IAsyncDisposable
{
    private static readonly string[] s_names =
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome.exe", "msedge.exe"];

    private static readonly string[] s_options =
    [
        "--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-default-browser-check", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--remote-debugging-port=0",
    ];

    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _calls = new();
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly DirectoryInfo _profile;
    private readonly Process _process;
    private int _lastCall;

    private Chromium(DirectoryInfo profile, Process process) => (_profile, _process) = (profile, process);

    /// <summary>What the browser says by itself: the session, the event, and what comes with it.</summary>
    public event Action<string?, string, JsonNode>? Said;

    /// <summary>The program, or null where there is none.</summary>
    public static string? Program { get; } = Folders()
        .SelectMany(folder => s_names.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    public static async Task<Chromium> StartAsync()
    {
        DirectoryInfo profile = Directory.CreateTempSubdirectory("chromium");
        // Its sandbox does not work for root.
        IEnumerable<string> options = Environment.UserName == "root" ? [.. s_options, "--no-sandbox"] : s_options;
        var start = new ProcessStartInfo(Program!, [.. options, "--user-data-dir=" + profile.FullName, "about:blank"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        var chromium = new Chromium(profile, Process.Start(start)!);
        await chromium.ConnectAsync();
        return chromium;
    }

    /// <summary>Calls a method of the protocol.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="parameters">What it takes.</param>
    /// <param name="session">The page or worker that is meant; null is the browser itself.</param>
    /// <returns>What it gives.</returns>
    public async Task<JsonNode> CallAsync(string method, object? parameters = null, string? session = null)
    {
        int id = Interlocked.Increment(ref _lastCall);
        var call = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id] = call;
        byte[] message = JsonSerializer.SerializeToUtf8Bytes(session is null ? (object)new { id, method, @params = parameters ?? new { } } : new { id, method, @params = parameters ?? new { }, sessionId = session });
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }

        return await call.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _socket.Dispose();
        _process.Dispose();
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // One of its processes still ends; the system clears its temporary folder.
        }
    }

    private static IEnumerable<string> Folders() =>
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        .. new[] { Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86 }
            .Select(Environment.GetFolderPath)
            .Where(folder => folder.Length > 0)
            .SelectMany(folder => new[] { Path.Combine(folder, "Google", "Chrome", "Application"), Path.Combine(folder, "Microsoft", "Edge", "Application") }),
    ];

    private async Task ConnectAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        Match match = Match.Empty;
        while (!match.Success)
        {
            string line = await _process.StandardError.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException($"{Program} ended before it was ready.");
            match = Address().Match(line);
        }

        _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await _socket.ConnectAsync(new Uri(match.Value), limit.Token);
        _ = Task.Run(ReceiveAsync);
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[1 << 16];
        var message = new MemoryStream();
        try
        {
            while (true)
            {
                WebSocketReceiveResult part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                    continue;
                Take(JsonNode.Parse(message.ToArray().AsSpan())!);
                message.SetLength(0);
            }
        }
        catch (Exception end) when (end is WebSocketException or ObjectDisposedException)
        {
            foreach (TaskCompletionSource<JsonNode> call in _calls.Values)
                call.TrySetException(end);
        }
    }

    private void Take(JsonNode message)
    {
        if (message["id"] is null)
            Said?.Invoke((string?)message["sessionId"], (string)message["method"]!, message["params"]!);
        else if (_calls.TryRemove((int)message["id"]!, out TaskCompletionSource<JsonNode>? call))
        {
            if (message["error"] is JsonNode error)
                call.SetException(new InvalidOperationException(error.ToJsonString()));
            else
                call.SetResult(message["result"]!);
        }
    }

    [GeneratedRegex("ws://[^ ]+")]
    private static partial Regex Address();
}

/// <summary>A test in a browser, skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Chromium.Program is null ? "There is no chromium or chrome on the path." : null;
}
