namespace MobileNetGen.Runtime.Kernels;

/// <summary>Some columns of some rows of a convolution of bytes: they meet one block of outputs after the other.</summary>
/// <param name="inputs">[rows], where the window of the first pixel begins.</param>
/// <param name="corrections">[rows][width], what is subtracted from a pixel's sums.</param>
/// <param name="sums">[rows][width][16], the sums.</param>
/// <param name="step">From a pixel's window to that of the next.</param>
/// <param name="width">Columns.</param>
/// <param name="rows">Rows.</param>
internal readonly unsafe struct ByteStrip(byte** inputs, int* corrections, int* sums, int step, int width, int rows)
{
    public readonly byte** Inputs = inputs;
    public readonly int* Corrections = corrections;
    public readonly int* Sums = sums;
    public readonly int Step = step;
    public readonly int Width = width;
    public readonly int Rows = rows;
}

/// <summary>Neighbouring register tiles of a strip, in one row after the other.</summary>
/// <param name="FirstRow">The first row.</param>
/// <param name="EndRow">Behind the last row.</param>
/// <param name="Rows">Rows of a tile, 1 or 2.</param>
/// <param name="Column">The first column of the first tile.</param>
/// <param name="Columns">Columns of a tile.</param>
/// <param name="Tiles">How many tiles in a row.</param>
internal readonly record struct TilePlace(int FirstRow, int EndRow, int Rows, int Column, int Columns, int Tiles)
{
    /// <summary>Pixels of a tile.</summary>
    public int Pixels => Columns * Rows;
}

/// <summary>A strip's working memory: of a fixed size, as allocating each part on the stack takes as long as some pixels.</summary>
internal unsafe struct StripMemory
{
    /// <summary>Pixels of the longest strip.</summary>
    public const int Pixels = 224;

    public fixed ulong Inputs[Pixels];
    public fixed ulong Outputs[Pixels];
    public fixed ulong Residuals[Pixels];
    public fixed int Corrections[Pixels];

    /// <summary>With room to begin at a multiple of 64 bytes: vectors across two cache lines take twice as long.</summary>
    public fixed int Sums[16 * Pixels + 16];

    public fixed ulong Addends[Pixels];
    public fixed byte Addend[16 * Pixels];
}
