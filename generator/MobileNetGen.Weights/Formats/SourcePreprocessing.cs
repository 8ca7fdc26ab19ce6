using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats;

/// <summary>Arithmetic with constants that a file states before its first layer: factor · x + offset, which the language calls <c>normalize</c>.</summary>
/// <param name="Place">Where the last part of it is in the file, for messages.</param>
/// <param name="Factors">One a channel of the input.</param>
/// <param name="Offsets">One a channel of the input.</param>
/// <param name="TakesPixels">Whether x is certainly a pixel, 0 to 255, because the file's input is bytes; else that is to be told by the numbers.</param>
public sealed record SourcePreprocessing(string Place, ImmutableArray<double> Factors, ImmutableArray<double> Offsets, bool TakesPixels);
