using System;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime;

/// <summary>
/// Brings an image to a network's input size. Results are those of Pillow's <c>resize(…, BILINEAR)</c> in every byte, which is what most networks
/// are evaluated with: half-pixel centres, antialiased when shrinking, first along rows, then along columns, rounded to bytes in between; or,
/// with <see cref="Resampling.Bilinear"/>, those of OpenCV. (The two differ by 4 to 5 grey levels on average when a photograph shrinks to a
/// quarter, and detectors find other boxes.) Nothing is allocated on the managed heap: working memory is the thread's scratch.
/// </summary>
public static unsafe partial class ImagePreparation
{
    /// <summary>Resizes an image.</summary>
    /// <param name="source">The image, row-major, top row first. Exactly as long as its rows, or longer where <paramref name="sourceStride"/> is given.</param>
    /// <param name="sourceWidth">Columns of the image, 1 or more.</param>
    /// <param name="sourceHeight">Rows of the image, 1 or more.</param>
    /// <param name="target">Filled with [targetHeight][targetWidth][channels] bytes, and exactly that long. It must not overlap the source.</param>
    /// <param name="targetWidth">Columns needed, 1 or more.</param>
    /// <param name="targetHeight">Rows needed, 1 or more.</param>
    /// <param name="format">How the source stores a pixel.</param>
    /// <param name="order">Which channels the target gets. A grey image fills three channels with equal values.</param>
    /// <param name="crop">
    /// The part of the image that is used, by default all. Pixels just outside take part in smoothing its edges, as when an image is resized first and cropped then.
    /// </param>
    /// <param name="sourceStride">Bytes from one row of the image to the next; 0 where rows follow without a gap.</param>
    /// <param name="resampling">How pixels are made of those of the image.</param>
    /// <param name="fit">What becomes of an image, or the part of it that is used, that has not the target's shape.</param>
    /// <param name="bars">The byte that fills the bars of a letterbox in every channel; 0 is black, 127 or 128 grey.</param>
    /// <returns>Where the image lies in the target: what turns detections in the target to those in the image.</returns>
    /// <exception cref="ArgumentException">
    /// A size is not positive, a length does not fit its sizes, or an enum value is unknown. Nothing was written.
    /// </exception>
    public static Placement Resize(ReadOnlySpan<byte> source, int sourceWidth, int sourceHeight, Span<byte> target, int targetWidth, int targetHeight,
        PixelFormat format = PixelFormat.Rgb, ChannelOrder order = ChannelOrder.Rgb, Crop crop = default, int sourceStride = 0,
        Resampling resampling = Resampling.Antialiased, Fit fit = Fit.Stretch, byte bars = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sourceWidth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sourceHeight);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(targetWidth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(targetHeight);
        if (format is < PixelFormat.Rgb or > PixelFormat.Grey)
            throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such pixel format.");
        if (order is < ChannelOrder.Rgb or > ChannelOrder.Grey)
            throw new ArgumentOutOfRangeException(nameof(order), order, "There is no such channel order.");
        if (resampling is < Resampling.Antialiased or > Resampling.Bilinear)
            throw new ArgumentOutOfRangeException(nameof(resampling), resampling, "There is no such resampling.");
        if (fit is < Fit.Stretch or > Fit.LetterboxCentre)
            throw new ArgumentOutOfRangeException(nameof(fit), fit, "There is no such fit.");

        int channels = order == ChannelOrder.Grey ? 1 : 3;
        long rowBytes = (long)sourceWidth * BytesPerPixel(format);
        if (sourceStride != 0 && sourceStride < rowBytes)
            throw new ArgumentException($"'sourceStride' is {sourceStride}; a row of {sourceWidth} {format} pixels takes {rowBytes} bytes.", nameof(sourceStride));

        // Three factors of 31 bits exceed 64.
        long stride = sourceStride == 0 ? rowBytes : sourceStride;
        Int128 sourceBytes = (Int128)stride * (sourceHeight - 1) + rowBytes;
        if (sourceStride == 0 ? source.Length != sourceBytes : source.Length < sourceBytes)
            throw new ArgumentException($"'source' has {source.Length} bytes; {sourceWidth}×{sourceHeight} {format} pixels, rows {stride} bytes apart, take {sourceBytes}.{(sourceStride == 0 ? Hint(source.Length, sourceWidth, sourceHeight) : "")}", nameof(source));
        Int128 targetBytes = (Int128)targetWidth * targetHeight * channels;
        if (target.Length != targetBytes)
            throw new ArgumentException($"'target' has {target.Length} bytes; {targetWidth}×{targetHeight} {order} pixels take {targetBytes}.", nameof(target));

        (double left, double top, double width, double height) = crop.Rectangle(sourceWidth, sourceHeight, targetWidth, targetHeight);
        (int x, int y, int columns, int rows) = Place(width, height, targetWidth, targetHeight, fit);
        var from = new Source(sourceWidth, sourceHeight, (nint)stride, format, order, left, top, width, height);
        Int128 scratchBytes = resampling == Resampling.Bilinear ? BilinearBytes(from, channels, columns, rows) : AntialiasedBytes(from, channels, columns, rows);
        if (scratchBytes > int.MaxValue)
            throw new ArgumentException($"Resizing {sourceWidth}×{sourceHeight} to {targetWidth}×{targetHeight} pixels takes {scratchBytes} bytes of memory; at most {int.MaxValue} are supported.", nameof(source));

        if (columns < targetWidth || rows < targetHeight)
            target.Fill(bars);
        byte* scratch = ThreadScratch.Get((int)scratchBytes);
        fixed (byte* pixels = source, all = target)
        {
            byte* to = all + ((nint)y * targetWidth + x) * channels;
            if (resampling == Resampling.Bilinear)
                Bilinear(pixels, from, channels, to, (nint)targetWidth * channels, columns, rows, scratch);
            else
                Antialiased(pixels, from, channels, to, (nint)targetWidth * channels, columns, rows, scratch);
        }

        // The image's own edges, of which a crop leaves some outside.
        double perColumn = columns / width, perRow = rows / height;
        return new Placement((float)((x - left * perColumn) / targetWidth), (float)((y - top * perRow) / targetHeight),
            (float)((x + (sourceWidth - left) * perColumn) / targetWidth), (float)((y + (sourceHeight - top) * perRow) / targetHeight));
    }

