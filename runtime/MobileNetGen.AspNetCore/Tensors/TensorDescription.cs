namespace MobileNetGen.AspNetCore.Tensors;

/// <summary>What a model says of a tensor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Shape">Its lengths; −1 where a request decides.</param>
/// <param name="HasClasses">Whether the last axis has a score for each class, of which a request may ask for the best alone.</param>
internal sealed record TensorDescription(string Name, DataType Type, int[] Shape, bool HasClasses = false);
