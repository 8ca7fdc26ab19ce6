using System;
using System.Linq;
using System.Text;
using MobileNetGen.Teaching.Photographs;
using MobileNetGen.Teaching.Tests.Support;
using SkiaSharp;

namespace MobileNetGen.Teaching.Tests.Photographs;

public class LookTests
{
    [Fact]
    public void A_mirrored_picture_looks_the_same_and_another_does_not()
    {
        byte[] pixels = Pixels(seed: 1), mirrored = [.. pixels];
        Extraction.Mirror(mirrored, 48, 4);
        Assert.NotEqual(pixels, mirrored);
        Look look = Look.Of(pixels, 48, 40);
        Assert.InRange(look.Distance(Look.Of(mirrored, 48, 40)), 0, 6);
        Assert.InRange(look.Distance(Look.Of(Pixels(seed: 2), 48, 40)), 13, 64);
        Extraction.Mirror(mirrored, 48, 4);
        Assert.Equal(pixels, mirrored);
    }

    [Fact]
    public void Pairs_become_groups_through_others() => Assert.Equal([0, 1, 0, 3, 1, 0], NearDuplicates.Groups(6, [(2, 5), (1, 4), (0, 5)]));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_camera_is_read_in_both_byte_orders(bool isLittle)
    {
        byte[] jpeg = Jpeg(isLittle, "Acme", "Acme X100");
        Assert.Equal("Acme X100", Exif.Camera(jpeg));
        Assert.Equal("Acme X100", Exif.Camera(Jpeg(isLittle, "Acme", "X100")));
        Assert.Equal("", Exif.Camera(Pixels(1)));

        // Damaged at any place it names some camera or none, and does nothing else.
        foreach (int at in Enumerable.Range(0, jpeg.Length))
        {
            foreach (byte value in new byte[] { 0, 1, 0x7F, 0x80, 0xFF })
                Exif.Camera([.. jpeg[..at], value, .. jpeg[(at + 1)..]]);
            Exif.Camera(jpeg.AsSpan(0, at));
        }
    }

    private static byte[] Pixels(int seed)
    {
        using SKBitmap photo = Drawn.Photograph(0, seed);
        return photo.GetPixelSpan().ToArray();
    }

    private static byte[] Jpeg(bool isLittle, string maker, string model)
    {
        byte[] first = [.. Encoding.ASCII.GetBytes(maker), 0], second = [.. Encoding.ASCII.GetBytes(model), 0];
        byte[] tiff =
        [
            .. isLittle ? "II*\0"u8.ToArray() : "MM\0*"u8.ToArray(), .. Number(8, 4), .. Number(2, 2),
            .. Entry(0x010F, first.Length, 38), .. Entry(0x0110, second.Length, 38 + first.Length), .. Number(0, 4), .. first, .. second,
        ];
        return [0xFF, 0xD8, 0xFF, 0xE0, 0, 2, 0xFF, 0xE1, 0, (byte)(tiff.Length + 8), .. "Exif\0\0"u8, .. tiff, 0xFF, 0xD9];

        byte[] Entry(int tag, int length, int offset) => [.. Number(tag, 2), .. Number(2, 2), .. Number(length, 4), .. Number(offset, 4)];

        byte[] Number(int value, int size)
        {
            byte[] bytes = [.. Enumerable.Range(0, size).Select(i => (byte)(value >> (8 * i)))];
            return isLittle ? bytes : [.. bytes.Reverse()];
        }
    }
}
