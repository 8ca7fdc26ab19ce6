namespace MobileNetGen.Runtime.Kernels;

/// <summary>What an output pixel sees of the input, as runs of groups of four channels that lie together: it is walked row by row, each column in it block by block.</summary>
internal readonly struct ConvolutionWindow
{
    /// <param name="kernel">Side of the window.</param>
    /// <param name="lanes">Elements of an input pixel in a block.</param>
    /// <param name="groups">Input channels / 4, rounded up.</param>
    /// <param name="blockStride">From one block of the input to the next.</param>
    public ConvolutionWindow(int kernel, int lanes, int groups, int blockStride)
    {
        Rows = kernel;
        ColumnStep = lanes;
        BlockStride = blockStride;
        BlockGroups = lanes / 4;

        // Pixels that are as wide as their channels lie together: a whole row of the window is one run.
        bool isRun = groups == BlockGroups;
        Columns = isRun ? 1 : kernel;
        Groups = isRun ? kernel * groups : groups;
        if (isRun)
            BlockGroups = Groups;
    }

    /// <summary>Rows of the window.</summary>
    public int Rows { get; }

    /// <summary>Columns that are walked one by one.</summary>
    public int Columns { get; }

    /// <summary>Elements from one column to the next.</summary>
    public nint ColumnStep { get; }

    /// <summary>Groups in a column.</summary>
    public int Groups { get; }

    /// <summary>Groups that lie together.</summary>
    public int BlockGroups { get; }

    /// <summary>Elements from one such block to the next.</summary>
    public nint BlockStride { get; }
}
