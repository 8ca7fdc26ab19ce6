using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Keras;
using Xunit.Abstractions;

namespace MobileNetGen.Weights.Tests.Formats.Keras;

/// <summary>Whatever bytes a file has, it is read or refused with a message, soon and in memory of its own order.</summary>
public class DamagedKerasFileTests(ITestOutputHelper output)
{
    public static TheoryData<string> Small => ["small.h5", "small.keras"];

    public static TheoryData<string> Large => ["weights.h5", "model.h5", "nested.h5", "teachable.h5", "model.weights.h5", "v1.weights.h5", "model.keras", "teachable.keras"];

    [Theory]
    [MemberData(nameof(Small))]
    public void Every_word_may_be_anything(string name) => Check(name, Damage.Words);

    [Theory]
    [MemberData(nameof(Small))]
    public void Every_truncation_is_read_or_refused(string name) => Check(name, Damage.Truncations);

    [Theory]
    [MemberData(nameof(Small))]
    public void Every_bit_may_flip(string name) => Check(name, Damage.Bits);

    [Theory]
    [MemberData(nameof(Small))]
    [MemberData(nameof(Large))]
    public void Random_splices_and_offsets_are_read_or_refused(string name) => Check(name, file => Damage.Splices(file, KerasFiles.Bytes("small.h5"), 2000, 1989));

    [Fact]
    public void Every_value_of_a_configuration_may_be_another()
    {
        IEnumerable<byte[]> configurations = Damage.Values(KerasFiles.Entries(KerasFiles.Bytes("small.keras"))["config.json"]);
        Damage.Check(output, configurations.Select(config => Archive(entries => entries["config.json"] = config)), file => Read("model.keras", file));
    }

    [Theory]
    [InlineData("latest.h5", "The HDF5 file has the form of HDF5 1.8 or later")]
    [InlineData("compressed.h5", "The HDF5 file has compressed data")]
    [InlineData("chunks.h5", "The HDF5 file has data in chunks")]
    [InlineData("elsewhere.h5", "The HDF5 file has data that is in another file")]
    [InlineData("other_file.h5", "the weights \"conv2d/kernel:0\" of the layer \"conv2d\" are missing")]
    [InlineData("loop.h5", "the weights \"conv2d/kernel:0\" of the layer \"conv2d\" are missing")]
    [InlineData("integers.h5", "\"conv2d/kernel:0\" is not of little-endian float16, float32 or float64")]
    [InlineData("big_endian.h5", "\"conv2d/kernel:0\" is not of little-endian float16, float32 or float64")]
    public void What_Keras_does_not_write_is_refused_and_nothing_outside_of_the_file_is_read(string name, string message) => Fails(KerasFiles.Bytes(name), name, message);

    [Fact]
    public void A_web_page_is_refused()
    {
        byte[] page = "<html>not found</html>"u8.ToArray();
        Fails(page, "model.h5", "The file is not an HDF5 file");
        Fails(page, "model.keras", "The file is not a .keras archive, which is a zip");
    }

    [Theory]
    [InlineData("config.json", "The archive has no config.json")]
    [InlineData("model.weights.h5", "The archive has no model.weights.h5")]
    public void An_archive_that_lacks_a_part_is_refused(string part, string message) =>
        Fails(Archive(entries => entries.Remove(part)), "model.keras", message);

    [Theory]
    [InlineData("{", "The JSON is not that of a model")]
    [InlineData("""{"class_name": "\ud800"}""", "The JSON is not that of a model")]
    [InlineData("[]", "lists no layers; a Sequential or Functional model was expected")]
    [InlineData("""{"class_name": "Mine", "config": {"name": "mine"}}""", "The model's configuration, of a Mine, lists no layers")]
    [InlineData("""{"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"name": "a"}}, {"class_name": "Dense", "config": {"name": "b"}}]}}""", "The weights have 1 groups \"dense\", and the model more layers of that class, of which \"b\" is one")]
    [InlineData("""{"class_name": "Sequential", "config": {"layers": [{"class_name": "dense", "config": {"name": "a"}}]}}""", "layer \"a\", dense, is not one of a MobileNet's: Conv2D,")]
    [InlineData("""{"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {}}]}}""", "a layer has no class or no name")]
    [InlineData("""{"class_name": "Sequential", "config": {"layers": [{"class_name": "Add", "config": {"name": "a"}}, {"class_name": "Dense", "config": {"name": "a"}}]}}""", "two layers have the name \"a\"")]
    [InlineData("""{"class_name": "Mine", "config": {"name": "mine", "layers": [{"class_name": "Dropout", "config": {"name": "a"}}]}}""", "layer \"mine\", Mine, is a model of a class of its own")]
    public void A_configuration_that_does_not_fit_is_refused(string config, string message) =>
        Fails(Archive(entries => entries["config.json"] = Encoding.UTF8.GetBytes(config)), "model.keras", message);

    [Fact]
    public void An_archive_that_grows_out_of_proportion_is_refused()
    {
        byte[] bomb = Archive(entries => entries["model.weights.h5"] = new byte[64 << 20]);
        Assert.InRange(bomb.Length, 0, 1 << 20);
        Assert.False(Damage.Try(bomb, file => Read("model.keras", file)).IsRead);
        Fails(bomb, "model.keras", "model.weights.h5 in the archive is 67108864 bytes long; at most");
    }

    private void Check(string name, Func<byte[], IEnumerable<byte[]>> damage) => Damage.Check(output, damage(KerasFiles.Bytes(name)), file => Read(name, file));

    private static void Fails(byte[] file, string name, string message) =>
        Assert.Contains(message, Assert.Throws<WeightsException>(() => Read(name, file)).Message, StringComparison.Ordinal);

    private static void Read(string name, byte[] file)
    {
        IWeightsReader reader = Path.GetExtension(name) == ".keras" ? new KerasArchiveReader() : new KerasHdf5Reader();
        reader.Read(new WeightsInput(name, file) { InputSize = new Shape(1, 1, 3) });
    }

    /// <summary>The small archive with other parts.</summary>
    private static byte[] Archive(Action<Dictionary<string, byte[]>> change)
    {
        Dictionary<string, byte[]> entries = KerasFiles.Entries(KerasFiles.Bytes("small.keras"));
        change(entries);
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }
}
