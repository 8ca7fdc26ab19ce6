using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>Bytes from which on it pays to prepare the table for AVX2.</summary>
    private const int LeastForDifferences = 160;

    /// <summary>A function of single bytes, as a table: TensorFlow Lite's QUANTIZE between them, LOGISTIC, TANH and HARD_SWISH.</summary>
    /// <param name="input">[count].</param>
    /// <param name="output">[count]; it may be the input's memory.</param>
    /// <param name="count">Elements.</param>
    /// <param name="table">256 results.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MapBytes(byte* input, byte* output, int count, byte* table)
    {
        // Vectors end at a multiple of 16: where input is output, no byte may be mapped twice.
        int i = Avx512Vbmi.IsSupported ? MapVectors512(input, output, count, table)
            : Avx2.IsSupported && count >= LeastForDifferences ? MapVectors256(input, output, count, table)
            : AdvSimd.Arm64.IsSupported ? MapVectorsArm64(input, output, count, table)
            : 0;
        for (; i < count; i++)
            output[i] = table[input[i]];
    }

    /// <summary>A table's results in place of the bytes of some rows of a map.</summary>
    /// <param name="map">The map.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="table">256 results.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MapRows(FeatureMap<byte> map, int width, int channels, int firstRow, int rowCount, byte* table)
    {
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            byte* block = map.Row(y);
            for (int first = 0; first < channels; first += Lanes, block += map.BlockStride)
                MapBytes(block, block, width * Lanes, table);
        }
    }

    /// <summary>An activation by table, of rows that were just written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MapRows(byte** rows, nint offset, int count, int length, byte* table)
    {
        for (int row = 0; row < count; row++)
            MapBytes(rows[row] + offset, rows[row] + offset, length, table);
    }

    /// <summary>Half of the table in two registers at a time, from which the lower seven bits of a byte choose; the highest bit chooses between the halves.</summary>
    /// <returns>How many bytes are done, a multiple of 16.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int MapVectors512(byte* input, byte* output, int count, byte* table)
    {
        Vector512<byte> t0 = Vector512.Load(table), t1 = Vector512.Load(table + 64), t2 = Vector512.Load(table + 128), t3 = Vector512.Load(table + 192);
        int i = 0;
        for (; i + 64 <= count; i += 64)
            Map(Vector512.Load(input + i), t0, t1, t2, t3).Store(output + i);
        for (; i + 16 <= count; i += 16)
            Map(Vector128.Load(input + i).ToVector256Unsafe().ToVector512Unsafe(), t0, t1, t2, t3).GetLower().GetLower().Store(output + i);
        return i;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector512<byte> Map(Vector512<byte> values, Vector512<byte> t0, Vector512<byte> t1, Vector512<byte> t2, Vector512<byte> t3)
            => Avx512BW.BlendVariable(Avx512Vbmi.PermuteVar64x8x2(t0, values, t1), Avx512Vbmi.PermuteVar64x8x2(t2, values, t3), Vector512.LessThan(values.AsSByte(), Vector512<sbyte>.Zero).AsByte());
    }

    /// <summary>
    /// 16 entries of the table at a time. A byte, and the byte less 128, are counted down by 16 without overflow until they are negative, where the shuffle gives 0; above 15 it sees their
    /// lower four bits alone. So each part of the table is held as its difference from the one before: from all differences up to a byte's own part remains that part.
    /// </summary>
    /// <returns>How many bytes are done, a multiple of 16.</returns>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int MapVectors256(byte* input, byte* output, int count, byte* table)
    {
        Vector256<byte>* differences = stackalloc Vector256<byte>[16];
        for (int part = 0; part < 16; part++)
        {
            Vector128<byte> entries = Vector128.Load(table + 16 * part), before = part % 8 == 0 ? Vector128<byte>.Zero : Vector128.Load(table + 16 * (part - 1));
            differences[part] = Vector256.Create(entries ^ before, entries ^ before);
        }

        int i = 0;
        for (; i + 32 <= count; i += 32)
            Map(Vector256.Load(input + i), differences).Store(output + i);
        for (; i + 16 <= count; i += 16)
            Map(Vector128.Load(input + i).ToVector256Unsafe(), differences).GetLower().Store(output + i);
        return i;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<byte> Map(Vector256<byte> values, Vector256<byte>* differences)
        {
            Vector256<sbyte> step = Vector256.Create((sbyte)16), lower = values.AsSByte(), upper = (values ^ Vector256.Create((byte)128)).AsSByte();
            Vector256<byte> a = Avx2.Shuffle(differences[0], lower.AsByte()), b = Avx2.Shuffle(differences[8], upper.AsByte());
            for (int part = 1; part < 8; part++)
            {
                lower = Avx2.SubtractSaturate(lower, step);
                upper = Avx2.SubtractSaturate(upper, step);
                a ^= Avx2.Shuffle(differences[part], lower.AsByte());
                b ^= Avx2.Shuffle(differences[part + 8], upper.AsByte());
            }
            return a | b;
        }
    }

    /// <summary>A quarter of the table in four registers at a time; what it has nothing for stays as it is.</summary>
    /// <returns>How many bytes are done, a multiple of 16.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int MapVectorsArm64(byte* input, byte* output, int count, byte* table)
    {
        int i = 0;
        for (Vector128<byte> quarter = Vector128.Create((byte)64); i + 16 <= count; i += 16)
        {
            Vector128<byte> values = Vector128.Load(input + i), mapped = AdvSimd.Arm64.VectorTableLookup(Quarter(table), values);
            values -= quarter;
            mapped = AdvSimd.Arm64.VectorTableLookupExtension(mapped, Quarter(table + 64), values);
            values -= quarter;
            mapped = AdvSimd.Arm64.VectorTableLookupExtension(mapped, Quarter(table + 128), values);
            values -= quarter;
            AdvSimd.Arm64.VectorTableLookupExtension(mapped, Quarter(table + 192), values).Store(output + i);
        }
        return i;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static (Vector128<byte>, Vector128<byte>, Vector128<byte>, Vector128<byte>) Quarter(byte* table)
            => (Vector128.Load(table), Vector128.Load(table + 16), Vector128.Load(table + 32), Vector128.Load(table + 48));
    }
}
