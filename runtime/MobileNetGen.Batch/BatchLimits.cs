namespace MobileNetGen.Batch;

/// <summary>What the files of strangers may take.</summary>
/// <param name="MaximumPixels">Pixels of a photograph.</param>
/// <param name="MaximumBytes">Bytes of a file.</param>
internal sealed record BatchLimits(int MaximumPixels, int MaximumBytes)
{
    /// <summary>Bytes of files in memory at once, unless one alone has more.</summary>
    public long BytesAtOnce => 256 << 20;
}
