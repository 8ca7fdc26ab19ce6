using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace MobileNetGen.Runtime;

/// <summary>Working memory: where a call takes it from the stack, and what a thread keeps between calls where not.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class ThreadScratch
{
    private const int Alignment = 64;

    /// <summary>How far <see cref="Descend"/> goes at once: less than what the runtime says is left.</summary>
    private const int Step = 32 * 1024;

    [ThreadStatic]
    private static Block? t_block;

    [ThreadStatic]
    private static Block? t_kernelBlock;

    [ThreadStatic]
    private static Block? t_panelBlock;

    [ThreadStatic]
    private static Block? t_pixelsBlock;

    /// <summary>The complement of the lowest address down to which this thread's stack was found to reach; so that 0, its first value, is that of none.</summary>
    [ThreadStatic]
    private static nuint t_reach;

    /// <summary>Bytes of native memory that all threads have together, those that have ended included.</summary>
    internal static long HeldBytes => Volatile.Read(ref Block.s_held);

    /// <summary>
    /// This thread's scratch memory, aligned to 64 bytes, its content undefined. It stays valid until the same thread asks for more than it has;
    /// it is freed, or given to another thread, after the thread has ended. Nothing is allocated when an earlier call asked for as much.
    /// </summary>
    /// <param name="bytes">How many bytes are needed, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is negative.</exception>
    /// <exception cref="OutOfMemoryException">The system has not that much memory.</exception>
    public static byte* Get(int bytes)
    {
        Block? block = t_block;
        return block is not null && (uint)bytes <= (uint)block.Length ? block.Address : Grow(ref t_block, bytes);
    }

    /// <summary>The same for pixels that are prepared for a network, which no call of <see cref="Get"/> gives.</summary>
    /// <param name="bytes">How many bytes are needed, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is negative.</exception>
    /// <exception cref="OutOfMemoryException">The system has not that much memory.</exception>
    public static byte* GetForPixels(int bytes)
    {
        Block? block = t_pixelsBlock;
        return block is not null && (uint)bytes <= (uint)block.Length ? block.Address : Grow(ref t_pixelsBlock, bytes);
    }

    /// <summary>The same for what a kernel needs besides, which no call of <see cref="Get"/> gives.</summary>
    internal static byte* GetForKernel(int bytes)
    {
        Block? block = t_kernelBlock;
        return block is not null && (uint)bytes <= (uint)block.Length ? block.Address : Grow(ref t_kernelBlock, bytes);
    }

    /// <summary>The same for weights that a kernel puts in order.</summary>
    internal static byte* GetForPanel(int bytes)
    {
        Block? block = t_panelBlock;
        return block is not null && (uint)bytes <= (uint)block.Length ? block.Address : Grow(ref t_panelBlock, bytes);
    }

    /// <summary>
    /// Whether this thread's stack has so many bytes left, and below them what kernels may take: 64 KiB, or 128 KiB in processes of 64 bits. A stack that overflows
    /// ends the process, and programs choose how large the stacks of their threads are.
    /// </summary>
    /// <param name="bytes">How many bytes are needed, 0 or more.</param>
    public static bool FitsStack(int bytes)
    {
        byte here;
        nuint end = (nuint)(&here) - (uint)bytes;
        return ~end <= t_reach || Descend(end);
    }

    /// <summary>
    /// Goes down the stack to an address, a step at a time and only where the runtime says that more than a step is left: it says that of every stack, whoever made it and on whatever
    /// system, but tells no sizes.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Descend(nuint end)
    {
        byte* step = stackalloc byte[Step];
        Volatile.Write(ref *step, 0);
        bool fits = RuntimeHelpers.TryEnsureSufficientExecutionStack();
        if (fits && (nuint)step > end)
            fits = Descend(end);
        else if (fits)
            t_reach = ~end;
        Volatile.Write(ref *step, 1);
        return fits;
    }

    private static byte* Grow(ref Block? slot, int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);

        // The old block goes first: the larger one may only fit in its place, and a failed attempt must leave no dangling pointer behind.
        slot?.Free();
        slot = null;
        Block block = Block.OfEndedThread(bytes) ?? new Block(bytes);
        slot = block;
        return block.Address;
    }

    /// <summary>Owns one native block. When the thread dies its slot dies with it; the next thread that needs a block takes it over, or else the finalizer frees it.</summary>
    private sealed class Block
    {
        public static long s_held;

        // Weak, so that the finalizer is reached where no thread comes that could take a block over.
        private static readonly List<WeakReference<Block>> s_all = [];

        // Weak too: the runtime may keep what threads have until they are finalized themselves.
        private readonly WeakReference<Thread> _owner = new(Thread.CurrentThread);

        public Block(int length)
        {
            Length = Math.Max(length, Alignment);
            Address = (byte*)NativeMemory.AlignedAlloc((nuint)Length, Alignment);

            // Or the collector, which sees but a small object, would not come for a long time.
            GC.AddMemoryPressure(Length);
            Interlocked.Add(ref s_held, Length);
            lock (s_all)
            {
                s_all.RemoveAll(weak => !weak.TryGetTarget(out Block? block) || block.Length == 0);
                s_all.Add(new WeakReference<Block>(this));
            }
        }

        ~Block() => Release();

        public byte* Address { get; private set; }

        /// <summary>Its bytes; 0 after it was freed.</summary>
        public int Length { get; private set; }

        /// <summary>The smallest block that is large enough and whose thread has ended, now the calling thread's; or null.</summary>
        public static Block? OfEndedThread(int bytes)
        {
            lock (s_all)
            {
                Block? best = null;
                foreach (WeakReference<Block> weak in s_all)
                {
                    if (weak.TryGetTarget(out Block? block) && block.Length >= Math.Max(bytes, Alignment) && (best is null || block.Length < best.Length)
                        && !(block._owner.TryGetTarget(out Thread? owner) && owner.IsAlive))
                        best = block;
                }

                best?._owner.SetTarget(Thread.CurrentThread);
                return best;
            }
        }

        public void Free()
        {
            GC.SuppressFinalize(this);
            lock (s_all)
                Release();
        }

        private void Release()
        {
            // Where there was no memory for it, there is nothing to give back.
            if (Address == null)
                return;
            GC.RemoveMemoryPressure(Length);
            Interlocked.Add(ref s_held, -Length);
            NativeMemory.AlignedFree(Address);
            Address = null;
            Length = 0;
        }
    }
}
