using System;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Numerics;

namespace MobileNetGen.Weights.Packing;

/// <summary>
/// What becomes of the bytes of a detector's predictors on their way to the caller, as functions of single bytes: TensorFlow Lite's CONCATENATION of all maps, which rescales those whose
/// scale is another, and LOGISTIC behind it. All bytes are in the unsigned domain.
/// </summary>
internal static class HeadTable
{
    /// <summary>CONCATENATION: in single precision, halves away from zero; bytes of an equal scale stay as they are.</summary>
    /// <param name="from">Meaning of the map's bytes.</param>
    /// <param name="to">Meaning of the joined ones.</param>
    public static byte[] Joined(TensorScale from, TensorScale to)
    {
        float scale = from.Scale * (1f / to.Scale), bias = -from.ZeroPoint * scale;
        return Table(q => from == to ? q : (int)MathF.Round((q * scale) + bias, MidpointRounding.AwayFromZero) + to.ZeroPoint);
    }

    /// <summary>LOGISTIC: the function in single precision, then the byte.</summary>
    /// <param name="from">Meaning of the logits.</param>
    /// <param name="to">Meaning of the probabilities.</param>
    public static byte[] Sigmoid(TensorScale from, TensorScale to) => Table(q =>
    {
        float probability = 1f / (1f + (float)DeterministicMath.Exp(-(from.Scale * (q - from.ZeroPoint))));
        return (int)MathF.Round(probability / to.Scale, MidpointRounding.AwayFromZero) + to.ZeroPoint;
    });

    /// <summary>One function after the other.</summary>
    public static byte[] Then(byte[] first, byte[] second) => Table(q => second[first[q]]);

    private static byte[] Table(Func<int, int> function)
    {
        var table = new byte[256];
        for (int q = 0; q < table.Length; q++)
            table[q] = (byte)Math.Clamp(function(q), 0, 255);
        return table;
    }
}
