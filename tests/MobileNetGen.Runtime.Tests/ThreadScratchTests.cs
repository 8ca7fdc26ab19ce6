using System;
using System.Threading;

namespace MobileNetGen.Runtime.Tests;

public sealed unsafe class ThreadScratchTests
{
    [Fact]
    public void Memory_is_aligned_writable_and_kept_until_more_is_needed() => OnNewThread(() =>
    {
        byte* first = ThreadScratch.Get(1000);
        Assert.Equal(0, (nint)first % 64);
        new Span<byte>(first, 1000).Fill(7);
        Assert.True(first == ThreadScratch.Get(1));
        Assert.True(first == ThreadScratch.Get(0));
        Assert.True(first == ThreadScratch.Get(1000));

        byte* larger = ThreadScratch.Get(1_000_000);
        Assert.Equal(0, (nint)larger % 64);
        new Span<byte>(larger, 1_000_000).Fill(8);
        Assert.True(larger == ThreadScratch.Get(1000));
    });

    [Fact]
    public void Threads_have_their_own()
    {
        nint mine = (nint)ThreadScratch.Get(64), other = 0;
        OnNewThread(() => other = (nint)ThreadScratch.Get(64));
        Assert.NotEqual(mine, other);
    }

    [Fact]
    public void A_negative_size_is_an_error_and_keeps_the_memory() => OnNewThread(() =>
    {
        byte* memory = ThreadScratch.Get(64);
        Assert.Throws<ArgumentOutOfRangeException>("bytes", () => { ThreadScratch.Get(-1); });
        Assert.True(memory == ThreadScratch.Get(64));
    });

    [Fact]
    public void Later_calls_allocate_nothing() => OnNewThread(() =>
    {
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < 100; i++)
                ThreadScratch.Get(5000 - i);
        }));
    });

    [Fact]
    public void Memory_of_threads_that_ended_is_freed()
    {
        // 400 threads, one after another, of which each writes to 4 MiB: 1.6 GiB were it not freed.
        long before = Environment.WorkingSet, most = 0;
        for (int i = 0; i < 400; i++)
        {
            OnNewThread(() => new Span<byte>(ThreadScratch.Get(4 << 20), 4 << 20).Fill(1));
            if (i % 40 == 39)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                most = Math.Max(most, Environment.WorkingSet - before);
            }
        }
        Assert.InRange(most, long.MinValue, 800L << 20);
    }

    private static void OnNewThread(ThreadStart body)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw new InvalidOperationException("The thread failed.", failure);
    }
}
