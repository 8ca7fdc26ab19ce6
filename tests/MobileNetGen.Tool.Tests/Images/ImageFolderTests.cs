using System;
using System.IO;
using System.Linq;
using MobileNetGen.Tests;
using MobileNetGen.Tool.Images;
using MobileNetGen.Tool.Tests.Support;
using SkiaSharp;

namespace MobileNetGen.Tool.Tests.Images;

public class ImageFolderTests
{
    private const string Text = "network MobileNetV1\nalpha 0.1\nresolution 32\nweights random";

    [Fact]
    public void A_photo_is_turned_the_way_its_camera_was_held()
    {
        using var mbnet = new Mbnet();

        // Orientation 6: the camera was turned, and the sensor's left is the picture's top.
        File.WriteAllBytes(mbnet["photo.jpg"], Jpegs.WithOrientation(RedThenBlue(), 6));
        byte[] pixels = ImageFolder.Prepare(mbnet["photo.jpg"], Texts.Plan(Text).Network);
        (int R, int B) topRight = At(pixels, 2, 29), bottomLeft = At(pixels, 29, 2);
        Assert.True(topRight.R > 200 && topRight.B < 60, $"{topRight}");
        Assert.True(bottomLeft.B > 200 && bottomLeft.R < 60, $"{bottomLeft}");
    }

    [Fact]
    public void Channels_are_in_the_networks_order()
    {
        using var mbnet = new Mbnet();
        File.WriteAllBytes(mbnet["photo.jpg"], RedThenBlue());
        byte[] rgb = ImageFolder.Prepare(mbnet["photo.jpg"], Texts.Plan(Text).Network), bgr = ImageFolder.Prepare(mbnet["photo.jpg"], Texts.Plan(Text + "\ninput bgr").Network);
        Assert.Equal(rgb.Chunk(3).SelectMany(p => p.Reverse()), bgr);
        Assert.Equal(32 * 32, ImageFolder.Prepare(mbnet["photo.jpg"], Texts.Plan(Text + "\ninput grey").Network).Length);
    }

    [Fact]
    public void The_images_of_a_folder_and_below_come_in_one_order()
    {
        using var mbnet = new Mbnet();
        Directory.CreateDirectory(mbnet["b"]);
        foreach (string file in new[] { "c.png", "b/a.JPG", "a.bmp", "notes.txt" })
            mbnet.Write(file, "");
        Assert.Equal(new[] { "a.bmp", Path.Combine("b", "a.JPG"), "c.png" }.Select(f => mbnet[f]), ImageFolder.Files(mbnet.Folder));
    }

    private static (int R, int B) At(byte[] pixels, int y, int x) => (pixels[((y * 32) + x) * 3], pixels[(((y * 32) + x) * 3) + 2]);

    private static byte[] RedThenBlue()
    {
        using var bitmap = new SKBitmap(64, 32);
        for (int i = 0; i < 64 * 32; i++)
            bitmap.SetPixel(i % 64, i / 64, i % 64 < 32 ? SKColors.Red : SKColors.Blue);
        return bitmap.Encode(SKEncodedImageFormat.Jpeg, 95).ToArray();
    }
}
