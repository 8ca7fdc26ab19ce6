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
    [InlineData("cat\ndog\nbird\n\n")]
    [InlineData("cat\r\ndog\r\nbird\r\n\r\n \t\r\n")]
    [InlineData("\uFEFFcat\ndog\nbird\n\n\n\n")]
    public void Labels_are_the_lines_of_the_file(string content) => Assert.Equal(["cat", "dog", "bird"], Read(Encoding.UTF8.GetBytes(content)));

    [Fact]
    public void Labels_may_be_empty_and_of_any_script() => Assert.Equal(["猫", "", "perro de aguas, español"], Read("猫\n\nperro de aguas, español\n"u8.ToArray()));

    [Theory]
    [InlineData("0 cat\n1 dog\n2 great  horned owl\n")]
    [InlineData("\uFEFF0\tcat\r\n1\tdog\r\n2\tgreat  horned owl\r\n\r\n")]
    [InlineData("0: cat\n1: dog\n2: great  horned owl")]
    [InlineData("0,cat\n1,dog\n2,great  horned owl")]
    [InlineData("0  cat\n1  dog\n2  great  horned owl\n")]
    public void Numbers_that_count_the_lines_are_left_out_and_that_is_said(string content)
    {
        _folder.Write("labels.txt", Encoding.UTF8.GetBytes(content));
        LabelsFile labels = LabelsFile.Read(NetworkText.Network(Text), _folder.Path);
        Assert.Equal(["cat", "dog", "great  horned owl"], labels.Labels.ToArray());
        Assert.Equal("the numbers 0 to 2 before the names in 'labels.txt' are left out: they count the lines", Assert.Single(labels.Notes));
    }

    [Theory]
    [InlineData("0 cat\n1 dog\n3 bird\n")]
    [InlineData("1 cat\n2 dog\n3 bird\n")]
    [InlineData("0 cat\n1 dog\nbird\n")]
    [InlineData("0\n1\n2\n")]
    [InlineData("00 cat\n01 dog\n02 bird\n")]
    [InlineData("0 cat\n1 dog\n2 \n")]
    public void Other_numbers_belong_to_the_names(string content)
    {
        _folder.Write("labels.txt", Encoding.UTF8.GetBytes(content));
        LabelsFile labels = LabelsFile.Read(NetworkText.Network(Text), _folder.Path);
        Assert.Equal(content.TrimEnd('\n').Split('\n').Select(line => line.Trim()), labels.Labels);
        Assert.Empty(labels.Notes);
    }

    [Fact]
    public void Blank_lines_that_are_too_many_are_numbered() => Fails(
        "cat\n\ndog\n\nbird\n"u8.ToArray(),
        Rules.LabelCount,
        "'labels.txt' has 5 labels, but the network has 3 outputs; lines 2, 4 are blank and count: remove what is no label");

    [Fact]
    public void A_blank_last_line_is_not_the_label_that_is_missing() => Fails(
        "cat\ndog\n\n"u8.ToArray(),
        Rules.LabelCount,
        "'labels.txt' has 2 labels, but the network has 3 outputs; networks of 1001 classes have 'background' before the 1000 of ImageNet: add that line, or correct 'classes'");

    [Fact]
    public void A_network_without_labels_has_none() =>
        Assert.Empty(LabelsFile.Read(NetworkText.Network(Text.Replace("labels \"labels.txt\"\n", "", StringComparison.Ordinal)), _folder.Path).Labels);

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
        return [.. LabelsFile.Read(NetworkText.Network(Text), _folder.Path).Labels];
    }

    private void Fails(byte[]? content, Rule rule, string message)
    {
        if (content is not null)
            _folder.Write("labels.txt", content);
        var error = Assert.Throws<MatchException>(() => LabelsFile.Read(NetworkText.Network(Text), _folder.Path));
        Assert.Equal(message, error.Message);
        Assert.Equal(rule, error.Rule);
        Assert.Equal("\"labels.txt\"", NetworkText.At(Text, error.Place));
    }
}
