using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>exp(x − max) / Σ exp(x − max): subtracting the maximum keeps every exponential in (0, 1].</summary>
    /// <param name="input">[count] logits.</param>
    /// <param name="output">[count] probabilities; it may be the input's memory.</param>
    /// <param name="count">Classes, at least 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(float* input, float* output, int count) => Float32Machine.Run(new Probabilities(input, output, count));

    private readonly struct Probabilities(float* input, float* output, int count) : IFloat32Kernel
    {
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, THalf, TVector>() where TSimd : struct, IFloat32Vector<TVector> where THalf : struct, IFloat32Sums<TVector> where TVector : unmanaged
        {
            float* source = input, target = output;
            int classes = count;
            int lanes = sizeof(TVector) / sizeof(float), whole = classes - classes % lanes;
            float* tail = stackalloc float[Lanes], across = stackalloc float[Lanes];

            // What is left after whole vectors; the lanes beyond have no exponential.
            for (int i = 0; i < lanes; i++)
                tail[i] = whole + i < classes ? source[whole + i] : float.NegativeInfinity;

            TVector greatest = *(TVector*)tail;
            for (int i = 0; i < whole; i += lanes)
                greatest = TSimd.Max(greatest, *(TVector*)(source + i));
            *(TVector*)across = greatest;
            float maximum = across[0];
            for (int i = 1; i < lanes; i++)
                maximum = float.MaxNative(maximum, across[i]);

            greatest = TSimd.Create(maximum);
            TVector sums = TSimd.Create(0);
            for (int i = 0; i < classes; i += lanes)
            {
                bool isWhole = i < whole;
                TVector exponential = Exp<TSimd, TVector>(TSimd.Subtract(*(TVector*)(isWhole ? source + i : tail), greatest));
                *(TVector*)(isWhole ? target + i : tail) = exponential;
                sums = TSimd.Add(sums, exponential);
            }
            *(TVector*)across = sums;
            float sum = across[0];
            for (int i = 1; i < lanes; i++)
                sum += across[i];

            TVector divisor = TSimd.Create(sum);
            for (int i = 0; i < whole; i += lanes)
                *(TVector*)(target + i) = TSimd.Divide(*(TVector*)(target + i), divisor);
            for (int i = whole; i < classes; i++)
                target[i] = tail[i - whole] / sum;
        }
    }

    /// <summary>
    /// exp(x) for x of at most 0, to two units in the last place: 2^n · exp(r), where r, at most ln(2) / 2 either way, meets a polynomial (that of the
    /// Cephes library). Not <see cref="Vector512.Exp(Vector512{float})"/>, for whose generality the first call waits two milliseconds.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Exp<TSimd, TVector>(TVector x) where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged
    {
        // Small enough to give 0. NaN stays, as the second operand.
        x = TSimd.Max(TSimd.Create(-150), x);

        // A sum of about 1.5 · 2^23 has no fraction.
        TVector rounder = TSimd.Create(12582912);
        TVector n = TSimd.Subtract(TSimd.MultiplyAdd(x, TSimd.Create(1.44269504f), rounder), rounder);
        TVector r = TSimd.MultiplyAdd(n, TSimd.Create(-0.693359375f), x);
        r = TSimd.MultiplyAdd(n, TSimd.Create(2.12194440e-4f), r);
        TVector power = TSimd.MultiplyAdd(TSimd.Create(1.9875691500e-4f), r, TSimd.Create(1.3981999507e-3f));
        power = TSimd.MultiplyAdd(power, r, TSimd.Create(8.3334519073e-3f));
        power = TSimd.MultiplyAdd(power, r, TSimd.Create(4.1665795894e-2f));
        power = TSimd.MultiplyAdd(power, r, TSimd.Create(1.6666665459e-1f));
        power = TSimd.MultiplyAdd(power, r, TSimd.Create(0.5f));
        power = TSimd.MultiplyAdd(power, r, TSimd.Create(1));
        power = TSimd.MultiplyAdd(power, r, TSimd.Create(1));
        return TSimd.Scale(power, n);
    }
}
