namespace MobileNetGen.Weights.PostTraining;

/// <summary>How the range of real numbers that a map's 256 steps cover is chosen from the calibration images.</summary>
public enum RangeMethod
{
    /// <summary>From the smallest number seen to the largest.</summary>
    MinMax,

    /// <summary>Without the 0.01 % of the numbers that lie furthest out.</summary>
    Percentile,

    /// <summary>The range with the least mean squared error of rounding and clipping together.</summary>
    MeanSquaredError,
}
