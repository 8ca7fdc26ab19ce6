using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Cuts numbers to a range: infinities for a linear layer, 0 and ∞ for ReLU, 0 and 6 for ReLU6. So one compiled kernel serves all three.</summary>
/// <param name="min">Its lower end.</param>
/// <param name="max">Its upper end.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Float32Clamp(float min, float max) : IFloat32Activation
{
    /// <summary>The lower end.</summary>
    public float First { get; } = min;

    /// <summary>The upper end.</summary>
    public float Second { get; } = max;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector IFloat32Activation.Apply<TSimd, TVector>(TVector value, TVector first, TVector second) => TSimd.Min(TSimd.Max(value, first), second);
}
