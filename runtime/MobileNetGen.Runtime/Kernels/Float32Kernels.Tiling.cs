using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>Bytes of weights that stay in the second-level cache beside the rows they meet.</summary>
    private const int SmallWeights = 200 * 1024;

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
        int pair = 2 * TVector.Count, step = Math.Max((int)(SmallWeights / (operands.Panel * sizeof(float) / Lanes * pair)), 1) * pair;
        for (int channel = 0; channel < channels; channel += step)
        {
            int end = Math.Min(channel + step, channels);
            ConvolveColumns<TVector>(operands, 0, columns, wide, channel, end);
            if (narrow > 0)
                ConvolveColumns<TVector>(operands, wide * columns, columns - 1, narrow, channel, end);
        }
    }

    /// <summary>
    /// Some columns of every row, in tiles of equal width. Short tiles take two rows at once where a window is one row. A last block without a partner
    /// is one vector wide.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ConvolveColumns<TVector>(in ConvolutionOperands operands, int column, int tileColumns, int tiles, int firstChannel, int endChannel)
        where TVector : struct, IFloat32Vector<TVector>
    {
        int paired = endChannel - (endChannel - firstChannel) % (2 * TVector.Count), endRow = operands.FirstRow + operands.RowCount;
        for (int y = operands.FirstRow, rows; y < endRow; y += rows)
        {
            rows = tileColumns * 2 <= TVector.TilePixels && operands.KernelRows == 1 && y + 1 < endRow ? 2 : 1;
            TileRow place = rows == 2 ? TileRow.OfTwo(operands, y, column, tileColumns, tiles) : TileRow.OfOne(operands, y, column, tileColumns, tiles);
            if (firstChannel < paired)
                ConvolveTiles<TVector, N2>(tileColumns * rows, operands, place, firstChannel, paired);
            if (paired < endChannel)
                ConvolveTiles<TVector, N1>(tileColumns * rows, operands, place, paired, endChannel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ConvolveTiles<TVector, TVectors>(int pixels, in ConvolutionOperands operands, in TileRow place, int firstChannel, int endChannel)
        where TVector : struct, IFloat32Vector<TVector> where TVectors : struct, IConstant
    {
        switch (pixels)
        {
            case 1:
                ConvolveTiles<TVector, N1, TVectors>(operands, place, firstChannel, endChannel);
                break;
            case 2:
                ConvolveTiles<TVector, N2, TVectors>(operands, place, firstChannel, endChannel);
                break;
            case 3:
                ConvolveTiles<TVector, N3, TVectors>(operands, place, firstChannel, endChannel);
                break;
            case 4:
                ConvolveTiles<TVector, N4, TVectors>(operands, place, firstChannel, endChannel);
                break;
            case 5:
                ConvolveTiles<TVector, N5, TVectors>(operands, place, firstChannel, endChannel);
                break;
            case 6:
                ConvolveTiles<TVector, N6, TVectors>(operands, place, firstChannel, endChannel);
                break;
            case 7:
                ConvolveTiles<TVector, N7, TVectors>(operands, place, firstChannel, endChannel);
                break;
            case 8:
                ConvolveTiles<TVector, N8, TVectors>(operands, place, firstChannel, endChannel);
                break;
            case 9:
                ConvolveTiles<TVector, N9, TVectors>(operands, place, firstChannel, endChannel);
                break;
            case 10:
                ConvolveTiles<TVector, N10, TVectors>(operands, place, firstChannel, endChannel);
                break;
            case 11:
                ConvolveTiles<TVector, N11, TVectors>(operands, place, firstChannel, endChannel);
                break;
            case 12:
                ConvolveTiles<TVector, N12, TVectors>(operands, place, firstChannel, endChannel);
                break;
            case 13:
                ConvolveTiles<TVector, N13, TVectors>(operands, place, firstChannel, endChannel);
                break;
            default:
                ConvolveTiles<TVector, N14, TVectors>(operands, place, firstChannel, endChannel);
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
        for (int columns = most; columns >= Math.Max(most - 6, 5); columns--)
        {
            if (width % columns == 0)
                return (columns, width / columns, 0);
        }

        int tiles = (width + most - 1) / most, ceiling = (width + tiles - 1) / tiles, narrow = tiles * ceiling - width;
        return (ceiling, tiles - narrow, narrow);
    }
}
