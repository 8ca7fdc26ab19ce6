using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>Adds two maps of one shape.</summary>
    /// <param name="left">The left operand.</param>
    /// <param name="right">The right operand.</param>
    /// <param name="output">The sum; it may be the memory of either.</param>
    /// <param name="width">Columns.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="add">Zero points, scales and clamp.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(FeatureMap<byte> left, FeatureMap<byte> right, FeatureMap<byte> output, int width, int blocks, int firstRow, int rowCount, QuantizedAdd add)
        => ByteMachine.Run(new Addition(left, right, output, width, blocks, firstRow, rowCount, add));

    private readonly struct Addition(FeatureMap<byte> left, FeatureMap<byte> right, FeatureMap<byte> output, int width, int blocks, int firstRow, int rowCount, QuantizedAdd add) : IByteKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TVector>() where TVector : struct, IInt32Vector<TVector>
        {
            for (int y = firstRow; y < firstRow + rowCount; y++)
            {
                for (int block = 0; block < blocks; block++)
                {
                    byte* a = left.Row(y) + (nint)block * left.BlockStride;
                    byte* b = right.Row(y) + (nint)block * right.BlockStride;
                    byte* sum = output.Row(y) + (nint)block * output.BlockStride;
                    Requantize.Add<TVector>(a, &b, 0, &sum, 0, 1, width * Lanes, add);
                    if (add.Table != null)
                        MapBytes(sum, sum, width * Lanes, add.Table);
                }
            }
        }
    }
}
