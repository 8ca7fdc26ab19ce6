using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Tests.Formats.Keras;
using MobileNetGen.Weights.Tests.Matching;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>What lies where a weights file should, after a download or a checkout that went wrong without a word.</summary>
public sealed class MisfetchedFileTests : IDisposable
{
    private const string Pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0000000000000000000000000000000000000000000000000000000000000000\nsize 14215321\n";

    private static readonly string[] s_extensions = [".tflite", ".h5", ".keras", ".pt", ".pth", ".bin", ".ckpt", ".safetensors", ".onnx", ".pb", ".caffemodel", ".json", ".index"];

    private static readonly (string Content, string Message)[] s_texts =
    [
        (Pointer, "It is a Git LFS pointer to the file of 14215321 bytes, and not the file itself. Fetch that with: git lfs pull"),
        (Pointer.Replace("\n", "\r\n", StringComparison.Ordinal), "It is a Git LFS pointer to the file of 14215321 bytes, "),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "It is a Git LFS pointer to the file, and not the file itself."),
        ("<!DOCTYPE html>\n<html><head><title>Sign in</title>", "It is a web page, \"<!DOCTYPE html> <html><head><title>Sign in</title>\", and not the file"),
        ("\uFEFF \r\n<!doctype HTML><p>", "It is a web page, "),
        ("\n\n<HTML lang=\"de\">\n<body>", "It is a web page, "),
        ("<!-- copyright --><html></html>", "It is a web page, "),
        ("<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\">", "It is a web page, "),
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code></Error>", "It is an XML document, \"<?xml version=\"1.0\" encoding=\"UTF-8\"?> <Error><Code>NoSuchKe…\", and not"),
        ("{\"error\": \"Repository not found\"}", "It is a server's answer, \"{\"error\": \"Repository not found\"}\", and not the file"),
        ("{\"message\":\"Not Found\",\"documentation_url\":\"…\",\"status\":\"404\"}", "It is a server's answer, "),
    ];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Extensions => [.. s_extensions];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Extensions))]
    public void Pointers_pages_and_answers_are_named_in_every_format(string extension)
    {
        foreach ((string content, string message) in s_texts)
            Fails(extension, Encoding.UTF8.GetBytes(content), message);
        Fails(extension, [], "It is empty: the download failed, or was stopped before it began.");
        Fails(extension, new byte[5000], "It holds nothing but zeros: the download failed");
    }

    [Theory]
    [MemberData(nameof(Extensions))]
    public void A_short_text_is_shown(string extension)
    {
        if (extension != ".json")
            Fails(extension, "Entry not found"u8.ToArray(), "It is a text, \"Entry not found\", and not the file that was to be fetched.");
    }

    [Theory]
    [InlineData("onnx/v2.onnx")]
    [InlineData("pytorch/module.pt")]
    [InlineData("pytorch/state_dict_legacy.pth")]
    [InlineData("safetensors/mobilenet.safetensors")]
    [InlineData("tensorflowjs/model.json")]
    [InlineData("tensorflowjs/graph.json")]
    public void The_first_part_of_a_file_was_cut_off(string name) => FailsWhenCutOff(Path.GetExtension(name), MadeFiles.Bytes(name));

    [Fact]
    public void The_first_part_of_a_file_of_a_test_was_cut_off()
    {
        FailsWhenCutOff(".tflite", SampleFiles.Float().Build());
        FailsWhenCutOff(".keras", Archive());
        FailsWhenCutOff(".h5", KerasFiles.Bytes("model.h5"));
    }

    [Fact]
    public void The_same_is_said_of_labels() => Assert.All(s_texts, text =>
    {
        _folder.Write("labels.txt", Encoding.UTF8.GetBytes(text.Content));
        const string network = "network MobileNetV2\nweights random\nlabels \"labels.txt\"\n";
        var error = Assert.Throws<MatchException>(() => LabelsFile.Read(NetworkText.Network(network), _folder.Path));
        Assert.Equal(Rules.LabelsUnreadable, error.Rule);
        Assert.Contains("cannot be used: i" + text.Message[1..], error.Message, StringComparison.Ordinal);
    });

    private static byte[] Archive()
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = archive.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open();
            entry.Write([.. Enumerable.Range(0, 1000).Select(i => (byte)i)]);
        }

        return bytes.ToArray();
    }

    /// <summary>Whatever part of the file is there, the message says that the rest may be missing.</summary>
    private void FailsWhenCutOff(string extension, byte[] whole)
    {
        for (int part = 1; part < 20; part++)
        {
            string path = _folder.Write("model" + extension, whole[..(part * whole.Length / 20)]);
            Assert.Contains("cut off", Assert.Throws<WeightsException>(() => WeightsFile.Read(path)).Message, StringComparison.Ordinal);
        }
    }

    private void Fails(string extension, byte[] content, string message)
    {
        string path = _folder.Write("model" + extension, content);
        Assert.StartsWith($"model{extension}: {message}", Assert.Throws<WeightsException>(() => WeightsFile.Read(path)).Message, StringComparison.Ordinal);
    }
}
