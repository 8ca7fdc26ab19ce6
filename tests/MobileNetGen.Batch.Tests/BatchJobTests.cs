using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MobileNetGen.Batch.Tests.Support;

namespace MobileNetGen.Batch.Tests;

public class BatchJobTests
{
    [Fact]
    public async Task Rows_come_in_the_order_of_paths_however_long_each_takes()
    {
        using var drawn = new Drawn();
        drawn.Pictures(200);
        drawn.Write("photos/0001/z.png", Drawn.Png(1000));
        drawn.Write("photos/0001.x.png", Drawn.Png(1001));
        drawn.Write("photos/notes.md", "no picture"u8.ToArray());
        var random = new Random(5);
        int[] pauses = [.. Enumerable.Range(0, 300).Select(_ => random.Next(4))];
        List<BatchRow> rows = await Rows(new BatchJob(drawn["photos"]) { Threads = 4 }, new Colours(i => Thread.Sleep(pauses[i])));
        string[] names = [.. rows.Select(r => r.File)];
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Equal(202, names.Length);
        Assert.All(rows, r => Assert.StartsWith(drawn["photos/"], r.File, StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(0, 200).Concat([1000, 1001]), rows.Select(r => r.Predictions.Single().Index).Order());
    }

    [Fact]
    public async Task Lists_have_paths_uris_and_json_and_every_line_is_a_row()
    {
        using var drawn = new Drawn();
        string picture = drawn.Write("a b.png", Drawn.Png(7)), broken = drawn.Write("broken.png", "no picture"u8.ToArray());
        string[] lines =
        [
            picture, "", "  " + picture + "\r", new Uri(picture).AbsoluteUri, $$"""{"path": "{{picture}}", "id": "first"}""", $$"""{"id": 12, "path": "{{new Uri(picture).AbsoluteUri}}"}""",
            """{"id": 1}""", """{"path": 3}""", """{"path": "x.png" """, """{"path":{}}""", "https://example.org/a.png", "s3://bucket/a.png", "file://server/share/a.png", drawn["none.png"], broken, drawn.Folder,
            new string('x', 100_000),
        ];
        List<BatchRow> rows = await Rows(new BatchJob("-") { StandardInput = new StringReader(string.Join('\n', lines)) }, new Colours());
        Assert.Equal(lines.Length - 1, rows.Count);
        Assert.All(rows[..5], r => Assert.Equal((7, null), (r.Predictions.Single().Index, r.Error)));
        Assert.Equal([null, null, null, "first", "12"], rows[..5].Select(r => r.Id));
        Assert.All(rows[5..], r => Assert.NotNull(r.Error));
        Assert.Equal(
            ["the line has no \"path\".", "the line has no \"path\".", "the line begins as JSON, but is none.", "the line has no \"path\"."], rows[5..9].Select(r => r.Error));
        Assert.All(rows[9..12], r => Assert.StartsWith("only local files are read", r.Error, StringComparison.Ordinal));
        Assert.Equal("there is no such file.", rows[12].Error);
        Assert.StartsWith("this is no picture", rows[13].Error, StringComparison.Ordinal);
        Assert.Equal("this is a folder.", rows[14].Error);
        Assert.Equal((200, true), (rows[15].File.Length, rows[15].Error!.Contains("65,536", StringComparison.Ordinal)));

        File.WriteAllLines(drawn["list.txt"], lines);
        Assert.Equal(rows, await Rows(new BatchJob(drawn["list.txt"]), new Colours()), (a, b) => (a.File, a.Id, a.Error) == (b.File, b.Id, b.Error));
    }

    [Fact]
    public async Task What_is_too_large_is_a_row_with_an_error()
    {
        using var drawn = new Drawn();
        drawn.Pictures(1);
        drawn.Write("photos/1.png", Drawn.Png(1, 100));
        List<BatchRow> rows = await Rows(new BatchJob(drawn["photos"]) { MaximumPixels = 1000 }, new Colours());
        Assert.Null(rows[0].Error);
        Assert.Contains("more than the limit of 1,000", rows[1].Error, StringComparison.Ordinal);
        rows = await Rows(new BatchJob(drawn["photos"]) { MaximumBytes = 50 }, new Colours());
        Assert.All(rows, r => Assert.Contains("the limit is 50", r.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_input_that_is_not_there_ends_the_run_and_rows_before_it_are_given()
    {
        using var drawn = new Drawn();
        drawn.Pictures(3);
        var rows = new List<BatchRow>();
        BatchException problem = await Assert.ThrowsAsync<BatchException>(async () =>
        {
            await foreach (BatchRow row in new BatchJob(drawn["photos"], drawn["nowhere"]).RowsAsync(new Colours()))
                rows.Add(row);
        });
        Assert.Contains("nowhere: there is no such file or folder", problem.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BatchException>(() => Rows(new BatchJob(""), new Colours()));
        Assert.Equal(3, rows.Count);
    }

    [Fact]
    public async Task A_network_that_fails_ends_the_run()
    {
        using var drawn = new Drawn();
        var network = new Colours(i => _ = i == 20 ? throw new InvalidOperationException("out of order") : 0);
        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Rows(new BatchJob(drawn.Pictures(100)), network));
        Assert.Equal("out of order", failure.Message);
    }

    [Fact]
    public async Task A_run_that_fails_does_not_wait_for_a_line_that_never_comes()
    {
        using var drawn = new Drawn();
        using var never = new ManualResetEventSlim();
        var lines = new SilentLines(drawn.Write("a.png", Drawn.Png(1)), never);
        Task run = Rows(new BatchJob("-") { StandardInput = lines }, new Colours(_ => throw new InvalidOperationException()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => run.WaitAsync(TimeSpan.FromSeconds(30)));
        never.Set();
    }

    [Fact]
    public async Task Nothing_is_read_far_ahead_of_the_row_that_is_taken()
    {
        using var drawn = new Drawn();
        var lines = new EndlessLines(drawn.Write("a.png", Drawn.Png(1)));
        await using (IAsyncEnumerator<BatchRow> rows = new BatchJob("-") { StandardInput = lines, Threads = 2 }.RowsAsync(new Colours()).GetAsyncEnumerator())
        {
            for (int i = 0; i < 10; i++)
                Assert.True(await rows.MoveNextAsync());
            await Task.Delay(200);
            Assert.InRange(lines.Given, 10, 200);
        }

        // The run has ended with who asked for it, and reads no more.
        long given = lines.Given;
        await Task.Delay(50);
        Assert.Equal(given, lines.Given);
    }

    private static async Task<List<BatchRow>> Rows(BatchJob job, BatchNetwork network)
    {
        var rows = new List<BatchRow>();
        await foreach (BatchRow row in job.RowsAsync(network))
            rows.Add(row);
        return rows;
    }
}
