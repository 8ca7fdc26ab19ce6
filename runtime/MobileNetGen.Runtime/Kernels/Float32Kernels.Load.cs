using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>Pixels to the network's normalised input: (p − mean) / std.</summary>
    /// <param name="pixels">[height][width][channels], row 0 of the image.</param>
    /// <param name="output">The input map; padding lanes become 0.</param>
    /// <param name="lanes">Elements of an output pixel in a block.</param>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="width">Columns.</param>
    /// <param name="firstRow">The first row to convert.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="mean">One for all channels, or one each.</param>
    /// <param name="std">One for all channels, or one each; not zero.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadPixels(byte* pixels, FeatureMap<float> output, int lanes, int channels, int width, int firstRow, int rowCount, ReadOnlySpan<float> mean, ReadOnlySpan<float> std)
    {
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            byte* source = pixels + (nint)y * width * channels;
            float* row = output.Row(y);
            if (lanes == channels && 12 % channels == 0)
                LoadPixelRow12V128(source, row, channels, width * channels, mean, std);
            else
                LoadPixelRow(source, row, output.BlockStride, lanes, channels, width, mean, std);
        }
    }

    /// <summary>Already normalised values to the network's input.</summary>
    /// <param name="values">[height][width][channels], row 0.</param>
    /// <param name="output">The input map; padding lanes become 0.</param>
    /// <param name="lanes">Elements of an output pixel in a block.</param>
    /// <param name="channels">Channels of the values.</param>
    /// <param name="width">Columns.</param>
    /// <param name="firstRow">The first row to copy.</param>
    /// <param name="rowCount">How many rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadValues(float* values, FeatureMap<float> output, int lanes, int channels, int width, int firstRow, int rowCount)
    {
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            float* source = values + (nint)y * width * channels;
            float* row = output.Row(y);
            if (lanes == channels)
            {
                new ReadOnlySpan<float>(source, width * channels).CopyTo(new Span<float>(row, width * channels));
                continue;
            }

            for (int first = 0; first < channels; first += lanes, row += output.BlockStride)
            {
                for (int x = 0; x < width; x++)
                {
                    for (int lane = 0; lane < lanes; lane++)
                        row[x * lanes + lane] = first + lane < channels ? source[x * channels + first + lane] : 0;
                }
            }
        }
    }

    /// <summary>A row without padding lanes is one run of values; twelve of them hold whole pixels of 1, 2, 3, 4 or 6 channels.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LoadPixelRow12V128(byte* source, float* row, int channels, int count, ReadOnlySpan<float> mean, ReadOnlySpan<float> std)
    {
        float* means = stackalloc float[12];
        float* stds = stackalloc float[12];
        for (int i = 0; i < 12; i++)
        {
            means[i] = mean[mean.Length == 1 ? 0 : i % channels];
            stds[i] = std[std.Length == 1 ? 0 : i % channels];
        }

        Vector128<float> mean0 = Vector128.Load(means), mean1 = Vector128.Load(means + 4), mean2 = Vector128.Load(means + 8);
        Vector128<float> std0 = Vector128.Load(stds), std1 = Vector128.Load(stds + 4), std2 = Vector128.Load(stds + 8);
        int done = 0;
        for (; done + 16 <= count; done += 12)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(source + done));
            ((Vector128.ConvertToSingle(Vector128.WidenLower(low).AsInt32()) - mean0) / std0).Store(row + done);
            ((Vector128.ConvertToSingle(Vector128.WidenUpper(low).AsInt32()) - mean1) / std1).Store(row + done + 4);
            ((Vector128.ConvertToSingle(Vector128.WidenLower(high).AsInt32()) - mean2) / std2).Store(row + done + 8);
        }
        for (int i = 0; done < count; done++, i = i == 11 ? 0 : i + 1)
            row[done] = (source[done] - means[i]) / stds[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LoadPixelRow(byte* source, float* row, int blockStride, int lanes, int channels, int width, ReadOnlySpan<float> mean, ReadOnlySpan<float> std)
    {
        for (int first = 0; first < channels; first += lanes, row += blockStride)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                int channel = first + lane;
                if (channel >= channels)
                {
                    for (int x = 0; x < width; x++)
                        row[x * lanes + lane] = 0;
                    continue;
                }

                float channelMean = mean[mean.Length == 1 ? 0 : channel], channelStd = std[std.Length == 1 ? 0 : channel];
                for (int x = 0; x < width; x++)
                    row[x * lanes + lane] = (source[x * channels + channel] - channelMean) / channelStd;
            }
        }
    }
}
