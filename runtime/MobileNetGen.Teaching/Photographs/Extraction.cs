using System;
using System.Buffers;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using MobileNetGen.SkiaSharp;
using SkiaSharp;

namespace MobileNetGen.Teaching.Photographs;

/// <summary>Runs photographs through a network, all processors at once.</summary>
/// <param name="extractor">The network.</param>
/// <param name="maximumPixels">The most pixels of a photograph.</param>
internal sealed class Extraction(FeatureExtractor extractor, int maximumPixels)
{
    /// <summary>
    /// What tells the network from others: a hash of what it gives for a drawn picture. A machine that computes the last bits otherwise counts as another network, so that one cache never mixes the two.
    /// </summary>
    public string Identity()
    {
        var pixels = new byte[extractor.Input.Length];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)((i * 7) ^ (i / 97 * 31));
        var features = new float[extractor.FeatureLength];
        extractor.Compute(pixels, features);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{extractor.Input} {extractor.FeatureLength} {maximumPixels}")));
        hash.AppendData(MemoryMarshal.AsBytes<float>(features));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Computes features of files, but of those that are known.</summary>
    /// <param name="files">The files.</param>
    /// <param name="known">Features by content.</param>
    /// <param name="progress">Told how much is done, from 0 to 1.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The photographs in the order of the files, and why others cannot be read.</returns>
    public (ImmutableArray<Photograph> Photographs, ImmutableArray<UnreadableFile> Unreadable) Run(
        ImmutableArray<PhotographFile> files, IReadOnlyDictionary<string, Photograph> known, Action<double> progress, CancellationToken cancellation)
    {
        var found = new (Photograph? Photograph, string? Problem)[files.Length];
        int done = 0;
        try
        {
            RunAll();
        }
        catch (AggregateException failures) when (failures.InnerExceptions[0] is TeachingException first)
        {
            throw first;
        }

        return (
            [.. found.Select(f => f.Photograph).OfType<Photograph>()],
            [.. found.Index().Where(f => f.Item.Problem is not null).Select(f => new UnreadableFile(files[f.Index].Name, f.Item.Problem!.Replace(files[f.Index].Path + ": ", "", StringComparison.Ordinal)))]);

        void RunAll() => Parallel.For(0, files.Length, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            try
            {
                found[i] = (Of(files[i], known), null);
            }
            catch (Exception failure) when (failure is PhotoException or IOException or UnauthorizedAccessException)
            {
                found[i] = (null, failure.Message);
            }

            progress((double)Interlocked.Increment(ref done) / files.Length);
        });
    }

    private Photograph Of(PhotographFile file, IReadOnlyDictionary<string, Photograph> known)
    {
        byte[] bytes = ReadAll(file.Path);
        string hash = Convert.ToHexString(SHA256.HashData(bytes));
        Photograph photograph = known.TryGetValue(hash, out Photograph? before) ? before : Compute(file, bytes, hash);
        return photograph with { Label = file.Label, Name = file.Name, Path = file.Path };
    }

    private Photograph Compute(PhotographFile file, byte[] bytes, string hash)
    {
        using var stream = new MemoryStream(bytes);
        using SKBitmap photo = Photo.Open(stream, file.Path, maximumPixels);
        byte[] pixels = ArrayPool<byte>.Shared.Rent(extractor.Input.Length);
        try
        {
            Span<byte> image = pixels.AsSpan(0, extractor.Input.Length);
            extractor.Input.Prepare(photo.GetPixelSpan(), photo.Width, photo.Height, image, Runtime.PixelFormat.Rgba, sourceStride: photo.RowBytes);
            float[] plain = new float[extractor.FeatureLength], mean = new float[extractor.FeatureLength];
            var look = Look.Of(image, extractor.Input.Width, extractor.Input.Height);
            extractor.Compute(image, plain);
            Mirror(image, extractor.Input.Width, extractor.Input.Channels);
            extractor.Compute(image, mean);
            for (int i = 0; i < mean.Length; i++)
                mean[i] = (mean[i] + plain[i]) / 2;
            if (mean.Any(m => !float.IsFinite(m)))
                throw new TeachingException($"{file.Path}: the network gives numbers that are not finite, so its weights or what is done to pixels cannot be right.");
            return new Photograph(hash, photo.Width, photo.Height, Exif.Camera(bytes), look, plain, mean);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    /// <summary>A file's bytes. A photograph of more is no photograph.</summary>
    private static byte[] ReadAll(string path)
    {
        const long most = 512 << 20;
        long length = new FileInfo(path).Length;
        return length <= most ? File.ReadAllBytes(path) : throw new PhotoException($"{path}: the file has {length:N0} bytes; a photograph of more than {most:N0} is not read.");
    }

    /// <summary>Swaps left and right.</summary>
    internal static void Mirror(Span<byte> pixels, int width, int channels)
    {
        for (Span<byte> rest = pixels; !rest.IsEmpty; rest = rest[(width * channels)..])
        {
            Span<byte> row = rest[..(width * channels)];
            for (int x = 0; x < width / 2; x++)
            {
                for (int c = 0; c < channels; c++)
                    (row[(x * channels) + c], row[((width - 1 - x) * channels) + c]) = (row[((width - 1 - x) * channels) + c], row[(x * channels) + c]);
            }
        }
    }
}
