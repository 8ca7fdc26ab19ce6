using System;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// An anchor's class and score as one number: a smaller one is a better score or, of equal scores, an anchor that comes before. No two are equal, so any sort is a stable one.
/// Scores are 0 or more, anchors have 20 bits and classes 12.
/// </summary>
internal static class Candidate
{
    public const int AnchorBits = 20;

    public const int ClassBits = 12;

    public static ulong Key(float score, int anchor, int label) => ((ulong)~BitConverter.SingleToUInt32Bits(score) << 32) | ((uint)anchor << ClassBits) | (uint)label;

    public static float Score(ulong key) => BitConverter.UInt32BitsToSingle(~(uint)(key >> 32));

    public static int Anchor(ulong key) => (int)((uint)key >> ClassBits);

    public static int Class(ulong key) => (int)((uint)key & ((1 << ClassBits) - 1));

    /// <summary>The key by which a class's candidates come together: by class, then score, then anchor.</summary>
    public static ulong Grouped(float score, int anchor, int label)
        => ((ulong)(uint)label << (32 + AnchorBits)) | ((ulong)~BitConverter.SingleToUInt32Bits(score) << AnchorBits) | (uint)anchor;

    public static (float Score, int Anchor, int Class) OfGrouped(ulong key)
        => (BitConverter.UInt32BitsToSingle(~(uint)(key >> AnchorBits)), (int)((uint)key & ((1 << AnchorBits) - 1)), (int)(key >> (32 + AnchorBits)));
}
