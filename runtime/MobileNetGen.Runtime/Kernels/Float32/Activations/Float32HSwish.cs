using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Hard swish, x · min(max(x + 3, 0), 6) / 6 (Howard et al., "Searching for MobileNetV3"), to 3·10⁻⁷; 0 below −3 and x above 3 exactly. It is x times its <see cref="Float32HSigmoid"/>:
/// a multiplication and addition in one, a clamp and a multiplication.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Float32HSwish : IFloat32Activation
{
    /// <summary>What a number is multiplied by, 1/6.</summary>
    public float First => 1f / 6;

    /// <summary>What is added to that, ½.</summary>
    public float Second => 0.5f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector IFloat32Activation.Apply<TSimd, TVector>(TVector value, TVector first, TVector second)
        => TSimd.Multiply(value, TSimd.Min(TSimd.Max(TSimd.MultiplyAdd(value, first, second), TSimd.Create(0)), TSimd.Create(1)));
}
