using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Tests.Support;
using MobileNetGen.Runtime;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using Detector = MobileNetGen.Compiler.Networks.Detection.Detector;

namespace MobileNetGen.Generator.Tests;

/// <summary>Generated detectors: what their predictors give, against the naive references, and boxes, against what the runtime makes of those results.</summary>
public class DetectorTests
{
    private const string Layers = """
        classes    5
        weights    random 3
        layers
          conv 16 kernel 3 stride 2 as stem
          bottleneck 24 expand 3 stride 2 as fine
          bottleneck 24 expand 2
          separable 40 stride 2 as middle
          pointwise 16 truncated
          conv 24 kernel 3 stride 2 truncated as coarse
        detector
          map fine_expand boxes 0.1:1 0.2:2
          map middle      scale 0.3 next 0.5 ratios 1 next 2 1/2
          map coarse      boxes 0.5 0.8:1/2 predict kernel 3
        """;

    private delegate int Detect(ReadOnlySpan<byte> pixels, Span<Detection> detections, float threshold);

    private delegate int DetectInScratch(ReadOnlySpan<byte> pixels, Span<Detection> detections, float threshold, Span<byte> scratch);

    private delegate int DetectInImage(ReadOnlySpan<byte> source, int width, int height, Span<Detection> detections, float threshold, PixelFormat format, int stride);

    private delegate Placement Prepare(ReadOnlySpan<byte> source, int width, int height, Span<byte> pixels, PixelFormat format, Crop crop, int stride, Runtime.Resampling resampling, Runtime.Fit fit);

    private delegate ReadOnlySpan<float> Numbers();

