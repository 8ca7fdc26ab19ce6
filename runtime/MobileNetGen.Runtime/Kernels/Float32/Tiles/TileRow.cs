using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Neighbouring register tiles of one output row, or of two.</summary>
internal readonly unsafe struct TileRow
{
    private const int Lanes = BlobLayout.Lanes;

    /// <param name="operands">The convolution.</param>
    /// <param name="y">The output row, or the upper of two.</param>
    /// <param name="column">The first output column of the first tile.</param>
    /// <param name="tileColumns">Output columns of a tile.</param>
    /// <param name="tiles">How many tiles a row has.</param>
    /// <param name="split">What is computed at once; two rows only where a window is one row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TileRow(in ConvolutionOperands operands, int y, int column, int tileColumns, int tiles, TileSplit split)
    {
        FeatureMap<float> input = operands.Input, output = operands.Output, residual = operands.Residual;
        int inputRow = y * operands.Stride - operands.PadTop, half = (tileColumns + 1) / 2;
        nint inputColumn = operands.InputColumn + (nint)column * operands.Step, outputColumn = (nint)column * Lanes;
        for (int i = 0, window = 0; i < operands.KernelRows; i++)
        {
            float* seen = input.Row(inputRow + i) + inputColumn;
            for (int j = 0; j < operands.KernelColumns; j++, window++)
                operands.Windows[window] = seen + j * operands.Lanes;
        }
        Output = output.Row(y) + outputColumn;
        Residual = residual.Row(y) + outputColumn;
        Columns = tileColumns * tiles;
        Step = split == TileSplit.SecondBeside ? 2 * tileColumns : tileColumns;
        InputHalf = half * operands.Step;
        OutputHalf = ResidualHalf = half * Lanes;
        InputSecond = tileColumns * operands.Step;
        OutputSecond = ResidualSecond = tileColumns * Lanes;
        if (split is TileSplit.None or TileSplit.SecondBeside)
            return;

        nint inputBelow = (nint)(input.Row(inputRow + operands.Stride) + inputColumn - operands.Windows[0]);
        nint outputBelow = (nint)(output.Row(y + 1) + outputColumn - Output), residualBelow = (nint)(residual.Row(y + 1) + outputColumn - Residual);
        if (split == TileSplit.HalfBelow)
        {
            InputHalf = inputBelow;
            OutputHalf = outputBelow;
            ResidualHalf = residualBelow;
        }
        else
        {
            InputSecond = inputBelow;
            OutputSecond = outputBelow;
            ResidualSecond = residualBelow;
        }
    }

    /// <summary>The first tile's first output.</summary>
    public float* Output { get; }

    /// <summary>What is added to it, if anything is.</summary>
    public float* Residual { get; }

    /// <summary>Output columns of all tiles of a row.</summary>
    public int Columns { get; }

    /// <summary>Output columns from what is computed at once to what comes next.</summary>
    public int Step { get; }

    /// <summary>Elements from a tile's first window to that of its second half.</summary>
    public nint InputHalf { get; }

    /// <summary>Elements from a tile's first output to that of its second half.</summary>
    public nint OutputHalf { get; }

    /// <summary>The same in the residual.</summary>
    public nint ResidualHalf { get; }

    /// <summary>Elements from the first window of one of two tiles to that of the other.</summary>
    public nint InputSecond { get; }

    /// <summary>Elements from the first output of one of two tiles to that of the other.</summary>
    public nint OutputSecond { get; }

    /// <summary>The same in the residual.</summary>
    public nint ResidualSecond { get; }
}
