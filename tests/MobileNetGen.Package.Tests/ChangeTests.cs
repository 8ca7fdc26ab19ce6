using System;
using System.IO;
using System.Linq;

namespace MobileNetGen.Package.Tests;

/// <summary>Builds after something changed.</summary>
[Collection(nameof(PackageCollection))]
public sealed class ChangeTests(PackagesFixture packages)
{
    [Fact]
    public void A_change_is_packed_where_it_happens_and_leaves_nothing_behind()
    {
        Consumer app = new Consumer(packages, "changes").WriteProject().Write("Program.cs", Networks.PrintTiny);
        app.Write("Tiny.mbnet", Networks.Tiny).Write("Quarter.mbnet", Networks.Quarter);
        app.BuildCleanly();
        string[] first = app.Run().Split('\n', StringSplitOptions.TrimEntries);
        Assert.Equal("MobileNetV1_0_25_128.mbw", first[1]);

        // Other weights for one network: it alone is packed.
        app.Write("Tiny.mbnet", Networks.Tiny.Replace("random 7", "random 8", StringComparison.Ordinal));
        string output = app.BuildCleanly().Output;
        Assert.Contains("Tiny: ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("MobileNetV1_0_25_128: ", output, StringComparison.Ordinal);
        string[] second = app.Run().Split('\n', StringSplitOptions.TrimEntries);
        Assert.NotEqual(first[0], second[0]);

        // The same weights as a resource, and back in the source.
        app.Write("Tiny.mbnet", Networks.Tiny.Replace("class        Tiny", "class        Tiny\nbake         resource", StringComparison.Ordinal));
        app.BuildCleanly();
        Assert.Equal([first[0], "MobileNetV1_0_25_128.mbw Tiny.mbw"], app.Run().Split('\n', StringSplitOptions.TrimEntries).Take(2));
        app.Write("Tiny.mbnet", Networks.Tiny);
        app.BuildCleanly();
        Assert.Equal(first, app.Run().Split('\n', StringSplitOptions.TrimEntries));

        // A network less.
        File.Delete(app.PathOf("Quarter.mbnet"));
        app.BuildCleanly();
        Assert.Equal([first[0], ""], app.Run().Split('\n', StringSplitOptions.TrimEntries).Take(2));
        Assert.Equal(["Tiny.mbclass", "Tiny.mbplan", "Tiny.packed", "Tiny.stamp"], app.PackedFiles);

        // Files that somebody deleted or damaged: they are as they were.
        string[] written = [app.PathOf("obj/Debug/net10.0/MobileNetGen/Tiny.mbplan"), app.PathOf("obj/Debug/net10.0/MobileNetGen/Tiny.mbclass")];
        string[] texts = [.. written.Select(File.ReadAllText)];
        File.Delete(written[0]);
        File.WriteAllText(written[1], texts[1].Replace("Forward", "Backward", StringComparison.Ordinal));
        app.BuildCleanly();
        Assert.Equal(texts, written.Select(File.ReadAllText));
        Assert.Equal(first[0], app.Run().Split('\n', StringSplitOptions.TrimEntries)[0]);

        app.DotNet("clean").Succeeded();
        Assert.Empty(app.PackedFiles);
    }

    // The description names the first file, which names the second.
    [Fact]
    public void A_weights_file_that_another_one_names_is_packed_when_it_changes_and_only_then()
    {
        string files = Path.Combine(BuildProperty.RepositoryRoot, "tests", "MobileNetGen.Weights.Tests", "Files", "tensorflowjs");
        Consumer app = new Consumer(packages, "shards").WriteProject(isLibrary: true).Write("Sharded.mbnet", Networks.Sharded);
        app.Copy(Path.Combine(files, "graph.json"), "graph.json").Copy(Path.Combine(files, "graph.bin"), "graph.bin");
        Assert.Contains("Sharded: ", app.BuildCleanly().Output, StringComparison.Ordinal);
        Assert.Contains("Sharded.inputs", app.PackedFiles);
        Assert.DoesNotContain("Sharded: ", app.BuildCleanly().Output, StringComparison.Ordinal);
        string plan = File.ReadAllText(app.PathOf("obj/Debug/net10.0/MobileNetGen/Sharded.mbplan"));

        // The low bits of one weight, under the same time, as archives restore it.
        DateTime time = File.GetLastWriteTimeUtc(app.PathOf("graph.bin"));
        byte[] changed = File.ReadAllBytes(app.PathOf("graph.bin"));
        changed[400] ^= 1;
        File.WriteAllBytes(app.PathOf("graph.bin"), changed);
        File.SetLastWriteTimeUtc(app.PathOf("graph.bin"), time);
        Assert.Contains("Sharded: ", app.BuildCleanly().Output, StringComparison.Ordinal);
        Assert.NotEqual(plan, File.ReadAllText(app.PathOf("obj/Debug/net10.0/MobileNetGen/Sharded.mbplan")));

        app.DotNet("clean").Succeeded();
        Assert.Empty(app.PackedFiles);
    }

    [Fact]
    public void A_list_of_multipliers_gives_a_class_each()
    {
        Consumer app = new Consumer(packages, "list").WriteProject(isLibrary: true);
        app.Write("List.mbnet", Networks.Quarter.Replace("0.25", "0.25 0.5", StringComparison.Ordinal).Replace("1001", "10", StringComparison.Ordinal));
        app.Write("Use.cs", "namespace App; public static class Use { public static int Both => MobileNetV1_0_25_128.OutputLength + MobileNetV1_0_5_128.OutputLength; }");
        app.BuildCleanly();
        Assert.Contains("MobileNetV1_0_25_128.mbplan", app.PackedFiles);
        Assert.Contains("MobileNetV1_0_5_128.mbplan", app.PackedFiles);
    }

    [Fact]
    public void A_project_chooses_its_descriptions()
    {
        Consumer app = new Consumer(packages, "chosen").WriteProject(
            "<EnableDefaultMobileNetItems>false</EnableDefaultMobileNetItems>", "<MobileNet Include=\"Tiny.mbnet\" />", isLibrary: true);
        app.Write("Tiny.mbnet", Networks.Tiny).Write("Unused.mbnet", "not a network");
        app.BuildCleanly();
        Assert.Equal(["Tiny.mbclass", "Tiny.mbplan", "Tiny.packed", "Tiny.stamp"], app.PackedFiles);
    }

    [Fact]
    public void Before_the_first_build_an_editor_sees_the_class_and_nothing_is_packed()
    {
        Consumer app = new Consumer(packages, "fresh").WriteProject().Write("Program.cs", Networks.PrintTiny).Write("Tiny.mbnet", Networks.Tiny).Write("Broken.mbnet", "?");
        app.DotNet("restore").Succeeded();
        Assert.Contains("Tiny.mbnet", BuildTests.DesignTimeBuild(app).Succeeded().Output, StringComparison.Ordinal);
        Assert.Empty(app.PackedFiles);
    }

    [ReferenceFact]
    public void Trained_weights_give_the_reference_bytes_and_others_are_packed_even_if_older()
    {
        const string weights = "mobilenet_v2_0_5_160_quant.tflite";
        string original = Path.Combine(BuildProperty.ReferenceData, "tflite", weights);
        string golden = Path.Combine(BuildProperty.ReferenceData, "golden");
        string image = Path.Combine(golden, "inputs", "cat_160.rgb");
        byte[] expected = File.ReadAllBytes(Path.Combine(golden, "mobilenet_v2_0_5_160_quant", "cat.out.bin"));
        Consumer app = new Consumer(packages, "trained").WriteProject().Write("Program.cs", Networks.RunTrained).Write("Trained.mbnet", Networks.Trained);
        app.Copy(original, weights);
        app.BuildCleanly();
        app.Run(image, "out.bin");
        Assert.Equal(expected, File.ReadAllBytes(app.PathOf("out.bin")));

        // One weight of the middle of the file, under the same time.
        DateTime time = File.GetLastWriteTimeUtc(app.PathOf(weights));
        byte[] changed = File.ReadAllBytes(original);
        changed[changed.Length / 2] ^= 0x80;
        File.WriteAllBytes(app.PathOf(weights), changed);
        File.SetLastWriteTimeUtc(app.PathOf(weights), time);
        byte[] blob = File.ReadAllBytes(app.PathOf("obj/Debug/net10.0/MobileNetGen/MobileNetV2_0_5_160.mbw"));
        app.BuildCleanly();
        Assert.NotEqual(blob, File.ReadAllBytes(app.PathOf("obj/Debug/net10.0/MobileNetGen/MobileNetV2_0_5_160.mbw")));

        // The same content under another time: neither packed nor compiled.
        File.SetLastWriteTimeUtc(app.PathOf(weights), new DateTime(2002, 2, 2, 0, 0, 0, DateTimeKind.Utc));
        string output = app.BuildCleanly("-v:n").Output;
        Assert.DoesNotContain("of weights", output, StringComparison.Ordinal);
        Assert.Contains("Skipping target \"CoreCompile\"", output, StringComparison.Ordinal);

        File.Copy(original, app.PathOf(weights), overwrite: true);
        app.BuildCleanly();
        app.Run(image, "restored.bin");
        Assert.Equal(expected, File.ReadAllBytes(app.PathOf("restored.bin")));
    }
}
