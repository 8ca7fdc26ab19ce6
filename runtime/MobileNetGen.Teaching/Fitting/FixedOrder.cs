using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Teaching.Fitting;

/// <summary>
/// Sums in one order on every machine: always sixteen partial sums, products rounded before they are added. A machine with wider or narrower vectors computes the same bits, which the sums of
/// <c>TensorPrimitives</c> do not promise.
/// </summary>
internal static class FixedOrder
{
    /// <summary>Lengths are multiples of this; what is behind the last number is zero.</summary>
    public const int Lanes = 16;

    /// <summary>Rows of single precision that one pass over a target takes.</summary>
    public const int Rows = 4;

    private const int Width = 4;

    /// <summary>The next multiple of <see cref="Lanes"/>.</summary>
    public static int Padded(int length) => (length + Lanes - 1) / Lanes * Lanes;

    /// <summary>Σ aᵢ·bᵢ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

        return Sum((first + second) + (third + fourth));
    }

    /// <summary>targetᵢ += factor · sourceᵢ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(double factor, ReadOnlySpan<double> source, Span<double> target)
    {
        Check(source.Length, target.Length);
        ref double from = ref MemoryMarshal.GetReference(source), to = ref MemoryMarshal.GetReference(target);
        var scale = Vector256.Create(factor);
        for (nuint i = 0; i < (nuint)source.Length; i += Width)
            (Vector256.LoadUnsafe(ref to, i) + (scale * Vector256.LoadUnsafe(ref from, i))).StoreUnsafe(ref to, i);
    }

    /// <summary>Σ aᵢ·bᵢ of two rows of single precision, with the sums of the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double First, double Second) Dot(ReadOnlySpan<double> left, ReadOnlySpan<float> firstRow, ReadOnlySpan<float> secondRow)
    {
        Check(left.Length, firstRow.Length);
        Check(left.Length, secondRow.Length);
        ref double weights = ref MemoryMarshal.GetReference(left);
        ref float x = ref MemoryMarshal.GetReference(firstRow), y = ref MemoryMarshal.GetReference(secondRow);
        Vector256<double> x0 = default, x1 = default, x2 = default, x3 = default, y0 = default, y1 = default, y2 = default, y3 = default;
        for (nuint i = 0; i < (nuint)left.Length; i += Lanes)
        {
            Vector256<double> weight = Vector256.LoadUnsafe(ref weights, i);
            x0 += weight * Widened(ref x, i);
            y0 += weight * Widened(ref y, i);
            weight = Vector256.LoadUnsafe(ref weights, i + Width);
            x1 += weight * Widened(ref x, i + Width);
            y1 += weight * Widened(ref y, i + Width);
            weight = Vector256.LoadUnsafe(ref weights, i + (2 * Width));
            x2 += weight * Widened(ref x, i + (2 * Width));
            y2 += weight * Widened(ref y, i + (2 * Width));
            weight = Vector256.LoadUnsafe(ref weights, i + (3 * Width));
            x3 += weight * Widened(ref x, i + (3 * Width));
            y3 += weight * Widened(ref y, i + (3 * Width));
        }

        return (Sum((x0 + x1) + (x2 + x3)), Sum((y0 + y1) + (y2 + y3)));
    }

    /// <summary>targetᵢ += Σ factorₙ · rowₙᵢ of <see cref="Rows"/> rows of single precision, one behind the other, added from the first to the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(ReadOnlySpan<double> factors, ReadOnlySpan<float> rows, Span<double> target)
    {
        Check(target.Length, rows.Length / Rows);
        Check(factors.Length * Lanes, Rows * Lanes);
        ref float from = ref MemoryMarshal.GetReference(rows);
        ref double to = ref MemoryMarshal.GetReference(target);
        var stride = (nuint)target.Length;
        Vector256<double> first = Vector256.Create(factors[0]), second = Vector256.Create(factors[1]), third = Vector256.Create(factors[2]), fourth = Vector256.Create(factors[3]);
        for (nuint i = 0; i < stride; i += Width)
        {
            Vector256<double> sum = Vector256.LoadUnsafe(ref to, i) + (first * Widened(ref from, i));
            sum += second * Widened(ref from, i + stride);
            sum += third * Widened(ref from, i + (2 * stride));
            sum += fourth * Widened(ref from, i + (3 * stride));
            sum.StoreUnsafe(ref to, i);
        }
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

    private static double Sum(Vector256<double> lanes) => (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);

    // The portable form takes five instructions where x64 has one.
    private static Vector256<double> Widened(ref float source, nuint index)
    {
        Vector128<float> narrow = Vector128.LoadUnsafe(ref source, index);
        return Avx.IsSupported ? Avx.ConvertToVector256Double(narrow) : Vector256.Create(Vector128.WidenLower(narrow), Vector128.WidenUpper(narrow));
    }

    private static void Check(int left, int right)
    {
        if (left != right || left % Lanes != 0)
            throw new ArgumentException($"Vectors of {left} and {right} numbers; equal multiples of {Lanes} are needed.");
    }
}
