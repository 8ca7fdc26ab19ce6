using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using CsCheck;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Compiler.Tests.Planning;

public class PlannerTests
{
    [Theory]
    [InlineData("MobileNetV1\nalpha 0.25 0.5 0.75 1.0\nresolution 128 160 192 224", "float32")]
    [InlineData("MobileNetV1\nalpha 0.25 0.5 0.75 1.0\nresolution 128 160 192 224", "int8")]
    [InlineData("MobileNetV2\nalpha 0.35 0.5 0.75 1.0 1.3 1.4\nresolution 96 128 160 192 224", "float32")]
    [InlineData("MobileNetV2\nalpha 0.35 0.5 0.75 1.0 1.3 1.4\nresolution 96 128 160 192 224", "uint8")]
    [InlineData("MobileNetV2\nalpha 0.5\nresolution 97 225x33\ninput grey", "uint8")]
    public void No_step_of_a_published_network_overwrites_what_is_still_read(string network, string quantization) =>
        Assert.All(Compiled.Plans($"network {network}\nquantization {quantization}\nweights random"), PlanReplay.Check);

    [Fact]
    public void No_step_of_any_network_overwrites_what_is_still_read() =>
        Gen.Int[0, 9_999].Array[1, 40].Sample(choices => PlanReplay.Check(Compiled.Plan(RandomText(choices))), iter: 500);

    [Fact]
    public void No_step_of_any_network_of_several_results_overwrites_what_is_still_read_or_stored() =>
        Gen.Int[0, 9_999].Array[1, 40].Select(Gen.Int[0, 9_999].Array[1, 4]).Sample(
            (choices, outputs) => PlanReplay.Check(Compiled.Plan($"output {string.Join(' ', outputs.Select(o => $"l{o % choices.Length}").Distinct())}\n" + RandomText(choices))), iter: 1_000);

    // The planner leaves unmeasured what by this bound cannot fit: were it too high, plans would be worse and nobody would know.
    [Theory]
    [InlineData("network MobileNetV1\nalpha 0.25\nresolution 129\nthreads 2", 1_000)]
    [InlineData("network MobileNetV2\nalpha 0.35\nresolution 96\nquantization int8", 500)]
    [InlineData("network MobileNetV3Small\nresolution 97x160", 20)]
    [InlineData("network SSDLiteMobileNetV2\nalpha 0.5\nresolution 160\nquantization uint8", 500)]
    public void No_segment_needs_less_than_its_floor(string network, int least)
    {
        (List<Draft> drafts, List<FeatureBuffer> maps) = Planner.Steps(Compiled.Plan($"{network}\nweights random").Network);
        var planner = new StagePlanner(drafts, maps, isShared: network.Contains("threads", StringComparison.Ordinal));
        Segment[] streamed = [.. planner.Segments().Where(s => s.IsStreamed).SelectMany(s => planner.InBands(s).Prepend(s))];
        Assert.InRange(streamed.Length, least, int.MaxValue);
        Assert.All(streamed, segment => Assert.InRange(segment.KnownBytes, 1, segment.Bytes));
    }

    // A head stands behind the map that it reads, wherever the text has it; the last layer, whose result the caller reads, stays last.
    [Fact]
    public void A_head_runs_directly_behind_the_map_that_it_reads()
    {
        Plan plan = Compiled.Plan("""
            network N
            resolution 64
            weights random
            output scores boxes
            layers
              conv 16 kernel 3 stride 2 as stem
              bottleneck 24 expand 6 stride 2 as middle
              bottleneck 32 expand 6 stride 2 as last
              conv 12 kernel 3 linear from middle as scores
              pointwise 8 linear from stem as boxes
            head
              avgpool from last
            """);
        Assert.Equal(
            ["stem", "boxes", "middle_expand", "middle_depthwise", "middle_project", "scores", "last_expand", "last_depthwise", "last_project", "avgpool1"],
            plan.Steps.Select(s => s.Last.Name));
        Assert.Equal(["avgpool1", "scores", "boxes"], plan.Network.Outputs.Select(o => o.Name));
        PlanReplay.Check(plan);
    }

