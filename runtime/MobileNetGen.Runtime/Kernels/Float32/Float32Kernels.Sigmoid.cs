using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>1 / (1 + exp(−x)) of every value of a vector, to 10⁻⁷.</summary>
    /// <param name="input">[blocks][16].</param>
    /// <param name="output">[blocks][16]; it may be the input's memory.</param>
    /// <param name="blocks">Values / 16, rounded up.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sigmoid(float* input, float* output, int blocks) => Float32Machine.Run(new Map<Float32Sigmoid>(input, output, blocks));

    /// <summary>The hyperbolic tangent of every value of a vector, to 2 · 10⁻⁷.</summary>
    /// <param name="input">[blocks][16].</param>
    /// <param name="output">[blocks][16]; it may be the input's memory.</param>
    /// <param name="blocks">Values / 16, rounded up.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tanh(float* input, float* output, int blocks) => Float32Machine.Run(new Map<Float32Tanh>(input, output, blocks));

    /// <summary>A function by itself.</summary>
    private readonly struct Map<TActivation>(float* input, float* output, int blocks) : IFloat32Kernel where TActivation : struct, IFloat32Activation
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, THalf, TVector>() where TSimd : struct, IFloat32Vector<TVector> where THalf : struct, IFloat32Sums<TVector> where TVector : unmanaged
        {
            float* source = input, target = output, end = source + blocks * Lanes;
            for (; source < end; source += sizeof(TVector) / sizeof(float), target += sizeof(TVector) / sizeof(float))
                *(TVector*)target = TActivation.Apply<TSimd, TVector>(*(TVector*)source, default, default);
        }
    }
}
