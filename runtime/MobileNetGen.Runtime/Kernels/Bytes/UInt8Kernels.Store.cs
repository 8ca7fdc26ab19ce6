using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>A function of single bytes, as a table: TensorFlow Lite's QUANTIZE between them, LOGISTIC and TANH.</summary>
    /// <param name="input">[count].</param>
    /// <param name="output">[count]; it may be the input's memory.</param>
    /// <param name="count">Elements.</param>
    /// <param name="table">256 results.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MapBytes(byte* input, byte* output, int count, byte* table)
    {
        for (int i = 0; i < count; i++)
            output[i] = table[input[i]];
    }

    /// <summary>An activation by table, of rows that were just written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MapRows(byte** rows, nint offset, int count, int length, byte* table)
    {
        for (int row = 0; row < count; row++)
            MapBytes(rows[row] + offset, rows[row] + offset, length, table);
    }

    /// <summary>Stored activations to the network's own bytes.</summary>
    /// <param name="values">[count].</param>
    /// <param name="output">[count].</param>
    /// <param name="count">Elements.</param>
    /// <param name="flip">0x80 where the network's bytes are signed, else 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StoreRaw(byte* values, byte* output, int count, byte flip)
    {
        for (int i = 0; i < count; i++)
            output[i] = (byte)(values[i] ^ flip);
    }

    /// <summary>Stored activations to real values: scale·(q − zero point).</summary>
    /// <param name="values">[count].</param>
    /// <param name="output">[count].</param>
    /// <param name="count">Elements.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="zeroPoint">The zero point as stored.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dequantize(byte* values, float* output, int count, float scale, int zeroPoint)
    {
        for (int i = 0; i < count; i++)
            output[i] = scale * (values[i] - zeroPoint);
    }
}
