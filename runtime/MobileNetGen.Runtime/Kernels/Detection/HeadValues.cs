using System.ComponentModel;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>A detector's encodings or class values, those of all maps one after the other: floats, or bytes of which each stands for (q − zero point) · scale.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct HeadValues
{
    /// <summary>Floats.</summary>
    /// <param name="floats">[anchors][4] or [anchors][columns].</param>
    public HeadValues(float* floats)
    {
        Floats = floats;
        Scale = 1;
    }

    /// <summary>Bytes.</summary>
    /// <param name="bytes">[anchors][4] or [anchors][columns].</param>
    /// <param name="scale">The scale, positive.</param>
    /// <param name="zeroPoint">The zero point as stored.</param>
    public HeadValues(byte* bytes, float scale, int zeroPoint)
    {
        Bytes = bytes;
        Scale = scale;
        ZeroPoint = zeroPoint;
    }

    internal float* Floats { get; }

    internal byte* Bytes { get; }

    internal float Scale { get; }

    internal int ZeroPoint { get; }

    /// <summary>An anchor's values, where they are floats.</summary>
    internal FloatRow FloatRow(int anchor, int columns) => new(Floats + ((nint)anchor * columns), BlobLayout.Lanes, 0);

    /// <summary>An anchor's values, where they are bytes.</summary>
    internal ByteRow ByteRow(int anchor, int columns) => new(Bytes + ((nint)anchor * columns), BlobLayout.Lanes, 0, Scale, ZeroPoint);

    internal float this[nint index] => Floats != null ? Floats[index] : ((float)Bytes[index] - ZeroPoint) * Scale;
}
