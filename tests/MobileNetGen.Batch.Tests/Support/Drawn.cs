using System;
using System.IO;
using SkiaSharp;

namespace MobileNetGen.Batch.Tests.Support;

/// <summary>Photographs of a folder that is removed, and lists of them.</summary>
internal sealed class Drawn : IDisposable
{
    /// <summary>The folder.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("batch").FullName;

    /// <summary>A path in the folder.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>A picture of one colour, which <see cref="Colours"/> finds again.</summary>
    public static byte[] Png(int colour, int side = 8)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Erase(new SKColor((uint)colour | 0xFF000000));
        return bitmap.Encode(SKEncodedImageFormat.Png, 100).ToArray();
    }

    /// <summary>Writes a file, with the folders that it is in.</summary>
    public string Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    /// <summary>Writes so many pictures, with their number as their colour.</summary>
    /// <returns>Their folder.</returns>
    public string Pictures(int count)
    {
        for (int i = 0; i < count; i++)
            Write($"photos/{i:D4}.png", Png(i));
        return this["photos"];
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
