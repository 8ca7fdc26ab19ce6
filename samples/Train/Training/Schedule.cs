using System;

namespace MobileNetGen.Samples.Train.Training;

/// <summary>The learning rate: a linear warm-up over a tenth of the steps to the peak, then half a cosine down to nothing.</summary>
internal sealed record Schedule(double Peak, int Steps)
{
    private int WarmUp => Steps / 10;

    /// <summary>The rate of a step, counted from 0 over all epochs.</summary>
    public double this[int step] => step < WarmUp
        ? Peak * (step + 1) / WarmUp
        : Peak * 0.5 * (1 + Math.Cos(Math.PI * (step - WarmUp) / (Steps - WarmUp)));
}
