using System;
using System.Buffers;
using System.IO;
using MobileNetGen.SkiaSharp;

namespace MobileNetGen.Batch.Inputs;

/// <summary>A photograph that is still to be read.</summary>
/// <param name="name">What its row is called.</param>
/// <param name="id">What a list calls it.</param>
internal abstract class BatchItem(string name, string? id = null)
{
    /// <summary>What its row is called.</summary>
    public string Name => name;

    /// <summary>What a list calls it.</summary>
    public string? Id => id;

    /// <summary>Whether it must be read before the next item is asked for, as what lies in an archive.</summary>
    public virtual bool IsInPlace => false;

    /// <summary>Reads its file.</summary>
    /// <param name="maximum">The most bytes.</param>
    /// <param name="allowance">Of which memory is taken.</param>
    /// <exception cref="PhotoException">It cannot be read. Nothing was taken.</exception>
    public abstract FileBytes Read(int maximum, Allowance allowance);
}

/// <summary>One whose row is an error already.</summary>
/// <param name="name">What its row is called.</param>
/// <param name="problem">What is wrong.</param>
/// <param name="id">What a list calls it.</param>
internal sealed class BrokenItem(string name, string problem, string? id = null) : BatchItem(name, id)
{
    /// <inheritdoc/>
    public override FileBytes Read(int maximum, Allowance allowance) => throw new PhotoException(problem);
}

/// <summary>A file.</summary>
/// <param name="name">What its row is called.</param>
/// <param name="path">Where it is.</param>
/// <param name="id">What a list calls it.</param>
internal sealed class FileItem(string name, string path, string? id = null) : BatchItem(name, id)
{
    /// <inheritdoc/>
    public override FileBytes Read(int maximum, Allowance allowance)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return FileBytes.Read(file, file.Length, maximum, allowance);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new PhotoException(
                failure switch
                {
                    FileNotFoundException or DirectoryNotFoundException => "there is no such file.",
                    UnauthorizedAccessException => Directory.Exists(path) ? "this is a folder." : "access is denied.",
                    _ => $"it cannot be read: {failure.Message}",
                },
                failure);
        }
    }
}

/// <summary>A file in an archive.</summary>
/// <param name="name">What its row is called.</param>
/// <param name="open">Gives a reader the archive where its bytes are, as long as no further item was asked for.</param>
/// <param name="length">How many bytes there are to be.</param>
internal sealed class EntryItem(string name, Func<Func<Stream, FileBytes>, FileBytes> open, long length) : BatchItem(name)
{
    /// <inheritdoc/>
    public override bool IsInPlace => true;

    /// <inheritdoc/>
    public override FileBytes Read(int maximum, Allowance allowance)
    {
        try
        {
            FileBytes bytes = open(stream => FileBytes.Read(stream, length, maximum, allowance));
            if (bytes.Length == length)
                return bytes;
            bytes.Dispose();
            throw new PhotoException("the archive ends within it.");
        }
        catch (Exception damage) when (damage is IOException or InvalidDataException or NotSupportedException)
        {
            throw new PhotoException("it is damaged in the archive.", damage);
        }
    }
}

/// <summary>The bytes of a file, in memory of the pool.</summary>
internal sealed class FileBytes : IDisposable
{
    private readonly Allowance _allowance;
    private readonly byte[] _bytes;

    private FileBytes(byte[] bytes, Allowance allowance) => (_bytes, _allowance) = (bytes, allowance);

    /// <summary>How many there are.</summary>
    public int Length { get; private set; }

    /// <summary>Reads as many bytes as there are to be, or fewer where the stream ends before.</summary>
    /// <exception cref="PhotoException">There are to be more than the maximum.</exception>
    public static FileBytes Read(Stream stream, long length, int maximum, Allowance allowance)
    {
        if (length > maximum)
            throw new PhotoException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"it has {length:N0} bytes; the limit is {maximum:N0}."));
        allowance.Take(length);
        var bytes = new FileBytes(ArrayPool<byte>.Shared.Rent(Math.Max((int)length, 1)), allowance) { Taken = length };
        try
        {
            bytes.Length = stream.ReadAtLeast(bytes._bytes.AsSpan(0, (int)length), (int)length, throwOnEndOfStream: false);
            return bytes;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private long Taken { get; init; }

    /// <summary>The bytes as a file.</summary>
    public MemoryStream Open() => new(_bytes, 0, Length, writable: false);

    /// <summary>Gives them back to the pool.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _allowance.Return(Taken);
    }
}
