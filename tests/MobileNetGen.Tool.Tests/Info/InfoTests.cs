using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Emission.Operators;
using MobileNetGen.Tool.Emit;
using MobileNetGen.Tool.Info;
using MobileNetGen.Tool.Tests.Support;
using MobileNetGen.Weights.Descriptions;

namespace MobileNetGen.Tool.Tests.Info;

public partial class InfoTests
{
    public static TheoryData<string, decimal, int, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, decimal, int, string>();
            foreach (PublishedRow row in PublishedNumbers.All.Rows.Where(r => r.MultiplyAdds is not null))
                rows.Add(row.Network, row.Alpha, row.Resolution, row.Source);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Published_counts_are_ours_to_the_last_printed_digit_except_where_a_note_says_that_they_are_wrong(string network, decimal alpha, int resolution, string source)
    {
        NetworkSummary summary = NetworkSummary.Of(Texts.Plan(FormattableString.Invariant($"network {network}\nalpha {alpha}\nresolution {resolution}\nweights random")));
        PublishedRow row = Assert.Single(summary.Published, r => r.Source == source);

        // Some tables round and some cut.
        bool agrees = Math.Abs((summary.MultiplyAdds / 1e6m) - row.MultiplyAdds!.Value) <= 1 && Math.Abs((summary.Parameters / 1e6m) - row.Parameters!.Value) <= 0.1m;
        Assert.Equal(source == "torchvision" || row.Note is null, agrees);
    }

    [Fact]
    public void Every_row_has_a_source_and_no_row_is_there_twice()
    {
        Assert.All(PublishedNumbers.All.Rows, r => Assert.NotEmpty(PublishedNumbers.All.SourceOf(r).Citation));
        Assert.Distinct(PublishedNumbers.All.Rows.Select(r => (r.Network, r.Alpha, r.Resolution, r.Source)));
    }

    [Theory]
    [InlineData("alpha 0.36")]
    [InlineData("resolution 192x224")]
    [InlineData("layers\n  conv 32 kernel 3 stride 2")]
    public void Nothing_is_published_about_other_networks(string change) =>
        Assert.Empty(NetworkSummary.Of(Texts.Plan($"network MobileNetV2\nweights random\n{change}")).Published);

    [Fact]
    public void A_network_for_other_classes_is_compared_all_the_same() =>
        Assert.NotEmpty(NetworkSummary.Of(Texts.Plan("network MobileNetV2\nclasses 5\nactivation relu\nweights random\nhead\n  avgpool\n  dense classes")).Published);

