using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>1 / (1 + exp(−x)) of every value of a vector, to 10⁻⁷.</summary>
    /// <param name="input">[blocks][16].</param>
    /// <param name="output">[blocks][16]; it may be the input's memory.</param>
    /// <param name="blocks">Values / 16, rounded up.</param>
    public static void Sigmoid(float* input, float* output, int blocks)
    {
        if (Avx512F.IsSupported)
            Sigmoid<Float32Vector512, Vector512<float>, N0>(input, output, blocks);
        else if (Avx2.IsSupported && Fma.IsSupported)
            Sigmoid<Float32Vector256, Vector256<float>, N0>(input, output, blocks);
        else
            Sigmoid<Float32Vector128, Vector128<float>, N0>(input, output, blocks);
    }

    /// <summary>The hyperbolic tangent of every value of a vector, to 2 · 10⁻⁷.</summary>
    /// <param name="input">[blocks][16].</param>
    /// <param name="output">[blocks][16]; it may be the input's memory.</param>
    /// <param name="blocks">Values / 16, rounded up.</param>
    public static void Tanh(float* input, float* output, int blocks)
    {
        if (Avx512F.IsSupported)
            Sigmoid<Float32Vector512, Vector512<float>, N1>(input, output, blocks);
        else if (Avx2.IsSupported && Fma.IsSupported)
            Sigmoid<Float32Vector256, Vector256<float>, N1>(input, output, blocks);
        else
            Sigmoid<Float32Vector128, Vector128<float>, N1>(input, output, blocks);
    }

    /// <summary>
    /// a / (a + b), or the tangent, (a − b) / (a + b), where a and b are exp(x) and exp(−x), half of x for the sigmoid, both divided by the larger of them: neither can overflow, and
    /// one of them is 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sigmoid<TSimd, TVector, TIsTangent>(float* input, float* output, int blocks)
        where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged where TIsTangent : struct, IConstant
    {
        TVector zero = TSimd.Create(0);
        for (int i = 0; i < blocks * Lanes; i += sizeof(TVector) / sizeof(float))
        {
            TVector x = *(TVector*)(input + i);
            if (TIsTangent.Value == 1)
                x = TSimd.Add(x, x);

            // NaN stays, as the second operand.
            TVector minus = TSimd.Subtract(zero, x);
            TVector a = Exp<TSimd, TVector>(TSimd.Subtract(zero, TSimd.Max(zero, minus))), b = Exp<TSimd, TVector>(TSimd.Subtract(zero, TSimd.Max(zero, x)));
            *(TVector*)(output + i) = TSimd.Divide(TIsTangent.Value == 1 ? TSimd.Subtract(a, b) : a, TSimd.Add(a, b));
        }
    }
}
