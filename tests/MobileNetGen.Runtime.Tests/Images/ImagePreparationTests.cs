using System;
using System.IO;
using System.Linq;
using MobileNetGen.Runtime.Tests.Kernels;

namespace MobileNetGen.Runtime.Tests.Images;

public sealed class ImagePreparationTests
{
    [ReferenceTheory]
    [InlineData("bird", 96)]
    [InlineData("bird", 224)]
    [InlineData("cat", 96)]
    [InlineData("cat", 128)]
    [InlineData("cat", 160)]
    [InlineData("cat", 224)]
    [InlineData("cat", 300)]
    [InlineData("grace_hopper", 96)]
    [InlineData("grace_hopper", 128)]
    [InlineData("grace_hopper", 160)]
    [InlineData("grace_hopper", 224)]
    [InlineData("grace_hopper", 300)]
    [InlineData("imprinting_dog_test_0", 224)]
    public void Resizing_reproduces_the_reference_inputs_in_every_byte(string image, int side)
    {
        string data = BuildProperty.ReferenceData;
        Bitmap bitmap = Bitmap.Read(Path.Combine(data, "images", image + ".bmp"));
        var resized = new byte[side * side * 3];
        ImagePreparation.Resize(bitmap.Rgb, bitmap.Width, bitmap.Height, resized, side, side);
        Assert.Equal(File.ReadAllBytes(Path.Combine(data, "golden", "inputs", $"{image}_{side}.rgb")), resized);
    }

    [Fact]
    public void The_same_size_is_the_same_image()
    {
        byte[] image = new Noise(1).Array(13 * 7 * 3, new Noise(1).Byte);
        var copy = new byte[image.Length];
        ImagePreparation.Resize(image, 13, 7, copy, 13, 7);
        Assert.Equal(image, copy);
    }

    [Theory]
    [InlineData(1, 1, 5, 3)]
    [InlineData(100, 3, 1, 7)]
    [InlineData(3, 500, 7, 2)]
    [InlineData(640, 480, 224, 224)]
    public void A_flat_image_stays_flat(int sourceWidth, int sourceHeight, int targetWidth, int targetHeight)
    {
        byte[] image = Enumerable.Repeat((byte)201, sourceWidth * sourceHeight * 3).ToArray();
        foreach (Crop crop in new[] { Crop.None, Crop.Centre(), Crop.Centre(0.875), Crop.CentralFraction(0.3) })
        {
            var resized = new byte[targetWidth * targetHeight * 3];
            ImagePreparation.Resize(image, sourceWidth, sourceHeight, resized, targetWidth, targetHeight, crop: crop);
            Assert.Equal(-1, resized.AsSpan().IndexOfAnyExcept((byte)201));
        }
    }

    [Fact]
    public void Halving_weighs_the_four_nearest_pixels_1_3_3_1()
    {
        var halved = new byte[3];
        ImagePreparation.Resize([0, 80, 0, 0, 160, 0], 6, 1, halved, 3, 1, PixelFormat.Grey, ChannelOrder.Grey);

        // The first pixel has no neighbour on its left, the last none on its right: their weights are 3, 3, 1 of 7.
        Assert.Equal([(byte)Math.Round(3 * 80 / 7.0), (byte)((3 * 80 + 160) / 8 - 160 / 8), (byte)Math.Round(3 * 160 / 7.0)], halved);
    }

    [Fact]
    public void Doubling_interpolates_at_a_quarter_and_three_quarters()
    {
        var doubled = new byte[4];
        ImagePreparation.Resize([40, 80], 2, 1, doubled, 4, 1, PixelFormat.Grey, ChannelOrder.Grey);
        Assert.Equal([40, 50, 70, 80], doubled);
    }

    [Theory]
    [InlineData(PixelFormat.Rgb, ChannelOrder.Rgb, "RGB")]
    [InlineData(PixelFormat.Rgb, ChannelOrder.Bgr, "BGR")]
    [InlineData(PixelFormat.Rgb, ChannelOrder.Grey, "L")]
    [InlineData(PixelFormat.Bgr, ChannelOrder.Rgb, "RGB")]
    [InlineData(PixelFormat.Bgr, ChannelOrder.Bgr, "BGR")]
    [InlineData(PixelFormat.Bgr, ChannelOrder.Grey, "L")]
    [InlineData(PixelFormat.Rgba, ChannelOrder.Rgb, "RGB")]
    [InlineData(PixelFormat.Rgba, ChannelOrder.Bgr, "BGR")]
    [InlineData(PixelFormat.Bgra, ChannelOrder.Rgb, "RGB")]
    [InlineData(PixelFormat.Bgra, ChannelOrder.Grey, "L")]
    [InlineData(PixelFormat.Grey, ChannelOrder.Rgb, "GGG")]
    [InlineData(PixelFormat.Grey, ChannelOrder.Grey, "G")]
    public void Channels_arrive_in_the_order_asked_for_whatever_the_source_and_its_stride(PixelFormat format, ChannelOrder order, string expected)
    {
        // One colour over a 2×2 image with three bytes of padding after each row.
        const byte R = 200, G = 100, B = 10;
        byte[] pixel = format switch
        {
            PixelFormat.Rgb => [R, G, B],
            PixelFormat.Bgr => [B, G, R],
            PixelFormat.Rgba => [R, G, B, 77],
            PixelFormat.Bgra => [B, G, R, 77],
            _ => [G],
        };
        byte[] row = [.. pixel, .. pixel, 99, 98, 97];
        byte[] target = new byte[expected.Length];
        ImagePreparation.Resize([.. row, .. row], 2, 2, target, 1, 1, format, order, sourceStride: row.Length);

        // 0.299·200 + 0.587·100 + 0.114·10 = 119.64
        Assert.Equal(expected.Select(c => c switch { 'R' => R, 'G' => G, 'B' => B, _ => (byte)120 }), target);
    }

