using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Parquet;
using Parquet.Schema;

namespace MobileNetGen.Batch.Output;

/// <summary>A column of what rows, or the lists in them, are made of.</summary>
internal abstract class Column<TRow>
{
    /// <summary>A field for a schema.</summary>
    public abstract DataField Field();

    /// <summary>Writes the column of a row group.</summary>
    public abstract Task Write(ParquetRowGroupWriter group, DataField field, Nesting<TRow> rows);
}

/// <summary>A column of texts, each of which may be missing.</summary>
internal sealed class TextColumn<TRow>(string name, Func<TRow, string?> value) : Column<TRow>
{
    /// <inheritdoc/>
    public override DataField Field() => new DataField<string>(name);

    /// <inheritdoc/>
    public override Task Write(ParquetRowGroupWriter group, DataField field, Nesting<TRow> rows) => rows.Write<ReadOnlyMemory<char>>(group, field, r => value(r)?.AsMemory());
}

/// <summary>A column of numbers, each of which may be missing.</summary>
internal sealed class NumberColumn<TRow, T>(string name, Func<TRow, T?> value) : Column<TRow> where T : struct
{
    /// <inheritdoc/>
    public override DataField Field() => new DataField<T?>(name);

    /// <inheritdoc/>
    public override Task Write(ParquetRowGroupWriter group, DataField field, Nesting<TRow> rows) => rows.Write(group, field, value);
}

/// <summary>Values with the places where there are none: which row each begins or continues, and how much of its path is there.</summary>
/// <param name="values">The values; for a row of none, the default.</param>
/// <param name="missing">At each place, the level of a value that is missing with its list; -1 where it is there.</param>
/// <param name="repetitions">At each place, 0 where a row begins and 1 where its list goes on; null where there are no lists.</param>
internal sealed class Nesting<TRow>(IReadOnlyList<TRow> values, int[]? missing, int[]? repetitions)
{
    // Levels of a list of structs whose members may be missing: no list, an empty one, and what is one level below the whole for a member.
    private const int NoList = 0, EmptyList = 1;

    /// <summary>A value a row.</summary>
    public static Nesting<TRow> Flat(IReadOnlyList<TRow> rows) => new(rows, null, null);

    /// <summary>A list a row.</summary>
    public static Nesting<TRow> Of(ImmutableArray<TRow>[] lists)
    {
        (var values, List<int> missing, List<int> repetitions) = (new List<TRow>(), [], []);
        foreach (ImmutableArray<TRow> list in lists)
        {
            if (list.IsDefaultOrEmpty)
            {
                values.Add(default!);
                missing.Add(list.IsDefault ? NoList : EmptyList);
                repetitions.Add(0);
                continue;
            }

            for (int i = 0; i < list.Length; i++)
            {
                values.Add(list[i]);
                missing.Add(-1);
                repetitions.Add(i == 0 ? 0 : 1);
            }
        }

        return new Nesting<TRow>(values, [.. missing], [.. repetitions]);
    }

    /// <summary>Writes a column of them.</summary>
    public Task Write<T>(ParquetRowGroupWriter group, DataField field, Func<TRow, T?> value) where T : struct
    {
        var there = new List<T>(values.Count);
        var levels = new int[values.Count];
        for (int i = 0; i < levels.Length; i++)
        {
            T? one = missing is null || missing[i] < 0 ? value(values[i]) : null;
            levels[i] = missing is not null && missing[i] >= 0 ? missing[i] : one is null ? field.MaxDefinitionLevel - 1 : field.MaxDefinitionLevel;
            if (one is not null)
                there.Add(one.Value);
        }

        return group.WriteAllPartsAsync<T>(field, there.ToArray(), levels, repetitions, CancellationToken.None);
    }
}
