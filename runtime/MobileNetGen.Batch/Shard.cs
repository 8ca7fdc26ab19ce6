using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Text;

namespace MobileNetGen.Batch;

/// <summary>
/// A part of a pile of photographs that one task of several takes. Which part a photograph is in follows from its name alone: the first eight bytes of the SHA-256 of the name in UTF-8, as a big-endian number,
/// modulo the count. So every task finds the same, whatever order a folder is listed in, and whatever comes into it meanwhile.
/// </summary>
public readonly record struct Shard
{
    private readonly int _others;

    /// <summary>A part.</summary>
    /// <param name="index">Which, from 0.</param>
    /// <param name="count">Of how many, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1, or <paramref name="index"/> is not from 0 to <paramref name="count"/> − 1.</exception>
    public Shard(int index, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        (Index, _others) = (index, count - 1);
    }

    /// <summary>Which part, from 0.</summary>
    public int Index { get; }

    /// <summary>Of how many. By default there is one, of all photographs.</summary>
    public int Count => _others + 1;

    /// <summary>Reads <c>3/8</c>, the fourth of eight.</summary>
    /// <param name="text">The index, from 0, and the count.</param>
    /// <param name="shard">The part.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string? text, out Shard shard)
    {
        shard = default;
        if (text?.Split('/') is not [var index, var count] || !Number(index, out int i) || !Number(count, out int n) || n < 1 || i >= n)
            return false;
        shard = new Shard(i, n);
        return true;
    }

    /// <summary>The part that a cluster gave this process: of a Slurm job array, a Kubernetes Indexed Job or an AWS Batch array job, in this order.</summary>
    /// <param name="count">How many parts there are. Without it, Slurm's and AWS Batch's own count is taken; Kubernetes tells none.</param>
    /// <returns>The part; all photographs where no such variable is set.</returns>
    /// <exception cref="BatchException">There is an index but no count, or it is not from 0 to the count − 1.</exception>
    public static Shard FromEnvironment(int? count = null) => ShardVariables.Read(Environment.GetEnvironmentVariable, count);

    /// <summary>Whether a photograph is in this part.</summary>
    /// <param name="file">Its name, as <see cref="BatchRow.File"/> has it.</param>
    public bool Has(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (Count == 1)
            return true;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(file), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)Count == (ulong)Index;
    }

    /// <summary>The output of this part: <c>results.ndjson</c> becomes <c>results-3-of-8.ndjson</c>, with as many digits as the count has. Where there is one part it stays as it is.</summary>
    /// <param name="output">The output of the whole.</param>
    public string In(string output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (Count == 1)
            return output;
        string count = Count.ToString(CultureInfo.InvariantCulture), index = Index.ToString(CultureInfo.InvariantCulture).PadLeft(count.Length, '0');
        string extension = Path.GetExtension(output);
        return $"{output[..^extension.Length]}-{index}-of-{count}{extension}";
    }

    /// <summary><c>3/8</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