    // 151x145 maps do not stay in the cache: the stage streams, and heads inside it get rows as they come.
    [Theory]
    [InlineData("float32")]
    [InlineData("uint8")]
    public void Results_inside_a_streamed_stage_keep_no_map_whole(string quantization)
    {
        string text = $"network N\nresolution 301x290\nweights random\nquantization {quantization}\n";
        const string Layers = """
            layers
              conv 16 kernel 3 stride 2 as stem
              bottleneck 16 expand 3 as middle
              separable 21 kernel 5 stride 2 linear from middle as head
              bottleneck 24 expand 3 stride 2 from middle as last
            head
              avgpool
            """;
        Plan plan = Compiled.Plan(text + "output stem middle head\n" + Layers);
        Stage stage = plan.Stages[0];
        Assert.Equal(["stem", "middle_add", "head_pointwise"], stage.Steps.Where(s => s.Stored is not null).Select(s => s.Last.Name).Intersect(["stem", "middle_add", "head_pointwise"]));
        SideBranch branch = Assert.Single(stage.Branches);
        Assert.Equal(("head_depthwise", "head_pointwise"), (branch.Layers[0].Name, branch.End.Name));
        Assert.All(stage.Steps.SkipLast(1), s => Assert.True(s.Output.Ring is > 0 and < 40, $"{s.Last.Name}: {s.Output.Ring}"));
        PlanReplay.Check(plan);
    }

    [Fact]
    public void Projections_take_in_the_residuals()
    {
        Plan plan = Compiled.Plan("network MobileNetV2\nweights random");
        Assert.Equal(10, plan.Steps.Count(s => s.FusedAdd is not null));
        Assert.All(plan.Steps.Where(s => s.FusedAdd is not null), s =>
        {
            Assert.EndsWith("_project", s.Layer.Name);
            Assert.EndsWith("_add", s.FusedAdd!.Name);
            Assert.Equal((s.FusedAdd.Name, s.FusedAdd), (s.Output.Name, s.Last));
        });
        Assert.DoesNotContain(plan.Steps, s => s.Layer.Operator == Operator.Add);
    }

    [Theory]
    [InlineData("pointwise 16", false)] // its activation comes before the sum
    [InlineData("pointwise 16 linear", true)]
    [InlineData("conv 16 kernel 3 linear", false)]
    public void Only_linear_pointwise_layers_take_in_a_sum(string layer, bool fused) =>
        Assert.Equal(fused, Small("conv 16 kernel 3 as stem", "depthwise", layer, "add stem").Steps.Any(s => s.FusedAdd is not null));

    [Fact]
    public void A_layer_that_others_read_keeps_its_own_result()
    {
        Plan plan = Small("conv 16 kernel 3 as stem", "pointwise 16 linear as p", "add stem", "add p");
        Assert.DoesNotContain(plan.Steps, s => s.FusedAdd is not null);
    }

    [Fact]
    public void A_sum_of_a_layer_with_itself_is_not_fused()
    {
        Plan plan = Small("conv 16 kernel 3", "pointwise 16 linear as p", "add p");
        Step add = Assert.Single(plan.Steps, s => s.Layer.Operator == Operator.Add);
        Assert.Equal(("p", "p"), (add.Input.Name, add.Second!.Name));
    }

    [Fact]
    public void A_sum_overwrites_an_operand_that_nothing_reads_later()
    {
        Step step = Assert.Single(Small("pointwise 16 as stem", "pointwise 8", "pointwise 16 linear", "add stem").Steps, s => s.FusedAdd is not null);
        Assert.Equal(step.Second!.Offset, step.Output.Offset);
    }

    [Fact]
    public void A_sum_keeps_an_operand_that_is_read_later()
    {
        Plan plan = Small("pointwise 16 as stem", "pointwise 8", "pointwise 16 linear", "add stem", "add stem");
        Step step = Assert.Single(plan.Steps, s => s.FusedAdd is not null);
        Assert.NotEqual(step.Second!.Offset, step.Output.Offset);
    }

    // The pointwise layer reads all channels of a pixel for every 16 that it writes.
    [Fact]
    public void A_layer_whose_sum_adds_its_own_input_does_not_overwrite_it()
    {
        Step step = Assert.Single(Small("pointwise 32 as stem", "pointwise 32 linear", "add stem").Steps, s => s.FusedAdd is not null);
        Assert.Equal("stem", step.Input.Name);
        Assert.Equal("stem", step.Second!.Name);
        Assert.NotEqual(step.Input.Offset, step.Output.Offset);
    }

