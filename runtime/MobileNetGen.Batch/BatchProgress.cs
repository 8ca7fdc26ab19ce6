namespace MobileNetGen.Batch;

/// <summary>How far a run is. How many photographs there are, nobody knows before the last.</summary>
/// <param name="Rows">Rows so far, errors among them.</param>
/// <param name="Errors">Photographs that could not be read.</param>
/// <param name="Resumed">Rows that an earlier run had left.</param>
public readonly record struct BatchProgress(long Rows, long Errors, long Resumed)
{
    /// <summary>With one more row.</summary>
    internal BatchProgress With(BatchRow row) => this with { Rows = Rows + 1, Errors = Errors + (row.Error is null ? 0 : 1) };
}
