using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>Bytes of weights that stay in the second-level cache beside the rows they meet.</summary>
    private const int SmallWeights = 200 * 1024;

    /// <summary>
    /// All rows and channels: two vectors of channels at a time, the last by itself if it has no partner, in two tiles at once, and then half a block if there is one.
    /// Tile after tile meets as many weights as the cache holds beside the rows; with more of them the rows pass several times. Short tiles take two rows at once
    /// where a window is one row. A network's first layer has tiles of its own.
    /// </summary>
    private readonly ref struct Tiling<TActivation>(in ConvolutionOperands convolution) : IFloat32Kernel where TActivation : struct, IFloat32Activation
    {
        private readonly ref readonly ConvolutionOperands _operands = ref convolution;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<TSimd, THalf, TVector>() where TSimd : struct, IFloat32Vector<TVector> where THalf : struct, IFloat32Sums<TVector> where TVector : unmanaged
        {
            ref readonly ConvolutionOperands operands = ref _operands;
            int channels = operands.OutputChannels, whole = channels / Lanes * Lanes, pair = 2 * sizeof(TVector) / sizeof(float), paired = whole - whole % pair;
            nint channelWeights = operands.Panel * sizeof(float) / Lanes;
            int step = channels * channelWeights <= SmallWeights ? channels : Math.Max((int)(SmallWeights / (channelWeights * pair)), 1) * pair;
            int endRow = operands.FirstRow + operands.RowCount;
            int stem = TSimd.HasStem && whole > 0 && operands.IsStem ? operands.Width / StemPixels * StemPixels : 0;
            for (int y = operands.FirstRow; stem > 0 && y < endRow; y++)
                StemTiles<TSimd, TVector, TActivation>(operands, new TileRow(operands, y, column: 0, StemPixels, stem / StemPixels, TileSplit.None), whole);
            for (int channel = 0, end; channel < channels; channel = end)
            {
                bool isHalf = channel == whole, isPair = channel < paired;
                end = isHalf ? channels : isPair ? Math.Min(channel + step, paired) : whole;
                int done = channel < whole ? stem : 0;
                if (done == operands.Width)
                    continue;
                (int columns, int tiles, int narrow) = SplitColumns(operands.Width - done, TSimd.TilePixels);
                for (int column = done; tiles > 0; column += columns * tiles, columns--, tiles = narrow, narrow = 0)
                {
                    for (int y = operands.FirstRow, rows; y < endRow; y += rows)
                    {
                        bool isTwoRows = operands.KernelRows == 1 && y + 1 < endRow;
                        TileSplit split = columns * 2 <= TSimd.TilePixels && isTwoRows ? TileSplit.HalfBelow
                            : isPair || isHalf ? TileSplit.None
                            : tiles % 2 == 0 ? TileSplit.SecondBeside
                            : isTwoRows ? TileSplit.SecondBelow
                            : TileSplit.None;
                        rows = split is TileSplit.HalfBelow or TileSplit.SecondBelow ? 2 : 1;
                        TileRow row = new(operands, y, column, columns, tiles, split);
                        int pixels = split == TileSplit.HalfBelow ? columns * 2 : columns;
                        if (TSimd.HasElements)
                            ElementTiles<TActivation>(isHalf, pixels, operands, row, channel, end);
                        else if (isHalf)
                            OneVectorTiles<THalf, TVector, TActivation>(pixels, operands, row, channel, end);
                        else if (isPair)
                            TwoVectorsTiles<TSimd, TVector, TActivation>(pixels, operands, row, channel, end);
                        else if (split is TileSplit.SecondBelow or TileSplit.SecondBeside)
                            TwoRunsTiles<TSimd, TVector, TActivation>(pixels, operands, row, channel, end);
                        else
                            OneVectorTiles<TSimd, TVector, TActivation>(pixels, operands, row, channel, end);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ElementTiles<TActivation>(bool isHalf, int pixels, in ConvolutionOperands operands, in TileRow row, int channel, int end) where TActivation : struct, IFloat32Activation
    {
        if (isHalf)
            ElementTiles<N8, TActivation>(pixels, operands, row, channel, end);
        else
            ElementTiles<N16, TActivation>(pixels, operands, row, channel, end);
    }

    /// <summary>Writes eight outputs, activated, and zeros behind those of half a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreOutputs<TWeightLanes, TActivation>(Vector128<float> a, Vector128<float> b, Vector128<float> first, Vector128<float> second, float* target)
        where TWeightLanes : unmanaged, IConstant where TActivation : struct, IFloat32Activation
    {
        Float32Vector128.Store<TActivation>(a, first, second, target);
        Float32Vector128.Store<TActivation>(b, first, second, target + 4);
        if (sizeof(TWeightLanes) == BlobLayout.HalfLanes)
        {
            Vector128<float>.Zero.Store(target + 8);
            Vector128<float>.Zero.Store(target + 12);
        }
    }

    /// <summary>
    /// Splits a row into tiles of at most <paramref name="most"/> columns: few, and of one width where that is possible, as every width in use is
    /// another method to compile.
    /// </summary>
    /// <returns>The columns of a wide tile, the number of wide tiles, and the number of tiles one column narrower, which follow.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (int Columns, int Wide, int Narrow) SplitColumns(int width, int most)
    {
        // Written out, because the JIT knows most: dividing by four constants costs less than once by a variable, and this is asked for each row of a stream.
        int columns = width <= most ? width
            : width % most == 0 ? most
            : most <= 6 && width % (most - 1) == 0 ? most - 1
            : most == 8 && width % (most - 1) == 0 ? most - 1
            : most > 8 && width % (most - 2) == 0 ? most - 2
            : most > 8 && width % (most - 4) == 0 ? most - 4
            : most > 8 && width % (most - 6) == 0 ? most - 6
            : 0;
        if (columns > 0)
            return (columns, width / columns, 0);

        int fewest = (width + most - 1) / most, ceiling = (width + fewest - 1) / fewest, narrow = fewest * ceiling - width;
        return (ceiling, fewest - narrow, narrow);
    }
}
