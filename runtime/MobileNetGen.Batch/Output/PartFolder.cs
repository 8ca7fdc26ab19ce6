using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Threading;

namespace MobileNetGen.Batch.Output;

/// <summary>The finished parts of a run: files of NDJSON with the same number of rows each, but the last.</summary>
internal sealed class PartFolder : IDisposable
{
    private const string Extension = ".ndjson", LockName = "lock";

    /// <summary>A process that was just killed may still hold its files.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly string _folder;
    private readonly FileStream _lock;

    /// <summary>Opens the folder for this process alone, and removes what no longer counts: files that were not finished, and parts behind one that is missing.</summary>
    /// <exception cref="BatchException">Another process has it.</exception>
    public PartFolder(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        _lock = Lock(Path.Combine(folder, LockName));
        while (File.Exists(PathOf(Count)))
            Count++;
        foreach (string file in Directory.GetFiles(folder))
        {
            string name = Path.GetFileNameWithoutExtension(file);
            if (Path.GetFileName(file) != LockName && !(Path.GetExtension(file) == Extension && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int part) && part < Count))
                File.Delete(file);
        }
    }

    /// <summary>How many parts there are.</summary>
    public int Count { get; private set; }

    /// <summary>Keeps the next part.</summary>
    public System.Threading.Tasks.Task Add(ReadOnlyMemory<byte> rows)
    {
        string path = PathOf(Count++);
        return DurableFile.Write(path, file => file.WriteAsync(rows).AsTask());
    }

    /// <summary>The files of all parts, in order.</summary>
    public IEnumerable<string> Files()
    {
        for (int part = 0; part < Count; part++)
            yield return PathOf(part);
    }

    /// <summary>The rows of all parts, in order.</summary>
    /// <exception cref="BatchException">A part is damaged.</exception>
    public IEnumerable<BatchRow> Rows()
    {
        foreach (string file in Files())
        {
            foreach (string line in File.ReadLines(file))
                yield return Row(file, line);
        }
    }

    /// <summary>Removes it with all parts.</summary>
    public void Delete()
    {
        Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static BatchRow Row(string file, string line)
    {
        try
        {
            return RowText.Read(Encoding.UTF8.GetBytes(line));
        }
        catch (Exception damage) when (damage is JsonException or FormatException)
        {
            throw new BatchException($"{file}: the part is damaged. {JobOutput.Remedy}", damage);
        }
    }

    private static FileStream Lock(string path)
    {
        for (DateTime end = DateTime.UtcNow + s_patience; ; Thread.Sleep(100))
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException busy) when (File.Exists(path))
            {
                if (DateTime.UtcNow > end)
                    throw new BatchException($"{path}: another process is at work on this output; give another one, or wait until it ends.", busy);
            }
        }
    }

    private string PathOf(int part) => Path.Combine(_folder, part.ToString("D6", CultureInfo.InvariantCulture) + Extension);
}
