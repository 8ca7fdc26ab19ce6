using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Neighbouring register tiles of one output row, or of two rows of which each tile takes half.</summary>
internal readonly unsafe struct TileRow
{
    private const int Lanes = 16;

    /// <param name="operands">The convolution.</param>
    /// <param name="y">The output row, or the upper of two.</param>
    /// <param name="rows">1, or 2 where a window is one row.</param>
    /// <param name="column">The first output column of the first tile.</param>
    /// <param name="tileColumns">Output columns of a tile.</param>
    /// <param name="tiles">How many tiles.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TileRow(in ConvolutionOperands operands, int y, int rows, int column, int tileColumns, int tiles)
    {
        FeatureMap<float> input = operands.Input, output = operands.Output, residual = operands.Residual;
        int half = (tileColumns + 1) / 2, inputRow = y * operands.Stride - operands.PadTop;
        TileColumns = tileColumns;
        Columns = tileColumns * tiles;
        InputHalf = half * operands.Step;
        OutputHalf = ResidualHalf = half * Lanes;
        for (int i = 0, window = 0; i < operands.KernelRows || i < rows; i++)
        {
            float* seen = input.Row(inputRow + (rows == 1 ? i : i * operands.Stride)) + operands.InputColumn + (nint)column * operands.Step;
            if (i < rows)
            {
                float* written = output.Row(y + i) + (nint)column * Lanes, added = residual.Row(y + i) + (nint)column * Lanes;
                if (i == 0)
                {
                    Output = written;
                    Residual = added;
                }
                else
                {
                    InputHalf = (nint)(seen - operands.Windows[0]);
                    OutputHalf = (nint)(written - Output);
                    ResidualHalf = (nint)(added - Residual);
                    return;
                }
            }

            for (int j = 0; j < operands.KernelColumns; j++, window++)
                operands.Windows[window] = seen + j * operands.Lanes;
        }
    }

    /// <summary>The first tile's first output.</summary>
    public float* Output { get; }

    /// <summary>What is added to it, if anything is.</summary>
    public float* Residual { get; }

    /// <summary>Output columns of a tile.</summary>
    public int TileColumns { get; }

    /// <summary>Output columns of all tiles.</summary>
    public int Columns { get; }

    /// <summary>Elements from a tile's first window to that of its second half.</summary>
    public nint InputHalf { get; }

    /// <summary>Elements from a tile's first output to that of its second half.</summary>
    public nint OutputHalf { get; }

    /// <summary>The same in the residual.</summary>
    public nint ResidualHalf { get; }
}
