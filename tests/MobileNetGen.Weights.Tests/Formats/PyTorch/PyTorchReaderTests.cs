using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.PyTorch;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Tests.Formats.PyTorch;

/// <summary>Files that PyTorch 1.13 saved, and its own outputs: see Files/make_pytorch.py.</summary>
public class PyTorchReaderTests
{
    /// <summary>The script's MobileNetV2.</summary>
    internal const string MobileNet = """
        layers
          conv        8 kernel 3 stride 2
          bottleneck  8 expand 1
          bottleneck 16 expand 3 stride 2 repeat 2
          bottleneck 24 expand 3 stride 2
          pointwise  48
        head
          avgpool
          dense 5
        """;

    /// <summary>The script's sequence of layers.</summary>
    internal const string Small = """
        layers
          conv      8 kernel 3 stride 2
          depthwise stride 2
          pointwise 16
        head
          avgpool
          dense 3
        """;

    [Theory]
    [InlineData("pytorch/state_dict.pth", MobileNet)]
    [InlineData("pytorch/checkpoint_half.pt", MobileNet)]
    [InlineData("pytorch/state_dict_legacy.pth", Small)]
    [InlineData("pytorch/module.pt", Small)]
    [InlineData("pytorch/script.pt", Small)]
    public void What_PyTorch_saved_gives_what_PyTorch_computes(string name, string text) => MadeFiles.GivesItsOutputs(name, text);

    [Fact]
    public void The_text_may_have_another_epsilon_than_PyTorch_s_default()
    {
        SourceFilter stem = ((SourceParameters)WeightsFile.Read(MadeFiles.Path("pytorch/state_dict_legacy.pth")).Model).Filters[0];
        var folded = (FloatFilter)MadeFiles.Load("pytorch/state_dict_legacy.pth", "epsilon 0.5\n" + Small).Layers[0].Filter!;
        BatchNormalization normalization = stem.Normalization!;
        Assert.Equal(1e-5, normalization.Epsilon);
        Assert.Equal((float)(stem.Weights.Floats[0] * (normalization.Gamma![0] / Math.Sqrt(normalization.Variance[0] + 0.5))), folded.Weights[0]);
    }

    [Fact]
    public void A_module_that_states_its_epsilon_lets_the_text_have_none()
    {
        var error = Assert.Throws<MatchException>(() => MadeFiles.Load("pytorch/module.pt", "epsilon 0.5\n" + Small));
        Assert.Equal(Rules.NoMeaning, error.Rule);
        Assert.Equal("'epsilon' has no meaning for 'pytorch/module.pt', whose batch normalisations are folded already or state their own; remove the statement", error.Message);
    }

    [Fact]
    public void Another_file_is_refused()
    {
        Fails("<!DOCTYPE html>"u8.ToArray(), "The file is not one that torch.save wrote");
        Fails([], "The file is not one that torch.save wrote");
        Fails([0x80, 2, (byte)'N', (byte)'.'], "The file is not one that torch.save wrote");
        Fails([.. "PK\x03\x04"u8, .. new byte[100]], "The file is damaged: it is not a whole zip archive.");
    }

    [Fact]
    public void Another_archive_is_refused() => Fails(Archive(CompressionLevel.NoCompression, ("a/weights.txt", [])), "The file is a zip archive without \"data.pkl\"");

