namespace MobileNetGen.Runtime.Kernels;

/// <summary>A depthwise convolution, as <see cref="Float32Kernels.Depthwise"/> describes it.</summary>
internal readonly unsafe struct DepthwiseOperands
{
    public required FeatureMap<float> Input { get; init; }

    public required FeatureMap<float> Output { get; init; }

    public required float* Weights { get; init; }

    public required float* Bias { get; init; }

    /// <summary>Side of the square window.</summary>
    public required int Kernel { get; init; }

    /// <summary>For windows of any size: column 0 of every input row that the first output row sees, and so on. 3×3 windows have none.</summary>
    public float** Rows { get; init; }

    public required int Stride { get; init; }

    public required int PadTop { get; init; }

    public required int PadLeft { get; init; }

    public required int Width { get; init; }

    public required int Blocks { get; init; }

    public required int FirstRow { get; init; }

    public required int RowCount { get; init; }

    /// <summary>The numbers of the activation.</summary>
    public required float First { get; init; }

    public required float Second { get; init; }
}
