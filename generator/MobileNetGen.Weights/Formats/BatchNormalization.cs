namespace MobileNetGen.Weights.Formats;

/// <summary>A trained batch normalisation: y = γ · (x − mean) / √(variance + ε) + β for each channel.</summary>
/// <param name="Place">Where it is in the file, for messages: "features.0.1".</param>
/// <param name="Gamma">γ, one a channel, or null for 1.</param>
/// <param name="Beta">β, one a channel, or null for 0.</param>
/// <param name="Mean">One a channel.</param>
/// <param name="Variance">One a channel.</param>
/// <param name="Epsilon">ε: the file's own, else the format's default.</param>
public sealed record BatchNormalization(string Place, float[]? Gamma, float[]? Beta, float[] Mean, float[] Variance, double Epsilon)
{
    /// <summary>Whether the file states ε, so that the network's text may not.</summary>
    public bool StatesEpsilon { get; init; }
}
