using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using MobileNetGen.Batch.Tests.Support;
using MobileNetGen.Tool.Batches;
using MobileNetGen.Tool.Tests.Support;

namespace MobileNetGen.Batch.Tests.Commands;

public class ClassifyTests
{
    private static readonly string s_net = Path.Combine(BuildProperty.RepositoryRoot, "models", "cifar10", "Cifar10_int8.mbnet");

    private static readonly string s_cat = Path.Combine(BuildProperty.RepositoryRoot, "samples", "Classify", "photos", "cat.jpg");

    [Fact]
    public void A_photograph_is_a_line_with_its_classes()
    {
        JsonElement row = JsonDocument.Parse(Mbnet.Succeed("classify", s_net, s_cat, "--top", "3")).RootElement;
        Assert.Equal(s_cat, row.GetProperty("file").GetString());
        JsonElement[] found = [.. row.GetProperty("predictions").EnumerateArray()];
        Assert.Equal(3, found.Length);

        // What the README's first program prints of it.
        Assert.Equal(("cat", 3, 0.926), (found[0].GetProperty("label").GetString(), found[0].GetProperty("class").GetInt32(), Math.Round(found[0].GetProperty("probability").GetDouble(), 3)));
    }

    [Fact]
    public void A_folder_becomes_a_file_and_its_errors_the_exit_code()
    {
        using var drawn = new Drawn();
        drawn.Pictures(9);
        drawn.Write("photos/z.png", "no picture"u8.ToArray());
        string output = drawn["results.ndjson"];
        Outcome outcome = Mbnet.Run("classify", s_net, drawn["photos"], "-o", output);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("1 of 10 photographs could not be read, and --max-errors is 0", outcome.Error, StringComparison.Ordinal);
        string[] rows = File.ReadAllLines(output);
        Assert.Equal(10, rows.Length);
        Assert.Equal("{\"file\":\"" + drawn["photos/z.png"] + "\",\"error\":\"this is no picture of a kind that can be read: JPEG, PNG, WebP, GIF or BMP.\"}", rows[9]);

        Assert.Equal(0, Mbnet.Run("classify", s_net, drawn["photos"], "-o", output, "--max-errors", "10%").ExitCode);
        Outcome others = Mbnet.Run("classify", s_net, drawn["photos"], "-o", output, "--top", "2");
        Assert.Equal(1, others.ExitCode);
        Assert.Contains("top 5, weights ", others.Error, StringComparison.Ordinal);
        Assert.Equal(rows, File.ReadAllLines(output));
    }

    [Fact]
    public void Rows_of_other_weights_are_of_another_job()
    {
        using var drawn = new Drawn();
        string net = drawn["net.mbnet"];
        string[] command = ["classify", net, drawn.Pictures(3), "-o", drawn["results.ndjson"]];
        Write(1);
        Mbnet.Succeed(command);
        Write(1);
        Mbnet.Succeed(command);
        Write(2);
        Assert.Contains("network was \"Networks.MobileNetV1", Mbnet.Run(command).Error, StringComparison.Ordinal);

        void Write(int seed) => File.WriteAllText(net, $"network MobileNetV1\nalpha 0.25\nresolution 32\nclasses 3\nweights random {seed}");
    }

    [Fact]
    public void Parts_are_those_of_the_whole()
    {
        using var drawn = new Drawn();
        string photographs = drawn.Pictures(40);
        string[] rows = Mbnet.Succeed("classify", s_net, photographs).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] parts = [.. Enumerable.Range(0, 2).SelectMany(i => Mbnet.Succeed("classify", s_net, photographs, "--shard", $"{i}/2").Split('\n', StringSplitOptions.RemoveEmptyEntries))];
        Assert.Equal(40, rows.Length);
        Assert.Equal(rows, parts.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(2, "from 0/8 to 7/8", "--shard", "8/8")]
    [InlineData(2, "a share as 0.5%", "--max-errors", "some")]
    [InlineData(1, "which this is", "--shards", "8")]
    [InlineData(1, "leave one of them out", "--shards", "8", "--shard", "1/4")]
    [InlineData(1, "must end in .ndjson", "-o", "results.csv")]
    [InlineData(1, "no such file or folder", "nowhere")]
    public void What_is_wrong_with_a_command_line_is_said(int exitCode, string expected, params string[] arguments)
    {
        Outcome outcome = Mbnet.Run(["classify", s_net, s_cat, .. arguments]);
        Assert.Equal((exitCode, true), (outcome.ExitCode, outcome.Error.Contains(expected, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("0", 0, 10, false)]
    [InlineData("0", 1, 10, true)]
    [InlineData("2", 2, 10, false)]
    [InlineData("10%", 1, 10, false)]
    [InlineData("9.9%", 1, 10, true)]
    [InlineData("100%", 10, 10, false)]
    [InlineData("0.001%", 1000, 100_000_000, false)]
    public void Errors_are_counted_or_are_a_share(string text, long errors, long rows, bool isExceeded)
    {
        Assert.True(ErrorLimit.TryParse(text, out ErrorLimit limit));
        Assert.Equal((isExceeded, text), (limit.IsExceeded(errors, rows), limit.ToString()));
        Assert.All(["", "%", "-1", "101%", "1e3", "NaN", "1.5"], wrong => Assert.False(ErrorLimit.TryParse(wrong, out _)));
    }

    [Fact]
    public void Networks_of_other_kinds_are_refused()
    {
        using var mbnet = new Mbnet();
        string detector = mbnet.Write("detector.mbnet", "network SSDMobileNetV1\nalpha 0.1\nresolution 64\nclasses 3\nweights random 1");
        string features = mbnet.Write("features.mbnet", "network MobileNetV1\nalpha 0.1\nresolution 32\nhead\n avgpool\nweights random 1");
        Assert.Contains("run mbnet detect", Mbnet.Run("classify", detector, s_cat).Error, StringComparison.Ordinal);
        Assert.Contains("is no classifier", Mbnet.Run("classify", features, s_cat).Error, StringComparison.Ordinal);
    }
}
