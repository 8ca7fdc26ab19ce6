using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Tool.Tests.Support;
using MobileNetGen.Tool.Verify;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Tests.Verify;

public class VerifyTests
{
    [Theory]
    [MemberData(nameof(Texts.Names), MemberType = typeof(Texts))]
    public void Generated_networks_pass(string name)
    {
        using var mbnet = new Mbnet();
        string output = Mbnet.Succeed("verify", mbnet.Write("net.mbnet", Texts.All[name]));
        Assert.Contains("every layer is within its bound", output, StringComparison.Ordinal);
    }

    [ReferenceFact]
    public void A_trained_network_passes_on_photographs()
    {
        using var mbnet = new Mbnet();
        Mbnet.Succeed("import", ReferenceData.TensorFlowLite("mobilenet_v2_0_5_160_quant"), "-o", mbnet["net.mbnet"]);
        string images = System.IO.Path.Combine(BuildProperty.ReferenceData, "images");
        JsonElement json = JsonDocument.Parse(Mbnet.Succeed("verify", mbnet["net.mbnet"], "--images", images, "--limit", "3", "--json")).RootElement;
        Assert.True(json.GetProperty("passed").GetBoolean());
        Assert.Equal(3, json.GetProperty("images").GetInt32());
        Assert.All(json.GetProperty("layers").EnumerateArray(), l => Assert.Equal(["reference", "ONNX Runtime"], l.GetProperty("differences").EnumerateArray().Select(d => d.GetProperty("engine").GetString())));
    }

    [ReferenceTheory]
    [InlineData("Starter")]
    [InlineData("UltraFace")]
    public void A_trained_detector_passes(string name)
    {
        JsonElement json = JsonDocument.Parse(Mbnet.Succeed("verify", ReferenceData.Description("Detection/" + name), "--json")).RootElement;
        Assert.True(json.GetProperty("passed").GetBoolean());
        Assert.Contains(json.GetProperty("layers").EnumerateArray(), l => l.GetProperty("layer").GetString()!.EndsWith("_scores", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("uint8 V2", "bottleneck4_depthwise")]
    [InlineData("float32 V1", "separable5_pointwise")]
    public void The_first_layer_that_is_wrong_is_named(string name, string wrong)
    {
        Description description = Texts.Compile(Texts.All[name]);
        Plan plan = description.Plans[0];
        TrainedNetwork trained = TrainedNetworkLoader.Load(plan.Network, "");
        var generated = new GeneratedEngine(description, PackedPlan.Of(plan, trained, description));

        // The reference of a network that differs in the weights of one layer.
        TrainedNetwork other = trained with { Layers = [.. trained.Layers.Select(l => l.Layer.Name == wrong ? l with { Filter = Changed(l.Filter!) } : l)] };
        Verification verification = Verification.Compare(plan, trained, generated, [new NaiveEngine(other)], Images(plan), _ => { });
        Assert.Equal(wrong, verification.FirstExceeded);
        Assert.False(verification.Passed);
        Assert.Equal(0, verification.StreamingDifference);
    }

    [Theory]
    [InlineData("int8 in uint8")]
    [InlineData("int8 in float32")]
    public void The_types_of_the_ends_are_compared_too(string name)
    {
        Description description = Texts.Compile(Texts.All[name]);
        PackedPlan built = PackedPlan.Of(description.Plans[0], description);
        byte[] pixels = Images(built.Plan)[0];
        Assert.True(NetworkEnds.Has(built.Trained));
        Assert.Equal(0, new NetworkEnds(description, built).Difference(pixels));

        // The reference of a network whose result means something else.
        TrainedLayer last = built.Trained.Layers[^1];
        TrainedNetwork other = built.Trained with
        {
            Layers = built.Trained.Layers.SetItem(built.Trained.Layers.Length - 1, last with { Output = new TensorScale(last.Output!.Value.Scale * 2, last.Output.Value.ZeroPoint) }),
        };
        Assert.NotEqual(0, new NetworkEnds(description, built with { Trained = other }).Difference(pixels));
    }

    [Fact]
    public void Labels_that_a_build_refuses_are_refused()
    {
        using var mbnet = new Mbnet();
        mbnet.Write("labels.txt", "cat\ndog\n");
        Outcome outcome = Mbnet.Run("verify", mbnet.Write("net.mbnet", Texts.All["uint8 V1"] + "\nlabels \"labels.txt\""), "--no-onnx");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("MBN2007", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_number_is_beyond_every_bound()
    {
        Assert.True(new LayerDifference("", float.NaN, 1).Exceeds);
        Assert.False(new LayerDifference("", 1, 1).Exceeds);
    }

    [Fact]
    public void A_folder_without_images_is_reported()
    {
        using var mbnet = new Mbnet();
        Outcome outcome = Mbnet.Run("verify", mbnet.Write("net.mbnet", Texts.Odd), "--images", mbnet.Folder);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("there is no image in it", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_image_is_reported()
    {
        using var mbnet = new Mbnet();
        mbnet.Write("photo.jpg", "not a photo");
        Outcome outcome = Mbnet.Run("verify", mbnet.Write("net.mbnet", Texts.Odd), "--images", mbnet.Folder);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("photo.jpg: this is no picture", outcome.Error, StringComparison.Ordinal);
    }

    private static Filter Changed(Filter filter) => filter switch
    {
        FloatFilter f => f with { Weights = [.. f.Weights.Select(w => w * 1.01f)] },
        QuantizedFilter q => q with { Weights = [.. q.Weights.Select(w => (sbyte)(w ^ 1))] },
        _ => filter,
    };

    private static List<byte[]> Images(Plan plan)
    {
        var pixels = new byte[plan.Network.Input.Length];
        new Random(2).NextBytes(pixels);
        return [pixels];
    }
}
