using System;

namespace MobileNetGen.Runtime;

/// <summary>
/// What every generated class has, for code that works with any of them: <c>void Warm&lt;T&gt;() where T : IImageNetwork&lt;T&gt;</c>. There are no objects of a generated
/// class: its members are static, and it is named as a type argument.
/// </summary>
/// <typeparam name="TSelf">The generated class.</typeparam>
public interface IImageNetwork<TSelf> where TSelf : IImageNetwork<TSelf>
{
    /// <summary>The images that the network takes, and how others are brought to that.</summary>
    static abstract ImageInput Input { get; }

    /// <summary>The class names: of a classifier in the order of the scores, of a detector by the index that detections have. Empty where the description names none.</summary>
    static abstract ReadOnlySpan<string> Labels { get; }
}
