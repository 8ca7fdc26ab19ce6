using System;
using System.Linq;
using MobileNetGen.Batch;
using MobileNetGen.Runtime;
using SkiaSharp;

namespace MobileNetGen.Tool.Detect;

/// <summary>A detector that also draws what it found.</summary>
/// <param name="detector">The detector.</param>
/// <param name="pictureOf">The picture to write of a photograph.</param>
internal sealed class DrawingNetwork(BatchNetwork detector, Func<string, string> pictureOf) : BatchNetwork
{
    /// <inheritdoc/>
    public override string Identity => detector.Identity;

    /// <inheritdoc/>
    public override BatchRow Run(SKBitmap photograph, BatchRow row)
    {
        row = detector.Run(photograph, row);
        DetectionPicture.Write(photograph, [.. row.Detections.Select(d => InParts(d, row.Width, row.Height))], pictureOf(row.File));
        return row;
    }

    private static Detection InParts(Detection found, float width, float height) =>
        found with { Left = found.Left / width, Top = found.Top / height, Right = found.Right / width, Bottom = found.Bottom / height };
}
