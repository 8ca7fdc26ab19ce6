using System;
using System.IO;
using System.Linq;
using MobileNetGen.Runtime;
using MobileNetGen.Samples.Classify;
using MobileNetGen.Samples.Detect;
using MobileNetGen.SkiaSharp;
using MobileNetGen.Tests;
using SkiaSharp;

namespace MobileNetGen.Samples.Tests;

/// <summary>The package of photographs, with the networks that the samples have.</summary>
public sealed class PhotoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("photos").FullName;

    private static string Cat => Path.Combine(AppContext.BaseDirectory, "photos", "cat.jpg");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(SKColorType.Rgba8888)]
    [InlineData(SKColorType.Bgra8888)]
    [InlineData(SKColorType.Gray8)]
    [InlineData(SKColorType.Rgb565)]
    public void Preparing_a_bitmap_is_preparing_its_bytes(SKColorType type)
    {
        using SKBitmap photo = Photo.Open(Cat), bitmap = photo.Copy(type), usual = bitmap.Copy(SKColorType.Rgba8888);
        byte[] expected = new byte[Cifar10_1_0_32_Int8.InputLength], pixels = new byte[expected.Length];
        Placement placement = Cifar10_1_0_32_Int8.Prepare(usual.GetPixelSpan(), usual.Width, usual.Height, expected, PixelFormat.Rgba, Crop.Centre());
        Assert.Equal(placement, Cifar10_1_0_32_Int8.Prepare(bitmap, pixels, Crop.Centre()));
        Assert.Equal(expected, pixels);
    }

    // Each scan of some bytes goes through all of the picture.
    [Fact]
    public void A_file_of_hundreds_of_scans_is_refused()
    {
        byte[] jpeg = File.ReadAllBytes(Cat);
        int scan = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        byte[] scans = [.. jpeg[..scan], .. Enumerable.Repeat((byte[])[0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0], 300).SelectMany(bytes => bytes), .. jpeg[scan..]];
        Assert.Contains("301 scans", Assert.Throws<PhotoException>(() => Photo.Open(new MemoryStream(scans))).Message, StringComparison.Ordinal);
    }

    // A part of a bitmap has gaps between its rows.
    [Fact]
    public void Rows_may_have_gaps_between_them()
    {
        using SKBitmap photo = Photo.Open(Cat), part = new();
        Assert.True(photo.ExtractSubset(part, SKRectI.Create(30, 20, 201, 99)));
        Assert.True(part.RowBytes > part.Width * 4);
        using SKBitmap whole = part.Copy();
        byte[] expected = new byte[Cifar10_1_0_32_Int8.InputLength], pixels = new byte[expected.Length];
        Cifar10_1_0_32_Int8.Prepare(whole, expected);
        Cifar10_1_0_32_Int8.Prepare(part, pixels);
        Assert.Equal(expected, pixels);
    }

    [Fact]
    public void A_bitmap_is_prepared_classified_and_searched_without_allocations()
    {
        using SKBitmap photo = Photo.Open(Cat);
        var pixels = new byte[Cifar10_1_0_32_Int8.InputLength];
        var top = new Prediction[3];
        var found = new Detection[10];
        Assert.Equal(0, Allocations.Of(() => Cifar10_1_0_32_Int8.Prepare(photo, pixels)));
        Assert.Equal(0, Allocations.Of(() => Cifar10_1_0_32_Int8.Classify(photo, top)));
        Assert.Equal(0, Allocations.Of(() => Digits_1_0_128.Detect(photo, found, 0.1f)));
        Assert.Equal("cat", top[0].Label);
    }

    [Fact]
    public void Every_way_to_a_photograph_gives_the_same()
    {
        Prediction[] best = Cifar10_1_0_32_Int8.Classify(Cat, count: 10);
        Assert.Equal(10, best.Length);
        Assert.Equal(best.OrderByDescending(p => p.Probability), best);
        using (FileStream stream = File.OpenRead(Cat))
            Assert.Equal(best[..3], Cifar10_1_0_32_Int8.Classify(stream, count: 3));
        Assert.Equal(best, NetworkExtensions.Classify<Cifar10_1_0_32_Int8>(Cat, count: 1000));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Cifar10_1_0_32_Int8.Classify(Cat, count: 0));

        string digits = Path.Combine(_folder, "digits.png");
        using SKBitmap picture = TestPicture.Draw(seed: 16, 640, 480, out _);
        picture.Save(digits);
        Detection[] found = Digits_1_0_128.Detect(digits);
        Assert.NotEmpty(found);
        Assert.Equal(found, Digits_1_0_128.Detect(picture));
        using FileStream file = File.OpenRead(digits);
        Assert.Equal(found.Take(2), Digits_1_0_128.Detect(file, most: 2));
    }

    // Each orientation tells where the first row and column lie; a JPEG of one colour a corner tells where they end up.
    [Theory]
    [InlineData(1, "RGBW", 48, 32)]
    [InlineData(2, "GRWB", 48, 32)]
    [InlineData(3, "WBGR", 48, 32)]
    [InlineData(4, "BWRG", 48, 32)]
    [InlineData(5, "RBGW", 32, 48)]
    [InlineData(6, "BRWG", 32, 48)]
    [InlineData(7, "WGBR", 32, 48)]
    [InlineData(8, "GWRB", 32, 48)]
    public void A_photograph_comes_as_its_camera_was_held(byte orientation, string corners, int width, int height)
    {
        using SKBitmap photo = Photo.Open(new MemoryStream(Corners(orientation)));
        Assert.Equal((width, height), (photo.Width, photo.Height));
        SKColor[] found = [photo.GetPixel(3, 3), photo.GetPixel(width - 4, 3), photo.GetPixel(3, height - 4), photo.GetPixel(width - 4, height - 4)];
        Assert.Equal(corners, string.Concat(found.Select(c => c switch { { Red: > 200, Green: > 200 } => 'W', { Red: > 200 } => 'R', { Green: > 100 } => 'G', _ => 'B' })));
    }

    [Fact]
    public void A_photograph_over_the_limit_is_decoded_smaller_and_a_picture_that_cannot_be_is_an_error()
    {
        using SKBitmap whole = Photo.Open(Cat), part = Photo.Open(Cat, maximumPixels: 20_000);
        Assert.InRange(part.Width * part.Height, 10_000, 20_000);
        Assert.Equal((float)whole.Width / whole.Height, (float)part.Width / part.Height, 0.05f);
        Assert.Equal("cat", Cifar10_1_0_32_Int8.Classify(part)[0].Label);

        string png = Path.Combine(_folder, "large.png");
        whole.Save(png);
        Assert.Contains("451×300 pixels are more than the limit of 20,000", Assert.Throws<PhotoException>(() => Photo.Open(png, maximumPixels: 20_000)).Message);
        Assert.Throws<ArgumentOutOfRangeException>("maximumPixels", () => Photo.Open(png, maximumPixels: 0));
    }

    [Fact]
    public void What_is_wrong_with_a_file_is_said()
    {
        string file = Path.Combine(_folder, "photo.jpg");
        Assert.Equal($"{file}: there is no such file.", Assert.Throws<PhotoException>(() => Photo.Open(file)).Message);
        File.WriteAllText(file, "no picture");
        Assert.StartsWith($"{file}: this is no picture", Assert.Throws<PhotoException>(() => Photo.Open(file)).Message);
        byte[] cat = File.ReadAllBytes(Cat);
        File.WriteAllBytes(file, cat[..(cat.Length / 2)]);
        Assert.Equal($"{file}: the picture ends too early; the file was cut off.", Assert.Throws<PhotoException>(() => Photo.Open(file)).Message);
        Assert.StartsWith("the stream: this is no picture", Assert.Throws<PhotoException>(() => Photo.Open(new MemoryStream())).Message);
        using var empty = new SKBitmap();
        Assert.Throws<ArgumentException>("bitmap", () => Cifar10_1_0_32_Int8.Classify(empty));
    }

    [Theory]
    [InlineData("drawn.png", 137)]
    [InlineData("drawn.jpg", 255)]
    [InlineData("drawn.webp", 82)]
    public void What_was_found_is_drawn_and_saved(string name, byte first)
    {
        using SKBitmap photo = Photo.Open(Cat), boxes = photo.Copy(), bars = photo.Copy();
        boxes.DrawBoxes([new Detection(3, 0.9f, 0.25f, 0.25f, 0.75f, 0.75f, "cat"), new Detection(4, 0.5f, 0, 0, 1, 1, "")]);
        bars.DrawBars(Cifar10_1_0_32_Int8.Classify(photo));
        Assert.Equal(photo.GetPixel(225, 150), boxes.GetPixel(225, 150));
        Assert.NotEqual(photo.GetPixel(112, 150), boxes.GetPixel(112, 150));
        Assert.Equal(photo.GetPixel(225, 100), bars.GetPixel(225, 100));
        Assert.NotEqual(photo.GetPixel(225, 295), bars.GetPixel(225, 295));
        bars.Save(Path.Combine(_folder, name));
        Assert.Equal(first, File.ReadAllBytes(Path.Combine(_folder, name))[0]);
        Assert.Throws<ArgumentException>("path", () => bars.Save("drawn.tiff"));
    }

    /// <summary>A JPEG of 48×32 pixels, red, green, blue and white in its corners, with an orientation in its EXIF block.</summary>
    private static byte[] Corners(byte orientation)
    {
        using var bitmap = new SKBitmap(48, 32);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.White);
            foreach ((SKColor colour, int x, int y) in new[] { (SKColors.Red, 0, 0), (SKColors.Green, 24, 0), (SKColors.Blue, 0, 16) })
            {
                using var paint = new SKPaint { Color = colour };
                canvas.DrawRect(SKRect.Create(x, y, 24, 16), paint);
            }
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95);
        return Jpegs.WithOrientation(data.ToArray(), orientation);
    }
}
