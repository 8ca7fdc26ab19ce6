using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using MobileNetGen.Batch.Inputs;
using MobileNetGen.SkiaSharp;
using SkiaSharp;

namespace MobileNetGen.Batch.Pipeline;

/// <summary>
/// Photographs to rows, in the order of the photographs: one thread finds them, some read files, and as many as there are cores decode them and run the network. Between them are channels of a fixed length, and
/// no photograph begins before the row so many places ahead of it was taken, so that memory does not depend on how many there are.
/// </summary>
/// <param name="network">What is done with each.</param>
/// <param name="limits">What a file may take.</param>
/// <param name="threads">How many decode and run.</param>
internal sealed class RowPipeline(BatchNetwork network, BatchLimits limits, int threads)
{
    /// <summary>Files wait for other machines more than for this one, so a few are read ahead even on one core.</summary>
    private const int LeastReaders = 4, PlacesPerThread = 8;

    /// <summary>How long a run that has stopped waits for who finds photographs.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <summary>What messages of a stream begin with.</summary>
    /// <summary>Runs them.</summary>
    /// <param name="items">The photographs, which are found while they are asked for, by one thread.</param>
    /// <param name="cancellation">Stops it.</param>
    public async IAsyncEnumerable<BatchRow> Run(IEnumerable<BatchItem> items, [EnumeratorCancellation] CancellationToken cancellation)
    {
        int readers = Math.Max(threads, LeastReaders), places = PlacesPerThread * Math.Max(threads, 2);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var allowance = new Allowance(limits.BytesAtOnce, stop.Token);
        var ordered = Channel.CreateBounded<Slot>(new BoundedChannelOptions(places) { SingleReader = true, SingleWriter = true });
        var found = Channel.CreateBounded<Slot>(places);
        var read = Channel.CreateBounded<Slot>(2 * threads);

        Task finding = OnThread(() => Find(items, allowance, ordered.Writer, found.Writer, stop.Token));
        Task reading = Task.WhenAll(Enumerable.Range(0, readers).Select(_ => OnThread(() => Each(found.Reader, slot => Read(slot, allowance, read.Writer, stop.Token), stop.Token))))
            .ContinueWith(_ => read.Writer.Complete(), TaskScheduler.Default);
        Task running = Task.WhenAll(Enumerable.Range(0, threads).Select(_ => OnThread(() => Each(read.Reader, Run, stop.Token))));
        try
        {
            await foreach (Slot slot in ordered.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
                yield return await slot.Row.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(reading, running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // Who waits for a line of the standard input cannot be told to stop; that thread keeps no process alive.
            await Task.WhenAny(finding, Task.Delay(s_patience, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    /// <summary>Finds photographs. Those in archives are read here, since an archive has one place at a time.</summary>
    private void Find(IEnumerable<BatchItem> items, Allowance allowance, ChannelWriter<Slot> ordered, ChannelWriter<Slot> found, CancellationToken stop)
    {
        Exception? failure = null;
        try
        {
            foreach (BatchItem item in items)
            {
                var slot = new Slot(item);
                Write(ordered, slot, stop);
                if (item.IsInPlace)
                    TryRead(slot, allowance);
                Write(found, slot, stop);
            }
        }
        catch (Exception wrong)
        {
            failure = wrong;
        }
        finally
        {
            // The rows before it are still given, and then the failure.
            ordered.Complete(failure);
            found.Complete();
        }
    }

    private void Read(Slot slot, Allowance allowance, ChannelWriter<Slot> read, CancellationToken stop)
    {
        if (slot.Bytes is null && !slot.Row.Task.IsCompleted)
            TryRead(slot, allowance);
        if (slot.Bytes is not null)
            Write(read, slot, stop);
    }

    private void TryRead(Slot slot, Allowance allowance) => Try(slot, () => slot.Bytes = slot.Item.Read(limits.MaximumBytes, allowance));

    private void Run(Slot slot) => Try(slot, () =>
    {
        using FileBytes bytes = slot.Bytes!;
        using SKBitmap photograph = Photo.Open(bytes.Open(), name: null, limits.MaximumPixels);
        slot.Row.TrySetResult(network.Run(photograph, new BatchRow(slot.Item.Name) { Id = slot.Item.Id, Width = photograph.Width, Height = photograph.Height }));
    });

    /// <summary>Does something with a photograph. What is wrong with it becomes its row; whatever else fails ends the run at its place.</summary>
    private static void Try(Slot slot, Action work)
    {
        try
        {
            work();
        }
        catch (PhotoException problem)
        {
            slot.Row.TrySetResult(new BatchRow(slot.Item.Name) { Id = slot.Item.Id, Error = problem.Message });
        }
        catch (Exception failure)
        {
            slot.Row.TrySetException(failure);
        }
    }

    // Decoders and networks keep memory for each thread, so there are as many as need it, and no others of a pool.
    private static Task OnThread(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Each(ChannelReader<Slot> slots, Action<Slot> work, CancellationToken stop)
    {
        do
        {
            while (slots.TryRead(out Slot? slot))
                work(slot);
        }
        while (slots.WaitToReadAsync(stop).AsTask().GetAwaiter().GetResult());
    }

    private static void Write(ChannelWriter<Slot> slots, Slot slot, CancellationToken stop)
    {
        if (!slots.TryWrite(slot))
            slots.WriteAsync(slot, stop).AsTask().GetAwaiter().GetResult();
    }
}
