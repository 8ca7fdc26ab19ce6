namespace MobileNetGen.Runtime.Kernels;

/// <summary>A convolution of bytes, pointwise or of the windows of a larger kernel, and the addition that may follow it.</summary>
internal readonly unsafe struct ByteConvolution
{
    public required FeatureMap<byte> Input { get; init; }

    public required FeatureMap<byte> Output { get; init; }

    /// <summary>The right operand of an addition whose left one is the convolution; no map where its origin is null.</summary>
    public FeatureMap<byte> Residual { get; init; }

    public QuantizedAdd Add { get; init; }

    /// <summary>Panels of 16 outputs: plain, as <see cref="PanelLayout"/> has them, or packed for 16 bits.</summary>
    public required sbyte* Weights { get; init; }

    /// <summary>What each block of outputs is requantised with.</summary>
    public required int* Rescaling { get; init; }

    public required Requantization Requantization { get; init; }

    /// <summary>0 for plain panels; else the entries of the panel that has most.</summary>
    public int SixteenBitEntries { get; init; }

    /// <summary>Whether 16-bit panels may have batches of three.</summary>
    public bool HasThrees { get; init; }

    /// <summary>Side of the square window.</summary>
    public int Kernel { get; init; } = 1;

    public int Stride { get; init; } = 1;

    public int PadTop { get; init; }

    public int PadLeft { get; init; }

    /// <summary>Elements of an input pixel in a block.</summary>
    public int Lanes { get; init; } = 16;

    /// <summary>Input channels / 4, rounded up.</summary>
    public int Groups { get; init; }

    /// <summary>Output columns.</summary>
    public required int Width { get; init; }

    public required int OutputBlocks { get; init; }

    public required int FirstRow { get; init; }

    public required int RowCount { get; init; }

    public ByteConvolution()
    {
    }

    /// <summary>Elements from the window of an output pixel to that of the next.</summary>
    public int Step => Stride * Lanes;

    /// <summary>Entries of a plain panel.</summary>
    public int PlainEntries => Kernel * Kernel * Groups;

    /// <summary>The input row where the windows of an output row begin.</summary>
    public int InputRow(int row) => row * Stride - PadTop;
}