    /// <summary>The part of the target that is filled.</summary>
    private static (int X, int Y, int Columns, int Rows) Place(double width, double height, int targetWidth, int targetHeight, Fit fit)
    {
        if (fit == Fit.Stretch)
            return (0, 0, targetWidth, targetHeight);

        bool isWide = width * targetHeight >= height * targetWidth;
        int columns = isWide ? targetWidth : Scaled(width * targetHeight / height), rows = isWide ? Scaled(height * targetWidth / width) : targetHeight;
        return fit == Fit.Letterbox ? (0, 0, columns, rows) : ((targetWidth - columns) / 2, (targetHeight - rows) / 2, columns, rows);

        static int Scaled(double length) => Math.Max((int)Math.Round(length, MidpointRounding.AwayFromZero), 1);
    }

    private static Int128 AntialiasedBytes(in Source source, int channels, int columns, int rows)
        => ((Int128)ResampleAxis.Ints(source.UsedWidth, columns) + ResampleAxis.Ints(source.UsedHeight, rows)) * sizeof(int)
            + (Int128)ResampleAxis.Taps(source.UsedHeight, rows) * columns * channels + (Int128)source.Width * channels;

    private static void Antialiased(byte* pixels, in Source source, int channels, byte* target, nint targetStride, int targetWidth, int targetHeight, byte* scratch)
    {
        long columnInts = ResampleAxis.Ints(source.UsedWidth, targetWidth), rowInts = ResampleAxis.Ints(source.UsedHeight, targetHeight);
        int lineBytes = targetWidth * channels, keptLines = (int)ResampleAxis.Taps(source.UsedHeight, targetHeight);
        var columns = new ResampleAxis((int*)scratch, source.Width, source.Left, source.UsedWidth, targetWidth);
        var rows = new ResampleAxis((int*)scratch + columnInts, source.Height, source.Top, source.UsedHeight, targetHeight);
        byte* lines = scratch + (columnInts + rowInts) * sizeof(int);
        byte* converted = lines + (nint)keptLines * lineBytes;

        // A target row takes in a window of source rows that only moves down, so a ring of resampled rows as high as a window is enough.
        int next = 0;
        for (int y = 0; y < targetHeight; y++)
        {
            int first = rows.First(y), end = first + rows.Count(y);
            for (next = Math.Max(next, first); next < end; next++)
                ResampleRow(Reorder(pixels + next * source.Stride, converted, source.Width, source.Format, source.Order), lines + (nint)(next % keptLines) * lineBytes, targetWidth, channels, columns);
            BlendRows(lines, lineBytes, keptLines, first, rows.Count(y), rows.Weights(y), target + y * targetStride);
        }
    }

