namespace MobileNetGen.Runtime.Kernels;

/// <summary>The class values of an anchor, the background's first where there is one.</summary>
internal interface IScoreRow
{
    float this[int column] { get; }
}

/// <summary>Values in blocks of 16, as maps have them; an array is one whose blocks follow each other.</summary>
/// <param name="pixel">Lane 0 of the pixel's first block.</param>
/// <param name="blockStride">Elements from one block to the next.</param>
/// <param name="first">The channel of column 0.</param>
internal readonly unsafe struct FloatRow(float* pixel, int blockStride, int first) : IScoreRow
{
    public float this[int column] => pixel[((first + column) / BlobLayout.Lanes * blockStride) + ((first + column) % BlobLayout.Lanes)];
}

/// <summary>The same in bytes, of which each stands for (q − zero point) · scale.</summary>
internal readonly unsafe struct ByteRow(byte* pixel, int blockStride, int first, float scale, int zeroPoint) : IScoreRow
{
    public float this[int column]
        => ((float)pixel[((first + column) / BlobLayout.Lanes * blockStride) + ((first + column) % BlobLayout.Lanes)] - zeroPoint) * scale;
}
