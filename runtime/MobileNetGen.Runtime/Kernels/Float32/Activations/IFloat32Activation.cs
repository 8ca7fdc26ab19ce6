using System.ComponentModel;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// A function of one number, which kernels apply where they store. Its type is the function, so that the JIT compiles kernels for those functions alone that a network has;
/// what it depends on is its value.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IFloat32Activation
{
    /// <summary>The first number that it depends on.</summary>
    float First { get; }

    /// <summary>The second.</summary>
    float Second { get; }

    /// <summary>The function.</summary>
    /// <param name="value">Of what.</param>
    /// <param name="first"><see cref="First"/> in every lane.</param>
    /// <param name="second"><see cref="Second"/> in every lane.</param>
    internal static abstract TVector Apply<TSimd, TVector>(TVector value, TVector first, TVector second)
        where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged;
}
