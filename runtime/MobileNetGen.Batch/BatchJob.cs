using System;
using System.Buffers;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using MobileNetGen.Batch.Inputs;
using MobileNetGen.Batch.Output;
using MobileNetGen.Batch.Pipeline;
using MobileNetGen.SkiaSharp;

namespace MobileNetGen.Batch;

/// <summary>
/// A pile of photographs that a network is to see, on all cores, in memory that does not grow with the pile. Rows come in the order of the photographs, so the same input gives the same bytes. A photograph that
/// cannot be read is a row with an error.
/// </summary>
/// <example>
/// <code>
/// var job = new BatchJob("photos", "more.tar") { Shard = Shard.FromEnvironment(8) };
/// BatchSummary done = await job.WriteAsync(BatchNetwork.Classifier&lt;MobileNetV2_0_5_160&gt;(), "results.ndjson");
/// Console.WriteLine($"{done.Rows} rows, {done.Errors} errors: {done.Output}");
/// </code>
/// </example>
public sealed class BatchJob
{
    /// <summary>Rows of a part, unless it says otherwise.</summary>
    public const int DefaultPartRows = 1000;

    /// <summary>The most bytes of a photograph's file, unless it says otherwise: 64 MiB.</summary>
    public const int DefaultMaximumBytes = 64 << 20;

    private readonly ImmutableArray<string> _inputs;

    /// <summary>A pile.</summary>
    /// <param name="inputs">
    /// Photographs (JPEG, PNG, WebP, GIF or BMP files), folders of them, <c>.tar</c> and <c>.zip</c> files, lists (<c>.txt</c>, <c>.lst</c>, <c>.jsonl</c> or <c>.ndjson</c> files with a path, a <c>file:</c> URI or
    /// <c>{"path":…,"id":…}</c> on each line), or <c>-</c>, a list from <see cref="StandardInput"/>. Paths are relative to the current folder.
    /// </param>
    public BatchJob(params IEnumerable<string> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        _inputs = [.. inputs];
    }

    /// <summary>The part of the photographs that this run takes; all of them unless it is set.</summary>
    public Shard Shard { get; init; }

    /// <summary>How many photographs are decoded and run at once, 1 or more: as many as there are cores, unless it is set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public int Threads { get; init => field = AtLeast1(value); } = Environment.ProcessorCount;

    /// <summary>The most pixels of a photograph, 1 or more, as for <see cref="Photo.Open(string, int)"/>. Each thread may take four bytes for each.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public int MaximumPixels { get; init => field = AtLeast1(value); } = Photo.MaximumPixels;

    /// <summary>The most bytes of a photograph's file, 1 or more. Of all files together no more than 256 MiB are in memory at once, unless one alone has more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public int MaximumBytes { get; init => field = AtLeast1(value); } = DefaultMaximumBytes;

    /// <summary>Rows of a part, 1 or more: what a run that is killed loses at most.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public int PartRows { get; init => field = AtLeast1(value); } = DefaultPartRows;

    /// <summary>Where <c>-</c> among the inputs reads its lines: the process's own standard input, unless it is set.</summary>
    public TextReader StandardInput { get; init; } = Console.In;

    /// <summary>Whether what an earlier run of another job has left at the output is removed, instead of being an error.</summary>
    public bool Restart { get; init; }

    /// <summary>Told after each row that is written, by one thread at a time, which waits meanwhile.</summary>
    public Action<BatchProgress>? Progress { get; init; }

    /// <summary>Runs the network on each photograph.</summary>
    /// <param name="network">The network.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Rows in the order of the photographs, while they are asked for.</returns>
    /// <exception cref="BatchException">An input is not there; rows before it were given.</exception>
    public IAsyncEnumerable<BatchRow> RowsAsync(BatchNetwork network, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        return PipelineOf(network).Run(Items(), cancellation);
    }

    /// <summary>
    /// Runs the network, and writes rows into a file. They are kept in parts beside it, each whole or not at all; a run that was killed, with the same inputs, network and options, goes on behind the last. When all
    /// are there, the file is made of them.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="output">
    /// The file, whose name ends in <c>.ndjson</c>, <c>.jsonl</c> or <c>.parquet</c>; that of a <see cref="Shard"/> of several gets its number (<see cref="Shard.In"/>). Beside it stay <c>output.job</c>, which says
    /// what the rows are of, and until it is finished the folder <c>output.parts</c>.
    /// </param>
    /// <param name="cancellation">Stops it; what is done then is kept.</param>
    /// <returns>How many rows there are. Of a job that is finished already, at once.</returns>
    /// <exception cref="BatchException">An input is not there, the output belongs to another job or another process, or the input has changed since.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public Task<BatchSummary> WriteAsync(BatchNetwork network, string output, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentException.ThrowIfNullOrEmpty(output);
        var asked = new JobFile
        {
            Network = network.Identity, Inputs = [.. _inputs], Shard = Shard.ToString(), PartRows = PartRows, MaximumPixels = MaximumPixels, MaximumBytes = MaximumBytes,
        };
        var job = new JobOutput(Shard.In(output), asked);
        if (Restart)
            job.Remove();
        return job.Write(Items(), PipelineOf(network), Progress ?? (_ => { }), cancellation);
    }

    /// <summary>Runs the network, and writes rows as NDJSON: what is ready is flushed before others are waited for, so that a program that gives lines and takes lines can drive it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="output">Gets a line for each photograph, which ends in a line feed alone.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>How many rows there were; its output is empty.</returns>
    /// <exception cref="BatchException">An input is not there; rows before it were written.</exception>
    public async Task<BatchSummary> WriteAsync(BatchNetwork network, TextWriter output, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        const int buffered = 1 << 16;
        var text = new ArrayBufferWriter<byte>(buffered);
        var done = default(BatchProgress);
        await using IAsyncEnumerator<BatchRow> each = RowsAsync(network, cancellation).GetAsyncEnumerator(cancellation);
        while (true)
        {
            ValueTask<bool> next = each.MoveNextAsync();
            if (!next.IsCompleted || text.WrittenCount >= buffered)
            {
                await output.WriteAsync(Encoding.UTF8.GetString(text.WrittenSpan)).ConfigureAwait(false);
                await output.FlushAsync(cancellation).ConfigureAwait(false);
                text.ResetWrittenCount();
            }

            if (!await next.ConfigureAwait(false))
                break;
            RowText.Write(each.Current, text);
            done = done.With(each.Current);
            Progress?.Invoke(done);
        }

        await output.WriteAsync(Encoding.UTF8.GetString(text.WrittenSpan)).ConfigureAwait(false);
        await output.FlushAsync(cancellation).ConfigureAwait(false);
        return new BatchSummary("", done.Rows, done.Errors, 0);
    }

    private static int AtLeast1(int value, [System.Runtime.CompilerServices.CallerMemberName] string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        return value;
    }

    private IEnumerable<BatchItem> Items() => new InputList(_inputs, StandardInput).Items().Where(item => Shard.Has(item.Name));

    private RowPipeline PipelineOf(BatchNetwork network) => new(network, new BatchLimits(MaximumPixels, MaximumBytes), Threads);
}