    /// <summary>What a length says that fits another format: most decoders give four bytes a pixel.</summary>
    private static string Hint(int length, int width, int height)
    {
        Int128 pixels = (Int128)width * height;
        foreach ((int bytes, string formats) in new[] { (4, "PixelFormat.Bgra or Rgba"), (3, "PixelFormat.Rgb or Bgr"), (1, "PixelFormat.Grey") })
        {
            if (pixels * bytes == length)
                return $" That is {bytes} {(bytes == 1 ? "byte" : "bytes")} a pixel: pass {formats}.";
        }

        return length > pixels ? " Where rows are padded, pass sourceStride too." : "";
    }

    private static int BytesPerPixel(PixelFormat format) => format switch
    {
        PixelFormat.Grey => 1,
        PixelFormat.Rgb or PixelFormat.Bgr => 3,
        _ => 4,
    };

    /// <summary>The row in the target's channel order: itself where it has that already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static byte* Reorder(byte* row, byte* converted, int width, PixelFormat format, ChannelOrder order)
    {
        if ((format, order) is (PixelFormat.Rgb, ChannelOrder.Rgb) or (PixelFormat.Bgr, ChannelOrder.Bgr) or (PixelFormat.Grey, ChannelOrder.Grey))
            return row;

        (int red, int green, int blue) = format switch
        {
            PixelFormat.Grey => (0, 0, 0),
            PixelFormat.Rgb or PixelFormat.Rgba => (0, 1, 2),
            _ => (2, 1, 0),
        };
        int step = BytesPerPixel(format);
        byte* target = converted;
        if (order == ChannelOrder.Grey)
        {
            for (int x = 0; x < width; x++, row += step)
                *target++ = (byte)((19595 * row[red] + 38470 * row[green] + 7471 * row[blue] + 32768) >> 16);
            return converted;
        }

        if (order == ChannelOrder.Bgr)
            (red, blue) = (blue, red);
        for (int x = 0; x < width; x++, row += step, target += 3)
        {
            target[0] = row[red];
            target[1] = row[green];
            target[2] = row[blue];
        }
        return converted;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ResampleRow(byte* row, byte* line, int targetWidth, int channels, ResampleAxis columns)
    {
        for (int x = 0; x < targetWidth; x++)
        {
            byte* pixel = row + (nint)columns.First(x) * channels;
            int* weights = columns.Weights(x);
            int count = columns.Count(x);
            if (channels == 1)
            {
                int sum = 0;
                for (int tap = 0; tap < count; tap++)
                    sum += pixel[tap] * weights[tap];
                *line++ = ResampleAxis.Round(sum);
                continue;
            }

            int sum0 = 0, sum1 = 0, sum2 = 0;
            for (int tap = 0; tap < count; tap++, pixel += 3)
            {
                int weight = weights[tap];
                sum0 += pixel[0] * weight;
                sum1 += pixel[1] * weight;
                sum2 += pixel[2] * weight;
            }
            line[0] = ResampleAxis.Round(sum0);
            line[1] = ResampleAxis.Round(sum1);
            line[2] = ResampleAxis.Round(sum2);
            line += 3;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BlendRows(byte* lines, int lineBytes, int keptLines, int first, int count, int* weights, byte* target)
    {
        int oldest = first % keptLines, untilWrap = keptLines - oldest;
        for (int i = 0; i < lineBytes; i++)
        {
            int sum = 0;
            byte* value = lines + (nint)oldest * lineBytes + i;
            for (int tap = 0; tap < count; tap++, value += lineBytes)
            {
                if (tap == untilWrap)
                    value = lines + i;
                sum += *value * weights[tap];
            }
            target[i] = ResampleAxis.Round(sum);
        }
    }

    /// <summary>An image, and the part of it that is used.</summary>
    private readonly record struct Source(int Width, int Height, nint Stride, PixelFormat Format, ChannelOrder Order, double Left, double Top, double UsedWidth, double UsedHeight);
}
