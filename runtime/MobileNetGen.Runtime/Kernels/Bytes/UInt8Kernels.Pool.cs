using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Pools over the whole map. Each has a form by bands of rows, in order from row 0 on, whose sums, [blocks][16], belong to the kernel from the first band to the last, which alone writes
/// the output: as sums are integers, its bytes are those of the whole map at once.
/// </summary>
public static unsafe partial class UInt8Kernels
{
    /// <summary>TensorFlow Lite's AVERAGE_POOL_2D over the whole map, uint8: (Σ q + n/2) / n with n = height·width.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">[blocks][16].</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AveragePoolUInt8(FeatureMap<byte> input, byte* output, int height, int width, int blocks, byte min, byte max)
        => AveragePoolUInt8(input, null, output, height, width, blocks, 0, height, min, max);

    /// <summary>The same by bands of rows.</summary>
    /// <param name="input">The input.</param>
    /// <param name="sums">[blocks][16]; null where a band is the whole map.</param>
    /// <param name="output">[blocks][16].</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row of the band; 0 begins the sums.</param>
    /// <param name="rowCount">How many rows; where they end with the input's, the output is written.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AveragePoolUInt8(FeatureMap<byte> input, int* sums, byte* output, int height, int width, int blocks, int firstRow, int rowCount, byte min, byte max)
        => Pool(input, sums, output, height, width, blocks, firstRow, rowCount, new UnsignedAverage(height * width, min, max));

    /// <summary>TensorFlow Lite's AVERAGE_POOL_2D over the whole map, int8: the mean of q − 128, halves away from zero.</summary>
    /// <param name="input">The input, stored as q + 128.</param>
    /// <param name="output">[blocks][16], stored as q + 128.</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="min">Lower end of the activation, as stored.</param>
    /// <param name="max">Upper end of the activation, as stored.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AveragePoolInt8(FeatureMap<byte> input, byte* output, int height, int width, int blocks, byte min, byte max)
        => AveragePoolInt8(input, null, output, height, width, blocks, 0, height, min, max);

    /// <summary>The same by bands of rows.</summary>
    /// <param name="input">The input, stored as q + 128.</param>
    /// <param name="sums">[blocks][16]; null where a band is the whole map.</param>
    /// <param name="output">[blocks][16], stored as q + 128.</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row of the band; 0 begins the sums.</param>
    /// <param name="rowCount">How many rows; where they end with the input's, the output is written.</param>
    /// <param name="min">Lower end of the activation, as stored.</param>
    /// <param name="max">Upper end of the activation, as stored.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AveragePoolInt8(FeatureMap<byte> input, int* sums, byte* output, int height, int width, int blocks, int firstRow, int rowCount, byte min, byte max)
        => Pool(input, sums, output, height, width, blocks, firstRow, rowCount, new SignedAverage(height * width, min, max));

    /// <summary>
    /// TensorFlow Lite's MEAN over height and width, int8, dimensions kept: a = Σ (q − input zero point); rescaled, rounding twice; divided by
    /// height·width, halves away from zero; plus the output zero point.
    /// </summary>
    /// <param name="input">The input, stored as q + 128.</param>
    /// <param name="output">[blocks][16], stored as q + 128.</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="inputZeroPoint">Zero point of the input as stored.</param>
    /// <param name="multiplier">Of input scale / output scale.</param>
    /// <param name="shift">Of input scale / output scale.</param>
    /// <param name="outputZeroPoint">Zero point of the output as stored.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanInt8(FeatureMap<byte> input, byte* output, int height, int width, int blocks, int inputZeroPoint, int multiplier, int shift, int outputZeroPoint)
        => MeanInt8(input, null, output, height, width, blocks, 0, height, inputZeroPoint, multiplier, shift, outputZeroPoint);

