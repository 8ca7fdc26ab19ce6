using System;

namespace MobileNetGen.Runtime.Tests.Kernels;

/// <summary>The operations as their definitions read, on [height, width, channel].</summary>
internal static class NaiveFloat32
{
    public static float[,,] Convolution(float[,,] input, float[,,,] weights, float[] bias, Window window, float[,,]? residual, Func<float, float> activation)
    {
        var output = new float[window.OutputHeight, window.OutputWidth, bias.Length];
        for (int y = 0; y < window.OutputHeight; y++)
            for (int x = 0; x < window.OutputWidth; x++)
                for (int o = 0; o < bias.Length; o++)
                {
                    float sum = bias[o];
                    for (int i = 0; i < window.Kernel; i++)
                        for (int j = 0; j < window.Kernel; j++)
                            for (int c = 0; c < input.GetLength(2); c++)
                                sum += At(input, y * window.Stride - window.Top + i, x * window.Stride - window.Left + j, c) * weights[o, i, j, c];
                    if (residual is not null)
                        sum += residual[y, x, o];
                    output[y, x, o] = activation(sum);
                }
        return output;
    }

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
                            sum += At(input, y * window.Stride - window.Top + i, x * window.Stride - window.Left + j, o / multiplier) * weights[i, j, o];
                    output[y, x, o] = activation(sum);
                }
        return output;
    }

    private static float At(float[,,] input, int y, int x, int c)
        => y < 0 || y >= input.GetLength(0) || x < 0 || x >= input.GetLength(1) ? 0 : input[y, x, c];
}
