using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using static TorchSharp.torch;

namespace MobileNetGen.Samples.Train.Data;

/// <summary>Images that go through the network together.</summary>
/// <param name="Images">[n][channels][height][width], normalised.</param>
/// <param name="Labels">[n]; of a detector, [n][anchors].</param>
/// <param name="Boxes">Of a detector, [n][anchors][4]: what its box predictors should say.</param>
internal sealed record Batch(Tensor Images, Tensor Labels, Tensor? Boxes = null) : IDisposable
{
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
        Boxes?.Dispose();
    }
}

/// <summary>Makes tensors of images: normalised as the description says and, for learning, varied.</summary>
internal sealed class Batches
{
    private readonly ImageSet _images;
    private readonly int _batchSize;

    private readonly PixelValues _values;

    public Batches(ImageSet images, Normalization normalization, int batchSize)
    {
        _images = images;
        _batchSize = batchSize;
        _values = new PixelValues(normalization, images.Size);
    }

    /// <summary>The number of images.</summary>
    public int Count => _images.Count;

    /// <summary>Full batches in an epoch. The images that are left over have their turn in other epochs.</summary>
    public int Steps => _images.Count / _batchSize;

    /// <summary>All images, in order and as they are.</summary>
    public IEnumerable<Batch> InOrder()
    {
        foreach (int[] batch in Enumerable.Range(0, _images.Count).Chunk(_batchSize))
            yield return Make(batch, null);
    }

    /// <summary>An epoch: the images in a random order, each moved, mirrored and with a square cut out at random.</summary>
    public IEnumerable<Batch> Shuffled(Random random)
    {
        int[] order = [.. Enumerable.Range(0, _images.Count)];
        random.Shuffle(order);
        foreach (int[] batch in order.Chunk(_batchSize).Take(Steps))
            yield return Make(batch, random);
    }

    private Batch Make(int[] indices, Random? random)
    {
        Shape size = _images.Size;
        var values = new float[indices.Length * size.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            Span<float> target = values.AsSpan(i * (int)size.Length, (int)size.Length);
            Copy(_images[indices[i]], random is null ? default : Variation.Draw(random, size), target);
        }

        return new Batch(_values.ToTensor(values), tensor([.. indices.Select(i => (long)_images.Labels[i])], dtype: int64));
    }

    /// <summary>Copies an image. What comes from beyond its edge, or is cut out, is 0: the mean.</summary>
    private void Copy(ReadOnlySpan<byte> source, Variation variation, Span<float> target)
    {
        (int height, int width, int channels) = _images.Size;
        for (int y = 0, to = 0; y < height; y++)
        {
            int fromY = y + variation.Down;
            for (int x = 0; x < width; x++, to += channels)
            {
                int fromX = (variation.IsMirrored ? width - 1 - x : x) + variation.Right;
                if ((uint)fromY >= (uint)height || (uint)fromX >= (uint)width || variation.Cuts(y, x))
                    continue;
                for (int channel = 0; channel < channels; channel++)
                    target[to + channel] = _values[channel, source[(((fromY * width) + fromX) * channels) + channel]];
            }
        }
    }
}
