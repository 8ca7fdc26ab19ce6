using System;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Samples.Train.Data;

/// <summary>
/// How an image differs from itself in one epoch: moved by up to an eighth, mirrored, and with a square of a quarter of its height cut out
/// (cutout, arXiv:1708.04552), so that no single detail decides.
/// </summary>
internal readonly record struct Variation(int Down, int Right, bool IsMirrored, int CutTop, int CutLeft, int CutSide)
{
    public static Variation Draw(Random random, Shape size)
    {
        int reach = size.Height / 8, side = size.Height / 4;
        return new Variation(
            random.Next(-reach, reach + 1),
            random.Next(-reach, reach + 1),
            random.Next(2) == 1,
            random.Next(-side / 2, size.Height - (side / 2)),
            random.Next(-side / 2, size.Width - (side / 2)),
            side);
    }

    /// <summary>Whether a pixel is cut out.</summary>
    public bool Cuts(int y, int x) => (uint)(y - CutTop) < (uint)CutSide && (uint)(x - CutLeft) < (uint)CutSide;
}
