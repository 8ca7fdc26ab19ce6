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
/// <param name="rowMask">−1 for a whole map; 3 for a ring that keeps the last four rows, row y in slot y &amp; 3.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct FeatureMap<T>(T* origin, int rowStride, int blockStride, int rowMask = -1) where T : unmanaged
{
    /// <summary>Row 0, column 0, lane 0 of the interior.</summary>
    public T* Origin { get; } = origin;

    /// <summary>Elements from one row to the next.</summary>
    public int RowStride { get; } = rowStride;

    /// <summary>Elements from one block of a row to the next.</summary>
    public int BlockStride { get; } = blockStride;

    /// <summary>−1 for a whole map, 3 for a ring of four rows.</summary>
    public int RowMask { get; } = rowMask;

    /// <summary>Column 0 of a row; rows −halo … −1 and height … lie in the halo.</summary>
    /// <param name="y">The row.</param>
    public T* Row(int y) => Origin + (nint)(y & RowMask) * RowStride;
}
