using System;

namespace MobileNetGen.Runtime;

/// <summary>What generated code takes from System.Numerics.Tensors, a package, so that a file that stands alone needs no package.</summary>
internal static class TensorPrimitives
{
    /// <summary>The greatest of some bytes, of which there is at least one.</summary>
    public static byte Max(ReadOnlySpan<byte> values)
    {
        byte max = 0;
        foreach (byte value in values)
            max = Math.Max(max, value);
        return max;
    }
}
