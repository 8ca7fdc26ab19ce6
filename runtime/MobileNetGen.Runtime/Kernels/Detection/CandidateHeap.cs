using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Gives keys from the smallest on, as far as they are asked for: suppression often ends long before the last. It is a heap in the keys' own memory; the library's sort, generic and of
/// three kinds in one, costs the first call some milliseconds of compiling.
/// </summary>
internal unsafe struct CandidateHeap
{
    private readonly ulong* _keys;
    private int _count;

    /// <param name="keys">The keys, which are used up.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public CandidateHeap(ulong* keys, int count)
    {
        _keys = keys;
        _count = count;
        for (int place = (count / 2) - 1; place >= 0; place--)
            SiftDown(keys, count, place, keys[place]);
    }

    /// <summary>The smallest key that is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryTake(out ulong key)
    {
        key = 0;
        if (_count == 0)
            return false;
        key = _keys[0];
        _count--;
        SiftDown(_keys, _count, 0, _keys[_count]);
        return true;
    }

    /// <summary>Puts a key where a place is free, or below it, so that none below is smaller.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SiftDown(ulong* keys, int count, int place, ulong key)
    {
        for (int child = (2 * place) + 1; child < count; child = (2 * place) + 1)
        {
            if (child + 1 < count && keys[child + 1] < keys[child])
                child++;
            if (key <= keys[child])
                break;
            keys[place] = keys[child];
            place = child;
        }
        keys[place] = key;
    }
}
