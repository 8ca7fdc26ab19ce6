using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>1 / (1 + exp(−x)), to 10⁻⁷.</summary>
internal readonly struct Float32Sigmoid : IFloat32Activation
{
    public float First => 0;

    public float Second => 0;

    /// <summary>a / (a + b), where a and b are exp(x / 2) and exp(−x / 2), both divided by the larger of them: neither can overflow, and one of them is 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector IFloat32Activation.Apply<TSimd, TVector>(TVector value, TVector first, TVector second)
    {
        (TVector a, TVector b) = Exponentials<TSimd, TVector>(value);
        return TSimd.Divide(a, TSimd.Add(a, b));
    }

    /// <summary>exp(x / 2) and exp(−x / 2), divided by the larger of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TVector A, TVector B) Exponentials<TSimd, TVector>(TVector x) where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged
    {
        // NaN stays, as the second operand.
        TVector zero = TSimd.Create(0), minus = TSimd.Subtract(zero, x);
        return (Float32Kernels.Exp<TSimd, TVector>(TSimd.Subtract(zero, TSimd.Max(zero, minus))), Float32Kernels.Exp<TSimd, TVector>(TSimd.Subtract(zero, TSimd.Max(zero, x))));
    }
}
