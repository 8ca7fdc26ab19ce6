using System;
using System.IO;
using System.Linq;
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
        Fails(Write("model.tflite", "<html>not found</html>"u8.ToArray()), "model.tflite: The file is not a TensorFlow Lite file");

    [Fact]
    public void An_empty_file_is_refused() => Fails(Write("model.tflite", []), "model.tflite: The file is not a TensorFlow Lite file");

    [Fact]
    public void A_missing_file_is_refused_by_name() => Fails(Path.Combine(_folder, "missing.tflite"), "missing.tflite: the file cannot be read");

    [Fact]
    public void A_folder_is_refused_by_name() => Fails(_folder, $"{Path.GetFileName(_folder)}: the file cannot be read");

    [Fact]
    public void A_huge_file_is_refused_before_it_is_read()
    {
        string path = Write("huge.tflite", []);
        using (FileStream stream = File.OpenWrite(path))
            stream.SetLength(WeightsFile.MaximumLength + 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Fails(path, "huge.tflite: 536870913 bytes; at most 536870912 were expected");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Files_are_chained_where_the_seam_is_equal()
    {
        TensorFlowLiteFile head = Head(4.5f, 4);
        SourceNetwork network = SourceNetwork.Chain(Read(SampleFiles.UInt8()), Read(head));

        Assert.Equal(6, network.Operators.Length);
        Assert.Equal(7, network.Values.Length);
        Assert.Equal(network.Operators[4].Output, network.Operators[5].Input);
        Assert.Equal("again", network.Values[Assert.Single(network.Outputs)].Name);
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
