namespace MobileNetGen.Teaching;

/// <summary>How far teaching is.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">How much of it is done, 0 to 1.</param>
public readonly record struct TeachingProgress(TeachingStage Stage, double Done);

/// <summary>What takes long.</summary>
public enum TeachingStage
{
    /// <summary>Photographs go through the network, but those whose features are known.</summary>
    Features,

    /// <summary>Classifiers are fitted and judged by photographs that they have not seen.</summary>
    CrossValidation,

    /// <summary>The classifier is fitted to all photographs.</summary>
    Fit,
}
