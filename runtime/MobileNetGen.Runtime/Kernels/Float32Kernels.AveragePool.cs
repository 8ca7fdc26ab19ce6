using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>The mean of every channel over the whole map.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">[blocks][16].</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="blocks">Channels / 16, rounded up.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AveragePool(FeatureMap<float> input, float* output, int height, int width, int blocks, float min, float max)
    {
        Vector128<float> low = Vector128.Create(min), high = Vector128.Create(max), count = Vector128.Create((float)(height * width));
        for (int block = 0; block < blocks; block++, output += Lanes)
        {
            Vector128<float> a = default, b = default, c = default, d = default;
            for (int y = 0; y < height; y++)
            {
                float* pixel = input.Row(y) + (nint)block * input.BlockStride;
                for (int x = 0; x < width; x++, pixel += Lanes)
                {
                    a += Vector128.Load(pixel);
                    b += Vector128.Load(pixel + 4);
                    c += Vector128.Load(pixel + 8);
                    d += Vector128.Load(pixel + 12);
                }
            }
            Clamp(a / count, low, high).Store(output);
            Clamp(b / count, low, high).Store(output + 4);
            Clamp(c / count, low, high).Store(output + 8);
            Clamp(d / count, low, high).Store(output + 12);
        }
    }
}
