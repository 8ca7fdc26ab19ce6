using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using MobileNetGen.Build;
using MobileNetGen.Files;

namespace MobileNetGen.Package.Tests;

/// <summary>The build's tasks by themselves, without a build.</summary>
public sealed class TaskTests : IDisposable
{
    private const string Text = "network MobileNetV2\nalpha 0.1\nresolution 32\nclasses 10\nclass Net\nweights \"a.safetensors\"\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("mbnet").FullName;
    private readonly Engine _engine = new();

    public TaskTests()
    {
        Write("net.mbnet", Text);
        Write("a.safetensors", "weights");
        Write("packer/Packer.dll", "packer");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_failure_of_the_scan_is_a_diagnostic_of_its_file_that_asks_for_a_report()
    {
        Assert.False(Scan(_ => throw new InvalidOperationException("a bug\nof ours")));
        BuildErrorEventArgs error = Assert.Single(_engine.Errors);
        Assert.Equal(("MBN2090", PathOf("net.mbnet"), 1), (error.Code, error.File, error.LineNumber));
        Assert.Contains("scanning the description failed in a way that nobody foresaw: InvalidOperationException: a bug of ours (in TaskTests.A_failure_of", error.Message, StringComparison.Ordinal);
        Assert.Contains("please report it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_that_runs_out_is_named()
    {
        Assert.False(Scan(_ => throw new OutOfMemoryException()));
        Assert.Equal("MBN2081", Assert.Single(_engine.Errors).Code);
    }

    [Fact]
    public void A_stamp_that_cannot_be_written_is_said_of_the_stamp()
    {
        Write("obj", "a file where the folder should be");
        Assert.False(Scan());
        BuildErrorEventArgs error = Assert.Single(_engine.Errors);
        Assert.Equal(("MBN2080", PathOf("net.mbnet")), (error.Code, error.File));
        Assert.Contains("Net.stamp' cannot be written: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_project_lacks_is_reported_at_the_project_and_nothing_else_is()
    {
        Write("net.mbnet", "?");
        Assert.False(new ScanNetworks
        {
            BuildEngine = _engine,
            Networks = [new TaskItem(PathOf("net.mbnet"))],
            OutputDirectory = PathOf("obj"),
            Packer = PathOf("packer/Packer.dll"),
            Project = PathOf("App.csproj"),
            Language = "C#",
            TargetFrameworkIdentifier = ".NETCoreApp",
            TargetFrameworkVersion = "v8.0",
            Packs = true,
        }.Execute());
        BuildErrorEventArgs error = Assert.Single(_engine.Errors);
        Assert.Equal(("MBN3005", PathOf("App.csproj")), (error.Code, error.File));
    }

    [Fact]
    public void A_packer_that_dies_is_a_diagnostic_of_the_description_with_what_it_printed()
    {
        ITaskItem done = DescriptionOf("done.mbnet"), fails = DescriptionOf("net.mbnet");
        Write("obj/done.mbnet.stamp", "");
        Write("obj/done.mbnet.packed", "");
        Assert.False(Pack(done, fails));
        BuildErrorEventArgs error = Assert.Single(_engine.Errors);
        Assert.Equal(("MBN2090", PathOf("net.mbnet")), (error.Code, error.File));
        Assert.Contains("running the packer failed in a way that nobody foresaw: exit code ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Packer.runtimeconfig.json", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf("obj/net.mbnet.packed")));
    }

    // There is no packer that could run.
    [Fact]
    public void What_is_packed_already_is_not_packed_again()
    {
        Write("obj/net.mbnet.stamp", "");
        Write("obj/net.mbnet.packed", "");
        Assert.True(Pack(DescriptionOf("net.mbnet")));
        File.SetLastWriteTimeUtc(PathOf("obj/net.mbnet.stamp"), File.GetLastWriteTimeUtc(PathOf("obj/net.mbnet.packed")).AddSeconds(1));
        Assert.False(Pack(DescriptionOf("net.mbnet")));
    }

    [Theory]
    [InlineData("a.safetensors", "WEIGHTS")]
    [InlineData("packer/Packer.dll", "PACKER")]
    public void Content_decides_where_length_and_time_are_equal(string file, string content)
    {
        Assert.True(Scan());
        string stamp = File.ReadAllText(PathOf("obj/Net.stamp"));
        DateTime written = File.GetLastWriteTimeUtc(PathOf("obj/Net.stamp"));

        Assert.True(Scan());
        Assert.Equal(written, File.GetLastWriteTimeUtc(PathOf("obj/Net.stamp")));

        DateTime time = File.GetLastWriteTimeUtc(PathOf(file));
        Write(file, content);
        File.SetLastWriteTimeUtc(PathOf(file), time);
        Assert.True(Scan());
        Assert.NotEqual(stamp, File.ReadAllText(PathOf("obj/Net.stamp")));
    }

    [Fact]
    public void A_description_is_compiled_again_only_where_something_changes_what_that_tells()
    {
        var compiled = new List<string>();
        Assert.True(Scan(compiled.Add));
        Assert.Single(compiled);
        string stamp = File.ReadAllText(PathOf("obj/Net.stamp"));
        Assert.True(Scan(compiled.Add));
        Assert.Single(compiled);
        Assert.Equal(stamp, File.ReadAllText(PathOf("obj/Net.stamp")));

        // Another compiler, another text of the same length and time, and a file that is no longer there.
        Write("packer/Packer.dll", "PACKER");
        Assert.True(Scan(compiled.Add));
        Assert.Equal(2, compiled.Count);
        DateTime time = File.GetLastWriteTimeUtc(PathOf("net.mbnet"));
        Write("net.mbnet", Text.Replace("class Net", "class Two", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(PathOf("net.mbnet"), time);
        Assert.True(Scan(compiled.Add));
        Assert.Equal(3, compiled.Count);
        Assert.True(File.Exists(PathOf("obj/Two.stamp")));
        File.Delete(PathOf("a.safetensors"));
        Assert.False(Scan(compiled.Add));
        Assert.Equal("MBN2001", Assert.Single(_engine.Errors).Code);
    }

    [Fact]
    public void A_class_that_an_earlier_description_takes_is_reported_of_a_description_that_did_not_change()
    {
        Assert.True(Scan());
        Write("a.mbnet", Text.Replace("resolution 32", "resolution 64", StringComparison.Ordinal));
        Assert.False(Scan(null, "a.mbnet", "net.mbnet"));
        BuildErrorEventArgs error = Assert.Single(_engine.Errors);
        Assert.Equal(("MBN1015", PathOf("net.mbnet")), (error.Code, error.File));
    }

    [Fact]
    public void A_record_holds_until_the_content_of_a_file_that_was_read_changes()
    {
        Write("shard.bin", "numbers");
        Directory.CreateDirectory(PathOf("obj"));
        Write("obj/Net.inputs", InputStamp.Line(PathOf("shard.bin")) + "\n");
        InputStamp.Write(PathOf("obj/Net.packed"), [InputStamp.Line(PathOf("shard.bin"))]);
        Assert.True(Scan());
        Assert.True(File.Exists(PathOf("obj/Net.packed")));

        DateTime time = File.GetLastWriteTimeUtc(PathOf("shard.bin"));
        Write("shard.bin", "NUMBERS");
        File.SetLastWriteTimeUtc(PathOf("shard.bin"), time);
        Assert.True(Scan());
        Assert.False(File.Exists(PathOf("obj/Net.packed")));
    }

    private bool Scan(Action<string>? scanning = null) => Scan(scanning, "net.mbnet");

    private bool Scan(Action<string>? scanning, params string[] descriptions) => new ScanNetworks
    {
        BuildEngine = _engine,
        Networks = [.. descriptions.Select(file => new TaskItem(PathOf(file)))],
        OutputDirectory = PathOf("obj"),
        Packer = PathOf("packer/Packer.dll"),
        AllowUnsafeBlocks = true,
        Packs = true,
        Scanning = scanning,
    }.Execute();

    private bool Pack(params ITaskItem[] descriptions) => new PackNetworks
    {
        BuildEngine = _engine,
        Descriptions = descriptions,
        Packer = PathOf("packer/Packer.dll"),
        OutputDirectory = PathOf("obj"),
        Namespace = "App",
    }.Execute();

    private TaskItem DescriptionOf(string file) => new(PathOf(file), new Dictionary<string, string>
    {
        ["Stamp"] = PathOf($"obj/{file}.stamp"),
        ["Record"] = PathOf($"obj/{file}.packed"),
    });

    private string PathOf(string file) => Path.Combine(_folder, file);

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), text);
    }

    /// <summary>Keeps the errors that a task logs.</summary>
    private sealed class Engine : IBuildEngine
    {
        public List<BuildErrorEventArgs> Errors { get; } = [];

        public bool ContinueOnError => false;

        public int LineNumberOfTaskNode => 0;

        public int ColumnNumberOfTaskNode => 0;

        public string ProjectFileOfTaskNode => "";

        public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs) => false;

        public void LogCustomEvent(CustomBuildEventArgs e)
        {
        }

        public void LogErrorEvent(BuildErrorEventArgs e) => Errors.Add(e);

        public void LogMessageEvent(BuildMessageEventArgs e)
        {
        }

        public void LogWarningEvent(BuildWarningEventArgs e)
        {
        }
    }
}
