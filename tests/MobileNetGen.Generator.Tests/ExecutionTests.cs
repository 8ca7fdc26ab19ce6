using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Threading;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Tests.Support;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Packing;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Synthetic;

namespace MobileNetGen.Generator.Tests;

/// <summary>What generated code does when it runs.</summary>
public class ExecutionTests
{
    private const string Float32Layers = """
        network    Own
        resolution 13x18
        classes    5
        weights    random 11
        padding    PADDING
        layers
          depthwise multiplier 8 stride 2
          pointwise 20
          depthwise kernel 5
          pointwise 20 linear
          add pointwise1 relu
          conv 36 kernel 3 stride 2
          bottleneck 36 expand 2
          conv 36 kernel 3 from conv1
          add bottleneck1 linear as sum
          separable 18
        head
          avgpool
          dense 10 relu
          dense classes
        """;

    /// <summary>Blocks of MobileNetV3 in every form, with maps large enough that they run by rows and by channels.</summary>
    private const string Squeezes = """
        network    Own
        resolution 130x98
        classes    7
        divisor    8
        activation hswish
        weights    random 3
        layers
          conv       16 kernel 3 stride 2
          bottleneck 24 expand 2.5 kernel 5 squeeze 1/4 relu
          bottleneck 24 expand to 72 squeeze 1/2
          bottleneck 40 expand 88/24 fused stride 2 squeeze 1/4
          bottleneck 40 expand 8 squeeze 1/4 relu
          bottleneck 40 expand 3 no-residual hsigmoid
          bottleneck 40 expand to 200 kernel 5 squeeze 1/4
          bottleneck 40 expand to 192 kernel 5 stride 2 squeeze 1/4
          depthwise  relu as features
          avgpool
          dense      12 relu
          dense      40 hsigmoid
          multiply   features
          add        features hswish
          conv       24 kernel 3 stride 2 hsigmoid
        head
          avgpool
          dense 20 hswish
          dense classes
        """;

    private static readonly string SmallSqueezes = Squeezes.Replace("130x98", "34x26", StringComparison.Ordinal);

    public static TheoryData<string, string> Float32Networks => new()
    {
        { "blocks with squeezes, padding same", Squeezes },
        { "blocks with squeezes, padding symmetric", Squeezes + "\npadding symmetric" },
        { "blocks with squeezes, map by map", SmallSqueezes },
        { "V3", "network MobileNetV3Small\nalpha 0.75\nresolution 64x40\nclasses 10\nweights random 5" },
        { "EdgeTPU", "network MobileNetEdgeTPU\nalpha 0.25\nresolution 64x40\nclasses 10\nweights random 5" },
        { "every kind of layer, padding same", Float32Layers.Replace("PADDING", "same", StringComparison.Ordinal) },
        { "every kind of layer, padding symmetric", Float32Layers.Replace("PADDING", "symmetric", StringComparison.Ordinal) },
        { "an embedding of an odd size, off the stack", Networks.Embedding },
        { "a flattened head", "network Own\nresolution 25x18\nclasses 7\nweights random 4\nlayers\n conv 21 kernel 3 stride 2\nhead\n flatten\n dense 70 tanh\n dense 33 sigmoid\n dense classes" },
        { "the largest of a map, and probabilities by themselves", "network Own\nresolution 25x18\nclasses 7\nweights random 4\nlayers\n conv 21 kernel 3 stride 2\n depthwise linear\nhead\n maxpool\n dense classes\n sigmoid" },
        { "a map as it is", "network Own\nresolution 7x9\nweights random 4\nlayers\n conv 21 kernel 3\n depthwise\n flatten from conv1" },
        { "an image as it is", "network Own\nresolution 7x9\nweights random 4\nlayers\n flatten\n dense 3 tanh" },
        { "V1", "network MobileNetV1\nalpha 0.25\nresolution 33\nclasses 10\nweights random 5" },
        { "V2 from a resource", "network MobileNetV2\nalpha 0.35\nresolution 64x40\nclasses 10\nweights random 5\nbake resource" },
    };

