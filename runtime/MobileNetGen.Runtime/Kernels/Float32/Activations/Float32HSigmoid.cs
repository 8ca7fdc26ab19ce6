using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Hard sigmoid, min(max(x + 3, 0), 6) / 6 (Howard et al., "Searching for MobileNetV3"), to 10⁻⁷; 0 below −3 and 1 above 3 exactly.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Float32HSigmoid : IFloat32Activation
{
    /// <summary>What a number is multiplied by, 1/6.</summary>
    public float First => 1f / 6;

    /// <summary>What is added to that, ½.</summary>
    public float Second => 0.5f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector IFloat32Activation.Apply<TSimd, TVector>(TVector value, TVector first, TVector second)
        => TSimd.Min(TSimd.Max(TSimd.MultiplyAdd(value, first, second), TSimd.Create(0)), TSimd.Create(1));
}
