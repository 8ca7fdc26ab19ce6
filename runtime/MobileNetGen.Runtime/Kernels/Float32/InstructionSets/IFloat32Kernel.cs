namespace MobileNetGen.Runtime.Kernels;

/// <summary>A kernel with its operands: one text for every instruction set, of which <see cref="Float32Machine"/> chooses.</summary>
internal interface IFloat32Kernel
{
    /// <typeparam name="TSimd">The arithmetic of an instruction set.</typeparam>
    /// <typeparam name="THalf">How it sums up half a block.</typeparam>
    /// <typeparam name="TVector">Its vector.</typeparam>
    void Run<TSimd, THalf, TVector>()
        where TSimd : struct, IFloat32Vector<TVector> where THalf : struct, IFloat32Sums<TVector> where TVector : unmanaged;
}
