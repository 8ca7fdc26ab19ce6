using System;
using System.IO;
using MobileNetGen.Runtime;
using MobileNetGen.SkiaSharp;
using MobileNetGen.Tool.Terminal;
using SkiaSharp;

namespace MobileNetGen.Tool.Detect;

/// <summary>Draws what was found into a photograph.</summary>
internal static class DetectionPicture
{
    private static readonly string[] s_formats = [".png", ".jpg", ".jpeg", ".webp"];

    /// <summary>Whether pictures of a file's kind can be written.</summary>
    public static bool IsPicture(string file) => Array.IndexOf(s_formats, Path.GetExtension(file).ToLowerInvariant()) >= 0;

    /// <summary>Draws into the photograph, and writes it in the format of the file's name.</summary>
    /// <param name="photograph">The photograph, which is changed.</param>
    /// <param name="found">What was found, as parts of the photograph, highest score first.</param>
    /// <param name="file">The picture to write.</param>
    /// <exception cref="InputException">It cannot be written.</exception>
    public static void Write(SKBitmap photograph, ReadOnlySpan<Detection> found, string file)
    {
        photograph.DrawBoxes(found);
        Results.Write(file, () => photograph.Save(file));
    }
}
