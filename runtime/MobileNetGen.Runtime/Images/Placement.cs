using System;

namespace MobileNetGen.Runtime;

/// <summary>Where an image lies in a network's input: 0 to 1 of the input's sides. Where the image was cropped, its edges lie outside.</summary>
/// <param name="Left">The image's left edge.</param>
/// <param name="Top">The image's top edge.</param>
/// <param name="Right">The image's right edge.</param>
/// <param name="Bottom">The image's bottom edge.</param>
public readonly record struct Placement(float Left, float Top, float Right, float Bottom)
{
    /// <summary>An image that fills the input.</summary>
    public static Placement Whole => new(0, 0, 1, 1);

    /// <summary>The same detection as part of the image instead of the input, clipped to the image.</summary>
    /// <param name="detection">What was found in the input, 0 to 1 of its sides.</param>
    public Detection ToImage(Detection detection) => detection with
    {
        Left = Along(detection.Left, Left, Right),
        Top = Along(detection.Top, Top, Bottom),
        Right = Along(detection.Right, Left, Right),
        Bottom = Along(detection.Bottom, Top, Bottom),
    };

    /// <summary>The same for several, in place.</summary>
    /// <param name="detections">What was found in the input.</param>
    public void ToImage(Span<Detection> detections)
    {
        foreach (ref Detection detection in detections)
            detection = ToImage(detection);
    }

    private static float Along(float edge, float first, float last) => Math.Clamp((edge - first) / (last - first), 0, 1);
}
