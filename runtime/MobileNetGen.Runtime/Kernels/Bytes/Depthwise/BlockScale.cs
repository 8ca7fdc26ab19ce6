using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>The rescaling of a block's sums, which come in two halves.</summary>
internal unsafe interface IBlockScale<TSelf> where TSelf : struct, IBlockScale<TSelf>
{
    /// <param name="rescaling">The block's numbers.</param>
    /// <param name="r">What the channels have in common.</param>
    static abstract TSelf Load(int* rescaling, in Requantization r);

    /// <summary>Writes the bytes of four pixels' sums, of the lower eight channels and the upper ones.</summary>
    void Store(Vector256<int> a0, Vector256<int> b0, Vector256<int> a1, Vector256<int> b1, Vector256<int> a2, Vector256<int> b2, Vector256<int> a3, Vector256<int> b3,
        byte* p0, byte* p1, byte* p2, byte* p3);
}

/// <summary>In one vector, or in two where there is no AVX-512.</summary>
/// <typeparam name="TBlock">The rescaling of one vector.</typeparam>
/// <typeparam name="THalf">That of half a block.</typeparam>
internal readonly unsafe struct BlockScale<TBlock, THalf> : IBlockScale<BlockScale<TBlock, THalf>>
    where TBlock : struct, IByteScale<TBlock, Int32Vector512> where THalf : struct, IByteScale<THalf, Int32Vector256>
{
    private readonly TBlock _block;
    private readonly THalf _lower;
    private readonly THalf _upper;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private BlockScale(int* rescaling, in Requantization r)
    {
        if (Avx512BW.IsSupported)
        {
            _block = TBlock.Load(rescaling, r);
        }
        else
        {
            _lower = THalf.Load(rescaling, r);
            _upper = THalf.Load(rescaling + 8, r);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockScale<TBlock, THalf> Load(int* rescaling, in Requantization r) => new(rescaling, r);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Vector256<int> a0, Vector256<int> b0, Vector256<int> a1, Vector256<int> b1, Vector256<int> a2, Vector256<int> b2, Vector256<int> a3, Vector256<int> b3,
        byte* p0, byte* p1, byte* p2, byte* p3)
    {
        if (Avx512BW.IsSupported)
        {
            _block.Store(Join(a0, b0), Join(a1, b1), Join(a2, b2), Join(a3, b3), p0, p1, p2, p3);
        }
        else
        {
            _lower.Store(new(a0), new(a1), new(a2), new(a3), p0, p1, p2, p3);
            _upper.Store(new(b0), new(b1), new(b2), new(b3), p0 + 8, p1 + 8, p2 + 8, p3 + 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Int32Vector512 Join(Vector256<int> lower, Vector256<int> upper) => new(lower.ToVector512Unsafe().WithUpper(upper));
}
