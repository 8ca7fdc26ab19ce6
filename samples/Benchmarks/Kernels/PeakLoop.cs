using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Samples.Benchmarks.Kernels;

/// <summary>
/// The most multiply-adds a second that one core of this machine can do: a loop of nothing else, on registers, with more independent sums than the
/// instruction has cycles of latency.
/// </summary>
internal static class PeakLoop
{
    private const int Steps = 20_000;
    private const int Sums = 12;

    /// <summary>The instruction for float32, and its multiply-adds a second, the best of several loops.</summary>
    public static (string Instruction, double PerSecond) Float32() =>
        Avx512F.IsSupported ? ("512-bit FMA", Measure<Float512, Vector512<float>>())
        : Fma.IsSupported ? ("256-bit FMA", Measure<Float256, Vector256<float>>())
        : ("128-bit multiply and add", Measure<Float128, Vector128<float>>());

    /// <summary>The instruction for bytes, and its multiply-adds a second. Exact ones only, so without those that saturate.</summary>
    public static (string Instruction, double PerSecond) Bytes() =>
        AvxVnni.IsSupported ? ("256-bit vpdpbusd", Measure<BytesVnni, Vector256<int>>())
        : Avx2.IsSupported ? ("256-bit vpmaddwd and vpaddd", Measure<Shorts256, Vector256<int>>())
        : Dp.IsSupported ? ("128-bit sdot", Measure<BytesDp, Vector128<int>>())
        : ("128-bit multiply and add of 16-bit integers", Measure<Shorts128, Vector128<short>>());

    private static double Measure<TInstruction, TVector>()
        where TInstruction : struct, IInstruction<TVector>
        where TVector : struct
    {
        double best = 0;
        for (int i = 0; i < 30; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Loop<TInstruction, TVector>(default, default);
            best = Math.Max(best, (double)Steps * Sums * TInstruction.MultiplyAdds / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static TVector Loop<TInstruction, TVector>(TVector x, TVector y)
        where TInstruction : struct, IInstruction<TVector>
        where TVector : struct
    {
        TVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int step = 0; step < Steps; step++)
        {
            a = TInstruction.MultiplyAdd(a, x, y);
            b = TInstruction.MultiplyAdd(b, x, y);
            c = TInstruction.MultiplyAdd(c, x, y);
            d = TInstruction.MultiplyAdd(d, x, y);
            e = TInstruction.MultiplyAdd(e, x, y);
            f = TInstruction.MultiplyAdd(f, x, y);
            g = TInstruction.MultiplyAdd(g, x, y);
            h = TInstruction.MultiplyAdd(h, x, y);
            i = TInstruction.MultiplyAdd(i, x, y);
            j = TInstruction.MultiplyAdd(j, x, y);
            k = TInstruction.MultiplyAdd(k, x, y);
            l = TInstruction.MultiplyAdd(l, x, y);
        }

        // So that no sum is left out.
        return Add(Add(Add(a, b, c), Add(d, e, f), Add(g, h, i)), Add(j, k, l), x);

        static TVector Add(TVector sum, TVector left, TVector right) => TInstruction.MultiplyAdd(sum, left, right);
    }

    /// <summary>sum + left · right, and how many products that is.</summary>
    private interface IInstruction<TVector>
    {
        static abstract int MultiplyAdds { get; }

        static abstract TVector MultiplyAdd(TVector sum, TVector left, TVector right);
    }

    private readonly struct Float512 : IInstruction<Vector512<float>>
    {
        public static int MultiplyAdds => 16;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> MultiplyAdd(Vector512<float> sum, Vector512<float> left, Vector512<float> right) => Vector512.FusedMultiplyAdd(left, right, sum);
    }

    private readonly struct Float256 : IInstruction<Vector256<float>>
    {
        public static int MultiplyAdds => 8;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> MultiplyAdd(Vector256<float> sum, Vector256<float> left, Vector256<float> right) => Vector256.FusedMultiplyAdd(left, right, sum);
    }

    private readonly struct Float128 : IInstruction<Vector128<float>>
    {
        public static int MultiplyAdds => 4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<float> MultiplyAdd(Vector128<float> sum, Vector128<float> left, Vector128<float> right) =>
            AdvSimd.IsSupported ? AdvSimd.FusedMultiplyAdd(sum, left, right) : (left * right) + sum;
    }

    private readonly struct BytesVnni : IInstruction<Vector256<int>>
    {
        public static int MultiplyAdds => 32;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> MultiplyAdd(Vector256<int> sum, Vector256<int> left, Vector256<int> right) =>
            AvxVnni.MultiplyWideningAndAdd(sum, left.AsByte(), right.AsSByte());
    }

    private readonly struct Shorts256 : IInstruction<Vector256<int>>
    {
        public static int MultiplyAdds => 16;

        // The operands differ each time, or the product would be computed once.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> MultiplyAdd(Vector256<int> sum, Vector256<int> left, Vector256<int> right) => sum + Avx2.MultiplyAddAdjacent(sum.AsInt16(), right.AsInt16());
    }

    private readonly struct BytesDp : IInstruction<Vector128<int>>
    {
        public static int MultiplyAdds => 16;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<int> MultiplyAdd(Vector128<int> sum, Vector128<int> left, Vector128<int> right) => Dp.DotProduct(sum, left.AsSByte(), right.AsSByte());
    }

    private readonly struct Shorts128 : IInstruction<Vector128<short>>
    {
        public static int MultiplyAdds => 8;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<short> MultiplyAdd(Vector128<short> sum, Vector128<short> left, Vector128<short> right) => sum + (sum * right);
    }
}
