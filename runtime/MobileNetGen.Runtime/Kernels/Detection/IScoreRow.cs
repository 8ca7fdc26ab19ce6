using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>The class values of an anchor, the background's first where there is one.</summary>
internal interface IScoreRow
{
    float this[int column] { get; }
}

internal static class ScoreRow
{
    /// <summary>Where a channel is, from its pixel's first block on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Offset(int channel, int blockStride) => ((int)((uint)channel / BlobLayout.Lanes) * blockStride) + (channel & (BlobLayout.Lanes - 1));
}

/// <summary>Values in blocks of 16, as maps have them; an array is one whose blocks follow each other.</summary>
/// <param name="pixel">Lane 0 of the pixel's first block.</param>
/// <param name="blockStride">Elements from one block to the next.</param>
/// <param name="first">The channel of column 0.</param>
internal readonly unsafe struct FloatRow(float* pixel, int blockStride, int first) : IScoreRow
{
    public float this[int column] => pixel[ScoreRow.Offset(first + column, blockStride)];
}

/// <summary>The same in bytes, of which each stands for (q − zero point) · scale.</summary>
internal readonly unsafe struct ByteRow(byte* pixel, int blockStride, int first, float scale, int zeroPoint) : IScoreRow
{
    public float this[int column] => ((float)pixel[ScoreRow.Offset(first + column, blockStride)] - zeroPoint) * scale;
}
