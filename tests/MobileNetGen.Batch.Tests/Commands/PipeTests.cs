using System;
using System.Diagnostics;
using System.Linq;
using System.Text.Json;
using MobileNetGen.Batch.Tests.Support;

namespace MobileNetGen.Batch.Tests.Commands;

/// <summary>What drives a program by lines, as Spark's pipe does.</summary>
public class PipeTests
{
    [Fact]
    public void A_line_is_answered_before_the_next_is_written_and_a_thousand_in_their_order()
    {
        using var drawn = new Drawn();
        drawn.Pictures(5);
        drawn.Write("net.mbnet", "network MobileNetV1\nalpha 0.25\nresolution 32\nclasses 3\nweights random 1"u8.ToArray());
        using Process program = Support.Tool.Start("classify", drawn["net.mbnet"], "-", "--top", "1", "--max-errors", "100%");
        for (int i = 0; i < 3; i++)
        {
            program.StandardInput.WriteLine(drawn[$"photos/{i:D4}.png"]);
            program.StandardInput.Flush();
            Assert.Equal(drawn[$"photos/{i:D4}.png"], Row(program).GetProperty("file").GetString());
        }

        string[] lines = [.. Enumerable.Range(0, 1000).Select(i => $"{{\"path\":\"{drawn[$"photos/{i % 6:D4}.png"]}\",\"id\":\"{i}\"}}")];
        foreach (string line in lines)
            program.StandardInput.WriteLine(line);
        program.StandardInput.Close();
        for (int i = 0; i < lines.Length; i++)
        {
            JsonElement row = Row(program);
            Assert.Equal(($"{i}", i % 6 == 5), (row.GetProperty("id").GetString(), row.TryGetProperty("error", out _)));
        }

        Assert.Null(program.StandardOutput.ReadLine());
        program.WaitForExit();
        Assert.Equal(0, program.ExitCode);
    }

    private static JsonElement Row(Process program) => JsonDocument.Parse(program.StandardOutput.ReadLine()!).RootElement;
}
