using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Writes the padding around a feature map: zero, or the zero point of a quantised one. The step that produces a map writes its halo,
/// so that spatial kernels need no code for edges.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Halo
{
    /// <summary>Writes <paramref name="halo"/> rows above and below and as many columns left and right of each block. For whole maps, not rings.</summary>
    /// <param name="map">The map.</param>
    /// <param name="height">Rows of the interior.</param>
    /// <param name="width">Columns of the interior.</param>
    /// <param name="blocks">Blocks of a row.</param>
    /// <param name="lanes">Elements of a pixel in a block.</param>
    /// <param name="halo">Pixels on each side.</param>
    /// <param name="value">The padding.</param>
    public static void Fill<T>(FeatureMap<T> map, int height, int width, int blocks, int lanes, int halo, T value) where T : unmanaged
    {
        for (int i = 1; i <= halo; i++)
        {
            FillRow(map, -i, width, blocks, lanes, halo, value);
            FillRow(map, height - 1 + i, width, blocks, lanes, halo, value);
        }
        FillColumns(map, 0, height, width, blocks, lanes, halo, value);
    }

    /// <summary>Writes the halo columns of every row of a ring, and the halo rows above row 0.</summary>
    /// <param name="ring">The ring.</param>
    /// <param name="width">Columns of the interior.</param>
    /// <param name="blocks">Blocks of a row.</param>
    /// <param name="lanes">Elements of a pixel in a block.</param>
    /// <param name="halo">Pixels on each side.</param>
    /// <param name="value">The padding.</param>
    public static void FillRing<T>(FeatureMap<T> ring, int width, int blocks, int lanes, int halo, T value) where T : unmanaged
    {
        for (int y = -halo; y < 0; y++)
            FillRow(ring, y, width, blocks, lanes, halo, value);
        FillColumns(ring, 0, ring.Ring, width, blocks, lanes, halo, value);
    }

    /// <summary>Writes one whole row, its halo columns too.</summary>
    /// <param name="map">The map.</param>
    /// <param name="y">The row.</param>
    /// <param name="width">Columns of the interior.</param>
    /// <param name="blocks">Blocks of a row.</param>
    /// <param name="lanes">Elements of a pixel in a block.</param>
    /// <param name="halo">Pixels on each side.</param>
    /// <param name="value">The padding.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FillRow<T>(FeatureMap<T> map, int y, int width, int blocks, int lanes, int halo, T value) where T : unmanaged
    {
        T* row = map.Row(y);
        for (int block = 0; block < blocks; block++, row += map.BlockStride)
            Fill(row - halo * lanes, (halo + width + halo) * lanes, value);
    }

    /// <summary>Writes the halo columns left and right of each block of some rows.</summary>
    /// <param name="map">The map.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="width">Columns of the interior.</param>
    /// <param name="blocks">Blocks of a row.</param>
    /// <param name="lanes">Elements of a pixel in a block.</param>
    /// <param name="halo">Pixels on each side.</param>
    /// <param name="value">The padding.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FillColumns<T>(FeatureMap<T> map, int firstRow, int rowCount, int width, int blocks, int lanes, int halo, T value) where T : unmanaged
    {
        int left = halo * lanes;
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            // Where one block ends and the next begins, the halo of both lies side by side.
            T* edge = map.Row(y) - left;
            for (int block = 0; block <= blocks; block++, edge += map.BlockStride)
            {
                int before = block == 0 ? 0 : left, after = block == blocks ? 0 : left;
                Fill(edge - before, before + after, value);
            }
        }
    }

    /// <summary>
    /// Inlined because most runs are a few pixels, for which <see cref="System.Span{T}.Fill"/> costs more than the writing. Without
    /// <see cref="Vector512"/>, which would write a pixel at once: the first call waits longer for its compilation than a call gains. Four bytes
    /// go through a vector of floats, whatever they are: a type that the kernels need as well.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fill<T>(T* start, int count, T value) where T : unmanaged
    {
        int i = 0;
        Vector128<byte> pattern = sizeof(T) == 1 ? Vector128.Create(*(byte*)&value) : Vector128.Create(*(float*)&value).AsByte();
        for (; i + 16 / sizeof(T) <= count; i += 16 / sizeof(T))
            *(Vector128<byte>*)(start + i) = pattern;
        for (; i < count; i++)
            start[i] = value;
    }
}
