using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using MobileNetGen.AspNetCore.Tests.Support;

namespace MobileNetGen.AspNetCore.Tests;

/// <summary>samples/Service as its users start it, and what the pages say that it answers.</summary>
public partial class SampleTests
{
    private static readonly string[] s_pages = ["samples/Service/README.md", "docs/service.md"];

    [CurlFact]
    public async Task The_pages_curl_lines_give_what_stands_below_them_and_SIGTERM_loses_no_answer()
    {
        using var service = SampleProcess.Start();
        string address = await service.AddressAsync();
        RunPages(address);
        await StopUnderLoadAsync(service, address);
    }

    /// <summary>Runs each block of curl lines in a shell. Where JSON stands below, it is the answer.</summary>
    private static void RunPages(string address)
    {
        int compared = 0;
        foreach (string page in s_pages)
        {
            string text = File.ReadAllText(Path.Combine(BuildProperty.RepositoryRoot, page)).ReplaceLineEndings("\n");
            MatchCollection blocks = CurlBlock().Matches(text);
            Assert.NotEmpty(blocks);
            foreach (Match block in blocks)
            {
                string commands = block.Groups["commands"].Value.Replace("http://localhost:8080", address, StringComparison.Ordinal).Replace("curl ", "curl -sS --fail-with-body ", StringComparison.Ordinal);
                ProcessResult result = DotNet.Start("sh", BuildProperty.RepositoryRoot, "en", "-ec", commands).Succeeded();
                if (!block.Groups["answer"].Success)
                    continue;
                Assert.Equal(block.Groups["answer"].Value.TrimEnd(), result.Output.TrimEnd());
                compared++;
            }
        }

        Assert.Equal(3, compared);
        Assert.Contains("mobilenetgen_inference_requests_total", DotNet.Start("curl", BuildProperty.RepositoryRoot, "en", "-sS", address + "/metrics").Output, StringComparison.Ordinal);
    }

    private static async Task StopUnderLoadAsync(SampleProcess service, string address)
    {
        int answered = 0;
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        Task[] clients = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            // As a load balancer does: connections that are to be closed are, and no more are made.
            for (bool isEnd = false; !isEnd;)
            {
                using var picture = new ByteArrayContent(Pictures.Cat) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } };
                using HttpResponseMessage response = await http.PostAsync("/v2/models/cifar10/infer", picture);
                Assert.Equal(200, (int)response.StatusCode);
                Interlocked.Increment(ref answered);
                isEnd = response.Headers.ConnectionClose ?? false;
            }
        }))];
        while (Volatile.Read(ref answered) < 8 && !Array.Exists(clients, client => client.IsCompleted))
            await Task.Delay(10);
        Assert.Equal(0, await service.TerminateAsync());
        await Task.WhenAll(clients);
    }

    [GeneratedRegex(@"^```\n(?<commands>curl .*?)^```\n(\n```json\n(?<answer>.*?)^```$)?", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CurlBlock();

    /// <summary>The sample as it is built, on ports of its own.</summary>
    private sealed partial class SampleProcess : IDisposable
    {
        private const int Terminate = 15;

        private readonly Process _process;

        private SampleProcess(Process process) => _process = process;

        public static SampleProcess Start()
        {
            string program = Path.Combine(BuildProperty.RepositoryRoot, "samples", "Service", "bin", BuildProperty.Configuration, "net10.0", "Service.dll");
            var start = new ProcessStartInfo("dotnet", [program]) { RedirectStandardOutput = true, Environment = { ["PORT"] = "0", ["GRPC_PORT"] = "0" } };
            return new SampleProcess(Process.Start(start)!);
        }

        /// <summary>Where it says that it listens for HTTP.</summary>
        public async Task<string> AddressAsync()
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                if (Listening().Match(line) is { Success: true } match)
                {
                    _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                    return match.Value;
                }
            }

            throw new InvalidOperationException("The sample ended before it listened.");
        }

        /// <summary>Tells it to stop, as Kubernetes does.</summary>
        /// <returns>Its exit code.</returns>
        public async Task<int> TerminateAsync()
        {
            Assert.Equal(0, Kill(_process.Id, Terminate));
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
            return _process.ExitCode;
        }

        public void Dispose()
        {
            if (!_process.HasExited)
                _process.Kill();
            _process.Dispose();
        }

        [LibraryImport("libc", EntryPoint = "kill")]
        private static partial int Kill(int process, int signal);

        [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
        private static partial Regex Listening();
    }
}
