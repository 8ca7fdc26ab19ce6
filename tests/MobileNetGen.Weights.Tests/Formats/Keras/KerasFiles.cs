using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;

namespace MobileNetGen.Weights.Tests.Formats.Keras;

/// <summary>What Files/make_keras.py made.</summary>
internal static class KerasFiles
{
    private static readonly Lazy<Dictionary<string, byte[]>> s_files = new(() => Entries(MadeFiles.Bytes("keras.zip")));

    /// <summary>The bytes of a file in Files/keras.zip.</summary>
    public static byte[] Bytes(string name) => s_files.Value[name];

    /// <summary>A whole model of which nobody finds the configuration, so that it is weights alone.</summary>
    public static byte[] WithoutConfiguration(byte[] file)
    {
        byte[] copy = [.. file];
        copy.AsSpan()[copy.AsSpan().IndexOf("model_config\0"u8)..][0] = (byte)'M';
        return copy;
    }

    /// <summary>The contents of a zip archive by their names.</summary>
    public static Dictionary<string, byte[]> Entries(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        return archive.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using Stream stream = entry.Open();
            var content = new byte[entry.Length];
            stream.ReadExactly(content);
            return content;
        });
    }
}
