using System;

namespace MobileNetGen.Runtime;

/// <summary>Which part of an image is resized. The default is all of it.</summary>
public readonly record struct Crop
{
    private enum Shape
    {
        Image,
        Target,
    }

    private readonly Shape _shape;
    private readonly double _fraction;

    private Crop(Shape shape, double fraction)
    {
        if (!(fraction > 0 && fraction <= 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "A crop is more than 0 and at most 1 of the image.");
        _shape = shape;
        _fraction = fraction;
    }

    /// <summary>The whole image, stretched to the target's shape.</summary>
    public static Crop None => default;

    /// <summary>The largest centred rectangle of the target's aspect ratio, or a fraction of its sides.</summary>
    /// <param name="fraction">
    /// Over 0, at most 1. 0.875 is what torchvision's recipe amounts to: resize the shorter side to 256, crop the centre 224×224.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fraction"/> is outside (0, 1].</exception>
    public static Crop Centre(double fraction = 1) => new(Shape.Target, fraction);

    /// <summary>A centred rectangle of the image's own aspect ratio, stretched to the target's shape.</summary>
    /// <param name="fraction">Of the image's sides; over 0, at most 1. TF-slim evaluates ImageNet with 0.875.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fraction"/> is outside (0, 1].</exception>
    public static Crop CentralFraction(double fraction) => new(Shape.Image, fraction);

    /// <summary>The rectangle in source pixels; its edges may fall between two.</summary>
    internal (double Left, double Top, double Width, double Height) Rectangle(int sourceWidth, int sourceHeight, int targetWidth, int targetHeight)
    {
        double width = sourceWidth, height = sourceHeight;
        if (_shape == Shape.Target)
        {
            // Compared in integers, so that equal ratios leave the image whole.
            if ((long)sourceWidth * targetHeight > (long)sourceHeight * targetWidth)
                width = height * targetWidth / targetHeight;
            else
                height = width * targetHeight / targetWidth;
        }

        double fraction = _fraction == 0 ? 1 : _fraction;
        width *= fraction;
        height *= fraction;
        return ((sourceWidth - width) / 2, (sourceHeight - height) / 2, width, height);
    }
}
