namespace MobileNetGen.Teaching.Photographs;

/// <summary>What is known of a photograph, by its content.</summary>
/// <param name="Hash">SHA-256 of the file, 64 hexadecimal digits.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Camera">Maker and model that the file names; empty where it names none.</param>
/// <param name="Look">Its look in 64 bits, and that of its mirrored image.</param>
/// <param name="Plain">Features of the photograph.</param>
/// <param name="Mean">Means of those and of the mirrored image's.</param>
internal sealed record Photograph(string Hash, int Width, int Height, string Camera, Look Look, float[] Plain, float[] Mean)
{
    /// <summary>The class that it is taught as.</summary>
    public string Label { get; init; } = "";

    /// <summary>The file as reports name it.</summary>
    public string Name { get; init; } = "";

    /// <summary>The file; null of one that was taught before and is there no longer.</summary>
    public string? Path { get; init; }
}
