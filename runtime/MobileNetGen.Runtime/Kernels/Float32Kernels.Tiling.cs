using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>Bytes of weights that stay in the second-level cache beside the rows they meet.</summary>
    private const int SmallWeights = 200 * 1024;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Convolve(in ConvolutionOperands operands)
    {
        if (Avx512F.IsSupported)
            Convolve<Float32Vector512>(operands);
        else if (Avx2.IsSupported && Fma.IsSupported)
            Convolve<Float32Vector256>(operands);
        else
            Convolve<Float32Vector128>(operands);
    }

    /// <summary>
    /// All rows and channels. Tile after tile meets as many weights as the cache holds beside the rows; with more of them the rows pass several times.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Convolve<TVector>(in ConvolutionOperands operands) where TVector : struct, IFloat32Vector<TVector>
    {
        (int columns, int wide, int narrow) = SplitColumns(operands.Width, TVector.TilePixels);
        int channels = operands.OutputBlocks * Lanes;
        nint channelWeights = operands.Panel * sizeof(float) / Lanes;
        int pair = 2 * TVector.Count, step = channels * channelWeights <= SmallWeights ? channels : Math.Max((int)(SmallWeights / (channelWeights * pair)), 1) * pair;
        for (int channel = 0; channel < channels; channel += step)
        {
            int end = Math.Min(channel + step, channels);
            ConvolveColumns<TVector>(operands, 0, columns, wide, channel, end);
            if (narrow > 0)
                ConvolveColumns<TVector>(operands, wide * columns, columns - 1, narrow, channel, end);
        }
    }

    /// <summary>
    /// Some columns of every row, in tiles of equal width. Short tiles take two rows at once where a window is one row. A last vector
    /// without a partner meets two tiles at once.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ConvolveColumns<TVector>(in ConvolutionOperands operands, int column, int tileColumns, int tiles, int firstChannel, int endChannel)
        where TVector : struct, IFloat32Vector<TVector>
    {
        int paired = endChannel - (endChannel - firstChannel) % (2 * TVector.Count), evenTiles = tiles & ~1, endRow = operands.FirstRow + operands.RowCount;
        for (int y = operands.FirstRow, rows; y < endRow; y += rows)
        {
            rows = tileColumns * 2 <= TVector.TilePixels && operands.KernelRows == 1 && y + 1 < endRow ? 2 : 1;
            TileRow place = rows == 2 ? TileRow.OfTwo(operands, y, column, tileColumns) : TileRow.OfOne(operands, y, column, tileColumns);
            if (firstChannel < paired)
                ConvolveTiles<TVector, N2, N1>(tileColumns * rows, operands, place, 0, tiles, firstChannel, paired);
            if (paired < endChannel && evenTiles > 0)
                ConvolveTiles<TVector, N1, N2>(tileColumns * rows, operands, place, 0, evenTiles, paired, endChannel);
            if (paired < endChannel && evenTiles < tiles)
                ConvolveTiles<TVector, N1, N1>(tileColumns * rows, operands, place, evenTiles, tiles, paired, endChannel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ConvolveTiles<TVector, TVectors, TTiles>(int pixels, in ConvolutionOperands operands, in TileRow place, int firstTile, int endTile, int firstChannel, int endChannel)
        where TVector : struct, IFloat32Vector<TVector> where TVectors : struct, IConstant where TTiles : struct, IConstant
    {
        switch (pixels)
        {
            case 1:
                ConvolveTiles<TVector, N1, TVectors, TTiles>(operands, place, firstTile, endTile, firstChannel, endChannel);
                break;
            case 2:
                ConvolveTiles<TVector, N2, TVectors, TTiles>(operands, place, firstTile, endTile, firstChannel, endChannel);
                break;
            case 3:
                ConvolveTiles<TVector, N3, TVectors, TTiles>(operands, place, firstTile, endTile, firstChannel, endChannel);
                break;
            case 4:
                ConvolveTiles<TVector, N4, TVectors, TTiles>(operands, place, firstTile, endTile, firstChannel, endChannel);
                break;
            case 5:
                ConvolveTiles<TVector, N5, TVectors, TTiles>(operands, place, firstTile, endTile, firstChannel, endChannel);
                break;
            case 6:
                ConvolveTiles<TVector, N6, TVectors, TTiles>(operands, place, firstTile, endTile, firstChannel, endChannel);
                break;
            case 7:
                ConvolveTiles<TVector, N7, TVectors, TTiles>(operands, place, firstTile, endTile, firstChannel, endChannel);
                break;
            case 8:
                ConvolveTiles<TVector, N8, TVectors, TTiles>(operands, place, firstTile, endTile, firstChannel, endChannel);
                break;
            case 9:
                ConvolveTiles<TVector, N9, TVectors, TTiles>(operands, place, firstTile, endTile, firstChannel, endChannel);
                break;
            case 10:
                ConvolveTiles<TVector, N10, TVectors, TTiles>(operands, place, firstTile, endTile, firstChannel, endChannel);
                break;
            case 11:
                ConvolveTiles<TVector, N11, TVectors, TTiles>(operands, place, firstTile, endTile, firstChannel, endChannel);
                break;
            case 12:
                ConvolveTiles<TVector, N12, TVectors, TTiles>(operands, place, firstTile, endTile, firstChannel, endChannel);
                break;
            case 13:
                ConvolveTiles<TVector, N13, TVectors, TTiles>(operands, place, firstTile, endTile, firstChannel, endChannel);
                break;
            default:
                ConvolveTiles<TVector, N14, TVectors, TTiles>(operands, place, firstTile, endTile, firstChannel, endChannel);
                break;
        }
    }

    /// <summary>
    /// Splits a row into tiles of at most <paramref name="most"/> columns: few, and of one width where that is possible, as every width in use is
    /// another method to compile.
    /// </summary>
    /// <returns>The columns of a wide tile, the number of wide tiles, and the number of tiles one column narrower, which follow.</returns>
    private static (int Columns, int Wide, int Narrow) SplitColumns(int width, int most)
    {
        int fewest = (width + most - 1) / most;
        for (int tiles = fewest, columns; (columns = width / tiles) >= Math.Max(most - 6, 5); tiles++)
        {
            if (columns * tiles == width)
                return (columns, tiles, 0);
        }

        int ceiling = (width + fewest - 1) / fewest, narrow = fewest * ceiling - width;
        return (ceiling, fewest - narrow, narrow);
    }
}
