using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// The operations of a float32 network. Generated code calls them with shapes it has proven; nothing is checked here. Every operation computes
/// the output rows [firstRow, firstRow + rowCount), writes all 16 lanes of each output block, and reads nothing outside the rows
/// [−halo, width + halo) of its input and its parameters. Pointers need no alignment. Every result is clamped to [min, max]:
/// infinities for a linear layer, 0 and ∞ for ReLU, 0 and 6 for ReLU6.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class Float32Kernels
{
    private const int Lanes = BlobLayout.Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Clamp(Vector128<float> value, Vector128<float> min, Vector128<float> max)
        => Vector128.MinNative(Vector128.MaxNative(value, min), max);
}
