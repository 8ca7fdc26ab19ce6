using System;
using System.Buffers.Binary;
using System.Text;

namespace MobileNetGen.Teaching.Photographs;

/// <summary>The camera that a JPEG file names: tags 0x010F and 0x0110 of its EXIF data (CIPA DC-008). Whatever is malformed names none.</summary>
internal static class Exif
{
    private const int Maker = 0x010F, Model = 0x0110, MaximumText = 64;

    /// <summary>Maker and model, or an empty text.</summary>
    public static string Camera(ReadOnlySpan<byte> file)
    {
        if (file is not [0xFF, 0xD8, ..])
            return "";
        ReadOnlySpan<byte> rest = file[2..];
        while (rest is [0xFF, var marker, ..] && rest.Length >= 4 && marker is >= 0xE0 and <= 0xEF or 0xDB or 0xFE)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (length < 2 || length > rest.Length - 2)
                return "";
            ReadOnlySpan<byte> segment = rest[4..(2 + length)];
            if (marker == 0xE1 && segment.StartsWith("Exif\0\0"u8))
                return OfTiff(segment[6..]);
            rest = rest[(2 + length)..];
        }

        return "";
    }

    private static string OfTiff(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8 || (tiff[0] != 'I' && tiff[0] != 'M'))
            return "";
        bool isLittle = tiff[0] == 'I';
        uint start = Number(tiff[4..], isLittle);
        if (start > tiff.Length - 2)
            return "";
        int count = Short(tiff[(int)start..], isLittle);
        (string maker, string model) = ("", "");
        for (int i = 0; i < count; i++)
        {
            long at = start + 2 + (12L * i);
            if (at + 12 > tiff.Length)
                break;
            ReadOnlySpan<byte> entry = tiff.Slice((int)at, 12);
            int tag = Short(entry, isLittle);
            if (tag is not (Maker or Model) || Short(entry[2..], isLittle) != 2)
                continue;
            string text = Text(tiff, entry, isLittle);
            (maker, model) = tag == Maker ? (text, model) : (maker, text);
        }

        return model.StartsWith(maker, StringComparison.OrdinalIgnoreCase) ? model : $"{maker} {model}".Trim();
    }

    private static string Text(ReadOnlySpan<byte> tiff, ReadOnlySpan<byte> entry, bool isLittle)
    {
        uint length = Number(entry[4..], isLittle);
        ReadOnlySpan<byte> bytes = entry[8..];
        if (length > 4)
        {
            uint at = Number(entry[8..], isLittle);
            if (length > MaximumText || at > tiff.Length - length)
                return "";
            bytes = tiff[(int)at..];
        }

        bytes = bytes[..(int)length];
        int end = bytes.IndexOf((byte)0);
        bytes = end < 0 ? bytes : bytes[..end];
        return bytes.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 ? Encoding.ASCII.GetString(bytes).Trim() : "";
    }

    private static int Short(ReadOnlySpan<byte> bytes, bool isLittle) =>
        bytes.Length < 2 ? 0 : isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint Number(ReadOnlySpan<byte> bytes, bool isLittle) =>
        bytes.Length < 4 ? uint.MaxValue : isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
