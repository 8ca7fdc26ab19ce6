using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// AVX-VNNI: a block's 16 outputs, four products an output at a time with vpdpbusd, which is exact for any weights. .NET 10 has it at 256 bits: two vectors, and the sums must lie in
/// ymm0 … 15. .NET 11 has it at 512 bits too: <c>PlainSumsAvxVnni512</c>.
/// </summary>
/// <typeparam name="TWidth">Lanes of the vectors in which sums become bytes: 16 is less work, where a processor has the choice and <see cref="Processor.MixesWidths"/>.</typeparam>
internal readonly unsafe struct PlainSumsAvxVnni<TWidth>(Vector256<int> lower, Vector256<int> upper) : IByteSums<PlainSumsAvxVnni<TWidth>> where TWidth : struct, IConstant
{
    private readonly Vector256<int> _lower = lower;
    private readonly Vector256<int> _upper = upper;

    public static int Count => 16;

    // Beside the sums there are the weights and a pixel: in registers beyond the first 16 where AVX-512 has them.
    public static int TilePixels => Avx512F.VL.IsSupported ? 7 : 6;

    public static bool PrefetchesWeights => TWidth.Value == 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MakesBytes(int pixels) => TWidth.Value == 16 ? ByteTarget.PaysInFours(pixels) : Fma.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainSumsAvxVnni<TWidth> Load(void* address) => new(Vector256.Load((int*)address), Vector256.Load((int*)address + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(
        PlainSumsAvxVnni<TWidth> a, PlainSumsAvxVnni<TWidth> b, PlainSumsAvxVnni<TWidth> c, PlainSumsAvxVnni<TWidth> d, int count, in ByteTarget target, byte* address)
    {
        if (TWidth.Value == 16)
            target.Store(a.Join(), b.Join(), c.Join(), d.Join(), count, address);
        else
            target.Store(a._lower, a._upper, b._lower, b._upper, c._lower, c._upper, d._lower, d._upper, count, address);
    }

    // Where widths mix, in one store, as it is read with one load: two would not be forwarded to it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int* address)
    {
        if (TWidth.Value == 16)
        {
            Join().Store(address);
        }
        else
        {
            _lower.Store(address);
            _upper.Store(address + 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainSumsAvxVnni<TWidth> AddOne(PlainSumsAvxVnni<TWidth> sums, nint pixel, byte* i, PlainSumsAvxVnni<TWidth> wi)
    {
        Vector256<byte> x = Vector256.Create(Unsafe.ReadUnaligned<int>(i + pixel)).AsByte();
        return new(AvxVnni.MultiplyWideningAndAdd(sums._lower, x, wi._lower.AsSByte()), AvxVnni.MultiplyWideningAndAdd(sums._upper, x, wi._upper.AsSByte()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<int> Join() => _lower.ToVector512Unsafe().WithUpper(_upper);
}
