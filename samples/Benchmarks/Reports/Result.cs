using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Samples.Benchmarks.Engines;
using MobileNetGen.Samples.Benchmarks.Measurement;

namespace MobileNetGen.Samples.Benchmarks.Reports;

/// <summary>All that was measured of one network: an object of the JSON report, in which names are <c>snake_case</c>. Times are in milliseconds.</summary>
internal sealed record Result
{
    /// <summary>The name of the class.</summary>
    public required string Network { get; init; }

    /// <summary>float32, uint8 or int8.</summary>
    public required string Quantization { get; init; }

    /// <summary>Multiply-adds of a call.</summary>
    public required long MultiplyAdds { get; init; }

    /// <summary>How many calls of each engine were timed.</summary>
    public required int Calls { get; init; }

    public required double OursMinMs { get; init; }

    public required double OursMedianMs { get; init; }

    public required double OursP99Ms { get; init; }

    public required double OrtMinMs { get; init; }

    public required double OrtMedianMs { get; init; }

    public required double OrtP99Ms { get; init; }

    /// <summary>Our minimum divided by ONNX Runtime's: below 1 we are faster.</summary>
    public required double Ratio { get; init; }

    /// <summary>The largest difference of a result.</summary>
    public required double MaxDifference { get; init; }

    /// <summary>Operators of a quantised network that ONNX Runtime left in float32; 0, or the comparison is unfair to it.</summary>
    public required int OrtUnfusedOperators { get; init; }

    /// <summary>Managed bytes that one of our calls allocates.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>Working memory of one of our calls.</summary>
    public required long ScratchBytes { get; init; }

    /// <summary>Our packed weights.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>From the start of a process to our first result, the least; null where it was not measured, as the following.</summary>
    public double? FirstResultMs { get; init; }

    public double? FirstResultMedianMs { get; init; }

    public double? OrtFirstResultMs { get; init; }

    public double? OrtFirstResultMedianMs { get; init; }

    /// <summary>The most memory that such a process had resident.</summary>
    public long? PeakMemoryBytes { get; init; }

    public long? OrtPeakMemoryBytes { get; init; }

    public string Machine { get; } = Measurement.Machine.Name;

    public string InstructionSets { get; } = Measurement.Machine.InstructionSets;

    public string Dotnet { get; } = Measurement.Machine.DotNet;

    public string OnnxRuntime { get; } = Measurement.Machine.OnnxRuntime;

    /// <summary>Puts the measurements of a network together.</summary>
    public static Result Of(Subject subject, Pair pair, Comparison comparison, FirstResult? ours, FirstResult? theirs) => new()
    {
        Network = subject.Network.ClassName,
        Quantization = subject.Network.Quantization.ToString().ToLowerInvariant(),
        MultiplyAdds = subject.Network.MultiplyAdds,
        Calls = comparison.Calls,
        OursMinMs = Rounded(comparison.Ours.Minimum),
        OursMedianMs = Rounded(comparison.Ours.Median),
        OursP99Ms = Rounded(comparison.Ours.Percentile99),
        OrtMinMs = Rounded(comparison.Theirs.Minimum),
        OrtMedianMs = Rounded(comparison.Theirs.Median),
        OrtP99Ms = Rounded(comparison.Theirs.Percentile99),
        Ratio = Rounded(comparison.Ours.Minimum / comparison.Theirs.Minimum),
        MaxDifference = pair.Difference,
        OrtUnfusedOperators = pair.Unfused,
        AllocatedBytes = comparison.AllocatedBytes,
        ScratchBytes = GeneratedClass.Constant(subject.Class, "ScratchBytes"),
        WeightBytes = GeneratedClass.Constant(subject.Class, "WeightBytes"),
        FirstResultMs = Rounded(ours?.MinimumMilliseconds),
        FirstResultMedianMs = Rounded(ours?.MedianMilliseconds),
        OrtFirstResultMs = Rounded(theirs?.MinimumMilliseconds),
        OrtFirstResultMedianMs = Rounded(theirs?.MedianMilliseconds),
        PeakMemoryBytes = ours?.PeakBytes,
        OrtPeakMemoryBytes = theirs?.PeakBytes,
    };

    private static double? Rounded(double? value) => value is { } number ? Rounded(number) : null;

    private static double Rounded(double value) => Math.Round(value, 4);
}
