using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MobileNetGen.Batch.Inputs;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Runtime;
using MobileNetGen.SkiaSharp;
using MobileNetGen.Tool.Terminal;

namespace MobileNetGen.Tool.Images;

/// <summary>A folder of images, as commands take one.</summary>
internal static class ImageFolder
{
    /// <summary>The image files of a folder and those below it, by path: the same order on every machine.</summary>
    /// <exception cref="InputException">There is no such folder, or no image in it.</exception>
    public static ImmutableArray<string> Files(string folder)
    {
        if (!Directory.Exists(folder))
            throw new InputException($"{folder}: there is no such folder.");
        ImmutableArray<string> files = [.. PhotoFolder.Files(folder).Select(f => f.Path)];
        return files.Length > 0 ? files : throw new InputException($"{folder}: there is no image in it; {string.Join(", ", Photo.Extensions)} files are read.");
    }

    /// <summary>Decodes an image, turned the way its camera was held, and brings it to a network's size, as the generated class's <c>Prepare</c> does.</summary>
    /// <param name="file">The image.</param>
    /// <param name="network">The network.</param>
    /// <param name="crop">The part that is used.</param>
    /// <returns>Bytes, height × width × channels, in the network's channel order.</returns>
    /// <exception cref="InputException">It cannot be decoded.</exception>
    public static byte[] Prepare(string file, Network network, Crop crop = default)
    {
        using var photograph = new Photograph(file);
        return photograph.Prepare(network, crop, out _);
    }
}
