using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// AVX-VNNI: a block's 16 outputs, four products an output at a time with vpdpbusd, which is exact for any weights. .NET 10 has it at 256 bits: two vectors, and the sums must lie in
/// ymm0 … 15. .NET 11 has it at 512 bits too: <c>PlainSumsAvxVnni512</c>.
/// </summary>
internal readonly unsafe struct PlainSumsAvxVnni(Vector256<int> lower, Vector256<int> upper) : IByteSums<PlainSumsAvxVnni>
{
    private readonly Vector256<int> _lower = lower;
    private readonly Vector256<int> _upper = upper;

    public static int Count => 16;

    // Beside the sums there are the weights and a pixel: in registers beyond the first 16 where AVX-512 has them.
    public static int TilePixels => Avx512F.VL.IsSupported ? 7 : 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainSumsAvxVnni Load(void* address) => new(Vector256.Load((int*)address), Vector256.Load((int*)address + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> ToVector512() => _lower.ToVector512Unsafe().WithUpper(_upper);

    // In one store where it is read with one load: two stores would not be forwarded to it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address)
    {
        if (Avx512F.IsSupported)
        {
            ToVector512().Store(address);
        }
        else
        {
            _lower.Store(address);
            _upper.Store(address + 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainSumsAvxVnni AddOne(PlainSumsAvxVnni sums, nint pixel, byte* i, PlainSumsAvxVnni wi)
    {
        Vector256<byte> x = Vector256.Create(Unsafe.ReadUnaligned<int>(i + pixel)).AsByte();
        return new(AvxVnni.MultiplyWideningAndAdd(sums._lower, x, wi._lower.AsSByte()), AvxVnni.MultiplyWideningAndAdd(sums._upper, x, wi._upper.AsSByte()));
    }
}
