using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.PyTorch;
using MobileNetGen.Weights.Formats.SafeTensors;
using Xunit.Abstractions;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>Whatever bytes a PyTorch or safetensors file has, it is read or refused with a message, soon and in memory of its own order.</summary>
public class DamagedParametersTests(ITestOutputHelper output)
{
    /// <summary>The objects of a pickle are many times as large as the operations that make them.</summary>
    private const int BytesPerByte = 32;

    /// <summary>Code becomes words, and those a tree.</summary>
    private const int BytesPerByteOfCode = 64;

    private const int MostFiles = 4000;

    public static TheoryData<string> Samples => ["pytorch/state_dict_legacy.pth", "pytorch/module.pt", "pytorch/script.pt", "safetensors/mobilenet.safetensors"];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Truncated_files_are_refused(string name) =>
        Assert.All(Some(Damage.Truncations(MadeFiles.Bytes(name))), file => Assert.False(Damage.Try(file, Reader(name), Allowed(name)).IsRead));

    [Theory]
    [MemberData(nameof(Samples))]
    public void Damaged_files_are_read_or_refused(string name)
    {
        // All of the PyTorch files, and the header of the other.
        byte[] file = MadeFiles.Bytes(name), start = file[..Math.Min(file.Length, 10_000)], rest = file[start.Length..];
        foreach (IEnumerable<byte[]> damaged in new[] { Damage.Bits(start), Damage.Words(start), Damage.Splices(start, MadeFiles.Bytes("pytorch/state_dict_legacy.pth"), MostFiles, seed: 1801) })
            Damage.Check(output, Some(damaged).Select(head => (byte[])[.. head, .. rest]), Reader(name), Allowed(name));
    }

    private static int Allowed(string name) => name == "pytorch/script.pt" ? BytesPerByteOfCode : BytesPerByte;

    private static Action<byte[]> Reader(string name)
    {
        IWeightsReader reader = name.EndsWith(".safetensors", StringComparison.Ordinal) ? new SafeTensorsReader() : new PyTorchReader();
        return file => reader.Read(new WeightsInput(name, file));
    }

    /// <summary>All of a small file's, and some of a larger one's, evenly.</summary>
    private static IEnumerable<byte[]> Some(IEnumerable<byte[]> files)
    {
        int step = 1 + (files.Count() / MostFiles);
        return files.Where((_, i) => i % step == 0);
    }
}
