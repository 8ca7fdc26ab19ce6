using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>The hyperbolic tangent, to 2 · 10⁻⁷.</summary>
internal readonly struct Float32Tanh : IFloat32Activation
{
    public float First => 0;

    public float Second => 0;

    /// <summary>(a − b) / (a + b), where a and b are exp(x) and exp(−x), both divided by the larger of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector IFloat32Activation.Apply<TSimd, TVector>(TVector value, TVector first, TVector second)
    {
        (TVector a, TVector b) = Float32Sigmoid.Exponentials<TSimd, TVector>(TSimd.Add(value, value));
        return TSimd.Divide(TSimd.Subtract(a, b), TSimd.Add(a, b));
    }
}