    [Theory]
    [InlineData("rgb", "float32", "conv 8 kernel 3", 3)]
    [InlineData("rgb", "uint8", "conv 8 kernel 3", 4)]
    [InlineData("grey", "int8", "conv 8 kernel 3", 4)]
    [InlineData("grey", "float32", "conv 8 kernel 3", 1)]
    [InlineData("rgb", "float32", "depthwise", 16)]
    [InlineData("grey", "int8", "depthwise multiplier 8", 16)]
    public void An_input_that_only_convolutions_read_keeps_its_channels_together(string order, string quantization, string layer, int lanes)
    {
        Plan plan = Compiled.Plan($"network N\nresolution 32\ninput {order}\nquantization {quantization}\nweights random\nlayers\n {layer}\nhead\n avgpool");
        Assert.Equal(lanes, plan.Input.Lanes);
        Assert.Equal(1, plan.Input.Halo);
    }

    [Fact]
    public void Scratch_does_not_depend_on_padding()
    {
        const string Text = "network MobileNetV2\nresolution 225\nweights random\n";
        Plan[] plans = [Compiled.Plan(Text), Compiled.Plan(Text + "padding same"), Compiled.Plan(Text + "padding symmetric")];
        Assert.All(plans, p => Assert.Equal((plans[0].Stages, plans[0].ScratchBytes, plans[0].PeakBytes), (p.Stages, p.ScratchBytes, p.PeakBytes)));
    }

    [Fact]
    public void A_quantised_plan_is_at_most_a_quarter_of_a_float_one()
    {
        const string Text = "network MobileNetV2\nalpha 0.5\nresolution 160\nweights random\n";
        double ratio = Compiled.Plan(Text).PeakBytes / (double)Compiled.Plan(Text + "quantization uint8").PeakBytes;
        Assert.True(ratio > 3.9, $"{ratio}");
    }

    [Theory]
    [InlineData("stack 0", false)]
    [InlineData("stack 64MiB", true)]
    public void The_stack_budget_decides_where_scratch_is_taken(string line, bool fits) =>
        Assert.Equal(fits, Compiled.Plan("network MobileNetV2\nweights random\n" + line).FitsStack);

    [Fact]
    public void What_can_fit_the_stack_is_not_made_faster_by_scratch_that_does_not()
    {
        const string Text = "network MobileNetV1\nalpha 0.25\nresolution 128\nweights random\n";
        Assert.True(Compiled.Plan(Text).ScratchBytes > 128 * 1024);
        Assert.True(Compiled.Plan(Text + "stack 128KiB").FitsStack);
    }

    [Fact]
    public void Repeated_blocks_find_the_halo_of_their_expanded_maps()
    {
        Plan plan = Compiled.Plan("network MobileNetV2\nalpha 0.5\nresolution 160\nweights random");
        IEnumerable<string> kept = plan.Steps.Select(s => (s.Last.Name, Before: plan.HaloBefore(s)?.Last.Name)).Where(s => s.Before is not null).Select(s => $"{s.Name} from {s.Before}");
        Assert.Equal(
            ["bottleneck9_expand from bottleneck8_expand", "bottleneck10_expand from bottleneck9_expand", "bottleneck11_expand from bottleneck10_expand",
             "bottleneck16_expand from bottleneck15_expand", "bottleneck17_expand from bottleneck16_expand"], kept);
    }

    [Fact]
    public void A_halo_is_lost_where_a_map_between_lies_on_it()
    {
        Plan plan = Compiled.Plan("network MobileNetV2\nalpha 0.5\nresolution 160\nweights random");
        Step expand = plan.Steps.Single(s => s.Last.Name == "bottleneck10_expand"), between = plan.Steps.Single(s => s.Last.Name == "bottleneck9_depthwise");
        Assert.NotNull(plan.HaloBefore(expand));
        Step moved = between with { Output = between.Output with { Offset = expand.Output.Offset } };
        Plan other = plan with { Stages = plan.Stages.Select(stage => new Stage(stage.Steps.Select(s => s == between ? moved : s).ToEquatableArray())).ToEquatableArray() };
        Assert.Null(other.HaloBefore(expand));
    }

