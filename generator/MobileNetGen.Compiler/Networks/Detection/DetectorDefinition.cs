using System.Collections.Generic;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Networks.Detection;

/// <summary>The block of a detector, evaluated but independent of α and resolution.</summary>
/// <param name="Maps">Its maps.</param>
/// <param name="Coder">How boxes are written.</param>
/// <param name="Scores">What makes probabilities of scores.</param>
/// <param name="Suppression">Which boxes are kept.</param>
/// <param name="Span">Where messages about all of it point.</param>
internal sealed record DetectorDefinition(IReadOnlyList<MapDefinition> Maps, BoxCoder Coder, ScoreFunction Scores, Suppression Suppression, TextSpan Span);

/// <summary>A line <c>map</c>.</summary>
/// <param name="Map">The layer, as written.</param>
/// <param name="Sizes">The boxes on a cell.</param>
/// <param name="Step">Pixels from one cell to the next, if said.</param>
/// <param name="IsClipped">Whether anchors are clipped.</param>
/// <param name="Predictor">Its predictors.</param>
/// <param name="Source">The line, for comments.</param>
/// <param name="Span">Where it stands in the user's file.</param>
internal sealed record MapDefinition(Token Map, EquatableArray<AnchorSize> Sizes, decimal? Step, bool IsClipped, PredictorDefinition Predictor, string Source, TextSpan Span);

/// <summary>What predicts the boxes and the scores of a map: a convolution each, or a depthwise layer and a pointwise one.</summary>
/// <param name="Kernel">Side of the filter.</param>
/// <param name="IsSeparable">Whether a depthwise layer has that filter.</param>
internal sealed record PredictorDefinition(int Kernel, bool IsSeparable);
