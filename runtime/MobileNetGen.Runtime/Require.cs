using System;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MobileNetGen.Runtime;

/// <summary>Argument checks of generated code. Each throws before anything is written, naming the parameter, what was given and what is needed.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Require
{
    /// <summary>Requires an exact length.</summary>
    /// <param name="actual">The length given.</param>
    /// <param name="expected">The length needed.</param>
    /// <param name="parameter">The parameter's name.</param>
    /// <param name="what">What the elements are, such as <c>bytes of a 160×160 RGB image</c>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Length(int actual, int expected, string parameter, string what)
    {
        if (actual != expected)
            ThrowLength(actual, "exactly", expected, parameter, what);
    }

    /// <summary>Requires a least length.</summary>
    /// <param name="actual">The length given.</param>
    /// <param name="least">The least length needed.</param>
    /// <param name="parameter">The parameter's name.</param>
    /// <param name="what">What the elements are, such as <c>bytes of scratch memory</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="actual"/> is less than <paramref name="least"/>.</exception>
    public static void AtLeast(int actual, int least, string parameter, string what)
    {
        if (actual < least)
            ThrowLength(actual, "at least", least, parameter, what);
    }

    /// <summary>The elements of an image tensor of shape [height, width, channels] or [1, height, width, channels].</summary>
    /// <param name="tensor">A dense, row-major tensor.</param>
    /// <param name="height">Rows needed.</param>
    /// <param name="width">Columns needed.</param>
    /// <param name="channels">Channels needed.</param>
    /// <param name="parameter">The parameter's name.</param>
    /// <exception cref="ArgumentException">The shape is another, or the tensor is not dense.</exception>
    public static ReadOnlySpan<T> Shape<T>(in ReadOnlyTensorSpan<T> tensor, int height, int width, int channels, string parameter)
    {
        CheckShape(tensor.Lengths, tensor.IsDense, [height, width, channels], parameter);
        return MemoryMarshal.CreateReadOnlySpan(in tensor.GetPinnableReference(), height * width * channels);
    }

    /// <inheritdoc cref="Shape{T}(in ReadOnlyTensorSpan{T}, int, int, int, string)"/>
    public static Span<T> Shape<T>(in TensorSpan<T> tensor, int height, int width, int channels, string parameter)
    {
        CheckShape(tensor.Lengths, tensor.IsDense, [height, width, channels], parameter);
        return MemoryMarshal.CreateSpan(ref tensor.GetPinnableReference(), height * width * channels);
    }

    /// <summary>The elements of a tensor of shape [length] or [1, length], such as a classifier's scores.</summary>
    /// <param name="tensor">A dense tensor.</param>
    /// <param name="length">Elements needed.</param>
    /// <param name="parameter">The parameter's name.</param>
    /// <exception cref="ArgumentException">The shape is another, or the tensor is not dense.</exception>
    public static ReadOnlySpan<T> Shape<T>(in ReadOnlyTensorSpan<T> tensor, int length, string parameter)
    {
        CheckShape(tensor.Lengths, tensor.IsDense, [length], parameter);
        return MemoryMarshal.CreateReadOnlySpan(in tensor.GetPinnableReference(), length);
    }

    /// <inheritdoc cref="Shape{T}(in ReadOnlyTensorSpan{T}, int, string)"/>
    public static Span<T> Shape<T>(in TensorSpan<T> tensor, int length, string parameter)
    {
        CheckShape(tensor.Lengths, tensor.IsDense, [length], parameter);
        return MemoryMarshal.CreateSpan(ref tensor.GetPinnableReference(), length);
    }

    private static void CheckShape(ReadOnlySpan<nint> lengths, bool isDense, ReadOnlySpan<nint> needed, string parameter)
    {
        ReadOnlySpan<nint> image = lengths.Length == needed.Length + 1 && lengths[0] == 1 ? lengths[1..] : lengths;
        if (!image.SequenceEqual(needed))
            Throw(parameter, $"'{parameter}' has the shape {Text(lengths)}; {Text(needed)} is needed, or the same after a leading 1.");
        if (!isDense)
            Throw(parameter, $"'{parameter}' is not dense; copy it into a contiguous row-major tensor of shape {Text(needed)}.");
    }

    private static string Text(ReadOnlySpan<nint> lengths)
    {
        string text = "[";
        for (int i = 0; i < lengths.Length; i++)
            text += (i == 0 ? "" : ", ") + lengths[i].ToString(CultureInfo.InvariantCulture);
        return text + "]";
    }

    // Apart from Length and AtLeast, because the first call of a network waits for those to be compiled.
    [DoesNotReturn]
    private static void ThrowLength(int actual, string relation, int needed, string parameter, string what) =>
        Throw(parameter, string.Create(CultureInfo.InvariantCulture, $"'{parameter}' has {actual} elements; {relation} {needed} are needed: {what}."));

    [DoesNotReturn]
    private static void Throw(string parameter, string message) => throw new ArgumentException(message, parameter);
}