    [Fact]
    public void A_centre_crop_takes_the_largest_rectangle_of_the_targets_shape()
    {
        // 8×4 with dark sides: only the middle 4×4 is used, except for the weight that smoothing gives to the pixels next to it.
        byte[] image = Enumerable.Range(0, 32).Select(i => (byte)(i % 8 is >= 2 and < 6 ? 180 : 0)).ToArray();
        var cropped = new byte[16];
        ImagePreparation.Resize(image, 8, 4, cropped, 4, 4, PixelFormat.Grey, ChannelOrder.Grey, Crop.Centre());
        Assert.All(cropped, value => Assert.Equal(180, value));

        var whole = new byte[16];
        ImagePreparation.Resize(image, 8, 4, whole, 4, 4, PixelFormat.Grey, ChannelOrder.Grey);
        Assert.NotEqual(180, whole[0]);
    }

    [Fact]
    public void A_fraction_crops_to_the_images_or_the_targets_shape()
    {
        // An 8×4 ramp: column x has brightness 30·x.
        byte[] ramp = Enumerable.Range(0, 32).Select(i => (byte)(i % 8 * 30)).ToArray();
        Assert.Equal((90, 120), Ends(Crop.Centre(0.5)));
        Assert.Equal((75, 135), Ends(Crop.CentralFraction(0.5)));
        Assert.Equal((75, 135), Ends(Crop.Centre(1)));

        (int First, int Last) Ends(Crop crop)
        {
            var target = new byte[4];
            ImagePreparation.Resize(ramp, 8, 4, target, 2, 2, PixelFormat.Grey, ChannelOrder.Grey, crop);
            return (target[0], target[1]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    [InlineData(1.0001)]
    [InlineData(double.NaN)]
    public void A_crop_outside_the_image_is_rejected(double fraction)
    {
        Assert.Throws<ArgumentOutOfRangeException>("fraction", () => Crop.Centre(fraction));
        Assert.Throws<ArgumentOutOfRangeException>("fraction", () => Crop.CentralFraction(fraction));
    }

    [Theory]
    [InlineData("sourceWidth", 12, 0, 2, 3, 1, 1, 0)]
    [InlineData("sourceHeight", 12, 2, -1, 3, 1, 1, 0)]
    [InlineData("targetWidth", 12, 2, 2, 3, 0, 1, 0)]
    [InlineData("targetHeight", 12, 2, 2, 3, 1, -1, 0)]
    [InlineData("source", 11, 2, 2, 3, 1, 1, 0)]
    [InlineData("source", 13, 2, 2, 3, 1, 1, 0)]
    [InlineData("source", 12, 2, 2, 3, 1, 1, 7)]
    [InlineData("source", 12, int.MaxValue, int.MaxValue, 3, 1, 1, 0)]
    [InlineData("sourceStride", 12, 2, 2, 3, 1, 1, 5)]
    [InlineData("sourceStride", 12, 2, 2, 3, 1, 1, -6)]
    [InlineData("target", 12, 2, 2, 4, 1, 1, 0)]
    [InlineData("target", 12, 2, 2, 3, int.MaxValue, int.MaxValue, 0)]
    [InlineData("target", 12, 2, 2, 3, 1 << 16, 1 << 16, 0)]
    public void A_wrong_size_is_named_and_nothing_is_written(string parameter, int sourceLength, int sourceWidth, int sourceHeight, int targetLength, int targetWidth, int targetHeight, int stride)
    {
        var target = new byte[targetLength];
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => ImagePreparation.Resize(Enumerable.Repeat((byte)1, sourceLength).ToArray(), sourceWidth, sourceHeight, target, targetWidth, targetHeight, sourceStride: stride));
        Assert.Equal(parameter, error.ParamName);
        Assert.All(target, value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_wrong_length_says_what_was_given_and_what_is_needed()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => ImagePreparation.Resize(new byte[11], 2, 2, new byte[3], 1, 1));
        Assert.Contains("has 11 bytes", error.Message);
        Assert.Contains("take 12", error.Message);
    }

    [Theory]
    [InlineData(4 * 6, "4 bytes a pixel: pass PixelFormat.Bgra or Rgba")]
    [InlineData(6, "1 byte a pixel: pass PixelFormat.Grey")]
    [InlineData(32, "pass sourceStride")]
    public void A_length_that_another_format_has_says_which(int length, string hint)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => ImagePreparation.Resize(new byte[length], 3, 2, new byte[3], 1, 1));
        Assert.Contains(hint, error.Message);
    }

    [Fact]
    public void Unknown_formats_and_orders_are_rejected()
    {
        Assert.Throws<ArgumentOutOfRangeException>("format", () => ImagePreparation.Resize(new byte[3], 1, 1, new byte[3], 1, 1, (PixelFormat)5));
        Assert.Throws<ArgumentOutOfRangeException>("order", () => ImagePreparation.Resize(new byte[3], 1, 1, new byte[3], 1, 1, order: (ChannelOrder)(-1)));
    }

    [Fact]
    public void Resizing_allocates_nothing()
    {
        byte[] image = new byte[320 * 240 * 4], target = new byte[160 * 160];
        Assert.Equal(0, Allocations.Of(Resize));

        void Resize() => ImagePreparation.Resize(image, 320, 240, target, 160, 160, PixelFormat.Bgra, ChannelOrder.Grey, Crop.Centre(0.875));
    }
}