    [Theory]
    [MemberData(nameof(Float32Networks))]
    public void Float32_results_are_those_of_the_layers_computed_the_obvious_way(string what, string text)
    {
        (GeneratedClass network, Plan plan, TrainedNetwork trained) = Random(text);
        byte[] pixels = Pixels(plan.Network.Input.Length);
        float[] mean = [.. plan.Network.Normalization.Mean.Select(m => (float)m)], std = [.. plan.Network.Normalization.Std.Select(s => (float)s)];
        float[] input = [.. pixels.Select((p, i) => (p - mean[i % mean.Length]) / std[i % std.Length])];
        float[] expected = FloatReference.Run(trained, input)[plan.Network.Layers[^1].Name];
        float tolerance = 1e-4f * expected.Max(Math.Abs);
        Assert.True(tolerance > 0, what);

        var scores = new float[expected.Length];
        network.RunScores(pixels, scores);
        Assert.All(expected.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        var raw = new float[expected.Length];
        network.RunRaw<float>()(input, raw);
        Assert.All(expected.Zip(raw), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    [Fact]
    public void Squeezes_run_by_rows_and_by_channels()
    {
        Stage[] stages = [.. new[] { Squeezes, SmallSqueezes }.SelectMany(text => Mbnet.Compile("own.mbnet", text).Plans.Single().Stages)];
        Assert.Contains(stages, s => s.IsStreamed && s.Last.Layer.Operator == Operator.AveragePool);
        Assert.Contains(stages, s => s.IsStreamed && s.Steps[0].Layer.Operator == Operator.Multiply);
        Assert.Contains(stages, s => s.IsSliced && s.Steps[0].Layer.Output.Channels % 16 != 0);
        Assert.Contains(stages, s => s.IsSliced && s.Steps[0].Slice > 1);
    }

    [Fact]
    public void Every_way_to_run_gives_the_same()
    {
        GeneratedClass network = Sorter();
        byte[] pixels = Pixels(12 * 20);
        float[] scores = new float[3], inScratch = new float[3];
        network.RunScores(pixels, scores);
        Assert.True(scores.Distinct().Count() > 1, "scores that are all equal prove nothing");

        var prediction = network.Run(pixels);
        Assert.Equal(Array.IndexOf(scores, scores.Max()), prediction.Index);
        Assert.Equal(scores.Max(), prediction.Probability);
        Assert.Equal(Networks.AwkwardLabels[prediction.Index], prediction.Label);

        sbyte[] raw = new sbyte[3];
        network.RunRaw<sbyte>()([.. pixels.Select(p => unchecked((sbyte)(p ^ 0x80)))], raw);
        Assert.Equal(scores, raw.Select(q => 0.00390625f * (q + 128)));
        network.RunScoresInScratch(pixels, inScratch, new byte[network.Constant("ScratchBytes")]);
        Assert.Equal(scores, inScratch);
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("uint8")]
    [InlineData("int8")]
    public void The_best_of_a_thousand_classes_is_found(string quantization)
    {
        var best = new HashSet<int>();
        for (int seed = 0; seed < 6; seed++)
        {
            // Every linear layer doubles the variance, so that a few classes stand out instead of all rounding to the same byte.
            string layers = string.Concat(Enumerable.Repeat("\n dense 64", 6));
            string text = $"network Wide\nresolution 1\nclasses 1001\nquantization {quantization}\nweights random {seed}\nlayers\n pointwise 64\nhead\n avgpool{layers}\n dense classes\n softmax";
            (GeneratedClass network, Plan _, TrainedNetwork _) = Random(text);
            byte[] pixels = Pixels(3, seed);
            float[] scores = new float[1001];
            network.RunScores(pixels, scores);
            Assert.Equal(Array.IndexOf(scores, scores.Max()), network.Run(pixels).Index);
            Assert.Equal(scores.Max(), network.Run(pixels).Probability);
            best.Add(network.Run(pixels).Index);
        }

        Assert.Contains(best, index => index > 255);
    }

    [Fact]
    public void Scratch_may_lie_anywhere_and_nothing_outside_is_written()
    {
        GeneratedClass network = Sorter();
        byte[] pixels = Pixels(12 * 20);
        float[] expected = new float[3], scores = new float[3];
        network.RunScores(pixels, expected);
        int size = (int)network.Constant("ScratchBytes");
        for (int offset = 0; offset < 64; offset++)
        {
            var memory = new byte[size + 128];
            Array.Fill(memory, (byte)0xA5);
            network.RunScoresInScratch(pixels, scores, memory.AsSpan(offset, size));
            Assert.Equal(expected, scores);
            Assert.True(memory.AsSpan(0, offset).IndexOfAnyExcept((byte)0xA5) < 0 && memory.AsSpan(offset + size).IndexOfAnyExcept((byte)0xA5) < 0);
        }
    }

    [Fact]
    public void Labels_are_read_back_as_they_are() => Assert.Equal(Networks.AwkwardLabels, Sorter().Labels);

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "")]
    [InlineData("   indented", "\t\"\"\"", "{x}", "\u0085\u2029\f", "😀", "\"\"\"\"\"\"\"\"", "\\u0041")]
    public void Labels_of_any_text_are_read_back(params string[] labels)
    {
        string text = Networks.HandWrittenInt8.Replace("classes      3", "classes " + labels.Length, StringComparison.Ordinal);
        Assert.Equal(labels, new GeneratedClass(Generate(text, labels)).Labels);
    }

    [Fact]
    public void Wrong_lengths_throw_before_anything_is_written()
    {
        GeneratedClass network = Sorter();
        float[] scores = [7, 7, 7];
        byte[] pixels = Pixels(12 * 20);
        Assert.Equal("pixels", Assert.Throws<ArgumentException>(() => network.RunScores(pixels.AsSpan(1), scores)).ParamName);
        Assert.Equal("pixels", Assert.Throws<ArgumentException>(() => network.Run([])).ParamName);
        Assert.Equal("scores", Assert.Throws<ArgumentException>(() => network.RunScores(pixels, scores.AsSpan(1))).ParamName);
        Assert.Equal("scores", Assert.Throws<ArgumentException>(() => network.RunScores(pixels, new float[4])).ParamName);
        byte[] scratch = new byte[network.Constant("ScratchBytes") - 1];
        Assert.Equal("scratch", Assert.Throws<ArgumentException>(() => network.RunScoresInScratch(pixels, scores, scratch)).ParamName);
        Assert.Equal("input", Assert.Throws<ArgumentException>(() => network.RunRaw<sbyte>()(new sbyte[1], new sbyte[3])).ParamName);
        Assert.Equal("output", Assert.Throws<ArgumentException>(() => network.RunRaw<sbyte>()(new sbyte[240], new sbyte[2])).ParamName);
        Assert.Equal("scratch", Assert.Throws<ArgumentException>(() => network.RunRawInScratch<sbyte>()(new sbyte[240], new sbyte[3], scratch)).ParamName);
        Assert.Equal([7, 7, 7], scores);
        Assert.All(scratch, b => Assert.Equal(0, b));
    }

    /// <summary>With the ends' own scales, and with others, to which a table leads.</summary>
    [Theory]
    [MemberData(nameof(Networks.Ends), MemberType = typeof(Networks))]
    public void Every_pair_of_types_at_the_ends_follows_the_rules(string quantization, string inputType, string outputType)
    {
        foreach (float rescaled in new[] { 1, 1.37f })
        {
            (GeneratedClass network, Plan plan, TrainedNetwork trained) = Random(Networks.Ends(quantization, $"{inputType} {outputType}"), t => t with
            {
                OuterInput = t.OuterInput is { } x ? new TensorScale(x.Scale * rescaled, x.ZeroPoint - (rescaled == 1 ? 0 : 9)) : null,
                OuterOutput = t.OuterOutput is { } y ? new TensorScale(y.Scale * rescaled, y.ZeroPoint + (rescaled == 1 ? 0 : 5)) : null,
            });
            byte[] pixels = Pixels(plan.Network.Input.Length);

            // What the caller gives, in the input's own domain; where that is real numbers, what they mean to the first layer.
            bool isReal = plan.Network.InputType == Quantization.Float32;
            bool isSigned = (isReal ? plan.Network.Quantization : plan.Network.InputType) == Quantization.Int8;
            int[] given = [.. pixels.Select(p => isSigned ? p - 128 : p)];
            int[] expected = QuantizedReference.Run(trained, given)[QuantizedReference.ResultName];
            Assert.True(expected.Distinct().Count() > 1, "outputs that are all alike prove nothing");
            TensorScale meaning = trained.OuterOutput ?? trained.Layers[^1].Output!.Value;
            float[] real = [.. expected.Select(q => meaning.Scale * (q - meaning.ZeroPoint))];

            float[] input = isReal ? [.. given.Select(q => trained.Input!.Value.Scale * (q - trained.Input.Value.ZeroPoint))] : [.. given.Select(q => (float)q)];
            Assert.Equal(plan.Network.OutputType == Quantization.Float32 ? real : expected.Select(q => (float)q), RunRaw(network, plan.Network, input));

            // A pixel means what its byte does, and to a real input what normalisation makes of it.
            if (isReal)
            {
                TensorScale x = trained.Input!.Value;
                (int low, int high) = isSigned ? (-128, 127) : (0, 255);
                given = [.. pixels.Select(p => Math.Clamp((int)MathF.Round((p - 127.5f) / 127.5f / x.Scale, MidpointRounding.AwayFromZero) + x.ZeroPoint, low, high))];
                real = [.. QuantizedReference.Run(trained, given)[QuantizedReference.ResultName].Select(q => meaning.Scale * (q - meaning.ZeroPoint))];
            }

            var scores = new float[real.Length];
            network.RunScores(pixels, scores);
            Assert.Equal(real, scores);
        }
    }

    public static TheoryData<string> QuantizedHeads => new(
        "maxpool\n dense 9 tanh\n dense 5 sigmoid\n dense classes",
        "flatten\n dense 70 relu\n dense 40 sigmoid\n dense classes tanh",
        "flatten\n dense 33 tanh\n dense classes\n sigmoid",
        "flatten as all\n dense 3 sigmoid\n dense classes from all\n softmax",
        "maxpool",
        "flatten");

    [Theory]
    [MemberData(nameof(QuantizedHeads))]
    public void Every_byte_of_a_head_follows_the_rules(string head)
    {
        foreach (string quantization in new[] { "uint8", "int8" })
        {
            // 13 · 9 · 21 values: no size is a multiple of a block.
            (GeneratedClass network, Plan plan, TrainedNetwork trained) = Random(
                $"network Heads\nresolution 25x18\nclasses 7\nquantization {quantization}\nweights random 4\nlayers\n conv 21 kernel 3 stride 2\n depthwise linear\nhead\n {head}");
            byte[] pixels = Pixels(plan.Network.Input.Length);
            int[] given = [.. pixels.Select(p => quantization == "int8" ? p - 128 : p)], expected = QuantizedReference.Run(trained, given)[QuantizedReference.ResultName];
            Assert.True(expected.Distinct().Count() > 2, "outputs that are all alike prove nothing");
            Assert.Equal(expected.Select(q => (float)q), RunRaw(network, plan.Network, [.. given.Select(q => (float)q)]));
        }
    }

    public static TheoryData<string> QuantizedSqueezes => new(
        Squeezes, SmallSqueezes, Squeezes + "\npadding symmetric", "network MobileNetV3Small\nalpha 0.75\nresolution 64x40\nclasses 10\nweights random 5",
        "network MobileNetEdgeTPU\nalpha 0.25\nresolution 64x40\nclasses 10\nweights random 5\nhead\n avgpool\n dense classes");

    [Theory]
    [MemberData(nameof(QuantizedSqueezes))]
    public void Every_byte_behind_a_squeeze_follows_the_rules(string text)
    {
        foreach (string quantization in new[] { "uint8", "int8" })
        {
            (GeneratedClass network, Plan plan, TrainedNetwork trained) = Random($"{text}\nquantization {quantization}");
            byte[] pixels = Pixels(plan.Network.Input.Length);
            int[] given = [.. pixels.Select(p => quantization == "int8" ? p - 128 : p)], expected = QuantizedReference.Run(trained, given)[QuantizedReference.ResultName];
            Assert.True(expected.Distinct().Count() > 2, "outputs that are all alike prove nothing");
            Assert.Equal(expected.Select(q => (float)q), RunRaw(network, plan.Network, [.. given.Select(q => (float)q)]));
        }
    }

    /// <summary>More input channels than the offsets of a plain panel have room for: the slow way has everything that the fast one has.</summary>
    [Theory]
    [InlineData("uint8")]
    [InlineData("int8")]
    public void A_residual_is_added_where_a_pointwise_layer_is_huge(string quantization)
    {
        (GeneratedClass network, Plan plan, TrainedNetwork trained) = Random(
            $"network Huge\nresolution 2x3\nclasses 3\nquantization {quantization}\nweights random 1\nlayers\n conv 17 kernel 3 as a\n conv 257 kernel 1\n depthwise multiplier 256\n pointwise 17 linear\n add a\nhead\n avgpool\n dense classes");
        Assert.Contains(plan.Steps, s => s.FusedAdd is not null);
        byte[] pixels = Pixels(plan.Network.Input.Length);
        int[] given = [.. pixels.Select(p => quantization == "int8" ? p - 128 : p)], expected = QuantizedReference.Run(trained, given)[QuantizedReference.ResultName];
        Assert.Equal(expected.Select(q => (float)q), RunRaw(network, plan.Network, [.. given.Select(q => (float)q)]));
    }

    /// <summary>The default stack budget is more than these stacks have: calls look first, and take their scratch elsewhere.</summary>
    [Theory]
    [InlineData("float32", 192)]
    [InlineData("float32", 256)]
    [InlineData("uint8", 192)]
    [InlineData("int8", 256)]
    public void A_network_runs_on_a_small_stack(string quantization, int stackKiB)
    {
        (GeneratedClass network, Plan plan, TrainedNetwork _) = Random($"network MobileNetV2\nalpha 0.35\nresolution 160\nclasses 10\nquantization {quantization}\nweights random 1");
        Assert.True(plan.FitsStack);
        byte[] pixels = Pixels(plan.Network.Input.Length);
        float[] expected = new float[10], found = new float[10];
        network.RunScores(pixels, expected);
        GeneratedClass.Score run = network.RunScores;
        var thread = new Thread(() => run(pixels, found), stackKiB * 1024);
        thread.Start();
        thread.Join();
        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("uint8")]
    [InlineData("int8")]
    [InlineData("int8 io uint8 float32")]
    public void One_probability_is_one_of_two_classes(string quantization)
    {
        var seen = new HashSet<int>();
        for (int seed = 0; seed < 8; seed++)
        {
            string text = $"network Two\nresolution 8\nclasses 1\nquantization {quantization}\nweights random {seed}\nlabels \"two.txt\"\nlayers\n conv 16 kernel 3\n conv 16 kernel 3\nhead\n maxpool\n dense classes\n sigmoid";
            (GeneratedClass network, Plan plan, TrainedNetwork _) = Random(text, labels: ["cat", "dog"]);
            byte[] pixels = Pixels(plan.Network.Input.Length, seed);
            var scores = new float[1];
            network.RunScores(pixels, scores);
            Assert.InRange(scores[0], 0, 1);

            var prediction = network.Run(pixels);
            Assert.Equal(scores[0] >= 0.5f ? new(1, scores[0], "dog") : new(0, 1 - scores[0], "cat"), prediction);
            Assert.Equal(["cat", "dog"], network.Labels);
            seen.Add(prediction.Index);
        }

        Assert.Equal(2, seen.Count);
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("uint8")]
    [InlineData("int8")]
    public void Of_independent_probabilities_the_largest_is_told_as_it_is(string quantization)
    {
        string text = $"network Many\nresolution 8\nclasses 6\nquantization {quantization}\nweights random 2\nlabels \"many.txt\"\nlayers\n conv 16 kernel 3\n conv 16 kernel 3\nhead\n maxpool\n dense classes sigmoid";
        string[] labels = ["a", "b", "c", "d", "e", "f"];
        (GeneratedClass network, Plan plan, TrainedNetwork _) = Random(text, labels: labels);
        byte[] pixels = Pixels(plan.Network.Input.Length);
        var scores = new float[6];
        network.RunScores(pixels, scores);
        Assert.True(Math.Abs(scores.Sum() - 1) > 0.1, "a softmax would give the same");
        int best = Array.IndexOf(scores, scores.Max());
        Assert.Equal(new(best, scores[best], labels[best]), network.Run(pixels));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        foreach (GeneratedClass network in new[] { Sorter(), Sorter("\nstack 0") })
        {
            byte[] pixels = Pixels(12 * 20);
            float[] scores = new float[3];
            (GeneratedClass.Classify classify, GeneratedClass.Score score) = (network.Run, network.RunScores);
            Assert.Equal(0, Allocations.Of(() =>
            {
                classify(pixels);
                score(pixels, scores);
            }));
        }
    }

    [Fact]
    public void Before_the_first_build_every_call_says_what_to_do()
    {
        var network = new GeneratedClass(Harness.Generate(("parts.mbnet", Networks.HandWrittenInt8)).Single().Value);
        Exception[] exceptions =
        [
            Assert.Throws<InvalidOperationException>(() => network.Run(new byte[240])),
            Assert.Throws<InvalidOperationException>(() => network.RunScores(new byte[240], new float[3])),
            Assert.Throws<InvalidOperationException>(() => network.RunRaw<sbyte>()(new sbyte[240], new sbyte[3])),
            Assert.Throws<InvalidOperationException>(() => network.Labels),
        ];
        Assert.All(exceptions, e => Assert.Equal(
            "Sorter was compiled without its weights. Build the project: its build packs the weights that parts.mbnet names, and completes this class.", e.Message));
    }

    private static GeneratedClass Sorter(string more = "") => Random(Networks.HandWrittenInt8 + more, labels: Networks.AwkwardLabels).Class;

    private static string Generate(string text, params string[] labels) => Harness.Generate(Harness.Packed("own.mbnet", text, labels)).Single().Value;

    /// <summary>A network with random weights, through the real packer.</summary>
    internal static (GeneratedClass Class, Plan Plan, TrainedNetwork Trained) Random(string text, Func<TrainedNetwork, TrainedNetwork>? change = null, params string[] labels)
    {
        Plan plan = Mbnet.Compile("own.mbnet", text).Plans.Single();
        TrainedNetwork trained = RandomWeights.Create(plan.Network);
        trained = change is null ? trained : change(trained);
        PackedResult packed = NetworkPacker.Pack(plan, trained, new PackingFacts(DescriptionHash.Of(text), ["random"], [.. labels]));
        string source = Harness.Generate(("own.mbnet", text), ("own.mbplan", PackedNetworkText.Write(packed.Packed))).Single().Value;
        return (new GeneratedClass(source, packed.Packed.Resource is null ? null : packed.Blob, packed.Packed.Resource ?? ""), plan, trained);
    }

    /// <summary>Runs a network on values of its input's type, and gives those of its output's.</summary>
    private static float[] RunRaw(GeneratedClass network, Network types, float[] input)
    {
        return types.InputType switch
        {
            Quantization.UInt8 => From<byte>(),
            Quantization.Int8 => From<sbyte>(),
            _ => From<float>(),
        };

        float[] From<TIn>()
            where TIn : INumberBase<TIn> => types.OutputType switch
            {
                Quantization.UInt8 => Run<TIn, byte>(),
                Quantization.Int8 => Run<TIn, sbyte>(),
                _ => Run<TIn, float>(),
            };

        float[] Run<TIn, TOut>()
            where TIn : INumberBase<TIn>
            where TOut : INumberBase<TOut>
        {
            var output = new TOut[types.OutputLength];
            network.RunRaw<TIn, TOut>()([.. input.Select(TIn.CreateChecked)], output);
            return [.. output.Select(float.CreateChecked)];
        }
    }

    internal static byte[] Pixels(long count, int seed = 17)
    {
        var pixels = new byte[count];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }
}
