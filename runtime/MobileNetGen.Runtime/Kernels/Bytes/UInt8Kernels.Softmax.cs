using System;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>
    /// TensorFlow Lite's softmax by table, to outputs of scale 1/256 and zero point 0 (−128 for int8, which is 0 as stored): p = table value
    /// × 1 / (sum / 256), where the sum is taken in order, in float32.
    /// </summary>
    /// <param name="input">[count] logits; int8 ones stored as q + 128.</param>
    /// <param name="output">[count] probabilities; it may be the input's memory.</param>
    /// <param name="count">Classes, at least 1.</param>
    /// <param name="table">table[255 − k] = exp(−scale·beta·k), 256 entries.</param>
    /// <param name="signed">int8 rounds halves away from zero, uint8 adds 0.5 and cuts: not the same for 0.5 less one bit.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(byte* input, byte* output, int count, float* table, bool signed)
    {
        byte maximum = 0;
        for (int i = 0; i < count; i++)
            maximum = Math.Max(maximum, input[i]);

        float* shifted = table + (255 - maximum);
        float sum = 0;
        for (int i = 0; i < count; i++)
            sum += shifted[input[i]];

        float inverse = 1f / (sum * (1f / 256));
        for (int i = 0; i < count; i++)
        {
            float probability = shifted[input[i]] * inverse;
            int rounded = signed ? (int)MathF.Round(probability, MidpointRounding.AwayFromZero) : (int)(probability + 0.5f);
            output[i] = (byte)Math.Clamp(rounded, 0, 255);
        }
    }
}
