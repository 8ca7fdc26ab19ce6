using System;
using System.Buffers.Binary;
using System.Numerics;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <summary>The check sum of TensorFlow's checkpoints: CRC-32C (Castagnoli), masked as LevelDB masks it.</summary>
internal static class Crc32C
{
    /// <summary>The masked check sum of bytes.</summary>
    public static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        int at = 0;
        for (; at + sizeof(ulong) <= bytes.Length; at += sizeof(ulong))
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]));
        for (; at < bytes.Length; at++)
            crc = BitOperations.Crc32C(crc, bytes[at]);
        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }
}
