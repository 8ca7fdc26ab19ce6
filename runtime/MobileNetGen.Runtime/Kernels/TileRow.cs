namespace MobileNetGen.Runtime.Kernels;

/// <summary>Neighbouring register tiles of one output row, or of two rows of which each tile takes half.</summary>
/// <param name="Row">The output row, or the upper of two.</param>
/// <param name="Column">The first output column of the first tile.</param>
/// <param name="TileColumns">Output columns of a tile.</param>
/// <param name="InputHalf">Elements from a tile's first window to that of its second half.</param>
/// <param name="OutputHalf">Elements from a tile's first output to that of its second half.</param>
/// <param name="ResidualHalf">The same in the residual.</param>
internal readonly record struct TileRow(int Row, int Column, int TileColumns, nint InputHalf, nint OutputHalf, nint ResidualHalf)
{
    private const int Lanes = 16;

    public static TileRow OfOne(in ConvolutionOperands operands, int row, int column, int tileColumns)
    {
        int half = (tileColumns + 1) / 2;
        return new TileRow(row, column, tileColumns, half * operands.Step, half * Lanes, half * Lanes);
    }

    /// <summary>Requires windows of one row.</summary>
    public static TileRow OfTwo(in ConvolutionOperands operands, int row, int column, int tileColumns)
        => new(row, column, tileColumns,
            Distance(operands.Input, operands.InputRow(row), operands.InputRow(row + 1)),
            Distance(operands.Output, row, row + 1),
            Distance(operands.Residual, row, row + 1));

    private static unsafe nint Distance(FeatureMap<float> map, int from, int to) => (nint)(map.Row(to) - map.Row(from));
}
