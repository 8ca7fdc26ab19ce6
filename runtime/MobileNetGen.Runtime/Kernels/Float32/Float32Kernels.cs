using System.ComponentModel;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// The operations of a float32 network. Generated code calls them with shapes it has proven; nothing is checked here. Every operation computes
/// the output rows [firstRow, firstRow + rowCount), writes all 16 lanes of each output block, and reads nothing outside the rows
/// [−halo, width + halo) of its input and its parameters. Pointers need no alignment. Results are
/// activated where they are stored. How weights lie, <c>BlobLayout</c> says.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class Float32Kernels
{
    private const int Lanes = BlobLayout.Lanes;
}
