namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// A convolution as its register tiles see it: for each kernel row and column, runs of consecutive input values that meet consecutive weights.
/// A pointwise layer has one row, one column and a run for each block of 16 channels; an unblocked input, whose pixels are neighbours, joins
/// the columns of a kernel row into one run.
/// </summary>
internal readonly unsafe struct ConvolutionOperands
{
    public required FeatureMap<float> Input { get; init; }

    public required FeatureMap<float> Output { get; init; }

    /// <summary>What is added to the sums; no map where its origin is null.</summary>
    public required FeatureMap<float> Residual { get; init; }

    /// <summary>[outputs/16][Panel/16][16], and [Panel/16, to an even number][8] for half a block.</summary>
    public required float* Weights { get; init; }

    /// <summary>[outputs/16][16].</summary>
    public required float* Bias { get; init; }

    /// <summary>For each kernel row and column, what the first of some tiles sees there: a table that those tiles fill.</summary>
    public required float** Windows { get; init; }

    public required int KernelRows { get; init; }

    public required int KernelColumns { get; init; }

    /// <summary>Input values that meet weights at each kernel row and column.</summary>
    public required int Inputs { get; init; }

    /// <summary>The most of them that lie side by side; the next ones are one block further.</summary>
    public required int Run { get; init; }

    /// <summary>Elements from one kernel column to the next.</summary>
    public required int Lanes { get; init; }

    /// <summary>Elements from the window of one output pixel to that of the next.</summary>
    public required int Step { get; init; }

    /// <summary>Elements from column 0 of the input to the window of output column 0.</summary>
    public required int InputColumn { get; init; }

    public required int Stride { get; init; }

    public required int PadTop { get; init; }

    /// <summary>Output columns.</summary>
    public required int Width { get; init; }

    /// <summary>Output channels: whole blocks, and 8 more where of the last one only a half is used.</summary>
    public required int OutputChannels { get; init; }

    public required int FirstRow { get; init; }

    public required int RowCount { get; init; }

    /// <summary>Weights of a block of 16 outputs.</summary>
    public nint Panel => (nint)KernelRows * KernelColumns * Inputs * 16;

    /// <summary>The numbers of the activation.</summary>
    public required float First { get; init; }

    public required float Second { get; init; }

    /// <summary>Whether windows are 3×3 with stride 2, of unblocked pixels of three values.</summary>
    public bool IsStem => KernelRows == 3 && KernelColumns == 1 && Inputs == 9 && Step == 6;

    /// <summary>Kernel rows and columns that are walked one by one.</summary>
    public int WindowCount => KernelRows * KernelColumns;
}
