using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using MobileNetGen.Batch.Tests.Support;
using MobileNetGen.Tool.Emit;
using MobileNetGen.Tool.Tests.Support;
using MobileNetGen.Weights.Descriptions;

namespace MobileNetGen.Batch.Tests;

/// <summary>What a user's own program does, as docs/tool.md has it.</summary>
public class ExampleTests
{
    [Fact]
    public void The_program_of_the_docs_writes_what_the_command_writes()
    {
        using var drawn = new Drawn();
        drawn.Pictures(20);
        File.WriteAllText(drawn["net.mbnet"], "network MobileNetV2\nalpha 0.5\nresolution 160\nclasses 10\nquantization uint8\nweights random 1");
        using (var tar = new System.Formats.Tar.TarWriter(File.Create(drawn["shard.tar"])))
            tar.WriteEntry(drawn["photos/0007.png"], "a/seven.png");
        string[] inputs = [drawn["photos"], drawn["shard.tar"]];

        string page = File.ReadAllText(Path.Combine(BuildProperty.RepositoryRoot, "docs", "tool.md")).ReplaceLineEndings("\n");
        string program = Regex.Match(page, @"^```csharp\n(?<text>using MobileNetGen\.Batch;\n.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline).Groups["text"].Value;
        program = program.Replace("\"photos\", \"shard.tar\"", $"\"{inputs[0]}\", \"{inputs[1]}\"", StringComparison.Ordinal).Replace("\"results.ndjson\"", $"\"{drawn["results.ndjson"]}\"", StringComparison.Ordinal);
        var description = Description.Read(drawn["net.mbnet"]);
        PackedPlan packed = PackedPlan.Of(description.Plans[0], description);
        string printed = Programs.Run([], packed.Result.Packed.Resource!, packed.Result.Blob, "using MyApp;\n" + program, GeneratedClass.Write(description, packed, "MyApp"));
        Assert.Equal($"21 rows, 0 errors: {drawn["results.ndjson"]}\n", printed);
        Assert.Equal(Mbnet.Succeed(["classify", drawn["net.mbnet"], .. inputs, "--top", "3"]), File.ReadAllText(drawn["results.ndjson"]));
    }
}
