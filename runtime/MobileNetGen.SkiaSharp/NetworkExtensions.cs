using System;
using System.IO;
using MobileNetGen.Runtime;
using SkiaSharp;

namespace MobileNetGen.SkiaSharp;

/// <summary>
/// What generated classes can do with photographs, as members of theirs: <c>MobileNetV2_0_5_160.Classify("cat.jpg")</c>. In code that is generic over networks the
/// same is <c>NetworkExtensions.Classify&lt;T&gt;("cat.jpg")</c>.
/// </summary>
public static class NetworkExtensions
{
    extension<TNetwork>(TNetwork) where TNetwork : IImageNetwork<TNetwork>
    {
        /// <summary>
        /// Brings a bitmap to the network's size, as the <c>Prepare</c> of its class does with the bitmap's bytes. Nothing is allocated, unless the bitmap's colour type is
        /// other than Rgba8888, Rgb888x, Bgra8888 or Gray8: those are converted. Alpha is ignored; the colours of a bitmap with premultiplied alpha are those multiplied by it.
        /// </summary>
        /// <param name="bitmap">The picture.</param>
        /// <param name="pixels">Gets <c>InputLength</c> bytes.</param>
        /// <param name="crop">The part of the picture that is used; all of it by default.</param>
        /// <returns>Where the picture lies in the network's input.</returns>
        /// <exception cref="ArgumentException">The length of <paramref name="pixels"/> is wrong, or the bitmap has no pixels. Nothing was written.</exception>
        public static Placement Prepare(SKBitmap bitmap, Span<byte> pixels, Crop crop = default)
        {
            using var source = new BitmapPixels(bitmap);
            return TNetwork.Input.Prepare(source.Bytes, bitmap.Width, bitmap.Height, pixels, source.Format, crop, source.Stride);
        }
    }

    extension<TNetwork>(TNetwork) where TNetwork : IImageClassifier<TNetwork>
    {
        /// <summary>Classifies a photograph.</summary>
        /// <param name="path">A JPEG, PNG, WebP, GIF or BMP file.</param>
        /// <param name="count">How many classes to return at most, 1 or more.</param>
        /// <param name="crop">The part of the photograph that is used; all of it by default.</param>
        /// <returns>The most probable classes, the most probable first.</returns>
        /// <exception cref="PhotoException">The file cannot be read.</exception>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
        public static Prediction[] Classify(string path, int count = 5, Crop crop = default)
        {
            using SKBitmap photo = Photo.Open(path);
            return Classify<TNetwork>(photo, count, crop);
        }

        /// <summary>Classifies a photograph from a stream, which is read to its end and not closed.</summary>
        /// <param name="stream">A JPEG, PNG, WebP, GIF or BMP file.</param>
        /// <param name="count">How many classes to return at most, 1 or more.</param>
        /// <param name="crop">The part of the photograph that is used; all of it by default.</param>
        /// <returns>The most probable classes, the most probable first.</returns>
        /// <exception cref="PhotoException">The stream cannot be read.</exception>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
        public static Prediction[] Classify(Stream stream, int count = 5, Crop crop = default)
        {
            using SKBitmap photo = Photo.Open(stream);
            return Classify<TNetwork>(photo, count, crop);
        }

        /// <summary>Classifies a bitmap.</summary>
        /// <param name="bitmap">The picture.</param>
        /// <param name="count">How many classes to return at most, 1 or more.</param>
        /// <param name="crop">The part of the picture that is used; all of it by default.</param>
        /// <returns>The most probable classes, the most probable first.</returns>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
        /// <exception cref="ArgumentException">The bitmap has no pixels.</exception>
        public static Prediction[] Classify(SKBitmap bitmap, int count = 5, Crop crop = default)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
            var top = new Prediction[Math.Min(count, Math.Max(TNetwork.OutputLength, 2))];
            return top[..Classify<TNetwork>(bitmap, top, crop)];
        }

