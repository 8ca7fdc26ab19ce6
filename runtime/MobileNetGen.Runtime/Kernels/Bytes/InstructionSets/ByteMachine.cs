using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>A kernel of bytes with its operands, over the vector whose lanes are channels.</summary>
internal interface IByteKernel
{
    void Run<TVector>() where TVector : struct, IInt32Vector<TVector>;
}

/// <summary>The one place that knows which instruction sets there are: it runs kernels with the widest vectors that the machine has, and convolutions with the arithmetic that suits it.</summary>
internal static class ByteMachine
{
    /// <summary>Inlined, so that a kernel costs no further method to compile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TKernel>(in TKernel kernel) where TKernel : struct, IByteKernel
    {
        // Kernels are read-only structures, which C# does not know of a type parameter and would copy.
        ref TKernel same = ref Unsafe.AsRef(in kernel);
        if (Avx512BW.IsSupported)
            same.Run<Int32Vector512>();
        else if (Avx2.IsSupported)
            same.Run<Int32Vector256>();
        else
            same.Run<Int32Vector128>();
    }

    /// <summary>A convolution.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Convolve<TVector>(in ByteConvolution c) where TVector : struct, IInt32Vector<TVector>
    {
        if (c.SixteenBitEntries > 0 && Avx512BW.IsSupported)
            ConvolveBatches<SixteenBitSums512, TVector>(c);
        else if (AvxVnni.IsSupported)
            UInt8Kernels.Convolve<PlainForm<PlainSumsAvxVnni, PlainHalfSumsAvxVnni>, TVector>(c);
        else if (c.SixteenBitEntries > 0 && Avx2.IsSupported)
            ConvolveBatches<SixteenBitSums256, TVector>(c);
        else if (Avx2.IsSupported)
            UInt8Kernels.Convolve<PlainForm<PlainSumsAvx2, PlainSumsAvx2>, TVector>(c);
        else if (c.SixteenBitEntries > 0)
            ConvolveBatches<SixteenBitSums128, TVector>(c);
        else
            UInt8Kernels.Convolve<PlainForm<PlainSums128, PlainSums128>, TVector>(c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ConvolveBatches<TSums, TVector>(in ByteConvolution c) where TSums : struct, IBatchSums<TSums> where TVector : struct, IInt32Vector<TVector>
    {
        if (c.HasThrees)
            UInt8Kernels.Convolve<TripleForm<TSums>, TVector>(c);
        else
            UInt8Kernels.Convolve<BatchForm<TSums>, TVector>(c);
    }
}