    [Fact]
    public void A_buffers_strides_describe_its_rows()
    {
        var buffer = new FeatureBuffer("map", new Shape(5, 7, 40), FeatureBuffer.BlockChannels, Halo: 1, ElementSize: 4, Ring: 0, Offset: 128);
        Assert.Equal(3, buffer.Blocks);
        Assert.Equal(9 * 16, buffer.BlockStride);
        Assert.Equal(3 * 9 * 16, buffer.RowStride);
        Assert.Equal(7 * 3 * 9 * 16 * 4, buffer.Bytes);
        Assert.Equal(128 + (((3 * 9 * 16) + 16) * 4), buffer.Origin);
    }

    // float32 in KiB; bytes need a quarter.
    [Theory]
    [InlineData("MobileNetV2", "0.5", 160, 256)]
    [InlineData("MobileNetV2", "1.0", 224, 576)]
    [InlineData("MobileNetV2", "1.4", 224, 896)]
    [InlineData("MobileNetV1", "1.0", 224, 960)]
    public void Scratch_stays_within_its_figure(string network, string alpha, int resolution, int kibibytes)
    {
        string text = $"network {network}\nalpha {alpha}\nresolution {resolution}\nweights random\nquantization ";
        Assert.InRange(Compiled.Plan(text + "float32").ScratchBytes, 1, kibibytes * 1024);
        Assert.InRange(Compiled.Plan(text + "uint8").ScratchBytes, 1, kibibytes * 1024 / 4);
        Assert.InRange(Compiled.Plan(text + "int8").ScratchBytes, 1, kibibytes * 1024 / 4);
    }

    [Theory]
    [InlineData("MobileNetV2", "0.35", 96)]
    [InlineData("MobileNetV2", "0.5", 160)]
    [InlineData("MobileNetV1", "0.25", 128)]
    public void Byte_networks_that_64_KiB_are_enough_for_run_several_rows_a_call(string network, string alpha, int resolution)
    {
        Plan plan = Compiled.Plan($"network {network}\nalpha {alpha}\nresolution {resolution}\nweights random\nquantization uint8");
        Assert.InRange(plan.ScratchBytes, 1, 64 * 1024);
        Assert.All(plan.Stages.Where(s => s.IsStreamed).SelectMany(s => s.Steps), s => Assert.InRange(s.Band, 2, s.Output.Shape.Height));
    }

    [Fact]
    public void Where_not_all_steps_of_a_stage_can_run_several_rows_a_call_those_nearer_the_picture_do()
    {
        Stage first = Compiled.Plan("network MobileNetV1\nalpha 0.5\nresolution 160\nweights random\nquantization uint8").Stages[0];
        Assert.True(first.IsStreamed);
        Assert.True(first.Steps[0].Band > first.Last.Band);
        Assert.Equal(first.Steps.Select(s => s.Band).OrderByDescending(band => band), first.Steps.Select(s => s.Band));
    }

    // A row of the sum takes the place of a row that a larger filter needs for the next one.
    [Theory]
    [InlineData(1, true)]
    [InlineData(3, false)]
    public void A_streamed_sum_overwrites_an_operand_unless_a_larger_filter_of_its_stage_reads_it(int kernel, bool overwrites)
    {
        string[] layers = ["conv 512 kernel 5 stride 8 as stem", $"depthwise kernel {kernel} linear", "add stem as sum", $"conv 64 kernel {kernel}"];
        Plan plan = Compiled.Plan($"network N\nresolution 104\nweights random\nlayers\n  {string.Join("\n  ", layers)}\nhead\n  avgpool\n");
        Step sum = Assert.Single(plan.Steps, s => s.Last.Name == "sum");
        Assert.Equal(overwrites, sum.Band > 0 && sum.Output.Offset == sum.Second!.Offset);
        PlanReplay.Check(plan);
    }

    [Fact]
    public void The_first_layers_of_every_published_network_are_streamed()
    {
        foreach (string text in new[] { "MobileNetV1\nalpha 0.25 0.5 0.75 1.0\nresolution 128 160 192 224", "MobileNetV2\nalpha 0.35 0.5 0.75 1.0 1.3 1.4\nresolution 96 128 160 192 224" })
        {
            foreach (Plan plan in Compiled.Plans($"network {text}\nweights random"))
            {
                Assert.True(plan.Stages[0].IsStreamed, plan.Network.ClassName);
                Assert.InRange(plan.Input.Ring, 3, plan.Input.Shape.Height - 1);
                long layered = plan.Steps.Max(s => (s.Input with { Ring = 0 }).Bytes + (s.Output with { Ring = 0 }).Bytes);
                Assert.True(plan.ScratchBytes < layered / 1.5, $"{plan.Network.ClassName}: {plan.ScratchBytes} of {layered}");
            }
        }
    }