        /// <summary>Classifies a bitmap into memory of the caller's. Nothing is allocated once a thread has its working memory.</summary>
        /// <param name="bitmap">The picture.</param>
        /// <param name="top">Gets the most probable classes, the most probable first: as many as fit.</param>
        /// <param name="crop">The part of the picture that is used; all of it by default.</param>
        /// <returns>How many classes were written.</returns>
        /// <exception cref="ArgumentException">The bitmap has no pixels.</exception>
        public static int Classify(SKBitmap bitmap, Span<Prediction> top, Crop crop = default)
        {
            using var source = new BitmapPixels(bitmap);
            return TNetwork.Classify(source.Bytes, bitmap.Width, bitmap.Height, top, source.Format, crop, source.Stride);
        }
    }

    extension<TNetwork>(TNetwork) where TNetwork : IImageDetector<TNetwork>
    {
        /// <summary>Finds objects in a photograph.</summary>
        /// <param name="path">A JPEG, PNG, WebP, GIF or BMP file.</param>
        /// <param name="threshold">The least score, 0 to 1.</param>
        /// <param name="most">How many objects to return at most, 1 or more.</param>
        /// <returns>What was found, highest score first. Edges are 0 to 1 of the photograph; <see cref="Detection.In"/> makes them pixels.</returns>
        /// <exception cref="PhotoException">The file cannot be read.</exception>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is less than 1.</exception>
        public static Detection[] Detect(string path, float threshold = 0.5f, int most = 100)
        {
            using SKBitmap photo = Photo.Open(path);
            return Detect<TNetwork>(photo, threshold, most);
        }

        /// <summary>Finds objects in a photograph from a stream, which is read to its end and not closed.</summary>
        /// <param name="stream">A JPEG, PNG, WebP, GIF or BMP file.</param>
        /// <param name="threshold">The least score, 0 to 1.</param>
        /// <param name="most">How many objects to return at most, 1 or more.</param>
        /// <returns>What was found, highest score first. Edges are 0 to 1 of the photograph.</returns>
        /// <exception cref="PhotoException">The stream cannot be read.</exception>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is less than 1.</exception>
        public static Detection[] Detect(Stream stream, float threshold = 0.5f, int most = 100)
        {
            using SKBitmap photo = Photo.Open(stream);
            return Detect<TNetwork>(photo, threshold, most);
        }

        /// <summary>Finds objects in a bitmap.</summary>
        /// <param name="bitmap">The picture.</param>
        /// <param name="threshold">The least score, 0 to 1.</param>
        /// <param name="most">How many objects to return at most, 1 or more.</param>
        /// <returns>What was found, highest score first. Edges are 0 to 1 of the picture.</returns>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is less than 1.</exception>
        /// <exception cref="ArgumentException">The bitmap has no pixels.</exception>
        public static Detection[] Detect(SKBitmap bitmap, float threshold = 0.5f, int most = 100)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
            var detections = new Detection[most];
            return detections[..Detect<TNetwork>(bitmap, detections, threshold)];
        }

        /// <summary>Finds objects in a bitmap, into memory of the caller's. Nothing is allocated once a thread has its working memory.</summary>
        /// <param name="bitmap">The picture.</param>
        /// <param name="detections">Filled from the front, highest score first; edges are 0 to 1 of the picture.</param>
        /// <param name="threshold">The least score, 0 to 1.</param>
        /// <returns>How many detections were written.</returns>
        /// <exception cref="ArgumentException">The bitmap has no pixels.</exception>
        public static int Detect(SKBitmap bitmap, Span<Detection> detections, float threshold = 0.5f)
        {
            using var source = new BitmapPixels(bitmap);
            return TNetwork.Detect(source.Bytes, bitmap.Width, bitmap.Height, detections, threshold, source.Format, source.Stride);
        }
    }

    extension<TNetwork>(TNetwork) where TNetwork : IImageFeatures<TNetwork>
    {
        /// <summary>Computes the features of a bitmap.</summary>
        /// <param name="bitmap">The picture.</param>
        /// <param name="features">Gets as many numbers as the network has features.</param>
        /// <param name="crop">The part of the picture that is used; all of it by default.</param>
        /// <exception cref="ArgumentException">The length of <paramref name="features"/> is wrong, or the bitmap has no pixels. Nothing was written.</exception>
        public static void Features(SKBitmap bitmap, Span<float> features, Crop crop = default)
        {
            using var source = new BitmapPixels(bitmap);
            TNetwork.Features(source.Bytes, bitmap.Width, bitmap.Height, features, source.Format, crop, source.Stride);
        }
    }
}
