using System;
using System.IO;
using System.Threading.Tasks;

namespace MobileNetGen.Batch.Output;

/// <summary>Files that are there whole or not at all.</summary>
internal static class DurableFile
{
    /// <summary>The ending of files that are being written.</summary>
    public const string Unfinished = ".tmp";

    /// <summary>Writes beside the file, has the disk keep it, and then gives it its name.</summary>
    public static async Task Write(string path, Func<FileStream, Task> write)
    {
        string unfinished = path + Unfinished;
        await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16, useAsync: false))
        {
            await write(file).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
