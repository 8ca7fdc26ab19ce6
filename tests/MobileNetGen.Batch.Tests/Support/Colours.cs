using System;
using System.Threading;
using MobileNetGen.Runtime;
using SkiaSharp;

namespace MobileNetGen.Batch.Tests.Support;

/// <summary>A network that finds the colour of a picture, as its class.</summary>
/// <param name="before">Called before each, with how many were called before.</param>
internal sealed class Colours(Action<int>? before = null) : BatchNetwork
{
    private int _calls;

    /// <summary>How often it was called.</summary>
    public int Calls => _calls;

    /// <inheritdoc/>
    public override string Identity => "colours";

    /// <inheritdoc/>
    public override BatchRow Run(SKBitmap photograph, BatchRow row)
    {
        int calls = Interlocked.Increment(ref _calls) - 1;
        before?.Invoke(calls);
        return row with { Predictions = [new Prediction((int)((uint)photograph.GetPixel(0, 0) & 0xFFFFFF), 1, "")] };
    }
}