    [Theory]
    [MemberData(nameof(Texts.Names), MemberType = typeof(Texts))]
    public void The_kernels_are_those_that_generated_code_calls(string name)
    {
        Description description = Texts.Compile(Texts.All[name]);
        Plan plan = description.Plans[0];
        string code = GeneratedClass.Write(description, PackedPlan.Of(plan, description), "Networks");
        string[] called = [.. KernelCall().Matches(code).Select(m => m.Groups[1].Value).Where(k => !k.StartsWith("Load", StringComparison.Ordinal) && k is not ("StoreRaw" or "Dequantize" or "StoreBytes" or "StoreValues" or "PushBest" or "MapRows"))];

        // Kernels have several forms; which one, the weights decide.
        string[] expected = [.. plan.Steps.Select(s => OperatorEmitter.All[s.Layer.Operator].Kernel(s))];
        Assert.Equal(expected.Order(StringComparer.Ordinal), called.Select(k => k.Replace("SixteenBit", "", StringComparison.Ordinal).Replace("UInt8", "", StringComparison.Ordinal).Replace("Int8", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    // What a build prints; and lines that two windows beside each other have room for.
    [Fact]
    public void The_size_of_the_weights_is_what_a_build_bakes()
    {
        string folder = Path.Combine(BuildProperty.RepositoryRoot, "models", "cifar10"), file = Path.Combine(folder, "Cifar10_int8.mbnet");
        Description description = Description.Read(file);
        string output = Mbnet.Succeed("info", file);
        Assert.Matches($@"as a build packs them +{Regex.Escape(ByteSize.Text(PackedPlan.Of(description.Plans[0], description).Result.Blob.Length))}", output);
        Assert.All(output.Split('\n'), line => Assert.True(line.Length <= 120, line));
        using var mbnet = new Mbnet();
        Assert.DoesNotContain("as a build packs them", Mbnet.Succeed("info", mbnet.Write("net.mbnet", Texts.Odd)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_detector_has_a_table_of_its_maps()
    {
        using var mbnet = new Mbnet();
        string net = mbnet.Write("net.mbnet", "network SSDMobileNetV1\nresolution 300\nclasses 90\nweights random");
        string output = Mbnet.Succeed("info", net);
        Assert.Matches(@"map1 +10×10 +6 +600 +map1_boxes, map1_scores", output);
        Assert.Contains("1,917 anchors, 90 classes and the background; 12 results", output, StringComparison.Ordinal);
        JsonElement detector = JsonDocument.Parse(Mbnet.Succeed("info", net, "--json")).RootElement[0].GetProperty("detector");
        Assert.Equal((1917, 90, "sigmoid"), (detector.GetProperty("anchors").GetInt32(), detector.GetProperty("classes").GetInt32(), detector.GetProperty("scores").GetString()));
        Assert.Equal([1083, 600, 150, 54, 24, 6], detector.GetProperty("maps").EnumerateArray().Select(m => m.GetProperty("anchors").GetInt32()));
    }

    [Fact]
    public void A_table_has_every_layer_and_the_published_values()
    {
        using var mbnet = new Mbnet();
        string output = Mbnet.Succeed("info", mbnet.Write("net.mbnet", "network MobileNetV1\nalpha 0.75\nquantization uint8\nweights \"absent.tflite\""));
        Assert.Contains("separable13_pointwise", output, StringComparison.Ordinal);
        Assert.Matches(@"multiply-adds +325,401,216 +325 M +317 M !", output);
        Assert.Contains("! TF-slim: The README's multiply-adds are wrong", output, StringComparison.Ordinal);
        Assert.Contains("arXiv:1704.04861", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_has_a_row_a_network()
    {
        using var mbnet = new Mbnet();
        string output = Mbnet.Succeed("info", mbnet.Write("net.mbnet", "network MobileNetV2\nalpha 0.5 1.0\nresolution 160 224\nweights random"));
        Assert.Matches(@"MobileNetV2_0_5_160 +0\.5 +160×160×3 +50,185,280 +50 M +1,951,417 +1\.95 M", output);
        Assert.Matches(@"MobileNetV2_1_0_224 +1\.0 +224×224×3 +300,775,552 +300 M +3,472,041 +3\.47 M", output);
    }

    [Fact]
    public void Json_has_what_the_table_has()
    {
        using var mbnet = new Mbnet();
        string file = mbnet.Write("net.mbnet", "network MobileNetV2\nalpha 0.5\nresolution 160\nweights random");
        JsonElement network = Assert.Single(JsonDocument.Parse(Mbnet.Succeed("info", file, "--json")).RootElement.EnumerateArray());
        Assert.Equal(50_185_280, network.GetProperty("multiplyAdds").GetInt64());
        Assert.Equal("float32", network.GetProperty("quantization").GetString());
        Assert.Equal(network.GetProperty("multiplyAdds").GetInt64(), network.GetProperty("layers").EnumerateArray().Sum(l => l.GetProperty("multiplyAdds").GetInt64()));
    }

    [Fact]
    public void A_machine_is_of_one_network_and_for_people()
    {
        using var mbnet = new Mbnet();
        string file = mbnet.Write("net.mbnet", "network MobileNetV2\nresolution 96 128\nweights random");
        Assert.Contains("--machine names kernels for people, and --json", Mbnet.Run("info", file, "--machine", "avx2", "--json").Error, StringComparison.Ordinal);
        Assert.Contains("has 2 networks: choose one with --class", Mbnet.Run("info", file, "--machine", "avx2").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_has_kernels_that_the_runtime_has()
    {
        using var mbnet = new Mbnet();
        string file = mbnet.Write("net.mbnet", "network MobileNetV2\nquantization int8\nweights random");
        Assert.Matches(@"depthwise 3×3 +WindowColumnDp", Mbnet.Succeed("info", file, "--machine", "arm64-dp"));
        Assert.DoesNotContain("WindowColumn", Mbnet.Succeed("info", file), StringComparison.Ordinal);
        string kernels = string.Concat(Directory.EnumerateFiles(Path.Combine(BuildProperty.RepositoryRoot, "runtime", "MobileNetGen.Runtime", "Kernels"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.All(MachineKernels.All, m => Assert.All([m.Float32, m.Float32Depthwise, m.Plain, m.SixteenBit, m.Depthwise], name => Assert.Matches($@"(struct|void) {name}\b", kernels)));
    }

    [GeneratedRegex(@"(?:Float32Kernels|UInt8Kernels|Flattening)\.(\w+)\(")]
    private static partial Regex KernelCall();
}
