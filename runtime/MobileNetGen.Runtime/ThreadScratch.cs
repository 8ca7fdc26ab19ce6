using System;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MobileNetGen.Runtime;

/// <summary>Working memory that a thread keeps between calls, for networks whose plan does not fit the stack.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class ThreadScratch
{
    private const int Alignment = 64;

    [ThreadStatic]
    private static Block? t_block;

    /// <summary>
    /// This thread's scratch memory, aligned to 64 bytes, its content undefined. It stays valid until the same thread asks for more than it has;
    /// it is freed after the thread has ended. Nothing is allocated when an earlier call asked for as much.
    /// </summary>
    /// <param name="bytes">How many bytes are needed, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is negative.</exception>
    /// <exception cref="OutOfMemoryException">The system has not that much memory.</exception>
    public static byte* Get(int bytes)
    {
        Block? block = t_block;
        return block is not null && (uint)bytes <= (uint)block.Length ? block.Address : Grow(bytes);
    }

    private static byte* Grow(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);

        // The old block goes first: the larger one may only fit in its place, and a failed attempt must leave no dangling pointer behind.
        t_block?.Free();
        t_block = null;
        Block block = new(bytes);
        t_block = block;
        return block.Address;
    }

    /// <summary>Owns one native block. When the thread dies its slot dies with it, and the finalizer frees the block.</summary>
    private sealed class Block
    {
        public Block(int length)
        {
            Address = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(length, Alignment), Alignment);
            Length = length;
        }

        ~Block() => NativeMemory.AlignedFree(Address);

        public byte* Address { get; }

        public int Length { get; }

        public void Free()
        {
            GC.SuppressFinalize(this);
            NativeMemory.AlignedFree(Address);
        }
    }
}
