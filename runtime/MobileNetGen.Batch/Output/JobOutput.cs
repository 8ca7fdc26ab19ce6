using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MobileNetGen.Batch.Inputs;
using MobileNetGen.Batch.Pipeline;

namespace MobileNetGen.Batch.Output;

/// <summary>
/// An output and what is beside it: <c>results.ndjson.job</c> says which job it is of, and <c>results.ndjson.parts</c> has the parts while it is not finished.
/// </summary>
/// <param name="path">The output.</param>
/// <param name="asked">The job that is to be done.</param>
internal sealed class JobOutput(string path, JobFile asked)
{
    /// <summary>What to do with parts that do not fit.</summary>
    public const string Remedy = "Ask for the same again, give another output, or begin anew with --restart, which removes what is there.";

    private string JobPath => path + ".job";

    private string PartsPath => path + ".parts";

    /// <summary>Removes what an earlier job has left.</summary>
    public void Remove()
    {
        File.Delete(path);
        File.Delete(JobPath);
        RemoveParts();
    }

    /// <summary>Does what is left of the job.</summary>
    /// <param name="items">The photographs.</param>
    /// <param name="pipeline">Makes rows of them.</param>
    /// <param name="progress">Told of each row.</param>
    /// <param name="cancellation">Stops it; what is done then is kept.</param>
    /// <exception cref="BatchException">What is there belongs to another job, or cannot be read or written.</exception>
    public async Task<BatchSummary> Write(IEnumerable<BatchItem> items, RowPipeline pipeline, Action<BatchProgress> progress, CancellationToken cancellation)
    {
        ResultFormat format = ResultFormat.Of(path);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        if (JobFile.Read(JobPath) is { } earlier)
        {
            if (earlier.Differences(asked).ToArray() is { Length: > 0 } differences)
                throw new BatchException($"{JobPath}: what is there is of another job: {string.Join("; ", differences)}. {Remedy}");
            if (earlier is { Rows: { } rows, Errors: { } errors } && File.Exists(path))
            {
                // What finished it may have been killed just before it removed them.
                RemoveParts();
                return new BatchSummary(path, rows, errors, rows);
            }
        }
        else if (File.Exists(path) || Directory.Exists(path))
        {
            throw new BatchException($"{path} is already there, and nothing says which job it is of. Give another output, or begin anew with --restart, which removes it.");
        }

        await asked.Write(JobPath).ConfigureAwait(false);
        var parts = new PartFolder(PartsPath);
        BatchProgress done;
        using (parts)
        {
            using IEnumerator<BatchItem> left = items.GetEnumerator();
            done = Skip(parts, left);
            done = await WriteParts(parts, pipeline.Run(Rest(left), cancellation), done, progress).ConfigureAwait(false);
            await DurableFile.Write(path, file => format.Write(parts, file)).ConfigureAwait(false);
            await (asked with { Rows = done.Rows, Errors = done.Errors }).Write(JobPath).ConfigureAwait(false);
        }

        parts.Delete();
        return new BatchSummary(path, done.Rows, done.Errors, done.Resumed);
    }

    private void RemoveParts()
    {
        if (Directory.Exists(PartsPath))
            new PartFolder(PartsPath).Delete();
    }

    /// <summary>Passes the photographs that have rows, and sees that they are the same.</summary>
    private BatchProgress Skip(PartFolder parts, IEnumerator<BatchItem> items)
    {
        var done = default(BatchProgress);
        foreach (BatchRow row in parts.Rows())
        {
            if (!items.MoveNext())
                throw new BatchException($"{PartsPath}: row {done.Rows + 1} is of {row.File}, but the input ends before it: it has changed. {Remedy}");
            if (row.File != items.Current.Name || row.Id != items.Current.Id)
                throw new BatchException($"{PartsPath}: row {done.Rows + 1} is of {row.File}, but the input has {items.Current.Name} there: it has changed. {Remedy}");
            done = done.With(row);
        }

        // Only the last part is shorter, and it is written when the input ends.
        if (done.Rows % asked.PartRows != 0 && items.MoveNext())
            throw new BatchException($"{PartsPath}: the input ended after {done.Rows} rows, and now goes on with {items.Current.Name}: it has changed. {Remedy}");
        return done with { Resumed = done.Rows };
    }

    private async Task<BatchProgress> WriteParts(PartFolder parts, IAsyncEnumerable<BatchRow> rows, BatchProgress done, Action<BatchProgress> progress)
    {
        var part = new ArrayBufferWriter<byte>();
        await foreach (BatchRow row in rows.ConfigureAwait(false))
        {
            RowText.Write(row, part);
            done = done.With(row);
            progress(done);
            if (done.Rows % asked.PartRows != 0)
                continue;
            await parts.Add(part.WrittenMemory).ConfigureAwait(false);
            part.ResetWrittenCount();
        }

        if (part.WrittenCount > 0)
            await parts.Add(part.WrittenMemory).ConfigureAwait(false);
        return done;
    }

    private static IEnumerable<BatchItem> Rest(IEnumerator<BatchItem> items)
    {
        while (items.MoveNext())
            yield return items.Current;
    }
}
