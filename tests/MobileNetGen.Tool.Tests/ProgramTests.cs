using System;
using MobileNetGen.Tool.Tests.Support;

namespace MobileNetGen.Tool.Tests;

public class ProgramTests
{
    [Theory]
    [InlineData("draw")]
    [InlineData("emit")]
    [InlineData("export")]
    [InlineData("import")]
    [InlineData("info")]
    [InlineData("new")]
    [InlineData("verify")]
    [InlineData("classify")]
    public void Every_command_teaches_with_examples(string command)
    {
        string help = Mbnet.Succeed(command, "--help");
        Assert.Contains($"mbnet {command} ", help[help.IndexOf("Examples:", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_of_commands_has_a_line_for_each()
    {
        string help = Mbnet.Succeed("--help");
        string[] lines = [.. help[help.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        Assert.Equal(13, lines.Length);
        Assert.All(lines, line => Assert.True(line.Length < 120, line));
        Assert.Contains("No training, no labels.", Mbnet.Succeed("quantize", "--help").ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Try: mbnet --help")]
    [InlineData("Try: mbnet --help", "inform", "net.mbnet")]
    [InlineData("Did you mean: mbnet info", "inof")]
    [InlineData("Did you mean: mbnet quantize", "quantise", "net.mbnet")]
    [InlineData("Did you mean: mbnet verify", "ver", "net.mbnet")]
    [InlineData("Did you mean: mbnet verify … --images", "verify", "net.mbnet", "--image", "photos")]
    [InlineData("Try: mbnet info --help", "info")]
    [InlineData("Try: mbnet emit --help", "emit", "net.mbnet", "-o", "Net.cs", "--namespace", "not a name")]
    [InlineData("Try: mbnet verify --help", "verify", "net.mbnet", "--limit", "0")]
    [InlineData("Try: mbnet import --help", "import", "net.pth", "--resolution", "many")]
    public void A_wrong_command_line_ends_with_2_and_says_where_help_is(string advice, params string[] arguments)
    {
        Outcome outcome = Mbnet.Run(arguments);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(advice, outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("info")]
    [InlineData("draw", "-o", "net.svg")]
    [InlineData("emit", "-o", "Net.cs")]
    [InlineData("export", "-o", "net.onnx")]
    [InlineData("verify")]
    public void A_wrong_description_ends_with_1_and_is_reported_at_its_place(params string[] command)
    {
        using var mbnet = new Mbnet();
        string file = mbnet.Write("net.mbnet", "network MobileNetV2\nalpha none\nweights random");
        Outcome outcome = Mbnet.Run([command[0], file, .. command[1..]]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith($"{file}(2,7,2,11): error MBN1005: ", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("emit", "-o", "Net.cs")]
    [InlineData("export", "-o", "net.onnx")]
    [InlineData("verify")]
    public void Missing_weights_end_with_1_and_are_reported_at_their_place(params string[] command)
    {
        using var mbnet = new Mbnet();
        string file = mbnet.Write("net.mbnet", "network MobileNetV2\nweights \"absent.tflite\"");
        Outcome outcome = Mbnet.Run([command[0], file, .. command[1..]]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith($"{file}(2,9,2,24): error MBN2001: ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_that_is_like_none_is_no_other() => Assert.DoesNotContain("Did you mean", Mbnet.Run("photographs").Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("info")]
    [InlineData("draw")]
    [InlineData("verify")]
    public void A_weights_file_in_place_of_a_description_says_what_to_do(string command)
    {
        string weights = System.IO.Path.Combine(BuildProperty.RepositoryRoot, "models", "cifar10", "Cifar10_int8.tflite");
        Outcome outcome = Mbnet.Run(command, weights);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains($"this is a weights file. Write its description first: mbnet import {weights} -o net.mbnet", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_that_cannot_be_written_ends_with_1()
    {
        using var mbnet = new Mbnet();
        string file = mbnet.Write("net.mbnet", Texts.Odd);
        Outcome outcome = Mbnet.Run("draw", file, "-o", mbnet["absent/net.svg"]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("mbnet: error MBN2080: ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_networks_one_has_to_be_chosen()
    {
        using var mbnet = new Mbnet();
        string file = mbnet.Write("net.mbnet", "network MobileNetV2\nalpha 0.35 0.5\nresolution 96\nweights random");
        Outcome outcome = Mbnet.Run("draw", file, "-o", mbnet["net.svg"]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("--class: MobileNetV2_0_35_96, MobileNetV2_0_5_96", outcome.Error, StringComparison.Ordinal);
        Mbnet.Succeed("draw", file, "-o", mbnet["net.svg"], "--class", "MobileNetV2_0_5_96");
    }
}
