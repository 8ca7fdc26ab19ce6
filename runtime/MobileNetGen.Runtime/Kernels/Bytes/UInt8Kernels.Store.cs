using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>Stored activations to the network's own bytes.</summary>
    /// <param name="values">[count].</param>
    /// <param name="output">[count]; it may be the values' memory.</param>
    /// <param name="count">Elements.</param>
    /// <param name="flip">0x80 where the network's bytes are signed, else 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StoreRaw(byte* values, byte* output, int count, byte flip)
    {
        int i = 0;
        for (Vector128<byte> flips = Vector128.Create(flip); i <= count - Vector128<byte>.Count; i += Vector128<byte>.Count)
            (Vector128.Load(values + i) ^ flips).Store(output + i);
        for (; i < count; i++)
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

    /// <summary>Rows of a map as callers get them, in the network's own bytes: pixel by pixel, channel by channel.</summary>
    /// <param name="map">The map.</param>
    /// <param name="values">[height][width][channels], row 0.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="firstRow">The first row to store.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="flip">0x80 where the network's bytes are signed, else 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StoreBytes(FeatureMap<byte> map, byte* values, int width, int channels, int firstRow, int rowCount, byte flip)
    {
        Vector128<byte> flips = Vector128.Create(flip);
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            byte* block = map.Row(y);
            for (int first = 0; first < channels; first += Lanes, block += map.BlockStride)
            {
                int count = Math.Min(Lanes, channels - first);
                byte* target = values + (nint)y * width * channels + first;
                for (int x = 0; x < width; x++, target += channels)
                {
                    if (count == Lanes)
                        (Vector128.Load(block + x * Lanes) ^ flips).Store(target);
                    else
                        StoreRaw(block + x * Lanes, target, count, flip);
                }
            }
        }
    }

    /// <summary>The same through a table, such as that of a rescaling: the maps of a detector, which lie one after the other, share a scale.</summary>
    /// <param name="map">The map.</param>
    /// <param name="values">[height][width][channels], row 0.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="firstRow">The first row to store.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="table">256 results.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StoreBytes(FeatureMap<byte> map, byte* values, int width, int channels, int firstRow, int rowCount, byte* table)
    {
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            byte* block = map.Row(y);
            for (int first = 0; first < channels; first += Lanes, block += map.BlockStride)
            {
                byte* target = values + (nint)y * width * channels + first;
                for (int x = 0; x < width; x++, target += channels)
                    MapBytes(block + x * Lanes, target, Math.Min(Lanes, channels - first), table);
            }
        }
    }

    /// <summary>Rows of a map as callers get them, in real values: scale·(q − zero point), pixel by pixel, channel by channel.</summary>
    /// <param name="map">The map.</param>
    /// <param name="values">[height][width][channels], row 0.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="firstRow">The first row to store.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="zeroPoint">The zero point as stored.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StoreValues(FeatureMap<byte> map, float* values, int width, int channels, int firstRow, int rowCount, float scale, int zeroPoint)
    {
        Vector128<int> zeroPoints = Vector128.Create(zeroPoint);
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            byte* block = map.Row(y);
            for (int first = 0; first < channels; first += Lanes, block += map.BlockStride)
            {
                int count = Math.Min(Lanes, channels - first);
                float* target = values + (nint)y * width * channels + first;
                for (int x = 0; x < width; x++, target += channels)
                {
                    if (count < Lanes)
                    {
                        Dequantize(block + x * Lanes, target, count, scale, zeroPoint);
                        continue;
                    }

                    (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(block + x * Lanes));
                    Real(Vector128.WidenLower(low)).Store(target);
                    Real(Vector128.WidenUpper(low)).Store(target + 4);
                    Real(Vector128.WidenLower(high)).Store(target + 8);
                    Real(Vector128.WidenUpper(high)).Store(target + 12);
                }
            }
        }

        Vector128<float> Real(Vector128<uint> bytes) => scale * Vector128.ConvertToSingle(bytes.AsInt32() - zeroPoints);
    }
}
