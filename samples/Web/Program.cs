using System;
using System.Runtime.InteropServices.JavaScript;
using System.Runtime.Versioning;

namespace MobileNetGen.Samples.Web;

/// <summary>What wwwroot/worker.js calls. A worker has one thread, so there is one picture at a time.</summary>
[SupportedOSPlatform("browser")]
internal static partial class Program
{
    private static byte[] s_picture = [];
    private static byte[] s_pixels = [];

    /// <summary>Nothing happens until the worker calls.</summary>
    private static void Main()
    {
    }

    [JSExport]
    internal static string[] Names() => Array.ConvertAll(Networks.All, network => network.Name);

    [JSExport]
    internal static string[] Labels(int network) => Networks.All[network].Labels;

    /// <summary>Columns and rows of a network's input.</summary>
    [JSExport]
    internal static int[] Size(int network) => [Networks.All[network].Input.Width, Networks.All[network].Input.Height];

    /// <summary>Takes a picture from the worker and brings it to the network's size.</summary>
    /// <param name="network">Index of the network.</param>
    /// <param name="width">Columns of the picture.</param>
    /// <param name="height">Rows of the picture.</param>
    [JSExport]
    internal static void Prepare(int network, int width, int height)
    {
        ImageInput input = Networks.All[network].Input;
        int length = checked(width * height * 4);
        if (s_picture.Length < length)
            s_picture = GC.AllocateUninitializedArray<byte>(length);
        if (s_pixels.Length != input.Length)
            s_pixels = new byte[input.Length];

        Span<byte> picture = s_picture.AsSpan(0, length);
        CopyPicture(picture);
        input.Prepare(picture, width, height, s_pixels, PixelFormat.Rgba);
    }

    /// <summary>Scores the prepared picture. JavaScript has no float, and each is exact as a double.</summary>
    [JSExport]
    internal static double[] Run(int network) => Array.ConvertAll(Networks.All[network].Run(s_pixels), score => (double)score);

    /// <summary>Fills a span with the picture that the worker has: red, green, blue and alpha of each pixel.</summary>
    [JSImport("copyPicture", "worker")]
    private static partial void CopyPicture([JSMarshalAs<JSType.MemoryView>] Span<byte> picture);
}
