using System;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;

namespace MobileNetGen.Weights.Tests.Formats;

public sealed class WeightsFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mbnet").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Content_decides_whatever_the_extension() =>
        Assert.Equal(5, ((SourceNetwork)WeightsFile.Read(Write("model.bin", SampleFiles.Float().Build())).Model).Operators.Length);

    [Fact]
    public void An_unknown_format_is_refused_with_the_list_of_those_understood() =>
        Fails(Write("model.xyz", [1, 2, 3]), "model.xyz: neither its content nor its extension is that of a format that is understood: TensorFlow Lite (.tflite)");

    [Fact]
    public void A_known_extension_with_other_content_says_so() =>
        Fails(Write("model.tflite", [1, 2, 3, 4, 5, 6, 7, 8, 9]), "model.tflite: The file is not a TensorFlow Lite file");

    [Fact]
    public void A_missing_file_is_refused_by_name() => Fails(Path.Combine(_folder, "missing.tflite"), "missing.tflite: the file cannot be read");

    [Fact]
    public void A_folder_is_refused_by_name() => Fails(_folder, $"{Path.GetFileName(_folder)}: the file cannot be read");

    [Fact]
    public void A_huge_file_is_refused_before_it_is_read()
    {
        string path = Write("huge.tflite", [1]);
        using (FileStream stream = File.OpenWrite(path))
            stream.SetLength(WeightsFile.MaximumLength + 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Fails(path, "huge.tflite: 536870913 bytes; at most 536870912 were expected");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("graph.bin", true)]
    [InlineData("inside/graph.bin", true)]
    [InlineData("../elsewhere/graph.bin", false)]
    [InlineData("leading out/graph.bin", false)]
    public void A_link_beside_a_file_may_not_lead_out_of_the_folder(string target, bool isAllowed)
    {
        string model = Path.Combine(_folder, "model"), elsewhere = Path.Combine(_folder, "elsewhere");
        Directory.CreateDirectory(Path.Combine(model, "inside"));
        Directory.CreateDirectory(elsewhere);
        Directory.CreateSymbolicLink(Path.Combine(model, "leading out"), elsewhere);
        File.WriteAllText(Path.Combine(model, "graph.json"), Encoding.UTF8.GetString(MadeFiles.Bytes("tensorflowjs/graph.json")).Replace("\"graph.bin\"", "\"shard.bin\"", StringComparison.Ordinal));
        File.WriteAllBytes(Path.Combine(model, target), MadeFiles.Bytes("tensorflowjs/graph.bin"));
        File.CreateSymbolicLink(Path.Combine(model, "shard.bin"), target);

        string path = Path.Combine(model, "graph.json");
        if (isAllowed)
            Assert.Equal(2, WeightsFile.Read(path, new Shape(32, 32, 3)).Files.Length);
        else
            Fails(path, $"graph.json: The file \"shard.bin\" beside it is a link that leads out of the folder, to {Path.Combine(elsewhere, "graph.bin")}; put the file itself there.");
    }

    [Fact]
    public void A_folder_that_is_a_link_may_not_lead_out_either()
    {
        string model = Path.Combine(_folder, "model"), elsewhere = Path.Combine(_folder, "elsewhere");
        Directory.CreateDirectory(model);
        Directory.CreateDirectory(elsewhere);
        File.WriteAllBytes(Path.Combine(elsewhere, "graph.bin"), MadeFiles.Bytes("tensorflowjs/graph.bin"));
        Directory.CreateSymbolicLink(Path.Combine(model, "part"), elsewhere);
        File.WriteAllText(Path.Combine(model, "graph.json"), Encoding.UTF8.GetString(MadeFiles.Bytes("tensorflowjs/graph.json")).Replace("\"graph.bin\"", "\"part/graph.bin\"", StringComparison.Ordinal));
        Fails(Path.Combine(model, "graph.json"), "graph.json: The file \"part/graph.bin\" beside it is a link that leads out of the folder, to ");
    }

    // As in the caches of model hubs: both names are links to where the files lie.
    [Fact]
    public void Links_to_where_the_first_file_lies_are_followed()
    {
        string model = Path.Combine(_folder, "snapshot"), store = Path.Combine(_folder, "blobs");
        Directory.CreateDirectory(model);
        Directory.CreateDirectory(store);
        foreach (string name in new[] { "graph.json", "graph.bin" })
        {
            File.WriteAllBytes(Path.Combine(store, "blob of " + name), MadeFiles.Bytes("tensorflowjs/" + name));
            File.CreateSymbolicLink(Path.Combine(model, name), "../blobs/blob of " + name);
        }

        Assert.Equal(2, WeightsFile.Read(Path.Combine(model, "graph.json"), new Shape(32, 32, 3)).Files.Length);
    }

    [Fact]
    public void Links_to_each_other_are_refused()
    {
        File.WriteAllBytes(Path.Combine(_folder, "graph.json"), MadeFiles.Bytes("tensorflowjs/graph.json"));
        File.CreateSymbolicLink(Path.Combine(_folder, "graph.bin"), "other.bin");
        File.CreateSymbolicLink(Path.Combine(_folder, "other.bin"), "graph.bin");
        Fails(Path.Combine(_folder, "graph.json"), "graph.json: graph.bin: the file cannot be read: ");
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5000\n", "It is a Git LFS pointer to the file of 5000 bytes, and not the file itself. Fetch that with: git lfs pull")]
    [InlineData("<!DOCTYPE html><html><body>Sign in", "It is a web page, ")]
    [InlineData("{\"error\":\"no such file\"}", "It is a server's answer, ")]
    public void A_part_of_a_file_that_is_something_else_is_named(string content, string message)
    {
        File.WriteAllBytes(Path.Combine(_folder, "graph.json"), MadeFiles.Bytes("tensorflowjs/graph.json"));
        File.WriteAllText(Path.Combine(_folder, "graph.bin"), content);
        Fails(Path.Combine(_folder, "graph.json"), "graph.json: graph.bin: " + message);
    }

    [Fact]
    public void Files_are_chained_where_the_seam_is_equal()
    {
        TensorFlowLiteFile head = Head(4.5f, 4);
        SourceNetwork network = SourceNetwork.Chain(Read(SampleFiles.UInt8()), Read(head));

        Assert.Equal(6, network.Operators.Length);
        Assert.Equal(7, network.Values.Length);
        Assert.Equal(network.Operators[4].Output, network.Operators[5].Input);
        Assert.Equal(network.Operators[5].Output, Assert.Single(network.Outputs));
        Assert.Equal([.. Enumerable.Range(1, 6)], network.Operators.Select(step => step.Output));
    }

    [Theory]
    [InlineData(4.25f, 4, 2, "ends in UInt8 [1, 2], scale 4.5, zero point 4 and the second begins with UInt8 [1, 2], scale 4.25, zero point 4")]
    [InlineData(4.5f, 5, 2, "begins with UInt8 [1, 2], scale 4.5, zero point 5")]
    [InlineData(4.5f, 4, 3, "begins with UInt8 [1, 3], scale 4.5, zero point 4")]
    public void Files_are_not_chained_where_the_seam_differs(float scale, int zeroPoint, int length, string message)
    {
        SourceNetwork first = Read(SampleFiles.UInt8());
        SourceNetwork second = Read(Head(scale, zeroPoint, length));
        Assert.Contains(message, Assert.Throws<WeightsException>(() => SourceNetwork.Chain(first, second)).Message, StringComparison.Ordinal);
    }

    private static TensorFlowLiteFile Head(float scale, long zeroPoint, int length = 2)
    {
        // The input is the last tensor, so that the numbering of values around the seam is tried.
        var file = new TensorFlowLiteFile();
        int output = file.Add("again", TensorType.UInt8, [1, length], null, [1 / 256f], [0]);
        int input = file.Add("seam", TensorType.UInt8, [1, length], null, [scale], [zeroPoint]);
        file.Run(25, [input], output, 9, 1f);
        (file.Inputs, file.Outputs) = ([input], [output]);
        return file;
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static SourceNetwork Read(TensorFlowLiteFile file) => (SourceNetwork)new TensorFlowLiteReader().Read(new WeightsInput("model.tflite", file.Build()));

    private static void Fails(string path, string message) =>
        Assert.StartsWith(message, Assert.Throws<WeightsException>(() => WeightsFile.Read(path)).Message, StringComparison.Ordinal);
}
