using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using MobileNetGen.Batch.Tests.Support;
using MobileNetGen.Tool.Tests.Support;

namespace MobileNetGen.Batch.Tests.Commands;

public class DetectTests
{
    [Fact]
    public void Rows_have_the_boxes_that_the_command_prints()
    {
        using var mbnet = new Mbnet();
        using var drawn = new Drawn();
        string net = mbnet.Write("net.mbnet", "network SSDMobileNetV1\nalpha 0.1\nresolution 64\nclasses 3\nweights random 1");
        string[] command = ["detect", net, drawn.Pictures(4), "--threshold", "0.1", "--most", "5"];
        JsonElement[] printed = [.. JsonDocument.Parse(Mbnet.Succeed([.. command, "--json"])).RootElement.EnumerateArray()];
        JsonElement[] rows = [.. Mbnet.Succeed([.. command, "-o", "-"]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(4, rows.Length);
        Assert.Contains(rows, r => r.GetProperty("detections").GetArrayLength() > 0);
        Assert.All(printed.Zip(rows), pair => Assert.True(JsonElement.DeepEquals(pair.First, pair.Second), $"{pair.First}\n{pair.Second}"));

        Outcome both = Mbnet.Run([.. command, "-o", drawn["a.ndjson"], "--json"]);
        Assert.Equal((1, true), (both.ExitCode, both.Error.Contains("leave out --draw and --json", StringComparison.Ordinal)));
        Assert.False(File.Exists(drawn["a.ndjson"]));
    }
}
