using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace MobileNetGen.Runtime.Tests.Kernels;

/// <summary>
/// Buffers whose surroundings must stay as they are. A buffer lies flush against one end of its pages; the rest of the pages holds guard bytes,
/// and on Linux the page beyond is inaccessible, so that reading outside is found too (the process then dies with an access violation).
/// </summary>
internal sealed unsafe partial class TestMemory : IDisposable
{
    private const int PageBytes = 4096;
    private const byte Guard = 0xA5;

    private readonly bool _flushWithStart;
    private readonly List<(nint Pages, nint Inner, nint Data, nint Length)> _buffers = [];
    private readonly List<object> _known;
    private int _asked;

    private TestMemory(bool flushWithStart, List<object> known) => (_flushWithStart, _known) = (flushWithStart, known);

    /// <summary>Runs a test twice, with buffers at either end of their pages.</summary>
    public static void AtBothEnds(Action<TestMemory> test)
    {
        var known = new List<object>();
        foreach (bool flushWithStart in new[] { true, false })
        {
            using var memory = new TestMemory(flushWithStart, known);
            test(memory);
            memory.VerifyGuards();
        }
    }

    /// <summary>What does not depend on where buffers lie: the first time it is computed, and the second time the same, which nobody may have changed.</summary>
    public T Once<T>(Func<T> compute) where T : class
    {
        if (_asked == _known.Count)
            _known.Add(compute());
        return (T)_known[_asked++];
    }

    /// <summary>An array in guarded memory, each byte of it 0xFF: NaN as a float.</summary>
    public T* Allocate<T>(int count) where T : unmanaged
    {
        nint length = (nint)count * sizeof(T);
        nint inner = (length + PageBytes - 1) / PageBytes * PageBytes;
        nint pages = MapPages(inner + 2 * PageBytes);
        nint data = pages + PageBytes + (_flushWithStart ? 0 : inner - length);
        new Span<byte>((void*)(pages + PageBytes), (int)inner).Fill(Guard);
        new Span<byte>((void*)data, (int)length).Fill(0xFF);
        _buffers.Add((pages, inner, data, length));
        return (T*)data;
    }

    /// <summary>A copy in guarded memory.</summary>
    public T* Allocate<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        T* copy = Allocate<T>(values.Length);
        values.CopyTo(new Span<T>(copy, values.Length));
        return copy;
    }

    /// <summary>A copy of a row-major array.</summary>
    public T* Allocate<T>(T[,,] values) where T : unmanaged
        => Allocate<T>(MemoryMarshal.CreateReadOnlySpan(ref values[0, 0, 0], values.Length));

    public void Dispose()
    {
        foreach ((nint pages, nint inner, _, _) in _buffers)
            UnmapPages(pages, inner + 2 * PageBytes);
        _buffers.Clear();
    }

    private void VerifyGuards()
    {
        foreach ((nint pages, nint inner, nint data, nint length) in _buffers)
        {
            nint start = pages + PageBytes;
            Assert.Equal(-1, new ReadOnlySpan<byte>((void*)start, (int)(data - start)).IndexOfAnyExcept(Guard));
            Assert.Equal(-1, new ReadOnlySpan<byte>((void*)(data + length), (int)(start + inner - data - length)).IndexOfAnyExcept(Guard));
        }
    }

    private static nint MapPages(nint bytes)
    {
        if (!OperatingSystem.IsLinux())
            return (nint)NativeMemory.AlignedAlloc((nuint)bytes, PageBytes);

        const int Read = 1, Write = 2, Private = 2, Anonymous = 0x20;
        nint pages = Map(0, bytes, Read | Write, Private | Anonymous, -1, 0);
        Assert.NotEqual(-1, pages);
        Assert.Equal(0, Protect(pages, PageBytes, 0));
        Assert.Equal(0, Protect(pages + bytes - PageBytes, PageBytes, 0));
        return pages;
    }

    private static void UnmapPages(nint pages, nint bytes)
    {
        if (OperatingSystem.IsLinux())
            _ = Unmap(pages, bytes);
        else
            NativeMemory.AlignedFree((void*)pages);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint length);
}
