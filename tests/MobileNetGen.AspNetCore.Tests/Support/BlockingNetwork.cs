using System;
using System.Threading;
using MobileNetGen.Runtime;

namespace MobileNetGen.AspNetCore.Tests.Support;

/// <summary>A classifier that takes as long as the test wants. Members of networks are static, so one test uses it at a time.</summary>
internal sealed class BlockingNetwork : IImageClassifier<BlockingNetwork>
{
    private static readonly SemaphoreSlim s_begun = new(0);
    private static readonly SemaphoreSlim s_mayEnd = new(0);
    private static volatile bool s_isBlocking;

    public static ImageInput Input => new(1, 1, ChannelOrder.Rgb, Resampling.Antialiased, Fit.Stretch, 0);

    public static ReadOnlySpan<string> Labels => default;

    public static int OutputLength => 2;

    /// <summary>From now on, calls wait for <see cref="End"/>. What was said before is forgotten.</summary>
    public static void Block()
    {
        while (s_begun.Wait(0) || s_mayEnd.Wait(0))
        {
        }

        s_isBlocking = true;
    }

    /// <summary>From now on, calls do not wait.</summary>
    public static void Flow() => s_isBlocking = false;

    /// <summary>Waits until a call has begun.</summary>
    public static System.Threading.Tasks.Task<bool> BegunAsync() => s_begun.WaitAsync(TimeSpan.FromSeconds(10));

    /// <summary>Lets calls end.</summary>
    public static void End(int calls) => s_mayEnd.Release(calls);

    public static Prediction Run(ReadOnlySpan<byte> pixels) => throw new NotSupportedException();

    public static void Run(ReadOnlySpan<byte> pixels, Span<float> scores)
    {
        if (s_isBlocking)
        {
            s_begun.Release();
            s_mayEnd.Wait(TimeSpan.FromSeconds(20));
        }

        if (pixels[0] == 255)
            throw new InvalidOperationException("as the test wants it");
        scores.Fill(pixels[0]);
    }

    public static int Classify(
        ReadOnlySpan<byte> source, int sourceWidth, int sourceHeight, Span<Prediction> top, PixelFormat format = PixelFormat.Rgb, Crop crop = default, int sourceStride = 0)
        => throw new NotSupportedException();
}
