using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>exp(x − max) / Σ exp(x − max): subtracting the maximum keeps every exponential in (0, 1].</summary>
    /// <param name="input">[count] logits.</param>
    /// <param name="output">[count] probabilities; it may be the input's memory.</param>
    /// <param name="count">Classes, at least 1.</param>
    public static void Softmax(float* input, float* output, int count)
    {
        if (Avx512F.IsSupported)
            Softmax<Float32Vector512>(input, output, count);
        else if (Avx2.IsSupported && Fma.IsSupported)
            Softmax<Float32Vector256>(input, output, count);
        else
            Softmax<Float32Vector128>(input, output, count);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Softmax<TVector>(float* input, float* output, int count) where TVector : struct, IFloat32Vector<TVector>
    {
        float* lanes = stackalloc float[Lanes];
        int whole = count - count % TVector.Count;
        TVector greatest = TVector.Create(input[0]);
        for (int i = 0; i < whole; i += TVector.Count)
            greatest = TVector.Max(greatest, TVector.Load(input + i));
        for (int i = whole; i < count; i++)
            greatest = TVector.Max(greatest, TVector.Create(input[i]));
        greatest.Store(lanes);
        float maximum = lanes[0];
        for (int i = 1; i < TVector.Count; i++)
            maximum = float.MaxNative(maximum, lanes[i]);

        greatest = TVector.Create(maximum);
        TVector sums = TVector.Create(0);
        for (int i = 0; i < whole; i += TVector.Count)
        {
            TVector exponential = TVector.Exp(TVector.Load(input + i) - greatest);
            exponential.Store(output + i);
            sums += exponential;
        }
        sums.Store(lanes);
        float sum = lanes[0];
        for (int i = 1; i < TVector.Count; i++)
            sum += lanes[i];

        // The vector's exponential here too, so that equal logits get equal probabilities wherever they stand.
        for (int i = whole; i < count; i++)
        {
            TVector.Exp(TVector.Create(input[i]) - greatest).Store(lanes);
            output[i] = lanes[0];
            sum += lanes[0];
        }

        TVector divisor = TVector.Create(sum);
        for (int i = 0; i < whole; i += TVector.Count)
            (TVector.Load(output + i) / divisor).Store(output + i);
        for (int i = whole; i < count; i++)
            output[i] /= sum;
    }
}
