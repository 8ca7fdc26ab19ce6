using System.Collections.Immutable;
using MobileNetGen.Teaching;

namespace MobileNetGen.Tool.Teach;

/// <summary>What was taught, for scripts.</summary>
/// <param name="ClassName">The class that a build makes of it.</param>
/// <param name="Description">The description.</param>
/// <param name="Weights">Its weights.</param>
/// <param name="Labels">Its labels file.</param>
/// <param name="Features">The file that keeps features and what was taught.</param>
/// <param name="Report">The page, if one was written.</param>
/// <param name="Base">The network whose layers it has.</param>
/// <param name="BaseWasQuantized">Whether the base's bytes were made real numbers.</param>
/// <param name="Classes">The classes, in the order of the outputs.</param>
/// <param name="UnknownBelow">The threshold, or null.</param>
/// <param name="UnknownClass">The class of unknown photographs, or null.</param>
/// <param name="Checked">Photographs for which the class's probabilities were compared with those of the fit.</param>
/// <param name="LargestDifference">The largest difference of these probabilities.</param>
/// <param name="Estimate">How good it is.</param>
/// <param name="Int8">The int8 form, if one was made.</param>
/// <param name="Notes">What a user should know of the base.</param>
internal sealed record TeachResult(
    string ClassName,
    string Description,
    string Weights,
    string Labels,
    string Features,
    string? Report,
    string Base,
    bool BaseWasQuantized,
    ImmutableArray<string> Classes,
    decimal? UnknownBelow,
    string? UnknownClass,
    int Checked,
    double LargestDifference,
    TeachingEstimate Estimate,
    Int8Result? Int8,
    ImmutableArray<string> Notes);

/// <summary>An int8 form beside the float32 one, both on photographs that were taught: what counts is the difference.</summary>
/// <param name="ClassName">Its class.</param>
/// <param name="Description">Its description.</param>
/// <param name="Weights">Its weights.</param>
/// <param name="Photographs">On how many photographs.</param>
/// <param name="Accuracy">The share of them whose class it finds.</param>
/// <param name="Float32Accuracy">The share whose class the float32 one finds.</param>
/// <param name="Agreement">The share for which both give the same class.</param>
internal sealed record Int8Result(string ClassName, string Description, string Weights, int Photographs, double Accuracy, double Float32Accuracy, double Agreement);
