using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>Weights, three kilobytes of them, between those that are multiplied and those that are asked for; from one to six it makes no difference.</summary>
    private const int Ahead = 768;

    /// <summary>A fully connected layer.</summary>
    /// <param name="input">[inputs].</param>
    /// <param name="output">[outputBlocks][16].</param>
    /// <param name="weights">[outputs/16][inputs][16].</param>
    /// <param name="bias">[outputs/16][16].</param>
    /// <param name="inputs">Inputs.</param>
    /// <param name="outputBlocks">Outputs / 16, rounded up.</param>
    /// <param name="activation">What is applied to the outputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dense<TActivation>(float* input, float* output, float* weights, float* bias, int inputs, int outputBlocks, TActivation activation) where TActivation : struct, IFloat32Activation
        => Float32Machine.Run(new Product<TActivation>(input, output, weights, bias, inputs, outputBlocks, activation));

    /// <summary>
    /// Every weight is used once, so memory sets the pace: one stream of weights, and eight sums to hide the latency of addition. The weights are asked for
    /// early because the processor's own prefetching stops at the end of each page.
    /// </summary>
    private readonly struct Product<TActivation>(float* input, float* output, float* weights, float* bias, int inputs, int outputBlocks, TActivation activation)
        : IFloat32Kernel where TActivation : struct, IFloat32Activation
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, THalf, TVector>() where TSimd : struct, IFloat32Vector<TVector> where THalf : struct, IFloat32Sums<TVector> where TVector : unmanaged
        {
            TVector first = TSimd.Create(activation.First), second = TSimd.Create(activation.Second);
            for (int channel = 0; channel < outputBlocks * Lanes; channel += sizeof(TVector) / sizeof(float))
            {
                float* w = weights + (nint)(channel / Lanes) * inputs * Lanes + channel % Lanes;
                TVector s0 = *(TVector*)(bias + channel), s1 = TSimd.Create(0), s2 = s1, s3 = s1, s4 = s1, s5 = s1, s6 = s1, s7 = s1;
                int k = 0;
                for (; k + 8 <= inputs; k += 8, w += 8 * Lanes)
                {
                    Prefetch(w + Ahead);
                    Prefetch(w + Ahead + 4 * Lanes);
                    s0 = TSimd.MultiplyAdd(input + k, *(TVector*)w, s0);
                    s1 = TSimd.MultiplyAdd(input + k + 1, *(TVector*)(w + Lanes), s1);
                    s2 = TSimd.MultiplyAdd(input + k + 2, *(TVector*)(w + 2 * Lanes), s2);
                    s3 = TSimd.MultiplyAdd(input + k + 3, *(TVector*)(w + 3 * Lanes), s3);
                    s4 = TSimd.MultiplyAdd(input + k + 4, *(TVector*)(w + 4 * Lanes), s4);
                    s5 = TSimd.MultiplyAdd(input + k + 5, *(TVector*)(w + 5 * Lanes), s5);
                    s6 = TSimd.MultiplyAdd(input + k + 6, *(TVector*)(w + 6 * Lanes), s6);
                    s7 = TSimd.MultiplyAdd(input + k + 7, *(TVector*)(w + 7 * Lanes), s7);
                }
                for (; k < inputs; k++, w += Lanes)
                    s0 = TSimd.MultiplyAdd(input + k, *(TVector*)w, s0);
                s0 = TSimd.Add(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)), TSimd.Add(TSimd.Add(s4, s5), TSimd.Add(s6, s7)));
                TSimd.Store<TActivation>(s0, first, second, output + channel);
            }
        }
    }

    /// <summary>Asks for the weights of four inputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* weights)
    {
        if (!Sse.IsSupported)
            return;
        Sse.Prefetch0(weights);
        Sse.Prefetch0(weights + Lanes);
        Sse.Prefetch0(weights + 2 * Lanes);
        Sse.Prefetch0(weights + 3 * Lanes);
    }
}
