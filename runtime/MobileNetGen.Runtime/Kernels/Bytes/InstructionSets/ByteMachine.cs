using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
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

    /// <summary>Runs a convolution.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(in ByteConvolution c)
    {
#if NET11_0_OR_GREATER
        if (AvxVnni.V512.IsSupported)
            UInt8Kernels.Convolve<PlainForm<PlainSumsAvxVnni512, PlainSumsAvxVnni512>, Int32Vector512>(c);
        else
#endif
        if (Avx512BW.IsSupported)
            Run<SixteenBitSums512, PlainSumsAvx2, Int32Vector512>(c);
        else if (Avx2.IsSupported)
            Run<SixteenBitSums256, PlainSumsAvx2, Int32Vector256>(c);
        else if (Dp.IsSupported)
            UInt8Kernels.Convolve<DotForm<DotSumsDp, DotHalfSumsDp>, Int32Vector128>(c);
        else if (AdvSimd.Arm64.IsSupported)
            UInt8Kernels.Convolve<PairForm<PairSumsAdvSimd>, Int32Vector128>(c);
        else
            Run<SixteenBitSums128, PlainSums128, Int32Vector128>(c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run<TBatch, TPlain, TVector>(in ByteConvolution c)
        where TBatch : struct, IBatchSums<TBatch> where TPlain : struct, IByteSums<TPlain> where TVector : struct, IInt32Vector<TVector>
    {
        // .NET 10 has vpdpbusd at 256 bits: faster than batches of that width, and than those of 512 bits unless widths mix.
        bool isBatched = c.SixteenBitEntries > 0;
        if (AvxVnni.IsSupported && !(Avx512BW.IsSupported && Processor.MixesWidths))
            UInt8Kernels.Convolve<PlainForm<PlainSumsAvxVnni<N8>, PlainHalfSumsAvxVnni<N8>>, TVector>(c);
        else if (AvxVnni.IsSupported && !isBatched)
            UInt8Kernels.Convolve<PlainForm<PlainSumsAvxVnni<N16>, PlainHalfSumsAvxVnni<N16>>, TVector>(c);
        else if (Avx512BW.IsSupported && WidePanel.Takes(c))
            UInt8Kernels.Convolve<WideForm<WideSums512, WideSums512>, TVector>(c);
        else if (Avx2.IsSupported && WidePanel.Takes(c))
            UInt8Kernels.Convolve<WideForm<WideSumsAvx2, WideHalfSumsAvx2>, TVector>(c);
        else if (!isBatched)
            UInt8Kernels.Convolve<PlainForm<TPlain, TPlain>, TVector>(c);
        else if (c.HasThrees)
            UInt8Kernels.Convolve<TripleForm<TBatch>, TVector>(c);
        else
            UInt8Kernels.Convolve<BatchForm<TBatch>, TVector>(c);
    }
}
