using System.ComponentModel;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// A view of activations in scratch memory. A row holds its blocks of 16 channels one after another; a block holds its pixels, 16 lanes each,
/// between <c>halo</c> further pixels on either side: [blocks][halo + width + halo][16]. The halo rows above and below look the same.
/// The network's input is one block whose pixels may have fewer lanes.
/// </summary>
/// <typeparam name="T">float, or byte for quantised networks.</typeparam>
/// <param name="origin">Row 0, column 0, lane 0 of the interior: the halo lies at negative offsets.</param>
/// <param name="rowStride">Elements from one row to the next.</param>
/// <param name="blockStride">Elements from one block of a row to the next.</param>
/// <param name="ring">0 for a whole map; else the rows that are kept, row y in slot y mod ring (row −1 in the last).</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct FeatureMap<T>(T* origin, int rowStride, int blockStride, int ring = 0) where T : unmanaged
{
    /// <summary>Row 0, column 0, lane 0 of the interior.</summary>
    public T* Origin { get; } = origin;

    /// <summary>Elements from one row to the next.</summary>
    public int RowStride { get; } = rowStride;

    /// <summary>Elements from one block of a row to the next.</summary>
    public int BlockStride { get; } = blockStride;

    /// <summary>0 for a whole map, else the rows that a ring keeps.</summary>
    public int Ring { get; } = ring;

    /// <summary>Column 0 of a row; rows −halo … −1 and height … lie in the halo.</summary>
    /// <param name="y">The row.</param>
    public T* Row(int y) => Origin + (nint)(Ring == 0 ? y : Slot(y)) * RowStride;

    // Divides: a fifth field for the reciprocal would keep the structure out of registers, and Native AOT then runs whole networks at a third of the speed.
    private int Slot(int y)
    {
        int slot = y % Ring;
        return slot < 0 ? slot + Ring : slot;
    }
}
