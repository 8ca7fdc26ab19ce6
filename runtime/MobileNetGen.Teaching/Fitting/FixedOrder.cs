using System;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Teaching.Fitting;

/// <summary>
/// Sums in one order on every machine: always sixteen partial sums, products rounded before they are added. A machine with wider or narrower vectors computes the same bits, which the sums of
/// <c>TensorPrimitives</c> do not promise.
/// </summary>
internal static class FixedOrder
{
    /// <summary>Lengths are multiples of this; what is behind the last number is zero.</summary>
    public const int Lanes = 16;

    private const int Width = 4;

    /// <summary>The next multiple of <see cref="Lanes"/>.</summary>
    public static int Padded(int length) => (length + Lanes - 1) / Lanes * Lanes;

    /// <summary>Σ aᵢ·bᵢ.</summary>
    public static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        Check(left.Length, right.Length);
        ref double a = ref MemoryMarshal.GetReference(left), b = ref MemoryMarshal.GetReference(right);
        Vector256<double> first = default, second = default, third = default, fourth = default;
        for (nuint i = 0; i < (nuint)left.Length; i += Lanes)
        {
            first += Vector256.LoadUnsafe(ref a, i) * Vector256.LoadUnsafe(ref b, i);
            second += Vector256.LoadUnsafe(ref a, i + Width) * Vector256.LoadUnsafe(ref b, i + Width);
            third += Vector256.LoadUnsafe(ref a, i + (2 * Width)) * Vector256.LoadUnsafe(ref b, i + (2 * Width));
            fourth += Vector256.LoadUnsafe(ref a, i + (3 * Width)) * Vector256.LoadUnsafe(ref b, i + (3 * Width));
        }

        Vector256<double> sum = (first + second) + (third + fourth);
        return (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }

    /// <summary>targetᵢ += factor · sourceᵢ.</summary>
    public static void AddScaled(double factor, ReadOnlySpan<double> source, Span<double> target)
    {
        Check(source.Length, target.Length);
        ref double from = ref MemoryMarshal.GetReference(source), to = ref MemoryMarshal.GetReference(target);
        var scale = Vector256.Create(factor);
        for (nuint i = 0; i < (nuint)source.Length; i += Width)
            (Vector256.LoadUnsafe(ref to, i) + (scale * Vector256.LoadUnsafe(ref from, i))).StoreUnsafe(ref to, i);
    }

    /// <summary>The length of a vector.</summary>
    public static double Norm(ReadOnlySpan<double> values) => Math.Sqrt(Dot(values, values));

    /// <summary>The mean of one or more numbers, added from the first to the last.</summary>
    public static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
            sum += value;
        return sum / values.Length;
    }

    private static void Check(int left, int right)
    {
        if (left != right || left % Lanes != 0)
            throw new ArgumentException($"Vectors of {left} and {right} numbers; equal multiples of {Lanes} are needed.");
    }
}
