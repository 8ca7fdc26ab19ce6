using System;
using System.ComponentModel;

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

    /// <summary>Writes one whole row, its halo columns too.</summary>
    /// <param name="map">The map.</param>
    /// <param name="y">The row.</param>
    /// <param name="width">Columns of the interior.</param>
    /// <param name="blocks">Blocks of a row.</param>
    /// <param name="lanes">Elements of a pixel in a block.</param>
    /// <param name="halo">Pixels on each side.</param>
    /// <param name="value">The padding.</param>
    public static void FillRow<T>(FeatureMap<T> map, int y, int width, int blocks, int lanes, int halo, T value) where T : unmanaged
    {
        T* row = map.Row(y);
        for (int block = 0; block < blocks; block++, row += map.BlockStride)
            new Span<T>(row - halo * lanes, (halo + width + halo) * lanes).Fill(value);
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
    public static void FillColumns<T>(FeatureMap<T> map, int firstRow, int rowCount, int width, int blocks, int lanes, int halo, T value) where T : unmanaged
    {
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            T* row = map.Row(y);
            for (int block = 0; block < blocks; block++, row += map.BlockStride)
            {
                new Span<T>(row - halo * lanes, halo * lanes).Fill(value);
                new Span<T>(row + width * lanes, halo * lanes).Fill(value);
            }
        }
    }
}