    [Theory]
    [InlineData("float32", 640, 384)]
    [InlineData("int8", 200, 100)]
    public void V3_fits_the_stack(string quantization, int large, int small)
    {
        foreach ((string network, int most) in new[] { ("Large", large), ("LargeMinimalistic", large), ("Small", small), ("SmallMinimalistic", small) })
        {
            Plan plan = Compiled.Plan($"network MobileNetV3{network}\nquantization {quantization}\nweights random");
            Assert.InRange(plan.ScratchBytes, 0, most * 1024);
            PlanReplay.Check(plan);
        }
    }

    /// <summary>What the pool of a squeeze reads is kept whole, and is there for the multiplication; the expanded map is not.</summary>
    [Fact]
    public void Squeezes_pool_while_their_map_is_written()
    {
        Plan plan = Compiled.Plan("network MobileNetV3Large\nweights random");
        int turns = 0;
        foreach (Step pool in plan.Steps.Where(s => s.Last.Name.EndsWith("_squeeze", StringComparison.Ordinal)))
        {
            Stage stage = plan.Stages.Single(s => s.Steps.Contains(pool));
            turns += stage.IsSliced || pool.Band > 0 ? 1 : 0;
            Step multiply = plan.Steps.Single(s => s.Layer.Operator == Operator.Multiply && s.Input.Name == pool.Input.Name);
            Assert.Equal((0, 0), (pool.Input.Ring, pool.Input.Slice));
            Assert.Equal(multiply.Band == 0, multiply.Output.Offset == multiply.Input.Offset);
        }

        Assert.InRange(turns, 6, 8);
    }

    private static Plan Small(params string[] layers) =>
        Compiled.Plan($"network N\nresolution 16\nweights random\nlayers\n  {string.Join("\n  ", layers)}\nhead\n  avgpool\n");

    /// <summary>A network in which each number chooses a layer, what it reads, and what is added to it.</summary>
    private static string RandomText(int[] choices)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"network N\nresolution 33x40\nweights random\nquantization {(choices[0] % 2 == 0 ? "float32" : "int8")}\nlayers\n");
        var shapes = new List<(string Name, int Channels, int Shrink)> { ("input", 3, 0) };
        for (int i = 0; i < choices.Length; i++)
        {
            int choice = choices[i];
            (string source, int inputChannels, int shrink) = choice % 4 == 0 ? shapes[choice / 4 % shapes.Count] : shapes[^1];
            int channels = 8 * (1 + (choice / 10 % 3)), kernel = 1 + (2 * (choice / 30 % 3)), stride = choice / 90 % 8 == 0 && shrink < 4 ? 2 : 1;
            (string layer, int outputChannels, int outputStride) = (choice / 700 % 6) switch
            {
                0 => ($"conv {channels} kernel {kernel} stride {stride}", channels, stride),
                1 => ($"depthwise kernel {kernel} stride {stride}", inputChannels, stride),
                2 => ($"separable {channels} kernel {kernel} stride {stride}", channels, stride),
                3 => ($"bottleneck {channels} expand {1 + (choice % 3)} kernel {kernel} stride {stride}{(choice / 6 % 2 == 0 ? " squeeze 1/2" : "")}{(choice / 12 % 4 == 0 ? " fused" : "")}", channels, stride),
                4 => ($"pointwise {channels}", channels, 1),
                _ => ($"pointwise {channels} linear", channels, 1),
            };
            text.Append(CultureInfo.InvariantCulture, $"  {layer} from {source} as l{i}\n");
            shapes.Add(($"l{i}", outputChannels, shrink + outputStride - 1));

            // Half of the layers are added to something of their shape, themselves included.
            (string Name, int Channels, int Shrink)[] equal = [.. shapes.Where(s => (s.Channels, s.Shrink) == (shapes[^1].Channels, shapes[^1].Shrink))];
            if (choice % 2 == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"  add {equal[choice / 3 % equal.Length].Name} as s{i}\n");
                shapes.Add(($"s{i}", outputChannels, shrink + outputStride - 1));
            }
        }

        return text.Append("head\n  avgpool\n").ToString();
    }
}
