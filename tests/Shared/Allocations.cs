using System;

namespace MobileNetGen.Tests;

/// <summary>Counts what calls allocate.</summary>
internal static class Allocations
{
    /// <summary>
    /// The bytes that a warm call allocates on this thread: the least of a few calls, because a collection that another test causes meanwhile books
    /// the rest of this thread's allocation buffer as allocated.
    /// </summary>
    public static long Of(Action call)
    {
        call();
        long least = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
