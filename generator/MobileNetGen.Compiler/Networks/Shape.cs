namespace MobileNetGen.Compiler.Networks;

/// <summary>The shape of a feature map. A vector is a map of one pixel.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">Channels.</param>
public readonly record struct Shape(int Height, int Width, int Channels)
{
    /// <summary>Whether there is but one pixel.</summary>
    public bool IsVector => Height == 1 && Width == 1;

    /// <summary>The number of values.</summary>
    public long Length => (long)Height * Width * Channels;

    /// <summary><c>112×112×32</c>.</summary>
    public override string ToString() => $"{Height}×{Width}×{Channels}";
}
