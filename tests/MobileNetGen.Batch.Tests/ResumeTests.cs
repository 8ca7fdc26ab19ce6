using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MobileNetGen.Batch.Tests.Support;

namespace MobileNetGen.Batch.Tests;

public class ResumeTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(45)]
    [InlineData(99)]
    public async Task A_run_that_stopped_goes_on_behind_its_last_part_and_gives_the_same_bytes(int stopsAt)
    {
        using var drawn = new Drawn();
        drawn.Pictures(100);
        drawn.Write("photos/0050.png", "no picture"u8.ToArray());
        string whole = drawn["whole.ndjson"], output = drawn["out/results.ndjson"];
        BatchSummary expected = await Job(drawn).WriteAsync(new Colours(), whole);
        Assert.Equal((100, 1, 0), (expected.Rows, expected.Errors, expected.Resumed));

        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Job(drawn, now => Stop(now, stopsAt, stop)).WriteAsync(new Colours(), output, stop.Token));
        Assert.False(File.Exists(output));
        File.WriteAllText(output + ".parts/000099.ndjson.tmp", "{\"file\":");
        var network = new Colours();
        BatchSummary done = await Job(drawn).WriteAsync(network, output);
        Assert.Equal((100, 1, stopsAt / 10 * 10), (done.Rows, done.Errors, (int)done.Resumed));
        Assert.InRange(network.Calls, 99 - done.Resumed, 100 - done.Resumed);
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(output));
        Assert.Equal(["results.ndjson", "results.ndjson.job"], Directory.GetFileSystemEntries(drawn["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        // Once it is finished there is nothing to do, as often as it is asked for, but to remove parts that a run killed at its very end has left.
        Directory.CreateDirectory(output + ".parts");
        File.WriteAllText(output + ".parts/000000.ndjson", "");
        network = new Colours();
        Assert.Equal(done with { Resumed = 100 }, await Job(drawn).WriteAsync(network, output));
        Assert.Equal(0, network.Calls);
        Assert.False(Directory.Exists(output + ".parts"));
    }

    [Fact]
    public async Task Parts_of_another_job_are_an_error_that_says_how_they_differ()
    {
        using var drawn = new Drawn();
        drawn.Pictures(30);
        string output = await Stopped(drawn);
        await Fails("partRows was \"10\" and is \"20\"", new BatchJob(drawn["photos"]) { PartRows = 20 });
        await Fails("maximumPixels was", new BatchJob(drawn["photos"]) { PartRows = 10, MaximumPixels = 5 });
        await Fails("inputs was", new BatchJob(drawn["photos/0001.png"]) { PartRows = 10 });

        // Another list under the same name.
        File.Delete(drawn["photos/0003.png"]);
        await Fails("row 4 is of " + drawn["photos/0003.png"], Job(drawn));
        Directory.Delete(drawn["photos"], recursive: true);
        Directory.CreateDirectory(drawn["photos"]);
        await Fails("the input ends before it", Job(drawn));

        drawn.Pictures(5);
        BatchSummary done = await new BatchJob(drawn["photos"]) { PartRows = 10, Restart = true }.WriteAsync(new Colours(), output);
        Assert.Equal((5, 0), (done.Rows, done.Resumed));

        async Task Fails(string expected, BatchJob job)
        {
            BatchException problem = await Assert.ThrowsAsync<BatchException>(() => job.WriteAsync(new Colours(), output));
            Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
            Assert.Contains("--restart", problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_is_no_output_of_a_job_is_left_alone()
    {
        using var drawn = new Drawn();
        drawn.Pictures(3);
        string mine = drawn.Write("mine.ndjson", "precious"u8.ToArray());
        Assert.Contains("already there", (await Assert.ThrowsAsync<BatchException>(() => Job(drawn).WriteAsync(new Colours(), mine))).Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(mine));
        Assert.Contains("must end in", (await Assert.ThrowsAsync<BatchException>(() => Job(drawn).WriteAsync(new Colours(), drawn["results.csv"]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_parts_and_job_files_are_errors()
    {
        using var drawn = new Drawn();
        drawn.Pictures(30);
        string output = await Stopped(drawn);
        string part = output + ".parts/000000.ndjson", job = output + ".job";
        string text = File.ReadAllText(part);
        foreach (string damaged in new[] { text[..^5], "[]\n", "{}\n", "{\"file\":3}\n", "\0" })
        {
            File.WriteAllText(part, damaged);
            Assert.Contains("000000.ndjson: the part is damaged", (await Assert.ThrowsAsync<BatchException>(() => Job(drawn).WriteAsync(new Colours(), output))).Message, StringComparison.Ordinal);
        }

        File.WriteAllText(part, text);
        File.WriteAllText(job, "{");
        Assert.Contains("does not say which job", (await Assert.ThrowsAsync<BatchException>(() => Job(drawn).WriteAsync(new Colours(), output))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parts_join_to_the_whole()
    {
        using var drawn = new Drawn();
        drawn.Pictures(100);
        await Job(drawn).WriteAsync(new Colours(), drawn["whole.ndjson"]);
        var outputs = new string[4];
        for (int i = 0; i < outputs.Length; i++)
            outputs[i] = (await new BatchJob(drawn["photos"]) { Shard = new Shard(i, 4), PartRows = 10 }.WriteAsync(new Colours(), drawn["results.ndjson"])).Output;
        Assert.Equal([.. Enumerable.Range(0, 4).Select(i => drawn[$"results-{i}-of-4.ndjson"])], outputs);
        Assert.Equal(File.ReadAllLines(drawn["whole.ndjson"]), outputs.SelectMany(File.ReadAllLines).Order(StringComparer.Ordinal));
    }

    /// <summary>A run that has two parts of three.</summary>
    private static async Task<string> Stopped(Drawn drawn)
    {
        using var stop = new CancellationTokenSource();
        string output = drawn["results.ndjson"];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Job(drawn, now => Stop(now, 25, stop)).WriteAsync(new Colours(), output, stop.Token));
        return output;
    }

    private static void Stop(BatchProgress now, int at, CancellationTokenSource stop)
    {
        if (now.Rows == at + 1)
            stop.Cancel();
        stop.Token.ThrowIfCancellationRequested();
    }

    private static BatchJob Job(Drawn drawn, Action<BatchProgress>? progress = null) => new(drawn["photos"]) { PartRows = 10, Progress = progress };
}