    [Fact]
    public void A_compressed_archive_is_refused_before_it_is_unpacked()
    {
        byte[] bomb = Archive(CompressionLevel.Optimal, ("a/data.pkl", new byte[64 << 20]));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Fails(bomb, "\"a/data.pkl\" in the file is compressed, which PyTorch does not do. Save the network again with torch.save.");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_storage_that_is_missing_or_short_is_refused()
    {
        byte[] pickle = Encoding.Latin1.GetBytes(
            "}\x8c\x08" + "a.weight" + "ctorch._utils\n_rebuild_tensor_v2\n((\x8c\x07storagectorch\nFloatStorage\n\x8c\x01" + "0\x8c\x03" + "cpuK\x06tQK\x00K\x02K\x03\x86K\x03K\x01\x86tRs.");
        Fails(Archive(CompressionLevel.NoCompression, ("a/data.pkl", pickle)), "The file is damaged: its archive has no \"a/data/0\".");
        Fails(Archive(CompressionLevel.NoCompression, ("a/data.pkl", pickle), ("a/data/0", new byte[23])), "The file is damaged: \"a/data/0\" has 23 bytes where 24 belong.");

        byte[] good = Archive(CompressionLevel.NoCompression, ("a/data.pkl", pickle), ("a/data/0", new byte[24]), ("a/byteorder", "little"u8.ToArray()));
        Assert.Equal([2, 3], Assert.Single(((SourceParameters)Read(good)).Filters).Weights.Shape.AsEnumerable());
        byte[] big = Archive(CompressionLevel.NoCompression, ("a/data.pkl", pickle), ("a/data/0", new byte[24]), ("a/byteorder", "big"u8.ToArray()));
        Fails(big, "The file was saved on a big-endian machine.");
    }

    [Fact]
    public void Tensors_that_share_a_storage_to_become_larger_than_the_file_are_refused()
    {
        string tensor = "ctorch._utils\n_rebuild_tensor_v2\n((\x8c\x07storagectorch\nFloatStorage\n\x8c\x01" + "0\x8c\x03" + "cpuM\0\x40tQK\0K\x01M\0\x40\x86M\0\x40K\x01\x86tR";
        string pickle = "}(" + string.Concat(Enumerable.Range(0, 200).Select(i => $"\x8c\x0c{i:00000}.weight{tensor}")) + "u.";
        Fails(Archive(CompressionLevel.NoCompression, ("a/data.pkl", Encoding.Latin1.GetBytes(pickle)), ("a/data/0", new byte[4 << 14])), "The file is damaged: its tensors, taken one by one, are larger than the file.");
    }

    [Fact]
    public void A_tensor_of_many_dimensions_is_refused()
    {
        string ones = "(" + string.Concat(Enumerable.Repeat("K\x01", 9)) + "t";
        string pickle = "ctorch._utils\n_rebuild_tensor_v2\n((\x8c\x07storagectorch\nFloatStorage\n\x8c\x01" + "0\x8c\x03" + $"cpuK\x01tQK\0{ones}{ones}tR.";
        Assert.Contains(
            "a tensor is not rebuilt from a storage, an offset, sizes and strides, at most 8",
            Assert.Throws<WeightsException>(() => Read(Archive(CompressionLevel.NoCompression, ("a/data.pkl", Encoding.Latin1.GetBytes(pickle))))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quantised_network_is_refused() => Fails(
        Archive(CompressionLevel.NoCompression, ("a/data.pkl", "ctorch._utils\n_rebuild_qtensor\n)R."u8.ToArray())), "The file holds a network that PyTorch has quantised");

    [Theory]
    [InlineData("pytorch/state_dict.pth", ".tar")]
    [InlineData("pytorch/state_dict_legacy.pth", ".tar")]
    [InlineData("pytorch/module.pt", "")]
    [InlineData("pytorch/script.pt", ".bin")]
    public void The_content_is_recognised(string name, string extension) => Assert.True(new PyTorchReader().CanRead(MadeFiles.Bytes(name).AsSpan(0, 64), extension));

    [Fact]
    public void Other_archives_are_not() =>
        Assert.False(new PyTorchReader().CanRead(Archive(CompressionLevel.NoCompression, ("metadata.json", new byte[50])).AsSpan(0, 64), ".keras"));

    private static SourceModel Read(byte[] file) => new PyTorchReader().Read(new WeightsInput("a.pt", file));

    private static void Fails(byte[] file, string message) =>
        Assert.StartsWith(message, Assert.Throws<WeightsException>(() => Read(file)).Message, StringComparison.Ordinal);

    private static byte[] Archive(CompressionLevel compression, params (string Name, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = archive.CreateEntry(name, compression).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }
}