    private delegate DetectionRules RulesOf();

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (string types in new[] { "float32", "uint8", "int8", "int8 io uint8", "uint8 io float32" })
            {
                foreach (string end in new[] { "", "scores softmax\ndecode 8 8 4 4 order xywh", "nms per-class overlap 0.45", "scores softmax\nnms per-class top 20 keep 7" })
                {
                    cases.Add("26x19", types, end);
                    cases.Add("301x290", types, end);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Predictors_give_what_the_layers_do_computed_the_obvious_way_and_boxes_follow(string resolution, string types, string end)
    {
        (GeneratedClass network, Plan plan, TrainedNetwork trained) = ExecutionTests.Random(Text(resolution, types, end));
        Assert.Equal(resolution == "301x290", plan.Stages.Any(s => s.IsStreamed && s.Steps.SkipLast(1).Any(step => step.Stored is not null)));
        byte[] pixels = ExecutionTests.Pixels(plan.Network.Input.Length);
        (float[] boxes, float[] scores, int[]? rawBoxes, int[]? rawScores) = Expected($"Finder {resolution} {types}", trained, pixels);
        DetectionRules rules = network.Method<RulesOf>("get_Rules")();
        float[] anchors = network.Method<Numbers>("get_Anchors")().ToArray();
        Assert.Equal((trained.Detector ?? TrainedDetector.Of(plan.Network, Scale(trained))).Anchors, anchors);

        (float[] Boxes, float[] Scores) raw = Run(network, plan.Network, pixels);
        if (rawBoxes is null)
        {
            foreach ((float[] expected, float[] found) in new[] { (boxes, raw.Boxes), (scores, raw.Scores) })
                Assert.InRange(expected.Zip(found).Max(pair => Math.Abs(pair.First - pair.Second)), 0, 1e-4f * expected.Max(Math.Abs));
            (boxes, scores) = raw;
        }
        else
        {
            Assert.Equal(rawBoxes.Select(q => (float)q).ToArray(), raw.Boxes);
            Assert.Equal(rawScores!.Select(q => (float)q).ToArray(), raw.Scores);
        }

        Assert.True(scores.Distinct().Count() > 5, "values that are all alike prove nothing");
        foreach (float threshold in new[] { resolution == "26x19" ? 0f : Quantile(rules, scores, 0.98), Quantile(rules, scores, 0.999), 1f })
        {
            Detection[] expected = new Detection[300], found = new Detection[300];
            int count = PostProcessing.Detect(boxes, scores, anchors, rules, threshold, expected);
            Assert.Equal(count, network.Method<Detect>("Detect")(pixels, found, threshold));
            Assert.Equal(expected[..count], found[..count]);
        }
    }

    /// <summary>A map in the middle of a block with a squeeze, from which predictors begin.</summary>
    [Theory]
    [InlineData("float32")]
    [InlineData("uint8")]
    [InlineData("int8")]
    public void SSDLite_on_V3_gives_what_its_layers_do(string quantization)
    {
        (GeneratedClass network, Plan plan, TrainedNetwork trained) = ExecutionTests.Random($"network SSDLiteMobileNetV3Large\nalpha 0.35\nresolution 96x128\nclasses 4\nquantization {quantization}\nweights random 6");
        byte[] pixels = ExecutionTests.Pixels(plan.Network.Input.Length);
        (float[] boxes, float[] scores, int[]? rawBoxes, int[]? rawScores) = Expected($"SSDLite {quantization}", trained, pixels);
        (float[] Boxes, float[] Scores) raw = Run(network, plan.Network, pixels);
        Assert.True(scores.Distinct().Count() > 5, "values that are all alike prove nothing");
        if (rawBoxes is not null)
            (boxes, scores) = ([.. rawBoxes.Select(q => (float)q)], [.. rawScores!.Select(q => (float)q)]);
        foreach ((float[] expected, float[] found) in new[] { (boxes, raw.Boxes), (scores, raw.Scores) })
            Assert.InRange(expected.Zip(found).Max(pair => Math.Abs(pair.First - pair.Second)), 0, rawBoxes is null ? 1e-4f * expected.Max(Math.Abs) : 0);
    }

    [Theory]
    [InlineData("float32", "")]
    [InlineData("int8", "nms per-class")]
    public void A_call_allocates_nothing_and_writes_no_more_than_it_found(string types, string end)
    {
        (GeneratedClass network, Plan plan, TrainedNetwork _) = ExecutionTests.Random(Text("301x290", types, end));
        byte[] pixels = ExecutionTests.Pixels(plan.Network.Input.Length), scratch = new byte[network.Constant("ScratchBytes")];
        DetectInScratch detect = network.Method<DetectInScratch>("Detect");
        var all = new Detection[5000];
        float threshold = types == "float32" ? 0.999f : 0.99f;
        int count = detect(pixels, all, threshold, scratch);
        Assert.InRange(count, 3, 4999);
        Assert.All(all[count..], d => Assert.Equal(default, d));
        var few = new Detection[2];
        Assert.Equal(2, detect(pixels, few, threshold, scratch));
        Assert.Equal(all[..2], few);
        Assert.Equal(0, detect(pixels, [], threshold, scratch));
        Assert.Equal(0, MobileNetGen.Tests.Allocations.Of(() => detect(pixels, all, threshold, scratch)));
        Assert.Throws<ArgumentException>(() => detect(pixels.AsSpan(1), all, threshold, scratch));
        Assert.Throws<ArgumentException>(() => detect(pixels, all, threshold, scratch.AsSpan(1)));
    }

    [Fact]
    public void Edges_are_those_of_the_image_whatever_its_shape()
    {
        (GeneratedClass network, Plan plan, TrainedNetwork _) = ExecutionTests.Random(Text("26x19", "float32", "fit letterbox\nresize bilinear"));
        byte[] image = ExecutionTests.Pixels(40 * 90 * 4), pixels = new byte[plan.Network.Input.Length];
        Detection[] expected = new Detection[20], found = new Detection[20];
        Placement placement = network.Method<Prepare>("Prepare")(image, 90, 40, pixels, PixelFormat.Bgra, default, 0, Runtime.Resampling.Bilinear, Runtime.Fit.Letterbox);
        Assert.Equal((0f, 0f, 1f), (placement.Left, placement.Top, placement.Right));
        Assert.InRange(placement.Bottom, 0.3f, 0.4f);
        int count = network.Method<Detect>("Detect")(pixels, expected, 0.5f);
        placement.ToImage(expected.AsSpan(0, count));

        DetectInImage detect = network.Method<DetectInImage>("Detect");
        Assert.Equal(count, detect(image, 90, 40, found, 0.5f, PixelFormat.Bgra, 0));
        Assert.Equal(expected, found);
        Assert.Equal(0, MobileNetGen.Tests.Allocations.Of(() => detect(image, 90, 40, found, 0.5f, PixelFormat.Bgra, 0)));
    }

    [Fact]
    public void A_detection_has_its_label()
    {
        (GeneratedClass network, Plan plan, TrainedNetwork _) = ExecutionTests.Random(Text("26x19", "float32", ""), labels: ["a", "b", "c", "d", "e"]);
        var found = new Detection[10];
        int count = network.Method<Detect>("Detect")(ExecutionTests.Pixels(plan.Network.Input.Length), found, 0);
        Assert.All(found[..count], d => Assert.Equal("abcde"[d.Class].ToString(), d.Label));
    }

    private static string Text(string resolution, string types, string end)
    {
        string predict = resolution == "26x19" ? "predict kernel 1" : "predict kernel 3 separable";
        return $"network Finder\nresolution {resolution}\nquantization {types}\n{Layers}\n{predict}\n{end}";
    }

    private static Func<string, TensorScale?> Scale(TrainedNetwork trained) => name => trained.Layers.Single(l => l.Layer.Name == name).Output;

    /// <summary>A threshold that some candidates pass.</summary>
    private static float Quantile(DetectionRules rules, float[] scores, double at)
    {
        float logit = scores.Order().ElementAt((int)(scores.Length * at));
        return rules.Scores == Runtime.ScoreFunction.None ? logit : 1 / (1 + MathF.Exp(-logit));
    }

    /// <summary>What predictors give by the references, joined: as real numbers, and where the network is quantised, as its bytes.</summary>
    private static (float[] Boxes, float[] Scores, int[]? RawBoxes, int[]? RawScores) Expected(string layers, TrainedNetwork trained, byte[] pixels)
    {
        Network network = trained.Network;
        Detector detector = network.Detector!;
        if (network.Quantization == Quantization.Float32)
        {
            IReadOnlyDictionary<string, float[]> all = References.Real(layers, trained, pixels);
            return ([.. detector.Maps.SelectMany(m => all[m.Boxes])], [.. detector.Maps.SelectMany(m => all[m.Scores])], null, null);
        }

        IReadOnlyDictionary<string, int[]> results = References.Bytes(layers, trained, pixels);
        TrainedDetector joined = trained.Detector ?? TrainedDetector.Of(network, Scale(trained));
        (int lowest, int highest) = network.Quantization == Quantization.Int8 ? (-128, 127) : (0, 255);
        int[] boxes = [.. detector.Maps.SelectMany(m => Join(m.Boxes, joined.Boxes!.Value))];
        int[] scores = [.. detector.Maps.SelectMany(m => Join(m.Scores, joined.Logits!.Value))];
        if (detector.Scores == Compiler.Networks.Detection.ScoreFunction.Sigmoid)
            scores = [.. scores.Select(q => Rounded(1 / (1 + Math.Exp(-Real(q, joined.Logits!.Value))) * 256) + lowest).Select(q => Math.Min(q, highest))];
        return ([.. boxes.Select(q => Real(q, joined.Boxes!.Value))], [.. scores.Select(q => Real(q, joined.Scores!.Value))], boxes, scores);

        IEnumerable<int> Join(string layer, TensorScale to)
        {
            TensorScale from = Scale(trained)(layer)!.Value;
            return results[layer].Select(q => from == to ? q : Math.Clamp(Rounded((q - from.ZeroPoint) * (double)from.Scale / to.Scale) + to.ZeroPoint, lowest, highest));
        }

        static int Rounded(double value) => (int)Math.Round(value, MidpointRounding.AwayFromZero);

        static float Real(int q, TensorScale scale) => ((float)q - scale.ZeroPoint) * scale.Scale;
    }

    private static (float[] Boxes, float[] Scores) Run(GeneratedClass network, Network of, byte[] pixels)
    {
        int anchors = (int)network.Constant("AnchorCount"), columns = (int)network.Constant("ClassCount") + 1;
        return (of.InputType, of.Quantization) switch
        {
            (Quantization.Float32, Quantization.Float32) => Of<float, float>(p => (p - 127.5f) / 127.5f, q => q),
            (Quantization.Float32, Quantization.UInt8) => Of<float, byte>(p => (p - 127.5f) / 127.5f, q => q),
            (Quantization.UInt8, Quantization.UInt8) => Of<byte, byte>(p => p, q => q),
            (Quantization.UInt8, Quantization.Int8) => Of<byte, sbyte>(p => p, q => q),
            _ => Of<sbyte, sbyte>(p => (sbyte)(p - 128), q => q),
        };

        (float[], float[]) Of<TIn, TOut>(Func<byte, TIn> input, Func<TOut, float> value)
        {
            TOut[] boxes = new TOut[anchors * 4], scores = new TOut[anchors * columns];
            network.Method<GeneratedClass.Two<TIn, TOut>>("RunRaw")([.. pixels.Select(input)], boxes, scores);
            return ([.. boxes.Select(value)], [.. scores.Select(value)]);
        }
    }
}
