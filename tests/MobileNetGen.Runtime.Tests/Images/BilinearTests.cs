using System;
using System.IO;
using System.Linq;

namespace MobileNetGen.Runtime.Tests.Images;

public sealed class BilinearTests
{
    // The hashes (FNV-1a, which needs no library on any machine) are those of what OpenCV 4.13's resize with INTER_LINEAR makes of the same bytes.
    [Theory]
    [InlineData(640, 480, 300, 300, 3, 0x47BC4AEC34AEDD84UL)]
    [InlineData(427, 640, 320, 240, 3, 0xED966A2926FC6D54UL)]
    [InlineData(100, 80, 300, 300, 3, 0x0FBE8BD73A77621DUL)]
    [InlineData(1200, 600, 320, 320, 1, 0x9132C7539CBB5FF0UL)]
    [InlineData(337, 29, 61, 244, 1, 0x6C9C4FC4845918CAUL)]
    [InlineData(64, 64, 32, 32, 3, 0x8B67F372A1653E94UL)]
    public void Every_byte_is_OpenCVs(int width, int height, int targetWidth, int targetHeight, int channels, ulong hash)
    {
        byte[] source = [.. Enumerable.Range(0, width * height * channels).Select(i => (byte)(((uint)i * 2654435761u) >> 24))];
        Assert.Equal(hash, Bilinear(source, width, height, targetWidth, targetHeight, channels).Aggregate(14695981039346656037, (sum, value) => (sum ^ value) * 1099511628211));
    }

    [Fact]
    public void Small_images_are_OpenCVs_too()
    {
        Assert.Equal([10, 86, 200, 98, 30, 50, 120, 225, 99, 15, 90, 154, 250, 100, 0], Bilinear([10, 200, 30, 90, 250, 0], 3, 2, 5, 3, 1));
        Assert.Equal([159, 97, 34], Bilinear([10, 200, 30, 90, 250, 0, 77, 1, 255, 128, 64, 32, 16, 8, 4, 2], 8, 2, 3, 1, 1));
    }

