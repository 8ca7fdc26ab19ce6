using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MobileNetGen.Runtime.Tests.Kernels;

/// <summary>The operations as their definitions read, on [height, width, channel]. They take most of the tests' time, so padding is left out by whole pixels, and they are compiled optimised at once.</summary>
internal static class NaiveFloat32
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float[,,] Convolution(float[,,] input, float[,,,] weights, float[] bias, Window window, float[,,]? residual, Func<float, float> activation)
    {
        int channels = input.GetLength(2);
        var output = new float[window.OutputHeight, window.OutputWidth, bias.Length];
        for (int y = 0; y < window.OutputHeight; y++)
            for (int x = 0; x < window.OutputWidth; x++)
                for (int o = 0; o < bias.Length; o++)
                {
                    float sum = bias[o];
                    for (int i = 0; i < window.Kernel; i++)
                        for (int j = 0; j < window.Kernel; j++)
                        {
                            (int row, int column) = window.Pixel(y, x, i, j);
                            if (!window.Contains(row, column))
                                continue;
                            ReadOnlySpan<float> pixel = MemoryMarshal.CreateReadOnlySpan(ref input[row, column, 0], channels), tap = MemoryMarshal.CreateReadOnlySpan(ref weights[o, i, j, 0], channels);
                            for (int c = 0; c < pixel.Length; c++)
                                sum += pixel[c] * tap[c];
                        }
                    if (residual is not null)
                        sum += residual[y, x, o];
                    output[y, x, o] = activation(sum);
                }
        return output;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float[,,] Depthwise(float[,,] input, float[,,] weights, float[] bias, Window window, int multiplier, Func<float, float> activation)
    {
        var output = new float[window.OutputHeight, window.OutputWidth, bias.Length];
        for (int y = 0; y < window.OutputHeight; y++)
            for (int x = 0; x < window.OutputWidth; x++)
                for (int o = 0; o < bias.Length; o++)
                {
                    float sum = bias[o];
                    for (int i = 0; i < window.Kernel; i++)
                        for (int j = 0; j < window.Kernel; j++)
                        {
                            (int row, int column) = window.Pixel(y, x, i, j);
                            if (window.Contains(row, column))
                                sum += input[row, column, o / multiplier] * weights[i, j, o];
                        }
                    output[y, x, o] = activation(sum);
                }
        return output;
    }
}
