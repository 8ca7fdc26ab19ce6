using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler;
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

    public static TheoryData<string, string> Float32Networks => new()
    {
        { "every kind of layer, padding same", Float32Layers.Replace("PADDING", "same", StringComparison.Ordinal) },
        { "every kind of layer, padding symmetric", Float32Layers.Replace("PADDING", "symmetric", StringComparison.Ordinal) },
        { "an embedding of an odd size, off the stack", Networks.Embedding },
        { "V1", "network MobileNetV1\nalpha 0.25\nresolution 33\nclasses 10\nweights random 5" },
        { "V2 from a resource", "network MobileNetV2\nalpha 0.35\nresolution 64x40\nclasses 10\nweights random 5\nbake resource" },
    };

    [Theory]
    [MemberData(nameof(Float32Networks))]
    public void Float32ResultsAreThoseOfTheLayersComputedTheObviousWay(string what, string text)
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
    public void EveryWayToRunGivesTheSame()
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
    public void TheBestOfAThousandClassesIsFound(string quantization)
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
    public void ScratchMayLieAnywhereAndNothingOutsideIsWritten()
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
    public void LabelsAreReadBackAsTheyAre() => Assert.Equal(Networks.AwkwardLabels, Sorter().Labels);

    [Theory]
    [InlineData("a")]
    [InlineData("")]
    [InlineData("", "")]
    [InlineData("   indented", "\t\"\"\"", "{x}", "\u0085\u2029\f", "😀", "\"\"\"\"\"\"\"\"", "\\u0041")]
    public void LabelsOfAnyTextAreReadBack(params string[] labels)
    {
        string text = Networks.HandWrittenInt8.Replace("classes      3", "classes " + labels.Length, StringComparison.Ordinal);
        Assert.Equal(labels, new GeneratedClass(Generate(text, labels)).Labels);
    }

    [Fact]
    public void WrongLengthsThrowBeforeAnythingIsWritten()
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

    [Theory]
    [InlineData("uint8", "uint8")]
    [InlineData("uint8", "int8")]
    [InlineData("uint8", "float32")]
    [InlineData("int8", "int8")]
    [InlineData("int8", "uint8")]
    [InlineData("int8", "float32")]
    public void PixelsAndRawValuesOfTheSameMeaningGiveTheSame(string quantization, string io)
    {
        string text = Networks.Ends(quantization, io);
        PackedNetwork packed = FakePacker.Pack(text).Single();
        var network = new GeneratedClass(Generate(text));
        byte[] pixels = Pixels(8 * 8 * 3);
        float[] scores = new float[4], real = new float[4];
        network.RunScores(pixels, scores);
        Assert.True(scores.Distinct().Count() > 1, "scores that are all equal prove nothing");

        float scale = float.Parse(packed.Output!.Scale, System.Globalization.CultureInfo.InvariantCulture);
        switch (io)
        {
            case "uint8":
                byte[] unsigned = new byte[4];
                network.RunRaw<byte>()(pixels, unsigned);
                real = [.. unsigned.Select(q => scale * (q - packed.Output.ZeroPoint))];
                break;
            case "int8":
                sbyte[] signed = new sbyte[4];
                network.RunRaw<sbyte>()([.. pixels.Select(p => unchecked((sbyte)(p ^ 0x80)))], signed);
                real = [.. signed.Select(q => scale * (q + 128 - packed.Output.ZeroPoint))];
                break;
            default:
                network.RunRaw<float>()([.. pixels.Select(p => (p - 127.5f) / 127.5f)], real);
                break;
        }

        Assert.Equal(real, scores);
    }

    [Fact]
    public void NothingIsAllocated()
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
    public void BeforeTheFirstBuildEveryCallSaysWhatToDo()
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

    private static GeneratedClass Sorter(string more = "") => Random(Networks.HandWrittenInt8 + more, Networks.AwkwardLabels).Class;

    private static string Generate(string text, params string[] labels) => Harness.Generate(Harness.Packed("own.mbnet", text, labels)).Single().Value;

    /// <summary>A network with random weights, through the real packer.</summary>
    private static (GeneratedClass Class, Plan Plan, TrainedNetwork Trained) Random(string text, params string[] labels)
    {
        Plan plan = Mbnet.Compile("own.mbnet", text).Plans.Single();
        TrainedNetwork trained = RandomWeights.Create(plan.Network);
        PackedResult packed = NetworkPacker.Pack(plan, trained, new PackingFacts(DescriptionHash.Of(text), ["random"], [.. labels]));
        string source = Harness.Generate(("own.mbnet", text), ("own.mbplan", PackedNetworkText.Write(packed.Packed))).Single().Value;
        return (new GeneratedClass(source, packed.Packed.Resource is null ? null : packed.Blob, packed.Packed.Resource ?? ""), plan, trained);
    }

    private static byte[] Pixels(long count, int seed = 17)
    {
        var pixels = new byte[count];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }
}
