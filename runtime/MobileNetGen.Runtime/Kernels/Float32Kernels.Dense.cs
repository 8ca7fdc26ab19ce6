using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>A fully connected layer.</summary>
    /// <param name="input">[inputs].</param>
    /// <param name="output">[outputBlocks][16].</param>
    /// <param name="weights">[outputs/16][inputs][16].</param>
    /// <param name="bias">[outputs/16][16].</param>
    /// <param name="inputs">Inputs.</param>
    /// <param name="outputBlocks">Outputs / 16, rounded up.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    public static void Dense(float* input, float* output, float* weights, float* bias, int inputs, int outputBlocks, float min, float max)
    {
        if (Avx512F.IsSupported)
            Dense<Float32Vector512>(input, output, weights, bias, inputs, outputBlocks, min, max);
        else if (Avx2.IsSupported && Fma.IsSupported)
            Dense<Float32Vector256>(input, output, weights, bias, inputs, outputBlocks, min, max);
        else
            Dense<Float32Vector128>(input, output, weights, bias, inputs, outputBlocks, min, max);
    }

    /// <summary>Every weight is used once, so memory sets the pace: one stream of weights, and eight sums to hide the latency of addition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dense<TVector>(float* input, float* output, float* weights, float* bias, int inputs, int outputBlocks, float min, float max) where TVector : struct, IFloat32Vector<TVector>
    {
        TVector low = TVector.Create(min), high = TVector.Create(max);
        for (int channel = 0; channel < outputBlocks * Lanes; channel += TVector.Count)
        {
            float* w = weights + (nint)(channel / Lanes) * inputs * Lanes + channel % Lanes;
            TVector s0 = TVector.Load(bias + channel), s1 = TVector.Create(0), s2 = s1, s3 = s1, s4 = s1, s5 = s1, s6 = s1, s7 = s1;
            int k = 0;
            for (; k + 8 <= inputs; k += 8, w += 8 * Lanes)
            {
                s0 = TVector.MultiplyAdd(TVector.Create(input[k]), TVector.Load(w), s0);
                s1 = TVector.MultiplyAdd(TVector.Create(input[k + 1]), TVector.Load(w + Lanes), s1);
                s2 = TVector.MultiplyAdd(TVector.Create(input[k + 2]), TVector.Load(w + 2 * Lanes), s2);
                s3 = TVector.MultiplyAdd(TVector.Create(input[k + 3]), TVector.Load(w + 3 * Lanes), s3);
                s4 = TVector.MultiplyAdd(TVector.Create(input[k + 4]), TVector.Load(w + 4 * Lanes), s4);
                s5 = TVector.MultiplyAdd(TVector.Create(input[k + 5]), TVector.Load(w + 5 * Lanes), s5);
                s6 = TVector.MultiplyAdd(TVector.Create(input[k + 6]), TVector.Load(w + 6 * Lanes), s6);
                s7 = TVector.MultiplyAdd(TVector.Create(input[k + 7]), TVector.Load(w + 7 * Lanes), s7);
            }
            for (; k < inputs; k++, w += Lanes)
                s0 = TVector.MultiplyAdd(TVector.Create(input[k]), TVector.Load(w), s0);
            TVector.Clamp(s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7)), low, high).Store(output + channel);
        }
    }
}
