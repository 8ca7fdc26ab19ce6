using System;
using System.Linq;
using System.Runtime.CompilerServices;
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

    // 1,000 threads, one after another, of which each writes to 4 MiB: 4 GiB were it not freed, and nothing here asks the collector to do it. What the process has in all is no
    // measure: other tests run at the same time, and an emulator keeps memory of its own for every thread.
    [Fact]
    public void Memory_of_threads_that_ended_goes_to_those_that_come()
    {
        long before = ThreadScratch.HeldBytes, most = 0;
        for (int i = 0; i < 1000; i++)
        {
            OnNewThread(() => new Span<byte>(ThreadScratch.Get(4 << 20), 4 << 20).Fill(1));
            if (i % 100 == 99)
                most = Math.Max(most, ThreadScratch.HeldBytes - before);
        }

        Assert.InRange(most, long.MinValue, 200L << 20);
    }

    [Fact]
    public void Threads_that_run_at_once_need_no_more_than_they_have_at_once()
    {
        long before = ThreadScratch.HeldBytes, most = 0;
        for (int i = 0; i < 100; i++)
        {
            int round = i;
            Thread[] threads = [.. Enumerable.Range(1, 8).Select(n => new Thread(() =>
            {
                int bytes = ((n + round) % 8 + 1) << 19;
                new Span<byte>(ThreadScratch.Get(bytes), bytes).Fill(1);
            }))];
            foreach (Thread thread in threads)
                thread.Start();
            foreach (Thread thread in threads)
                thread.Join();
            most = Math.Max(most, ThreadScratch.HeldBytes - before);
        }

        Assert.InRange(most, long.MinValue, 300L << 20);
    }

    [Fact]
    public void Memory_of_threads_that_ended_is_freed_where_no_other_comes()
    {
        // Each needs more than any before, so that none can take over what another had.
        long before = ThreadScratch.HeldBytes;
        for (int i = 0; i < 100; i++)
        {
            int bytes = (4 << 20) + (i << 16);
            OnNewThread(() => new Span<byte>(ThreadScratch.Get(bytes), bytes).Fill(1));
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.InRange(ThreadScratch.HeldBytes - before, long.MinValue, 200L << 20);
    }

    [Fact]
    public void What_kernels_need_is_apart_from_what_calls_have() => OnNewThread(() =>
    {
        byte* call = ThreadScratch.Get(1000), kernel = ThreadScratch.GetForKernel(1000);
        Assert.True(kernel >= call + 1000 || call >= kernel + 1000);
        Assert.True(kernel == ThreadScratch.GetForKernel(500));
        Assert.Equal(0, Allocations.Of(() => ThreadScratch.GetForKernel(1000)));
    });

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    [InlineData(1536)]
    [InlineData(8192)]
    public void What_fits_the_stack_can_be_taken_from_it_and_leaves_what_kernels_need(int stackKiB)
    {
        // In a size that fits and the next that does not: were the answer wrong, the process would end here.
        int fitting = 0;
        bool isMonotonic = true, isEnough = true;
        OnNewThread(
            () =>
            {
                for (int kib = 0; kib <= 2 * stackKiB; kib += 16)
                {
                    bool fits = ThreadScratch.FitsStack(kib * 1024);
                    isMonotonic &= !fits || fitting == kib - 16 || kib == 0;
                    if (!fits)
                        continue;
                    fitting = kib;
                    isEnough &= Take(kib * 1024);
                }
            },
            stackKiB * 1024);
        Assert.True(isMonotonic);
        Assert.True(isEnough);
        Assert.InRange(fitting, Math.Max(0, stackKiB - 256), stackKiB);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static bool Take(int bytes)
        {
            Span<byte> taken = stackalloc byte[bytes];
            taken.Fill(1);
            return RuntimeHelpers.TryEnsureSufficientExecutionStack();
        }
    }

    [Fact]
    public void Asking_whether_something_fits_allocates_nothing() => OnNewThread(() => Assert.Equal(0, Allocations.Of(() =>
    {
        ThreadScratch.FitsStack(100_000);
        ThreadScratch.FitsStack(100_000_000);
    })));

    private static void OnNewThread(ThreadStart body, int maxStackSize = 0)
    {
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    body();
                }
                catch (Exception e)
                {
                    failure = e;
                }
            },
            maxStackSize);
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw new InvalidOperationException("The thread failed.", failure);
    }
}
