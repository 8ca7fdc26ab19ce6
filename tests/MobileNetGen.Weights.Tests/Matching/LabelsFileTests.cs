using System;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Matching;

public sealed class LabelsFileTests : IDisposable
{
    private const string Text = "network N\nresolution 5\nclasses 3\nweights random\nlabels \"labels.txt\"\nlayers\n  conv 4 kernel 3\nhead\n  avgpool\n  dense classes\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("cat\ndog\nbird\n")]
    [InlineData("cat\ndog\nbird")]
    [InlineData("cat\r\ndog\r\nbird\r\n")]
    [InlineData("cat\rdog\rbird\r")]
    [InlineData("\uFEFFcat\ndog\nbird\n")]
    [InlineData("  cat\t\ndog \n\0bird\u001B\n")]
    public void Labels_are_the_lines_of_the_file(string content) => Assert.Equal(["cat", "dog", "bird"], Read(Encoding.UTF8.GetBytes(content)));

    [Fact]
    public void Labels_may_be_empty_and_of_any_script() => Assert.Equal(["猫", "", "perro de aguas, español"], Read("猫\n\nperro de aguas, español\n"u8.ToArray()));

    [Fact]
    public void A_network_without_labels_has_none() =>
        Assert.Empty(LabelsFile.Read(NetworkText.Network(Text.Replace("labels \"labels.txt\"\n", "", StringComparison.Ordinal)), _folder.Path));

    [Fact]
    public void A_missing_file_is_refused() => Fails(
        null,
        Rules.LabelsMissing,
        $"the labels file 'labels.txt' does not exist (looked for {Path.Combine(_folder.Path, "labels.txt")}); correct the path, which is relative to this file, or remove the statement");

    [Fact]
    public void Another_number_of_labels_is_refused() => Fails(
        "a\nb\nc\nd\n"u8.ToArray(),
        Rules.LabelCount,
        "'labels.txt' has 4 labels, but the network has 3 outputs; correct 'classes', or name the file that belongs to the weights");

    [Fact]
    public void One_label_too_few_is_likely_the_background() => Fails(
        "a\nb\n"u8.ToArray(),
        Rules.LabelCount,
        "'labels.txt' has 2 labels, but the network has 3 outputs; networks of 1001 classes have 'background' before the 1000 of ImageNet: add that line, or correct 'classes'");

    [Fact]
    public void Text_in_another_encoding_is_refused() =>
        Fails([0x63, 0x61, 0x66, 0xE9, 0x0A], Rules.LabelsUnreadable, "the labels file 'labels.txt' cannot be used: it is not UTF-8 text");

    [Fact]
    public void A_huge_file_is_refused_unread()
    {
        using (FileStream file = File.Create(Path.Combine(_folder.Path, "labels.txt")))
            file.SetLength((64L << 20) + 1);
        Fails(null, Rules.LabelsUnreadable, "the labels file 'labels.txt' cannot be used: it has 67108865 bytes; a list of labels has at most 67108864");
    }

    private string[] Read(byte[] content)
    {
        _folder.Write("labels.txt", content);
        return [.. LabelsFile.Read(NetworkText.Network(Text), _folder.Path)];
    }

    private void Fails(byte[]? content, Rule rule, string message)
    {
        if (content is not null)
            _folder.Write("labels.txt", content);
        var error = Assert.Throws<MatchException>(() => LabelsFile.Read(NetworkText.Network(Text), _folder.Path));
        Assert.Equal(message, error.Message);
        Assert.Equal(rule, error.Rule);
        Assert.Equal("\"labels.txt\"", Text.Substring(error.Span.Start, error.Span.Length));
    }
}
