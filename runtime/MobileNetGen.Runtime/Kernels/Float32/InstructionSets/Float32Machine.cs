using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>The one place that knows which instruction sets there are: it runs kernels with the widest vectors that the machine has.</summary>
internal static class Float32Machine
{
    /// <summary>Inlined, so that a kernel costs no further method to compile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TKernel>(in TKernel kernel) where TKernel : struct, IFloat32Kernel, allows ref struct
    {
        // Kernels are read-only structures, which C# does not know of a type parameter and would copy.
        ref TKernel same = ref Unsafe.AsRef(in kernel);
        if (Avx512F.IsSupported)
            same.Run<Float32Vector512, Float32PairSums512, Vector512<float>>();
        else if (Avx2.IsSupported && Fma.IsSupported)
            same.Run<Float32Vector256, Float32HalfSums<Float32Vector256, Vector256<float>>, Vector256<float>>();
        else
            same.Run<Float32Vector128, Float32HalfSums<Float32Vector128, Vector128<float>>, Vector128<float>>();
    }
}
