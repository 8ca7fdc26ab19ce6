using System;
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
    public static void Softmax(float* input, float* output, int count)
    {
        float maximum = input[0];
        for (int i = 1; i < count; i++)
            maximum = MathF.Max(maximum, input[i]);

        Vector128<float> sums = default;
        int done = 0;
        for (; done + 4 <= count; done += 4)
        {
            Vector128<float> e = Vector128.Exp(Vector128.Load(input + done) - Vector128.Create(maximum));
            e.Store(output + done);
            sums += e;
        }
        float sum = Vector128.Sum(sums);
        for (; done < count; done++)
        {
            // The vector's exponential here too, so that equal logits get equal probabilities wherever they stand.
            output[done] = Vector128.Exp(Vector128.Create(input[done] - maximum)).ToScalar();
            sum += output[done];
        }

        for (int i = 0; i < count; i++)
            output[i] /= sum;
    }
}
