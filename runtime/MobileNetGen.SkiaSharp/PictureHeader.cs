using System;
using System.Buffers.Binary;

namespace MobileNetGen.SkiaSharp;

/// <summary>What a JPEG or PNG file claims to hold, read before a decoder sees it: a few bytes can claim any size, and any amount of work.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Scans">How often a decoder goes through the picture: progressive JPEG files have some ten scans.</param>
internal readonly record struct PictureHeader(uint Width, uint Height, int Scans)
{
    /// <summary>The most scans of a picture, and of all pixels together as often the most that one picture may have.</summary>
    private const int MostScans = 256, MostScansOfPixels = 16;

    private const byte StartOfImage = 0xD8, EndOfImage = 0xD9, StartOfScan = 0xDA, Temporary = 0x01, FirstRestart = 0xD0;

    private static ReadOnlySpan<byte> PngSignature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads a file's header. Null where it is of neither kind, or says no size or two.</summary>
    public static PictureHeader? Read(ReadOnlySpan<byte> file)
        => file.StartsWith(PngSignature) ? OfPng(file[PngSignature.Length..])
            : file is [0xFF, StartOfImage, ..] ? OfJpeg(file)
            : null;

    /// <summary>Whether a decoder would have to go through a picture too often.</summary>
    /// <param name="maximumPixels">The most pixels of a picture.</param>
    public bool HasTooManyScans(int maximumPixels) => Scans > MostScans || (ulong)Width * Height * (uint)Scans > (ulong)maximumPixels * MostScansOfPixels;

    /// <summary>A PNG file begins with the chunk IHDR: its length, 13, its name, then width and height.</summary>
    private static PictureHeader? OfPng(ReadOnlySpan<byte> chunk)
        => chunk.Length >= 16 && chunk[4..].StartsWith("IHDR"u8)
            ? new PictureHeader(BinaryPrimitives.ReadUInt32BigEndian(chunk[8..]), BinaryPrimitives.ReadUInt32BigEndian(chunk[12..]), 1)
            : null;

    /// <summary>Goes from marker to marker. What lies between scans is searched as decoders search it.</summary>
    private static PictureHeader? OfJpeg(ReadOnlySpan<byte> file)
    {
        PictureHeader? found = null;
        int scans = 0;
        for (int at = 2; at < file.Length;)
        {
            int next = file[at..].IndexOf((byte)0xFF);
            at = next < 0 ? file.Length : at + next + 1;
            if (at >= file.Length)
                break;

            byte marker = file[at];
            if (marker == EndOfImage)
                break;
            if (marker == 0xFF)
                continue;
            at++;
            if (marker is 0 or Temporary or (>= FirstRestart and <= StartOfImage))
                continue;

            ReadOnlySpan<byte> segment = file[at..];
            if (segment.Length < 2)
                break;
            if (IsFrame(marker) && segment.Length >= 7)
            {
                if (found is not null)
                    return null;
                found = new PictureHeader(BinaryPrimitives.ReadUInt16BigEndian(segment[5..]), BinaryPrimitives.ReadUInt16BigEndian(segment[3..]), 0);
            }

            scans += marker == StartOfScan ? 1 : 0;
            at += BinaryPrimitives.ReadUInt16BigEndian(segment);
        }

        return found is { } header ? header with { Scans = scans } : null;
    }

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
}
