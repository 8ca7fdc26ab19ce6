namespace MobileNetGen.Batch;

/// <summary>How a run ended.</summary>
/// <param name="Output">The file with its rows.</param>
/// <param name="Rows">How many there are, errors among them.</param>
/// <param name="Errors">How many photographs could not be read.</param>
/// <param name="Resumed">How many rows an earlier run of the same job had left; all of them, where it had ended.</param>
public sealed record BatchSummary(string Output, long Rows, long Errors, long Resumed);
