using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Graphs;

/// <summary>
/// Whole numbers that are known before a network runs: axes, paddings, and the sizes that exporters compute with where a program asks for a tensor's shape. Such arithmetic vanishes.
/// </summary>
/// <param name="Values">Row-major, at most <see cref="Most"/>.</param>
/// <param name="Shape">Outermost first; empty for a single number.</param>
internal sealed record WholeNumbers(ImmutableArray<long> Values, ImmutableArray<int> Shape)
{
    /// <summary>More numbers are no sizes.</summary>
    public const int Most = 64;

    /// <summary>Numbers in a row.</summary>
    public static WholeNumbers Row(IEnumerable<long> values)
    {
        ImmutableArray<long> row = [.. values];
        return new WholeNumbers(row, [row.Length]);
    }

    /// <summary>Rows behind each other.</summary>
    /// <param name="place">Where the operator is in the file, for messages.</param>
    /// <param name="parts">Each of them.</param>
    /// <param name="isPack">Whether each is a single number instead.</param>
    public static WholeNumbers Join(string place, IReadOnlyCollection<WholeNumbers> parts, bool isPack)
    {
        if (parts.Any(part => part.Shape.Length != (isPack ? 0 : 1)) || parts.Sum(part => part.Values.Length) > Most)
            throw new WeightsException($"{place}, joins other than {(isPack ? "single sizes" : "rows of sizes")} to at most {Most}; no MobileNet does.");
        return Row(parts.SelectMany(part => part.Values));
    }

    /// <summary>Some of a row's numbers.</summary>
    /// <param name="place">Where the operator is in the file, for messages.</param>
    /// <param name="indices">Which; negative ones count from the end.</param>
    public WholeNumbers Gather(string place, WholeNumbers indices)
    {
        CheckRow(place);
        return indices with { Values = [.. indices.Values.Select(index => Values[Index(place, index)])] };
    }

    /// <summary>A run of a row's numbers.</summary>
    /// <param name="place">Where the operator is in the file, for messages.</param>
    /// <param name="start">The first; a negative one counts from the end. Null for the whole row's first.</param>
    /// <param name="end">The one behind the last, before it where <paramref name="step"/> is negative. Null to the end of the row.</param>
    /// <param name="step">The step, not 0.</param>
    public WholeNumbers Slice(string place, long? start, long? end, long step)
    {
        CheckRow(place);
        if (step == 0)
            throw new WeightsException($"{place}, goes along a row in steps of 0. The file is damaged; export it again.");
        return Row(Range(start, end, step, Values.Length).Select(i => Values[i]));
    }

    /// <summary>One of a row's numbers, by itself.</summary>
    public WholeNumbers At(string place, long index)
    {
        CheckRow(place);
        return new WholeNumbers([Values[Index(place, index)]], []);
    }

    /// <summary>Number by number; a single one goes with each of the others.</summary>
    /// <param name="place">Where the operator is in the file, for messages.</param>
    /// <param name="other">The second operands.</param>
    /// <param name="combine">What is computed of two.</param>
    public WholeNumbers Zip(string place, WholeNumbers other, Func<Int128, Int128, Int128> combine)
    {
        WholeNumbers larger = Shape.Length >= other.Shape.Length ? this : other;
        if ((Values.Length != 1 && Values.Length != larger.Values.Length) || (other.Values.Length != 1 && other.Values.Length != larger.Values.Length))
            throw new WeightsException($"{place}, combines {Values.Length} and {other.Values.Length} sizes; as many, or one, were expected.");
        return larger with { Values = [.. larger.Values.Select((_, i) => Checked(place, combine(Values[Values.Length == 1 ? 0 : i], other.Values[other.Values.Length == 1 ? 0 : i])))] };
    }

    /// <summary>All numbers multiplied.</summary>
    public long Product(string place) => Values.Aggregate(1L, (product, size) => Checked(place, (Int128)product * size));

    /// <summary>The indices of a slice of a line, whose ends may lie outside it and count from its end where negative; null is the line's own end.</summary>
    public static int[] Range(long? start, long? end, long step, int length)
    {
        if (length == 0)
            return [];
        (long least, long most) = step > 0 ? (0, length) : (-1, length - 1);
        long from = start is { } s ? Math.Clamp(s < 0 ? s + length : s, Math.Max(least, 0), most) : step > 0 ? 0 : most;
        long to = end is { } e ? Math.Clamp(e < 0 ? e + length : e, least, most) : step > 0 ? most : least;
        Int128 room = step > 0 ? to - from : from - to, stride = Int128.Abs(step);
        var indices = new int[room <= 0 ? 0 : (int)((room + stride - 1) / stride)];
        for (int i = 0; i < indices.Length; i++)
            indices[i] = (int)(from + (i * (Int128)step));
        return indices;
    }

    private static long Checked(string place, Int128 number) => Int128.Abs(number) <= int.MaxValue
        ? (long)number
        : throw new WeightsException($"{place}, makes a size of {number}; less than 2³¹ was expected.");

    private int Index(string place, long index)
    {
        long at = index < 0 ? index + Values.Length : index;
        return at >= 0 && at < Values.Length ? (int)at : throw new WeightsException($"{place}, reads size {index} of {Values.Length}. The file is damaged; export it again.");
    }

    private void CheckRow(string place)
    {
        if (Shape.Length != 1)
            throw new WeightsException($"{place}, takes from sizes of [{string.Join(", ", Shape)}]; a row was expected.");
    }
}
