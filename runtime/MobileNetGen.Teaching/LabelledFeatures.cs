using System;

namespace MobileNetGen.Teaching;

/// <summary>Features of an image whose class is known.</summary>
/// <param name="Label">The class.</param>
/// <param name="Features">The features, finite numbers.</param>
/// <param name="Name">What the estimate calls the image: a file, a key of a database.</param>
public sealed record LabelledFeatures(string Label, ReadOnlyMemory<float> Features, string Name = "");