    /// <summary>The same by bands of rows.</summary>
    /// <param name="input">The input, stored as q + 128.</param>
    /// <param name="sums">[blocks][16]; null where a band is the whole map.</param>
    /// <param name="output">[blocks][16], stored as q + 128.</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row of the band; 0 begins the sums.</param>
    /// <param name="rowCount">How many rows; where they end with the input's, the output is written.</param>
    /// <param name="inputZeroPoint">Zero point of the input as stored.</param>
    /// <param name="multiplier">Of input scale / output scale.</param>
    /// <param name="shift">Of input scale / output scale.</param>
    /// <param name="outputZeroPoint">Zero point of the output as stored.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanInt8(FeatureMap<byte> input, int* sums, byte* output, int height, int width, int blocks, int firstRow, int rowCount,
        int inputZeroPoint, int multiplier, int shift, int outputZeroPoint)
        => Pool(input, sums, output, height, width, blocks, firstRow, rowCount, new SignedMean(height * width, inputZeroPoint, multiplier, shift, outputZeroPoint));

    /// <summary>TensorFlow Lite's MEAN over height and width, uint8: rescale(Σ q) + bias, rounding twice.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">[blocks][16].</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="multiplier">Of input scale / (height·width·output scale).</param>
    /// <param name="shift">Of input scale / (height·width·output scale).</param>
    /// <param name="bias">Output zero point − round(input zero point·input scale / output scale).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanUInt8(FeatureMap<byte> input, byte* output, int height, int width, int blocks, int multiplier, int shift, int bias)
        => MeanUInt8(input, null, output, height, width, blocks, 0, height, multiplier, shift, bias);

    /// <summary>The same by bands of rows.</summary>
    /// <param name="input">The input.</param>
    /// <param name="sums">[blocks][16]; null where a band is the whole map.</param>
    /// <param name="output">[blocks][16].</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row of the band; 0 begins the sums.</param>
    /// <param name="rowCount">How many rows; where they end with the input's, the output is written.</param>
    /// <param name="multiplier">Of input scale / (height·width·output scale).</param>
    /// <param name="shift">Of input scale / (height·width·output scale).</param>
    /// <param name="bias">Output zero point − round(input zero point·input scale / output scale).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanUInt8(FeatureMap<byte> input, int* sums, byte* output, int height, int width, int blocks, int firstRow, int rowCount, int multiplier, int shift, int bias)
        => Pool(input, sums, output, height, width, blocks, firstRow, rowCount, new UnsignedMean(multiplier, shift, bias));

    /// <summary>TensorFlow Lite's MAX_POOL_2D or REDUCE_MAX over the whole map: the largest byte, whose meaning is the input's.</summary>
    /// <param name="input">The input; int8 bytes stored as q + 128, which keeps their order.</param>
    /// <param name="output">[blocks][16].</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxPool(FeatureMap<byte> input, byte* output, int height, int width, int blocks)
    {
        for (int block = 0; block < blocks; block++, output += Lanes)
        {
            Vector128<byte> greatest = Vector128<byte>.Zero;
            for (int y = 0; y < height; y++)
            {
                byte* pixel = input.Row(y) + (nint)block * input.BlockStride;
                for (int x = 0; x < width; x++, pixel += Lanes)
                    greatest = Vector128.Max(greatest, Vector128.Load(pixel));
            }
            greatest.Store(output);
        }
    }

    /// <summary>From a channel's sum to its byte.</summary>
    private interface IPooling
    {
        byte ToByte(int sum);
    }

    private readonly struct UnsignedAverage(int count, byte min, byte max) : IPooling
    {
        public byte ToByte(int sum) => (byte)Math.Clamp((sum + count / 2) / count, min, max);
    }

    private readonly struct SignedAverage(int count, byte min, byte max) : IPooling
    {
        public byte ToByte(int sum) => (byte)Math.Clamp(DivideAwayFromZero(sum - 128 * count, count) + 128, min, max);
    }

    private readonly struct SignedMean(int count, int inputZeroPoint, int multiplier, int shift, int outputZeroPoint) : IPooling
    {
        public byte ToByte(int sum) => (byte)Math.Clamp(DivideAwayFromZero(Requantize.RescaleTwice(sum - inputZeroPoint * count, multiplier, shift), count) + outputZeroPoint, 0, 255);
    }

    private readonly struct UnsignedMean(int multiplier, int shift, int bias) : IPooling
    {
        public byte ToByte(int sum) => (byte)Math.Clamp(Requantize.RescaleTwice(sum, multiplier, shift) + bias, 0, 255);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pool<TPooling>(FeatureMap<byte> input, int* sums, byte* output, int height, int width, int blocks, int firstRow, int rowCount, TPooling pooling)
        where TPooling : struct, IPooling
    {
        int* own = stackalloc int[Lanes];
        for (int block = 0; block < blocks; block++, output += Lanes)
        {
            int* blockSums = sums == null ? own : sums + block * Lanes;
            if (firstRow == 0)
                new Span<int>(blockSums, Lanes).Clear();
            SumBlock(input, width, block, firstRow, rowCount, blockSums);
            for (int lane = 0; lane < Lanes && firstRow + rowCount == height; lane++)
                output[lane] = pooling.ToByte(blockSums[lane]);
        }
    }

    /// <summary>Adds up the 16 channels of a block, in 16 bits over at most 256 pixels, then in 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumBlock(FeatureMap<byte> input, int width, int block, int firstRow, int rowCount, int* sums)
    {
        // Of two neighbouring pixels each.
        Vector256<ushort> few = Vector256<ushort>.Zero, others = few;
        int room = 256;
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            byte* pixel = input.Row(y) + (nint)block * input.BlockStride;
            for (int remaining = width, run; remaining > 0; remaining -= run, room -= run)
            {
                if (room == 0)
                {
                    Add(few, sums);
                    Add(others, sums);
                    (few, others, room) = (Vector256<ushort>.Zero, Vector256<ushort>.Zero, 256);
                }
                run = Math.Min(remaining, room);
                byte* end = pixel + run * Lanes;
                for (; pixel + Lanes < end; pixel += 2 * Lanes)
                {
                    few += Widen(pixel);
                    others += Widen(pixel + Lanes);
                }
                if (pixel < end)
                {
                    few += Widen(pixel);
                    pixel = end;
                }
            }
        }
        Add(few, sums);
        Add(others, sums);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<ushort> Widen(byte* pixel)
        {
            if (Avx2.IsSupported)
                return Avx2.ConvertToVector256Int16(pixel).AsUInt16();
            (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(Vector128.Load(pixel));
            return Vector256.Create(lower, upper);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Add(Vector256<ushort> few, int* sums)
        {
            (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(few);
            (Vector256.Load(sums) + lower.AsInt32()).Store(sums);
            (Vector256.Load(sums + 8) + upper.AsInt32()).Store(sums + 8);
        }
    }

    private static int DivideAwayFromZero(int value, int count) => (value > 0 ? value + count / 2 : value - count / 2) / count;
}