    [Fact]
    public void A_crop_is_what_lies_in_it()
    {
        // The middle 4×4 of 8×4, and nothing beside it where the scale is 1.
        byte[] image = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];
        var cropped = new byte[16];
        ImagePreparation.Resize(image, 8, 4, cropped, 4, 4, PixelFormat.Grey, ChannelOrder.Grey, Crop.Centre(), resampling: Resampling.Bilinear);
        Assert.Equal(Enumerable.Range(0, 16).Select(i => image[(i / 4 * 8) + 2 + (i % 4)]), cropped);
    }

    [Fact]
    public void A_letterbox_keeps_the_images_shape()
    {
        foreach (Resampling resampling in Enum.GetValues<Resampling>())
        {
            byte[] image = [.. Enumerable.Repeat((byte)200, 8 * 4)];
            Assert.Equal(Rows("2222 2222 7777 7777"), Letterbox(image, 8, 4, Fit.Letterbox, new Placement(0, 0, 1, 0.5f)));
            Assert.Equal(Rows("7777 2222 2222 7777"), Letterbox(image, 8, 4, Fit.LetterboxCentre, new Placement(0, 0.25f, 1, 0.75f)));
            Assert.Equal(Rows("2277 2277 2277 2277"), Letterbox(image, 4, 8, Fit.Letterbox, new Placement(0, 0, 0.5f, 1)));
            Assert.Equal(Rows("7227 7227 7227 7227"), Letterbox(image, 4, 8, Fit.LetterboxCentre, new Placement(0.25f, 0, 0.75f, 1)));
            Assert.Equal(Rows("2222 2222 2222 2222"), Letterbox(image, 8, 4, Fit.Stretch, Placement.Whole));

            // However narrow it is, a column remains.
            Assert.Equal(Rows("2777 2777 2777 2777"), Letterbox(image, 1, 32, Fit.Letterbox, new Placement(0, 0, 0.25f, 1)));

            byte[] Letterbox(byte[] image, int width, int height, Fit fit, Placement expected)
            {
                var target = new byte[16];
                Assert.Equal(expected, ImagePreparation.Resize(image, width, height, target, 4, 4, PixelFormat.Grey, ChannelOrder.Grey, resampling: resampling, fit: fit, bars: 7));
                return target;
            }
        }

        static byte[] Rows(string text) => [.. text.Where(char.IsDigit).Select(c => c == '2' ? (byte)200 : (byte)7)];
    }

    [ReferenceTheory]
    [InlineData("bird")]
    [InlineData("cat")]
    public void A_letterbox_reproduces_the_reference_inputs_in_every_byte(string image)
    {
        string data = BuildProperty.ReferenceData;
        Bitmap bitmap = Bitmap.Read(Path.Combine(data, "images", image + ".bmp"));
        var resized = new byte[512 * 512 * 3];
        ImagePreparation.Resize(bitmap.Rgb, bitmap.Width, bitmap.Height, resized, 512, 512, fit: Fit.Letterbox);
        Assert.Equal(File.ReadAllBytes(Path.Combine(data, "detection", "golden", "inputs", image + "_letterbox512.rgb")), resized);
    }

    [Theory]
    [InlineData(Fit.Stretch, false)]
    [InlineData(Fit.Letterbox, false)]
    [InlineData(Fit.LetterboxCentre, false)]
    [InlineData(Fit.Stretch, true)]
    [InlineData(Fit.Letterbox, true)]
    public void What_is_found_in_the_input_is_mapped_back_to_the_image(Fit fit, bool isCropped)
    {
        // A white rectangle, columns 300 to 420 and rows 120 to 200 of 600×400.
        var image = new byte[600 * 400];
        for (int y = 120; y < 200; y++)
            image.AsSpan((y * 600) + 300, 120).Fill(255);
        var target = new byte[320 * 256];
        Placement placement = ImagePreparation.Resize(image, 600, 400, target, 320, 256, PixelFormat.Grey, ChannelOrder.Grey, isCropped ? Crop.CentralFraction(0.8) : Crop.None, fit: fit);
        int[] columns = [.. Enumerable.Range(0, 320).Where(x => Enumerable.Range(0, 256).Any(y => target[(y * 320) + x] > 127))];
        int[] rows = [.. Enumerable.Range(0, 256).Where(y => Enumerable.Range(0, 320).Any(x => target[(y * 320) + x] > 127))];
        Detection found = new(0, 1, columns[0] / 320f, rows[0] / 256f, (columns[^1] + 1) / 320f, (rows[^1] + 1) / 256f, "");

        Span<Detection> detections = [found];
        placement.ToImage(detections);
        Detection mapped = detections[0].In(600, 400);
        Assert.Equal(placement.ToImage(found), detections[0]);
        Assert.Equal(300, mapped.Left, 1.5f);
        Assert.Equal(420, mapped.Right, 1.5f);
        Assert.Equal(120, mapped.Top, 1.5f);
        Assert.Equal(200, mapped.Bottom, 1.5f);
    }

    [Fact]
    public void What_lies_in_a_bar_is_clipped_to_the_image()
        => Assert.Equal(new Detection(1, 0.5f, 0, 0.5f, 1, 1, "a"), new Placement(0, 0, 1, 0.5f).ToImage(new Detection(1, 0.5f, -0.1f, 0.25f, 1.5f, 0.9f, "a")));

    [Fact]
    public void Unknown_resamplings_and_fits_are_rejected()
    {
        Assert.Throws<ArgumentOutOfRangeException>("resampling", () => ImagePreparation.Resize(new byte[3], 1, 1, new byte[3], 1, 1, resampling: (Resampling)2));
        Assert.Throws<ArgumentOutOfRangeException>("fit", () => ImagePreparation.Resize(new byte[3], 1, 1, new byte[3], 1, 1, fit: (Fit)3));
    }

    [Fact]
    public void Resizing_allocates_nothing()
    {
        byte[] image = new byte[320 * 240 * 4], target = new byte[160 * 160 * 3];
        Assert.Equal(0, Allocations.Of(() => ImagePreparation.Resize(image, 320, 240, target, 160, 160, PixelFormat.Bgra, resampling: Resampling.Bilinear, fit: Fit.LetterboxCentre)));
    }

    private static byte[] Bilinear(byte[] source, int width, int height, int targetWidth, int targetHeight, int channels)
    {
        var target = new byte[targetWidth * targetHeight * channels];
        (PixelFormat format, ChannelOrder order) = channels == 1 ? (PixelFormat.Grey, ChannelOrder.Grey) : (PixelFormat.Rgb, ChannelOrder.Rgb);
        Assert.Equal(Placement.Whole, ImagePreparation.Resize(source, width, height, target, targetWidth, targetHeight, format, order, resampling: Resampling.Bilinear));
        return target;
    }
}
