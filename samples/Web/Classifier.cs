using System;

namespace MobileNetGen.Samples.Web;

/// <summary>A generated class as an object, so that one of several can be chosen while the page runs.</summary>
internal abstract class Classifier
{
    public abstract string Name { get; }

    public abstract ImageInput Input { get; }

    /// <summary>One name a class, or none at all.</summary>
    public abstract string[] Labels { get; }

    /// <summary>Scores all classes of an image of the network's size.</summary>
    public abstract float[] Run(ReadOnlySpan<byte> pixels);
}

internal sealed class Classifier<TNetwork> : Classifier where TNetwork : IImageClassifier<TNetwork>
{
    public override string Name => typeof(TNetwork).Name;

    public override ImageInput Input => TNetwork.Input;

    public override string[] Labels => TNetwork.Labels.ToArray();

    public override float[] Run(ReadOnlySpan<byte> pixels)
    {
        var scores = new float[TNetwork.OutputLength];
        TNetwork.Run(pixels, scores);
        return scores;
    }
}
