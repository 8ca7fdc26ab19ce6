using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>Adds two maps of one shape: clamp(left + right).</summary>
    /// <param name="left">One map.</param>
    /// <param name="right">The other.</param>
    /// <param name="output">The sum; it may be the memory of either.</param>
    /// <param name="width">Columns.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(FeatureMap<float> left, FeatureMap<float> right, FeatureMap<float> output, int width, int blocks, int firstRow, int rowCount, float min, float max)
    {
        Vector128<float> low = Vector128.Create(min), high = Vector128.Create(max);
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            for (int block = 0; block < blocks; block++)
            {
                float* a = left.Row(y) + (nint)block * left.BlockStride;
                float* b = right.Row(y) + (nint)block * right.BlockStride;
                float* sum = output.Row(y) + (nint)block * output.BlockStride;
                for (int i = 0; i < width * Lanes; i += 4)
                    Clamp(Vector128.Load(a + i) + Vector128.Load(b + i), low, high).Store(sum + i);
            }
        }
    }
}
