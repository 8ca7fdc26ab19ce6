using System.ComponentModel;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// The operations of a quantised network. Activations are unsigned bytes and weights signed ones: an int8 network's activations are stored as
/// q + 128, so one set of kernels serves both. Generated code calls them with shapes it has proven; nothing is checked here. Every operation
/// computes the output rows [firstRow, firstRow + rowCount), writes all 16 lanes of each output block, and reads nothing outside the rows
/// [−halo, width + halo) of its input and its parameters. Pointers need no alignment. Results are those of TensorFlow Lite's reference kernels
/// in every bit. How weights and rescaling lie, <c>BlobLayout</c> says.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class UInt8Kernels
{
    private const int Lanes = BlobLayout.Lanes;
}
