using System;
using System.Threading;
using MobileNetGen.AspNetCore.Tensors;
using MobileNetGen.Runtime;
using MobileNetGen.SkiaSharp;

namespace MobileNetGen.AspNetCore.Models;

/// <summary>A network that takes pictures: pixels of any size, or files.</summary>
/// <param name="name">What clients call it.</param>
internal abstract class ImageModel(string name) : ServedModel(name)
{
    /// <summary>The input's name.</summary>
    public const string InputName = "image";

    /// <inheritdoc/>
    public override TensorDescription Input { get; } = new(InputName, DataType.UInt8, [-1, -1, -1, 3]);

    /// <summary>What a picture gives.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="index">Its index in the batch.</param>
    protected delegate void Take(in Picture picture, int index);

    /// <inheritdoc/>
    public override void Warm() => Run(new InputTensor(InputName, DataType.UInt8, [1, 1, 1, 3]) { Data = new byte[3] }, 1, threshold: null, default);

    /// <inheritdoc/>
    protected override long CheckShape(InputTensor input, InferenceLimits limits) => input.Type switch
    {
        DataType.UInt8 => CheckPixels(input.Shape, limits),
        DataType.Bytes => CheckFiles(input, limits),
        _ => throw new InferenceException(Problem.Invalid, $"'{InputName}' is {input.Type.Name()}; UINT8 pixels or BYTES with JPEG or PNG files are taken."),
    };

    /// <summary>Goes through the pictures of a batch.</summary>
    protected static void ForEach(InputTensor input, int count, CancellationToken cancellation, Take take)
    {
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using Picture picture = Picture.Of(input, i);
            take(picture, i);
        }
    }

    /// <summary>Brings a picture to a network's size.</summary>
    /// <param name="input">What the network takes.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="pixels">Memory for the pixels, as many as the network takes.</param>
    /// <returns>The picture's own pixels where they are right already; else those that were made of them.</returns>
    protected static ReadOnlySpan<byte> Prepare(in ImageInput input, in Picture picture, Span<byte> pixels)
    {
        bool isSame = picture.Width == input.Width && picture.Height == input.Height
            && (picture.Format, input.Order) is (PixelFormat.Rgb, ChannelOrder.Rgb) or (PixelFormat.Grey, ChannelOrder.Grey);
        if (isSame)
            return picture.Pixels;
        input.Prepare(picture.Pixels, picture.Width, picture.Height, pixels, picture.Format, default, picture.Stride);
        return pixels;
    }

    private static long CheckPixels(long[] shape, InferenceLimits limits)
    {
        if (shape.Length is not (3 or 4) || shape[^1] is not (1 or 3 or 4))
            throw new InferenceException(Problem.Invalid, $"'{InputName}' has the shape [{string.Join(", ", shape)}]; [images, height, width, 3] is needed, or 1 of grey or 4 with alpha in place of 3.");
        CheckSize(shape[^2], shape[^3], limits);
        return shape.Length == 3 ? 1 : shape[0];
    }

    private static long CheckFiles(InputTensor input, InferenceLimits limits)
    {
        if (input.Shape is not ([_] or [_, 1]))
            throw new InferenceException(Problem.Invalid, $"'{InputName}' has the shape [{string.Join(", ", input.Shape)}]; [files] is needed of BYTES.");
        if (input.Items.Length <= limits.MaximumBatch)
        {
            foreach (ReadOnlyMemory<byte> file in input.Items)
            {
                if (PictureHeader.Read(file.Span) is not { } header)
                    throw new InferenceException(Problem.Invalid, "An image is no JPEG or PNG file, or does not say its size.");
                CheckSize(header.Width, header.Height, limits);
                if (header.HasTooManyScans(limits.MaximumPixels))
                    throw new InferenceException(Problem.TooLarge, $"A JPEG file of {header.Width}×{header.Height} pixels has {header.Scans} scans, which is more than is taken.");
            }
        }

        return input.Items.Length;
    }

    private static void CheckSize(long width, long height, InferenceLimits limits)
    {
        if (width < 1 || height < 1)
            throw new InferenceException(Problem.Invalid, $"An image of {width}×{height} pixels has none.");
        if (width > InferenceLimits.MaximumSide || height > InferenceLimits.MaximumSide || width * height > limits.MaximumPixels)
            throw new InferenceException(Problem.TooLarge, $"An image has {width}×{height} pixels; at most {limits.MaximumPixels} are taken, and {InferenceLimits.MaximumSide} of a side.");
    }
}
