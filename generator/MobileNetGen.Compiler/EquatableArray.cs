using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Compiler;

/// <summary>An immutable array that compares by its elements, so that records holding one can be cached by an incremental generator.</summary>
/// <typeparam name="T">The element type.</typeparam>
public readonly struct EquatableArray<T> : IEquatable<EquatableArray<T>>, IReadOnlyList<T>
{
    private readonly T[]? _items;

    /// <summary>Wraps a copy of <paramref name="items"/>.</summary>
    public EquatableArray(IEnumerable<T> items) => _items = items.ToArray();

    private T[] Items => _items ?? [];

    /// <summary>The element at <paramref name="index"/>.</summary>
    public T this[int index] => Items[index];

    /// <summary>The number of elements.</summary>
    public int Count => Items.Length;

    /// <inheritdoc/>
    public bool Equals(EquatableArray<T> other) => ReferenceEquals(_items, other._items) || Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EquatableArray<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Aggregate(17, (hash, item) => unchecked((hash * 31) + (item?.GetHashCode() ?? 0)));

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", Items)}]";
}

/// <summary>Makes equatable arrays.</summary>
public static class EquatableArray
{
    /// <summary>Copies a sequence into an equatable array.</summary>
    public static EquatableArray<T> ToEquatableArray<T>(this IEnumerable<T> items) => new(items);

    /// <summary>An equatable array of the given items.</summary>
    public static EquatableArray<T> Of<T>(params T[] items) => new(items);
}
