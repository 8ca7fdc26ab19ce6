using System;
using System.Runtime.CompilerServices;
using MobileNetGen.SkiaSharp;

namespace MobileNetGen.AspNetCore;

/// <summary>How much a service takes on. What exceeds a limit is refused before anything is decoded or computed.</summary>
public sealed class InferenceLimits
{
    /// <summary>The longest side of an image, in pixels: resizing takes memory in proportion.</summary>
    internal const int MaximumSide = 1 << 14;

    /// <summary>The most bytes of a request's body, or of a gRPC message; 1 to 1 GiB. 16 MiB by default. More is answered with 413 (gRPC: <c>RESOURCE_EXHAUSTED</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside that range.</exception>
    public int MaximumBodyBytes
    {
        get;
        set => field = value <= 1 << 30 ? Positive(value) : throw new ArgumentOutOfRangeException(nameof(MaximumBodyBytes), value, "'MaximumBodyBytes' must be at most 1 GiB.");
    } = 16 << 20;

    /// <summary>The most bytes that the bodies of all HTTP requests may take at once; 1 or more. 256 MiB by default. A request for which there is no room is answered with 503.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long MaximumBufferedBytes
    {
        get;
        set => field = Positive(value);
    } = 256L << 20;

    /// <summary>The most images of a request; 1 or more. 32 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int MaximumBatch
    {
        get;
        set => field = Positive(value);
    } = 32;

    /// <summary>
    /// The most pixels of an image, as its header or shape claims them; 1 to 50 million. 25 million by default: a decoded photograph takes four bytes a pixel, or eight while it is turned
    /// upright. No side may exceed 16,384.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside that range.</exception>
    public int MaximumPixels
    {
        get;
        set => field = value <= Photo.MaximumPixels ? Positive(value) : throw new ArgumentOutOfRangeException(nameof(MaximumPixels), value, "'MaximumPixels' must be at most 50 million.");
    } = 25_000_000;

    /// <summary>How many requests are computed at once, each on a thread of its own; 1 or more. As many as there are processors by default, which a container's limit of CPU rounds up.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int Concurrency
    {
        get;
        set => field = Positive(value);
    } = Environment.ProcessorCount;

    /// <summary>How many requests may wait while others are computed; 0 or more. 32 by default. More are answered with 503 and <c>Retry-After</c> (gRPC: <c>RESOURCE_EXHAUSTED</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int QueueLength
    {
        get;
        set => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(QueueLength), value, "'QueueLength' must be 0 or more.");
    } = 32;

    /// <summary>How long a body may take to come; more than zero. 30 seconds by default, then 408. Kestrel itself ends those that come at less than 240 bytes a second.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public TimeSpan BodyTimeout
    {
        get;
        set => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(BodyTimeout), value, "'BodyTimeout' must be more than zero.");
    } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the service goes on answering after it was told to stop; zero or more. A second by default. Meanwhile it says that it is not ready and asks clients to close their connections, so that
    /// none sends a request into one that is being closed.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan ShutdownDelay
    {
        get;
        set => field = value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(ShutdownDelay), value, "'ShutdownDelay' must be zero or more.");
    } = TimeSpan.FromSeconds(1);

    private static int Positive(int value, [CallerMemberName] string name = "") => (int)Positive((long)value, name);

    private static long Positive(long value, [CallerMemberName] string name = "")
        => value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must be 1 or more.");
}
