using System;
using System.Runtime.CompilerServices;

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
        if (lanes == channels && 12 % channels == 0)
        {
            Float32Machine.Run(new PixelRuns(pixels, output, width * channels, firstRow, rowCount, mean, std));
            return;
        }

        for (int y = firstRow; y < firstRow + rowCount; y++)
            LoadPixelRow(pixels + (nint)y * width * channels, output.Row(y), output.BlockStride, lanes, channels, width, mean, std);
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
            float* source = values + (nint)y * width * channels, row = output.Row(y);
            if (lanes == channels)
                Unsafe.CopyBlockUnaligned(row, source, (uint)(width * channels * sizeof(float)));
            else
                LoadValueRow(source, row, output.BlockStride, lanes, channels, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void LoadValueRow(float* source, float* row, int blockStride, int lanes, int channels, int width)
    {
        for (int first = 0; first < channels; first += lanes, row += blockStride)
        {
            for (int x = 0; x < width; x++)
            {
                for (int lane = 0; lane < lanes; lane++)
                    row[x * lanes + lane] = first + lane < channels ? source[x * channels + first + lane] : 0;
            }
        }
    }

    /// <summary>A row without padding lanes is one run of values; three vectors of them hold whole pixels of 1, 2, 3, 4, 6 or 12 channels.</summary>
    private readonly ref struct PixelRuns(byte* pixels, FeatureMap<float> output, int runLength, int firstRow, int rowCount, ReadOnlySpan<float> mean, ReadOnlySpan<float> std) : IFloat32Kernel
    {
        private readonly ReadOnlySpan<float> _mean = mean;
        private readonly ReadOnlySpan<float> _std = std;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, THalf, TVector>() where TSimd : struct, IFloat32Vector<TVector> where THalf : struct, IFloat32Sums<TVector> where TVector : unmanaged
        {
            int count = runLength;
            int lanes = sizeof(TVector) / sizeof(float);
            float* means = stackalloc float[3 * Lanes], stds = stackalloc float[3 * Lanes];
            Repeat(_mean, means);
            Repeat(_std, stds);
            TVector mean0 = *(TVector*)means, mean1 = *(TVector*)(means + lanes), mean2 = *(TVector*)(means + 2 * lanes);
            TVector std0 = *(TVector*)stds, std1 = *(TVector*)(stds + lanes), std2 = *(TVector*)(stds + 2 * lanes);
            for (int y = firstRow; y < firstRow + rowCount; y++)
            {
                byte* source = pixels + (nint)y * count;
                float* row = output.Row(y);
                int done = 0;
                for (; done + 3 * lanes <= count; done += 3 * lanes)
                {
                    *(TVector*)(row + done) = TSimd.Normalize(source + done, mean0, std0);
                    *(TVector*)(row + done + lanes) = TSimd.Normalize(source + done + lanes, mean1, std1);
                    *(TVector*)(row + done + 2 * lanes) = TSimd.Normalize(source + done + 2 * lanes, mean2, std2);
                }
                for (int i = 0; done < count; done++, i++)
                    row[done] = (source[done] - means[i]) / stds[i];
            }
        }
    }

    /// <summary>The number for each channel, again and again, as often as three of the widest vectors hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Repeat(ReadOnlySpan<float> values, float* target)
    {
        for (int i = 0, channel = 0; i < 3 * Lanes; i++, channel = channel + 1 >= values.Length ? 0 : channel + 1)
            target[i] = values[channel];
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
