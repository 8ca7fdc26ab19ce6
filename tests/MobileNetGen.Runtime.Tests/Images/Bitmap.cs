using System;
using System.Buffers.Binary;
using System.IO;

namespace MobileNetGen.Runtime.Tests.Images;

/// <summary>An uncompressed 24-bit BMP file as RGB bytes, top row first.</summary>
internal sealed record Bitmap(int Width, int Height, byte[] Rgb)
{
    public static Bitmap Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int offset = Int32(10), width = Int32(18), height = Int32(22), stride = (width * 3 + 3) & ~3;
        Assert.Equal(24, BinaryPrimitives.ReadInt16LittleEndian(file.AsSpan(28)));
        Assert.True(height > 0, "Rows are expected from the bottom up.");

        var rgb = new byte[width * height * 3];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                ReadOnlySpan<byte> bgr = file.AsSpan(offset + (height - 1 - y) * stride + x * 3, 3);
                (rgb[(y * width + x) * 3], rgb[(y * width + x) * 3 + 1], rgb[(y * width + x) * 3 + 2]) = (bgr[2], bgr[1], bgr[0]);
            }
        }
        return new Bitmap(width, height, rgb);

        int Int32(int at) => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at));
    }
}
