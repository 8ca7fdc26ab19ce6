using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Tests.Support;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Packing;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Synthetic;

namespace MobileNetGen.Generator.Tests;

/// <summary>Networks with several results, against the naive references.</summary>
public class SeveralResultsTests
{
    /// <summary>Small maps: every step computes its whole map.</summary>
    private const string Layered = """
        network    Several
        resolution 26x19
        classes    5
        weights    random 3
        layers
          conv 16 kernel 3 stride 2 as stem
          bottleneck 24 expand 3 as middle
          conv 20 kernel 3 linear from stem as head
          bottleneck 24 expand 2 from middle as last
        head
          avgpool as pooled
          dense classes
          softmax
        """;

    /// <summary>Large ones: the first stage streams, with results from inside it.</summary>
    private const string Streamed = """
        network    Several
        resolution 301x290
        classes    5
        weights    random 3
        layers
          conv 16 kernel 3 stride 2 as stem
          bottleneck 16 expand 3 as middle
          separable 21 kernel 5 stride 2 linear from middle as head
          bottleneck 24 expand 3 stride 2 from middle as last
        head
          avgpool as pooled
          dense classes
          softmax
        """;

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (string types in new[] { "float32", "uint8", "int8", "int8 io uint8", "uint8 io float32" })
            {
                foreach (string outputs in new[] { "head", "stem", "middle head", "pooled stem", "head\noutput last" })
                {
                    cases.Add("layered", types, outputs);
                    cases.Add("streamed", types, outputs);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_result_is_that_of_the_layers_computed_the_obvious_way(string kind, string types, string outputs)
    {
        string text = $"quantization {types}\noutput {outputs}\n" + (kind == "layered" ? Layered : Streamed);
        (GeneratedClass network, Plan plan, TrainedNetwork trained) = ExecutionTests.Random(text);
        Assert.Equal(kind == "streamed", plan.Stages.Any(s => s.IsStreamed && s.Steps.SkipLast(1).Any(step => step.Stored is not null)));
        byte[] pixels = ExecutionTests.Pixels(plan.Network.Input.Length);

        float[][] expected = Expected($"{kind} {types}", trained, pixels), scores = Run<byte, float>(network, "Run", plan.Network, pixels);
        for (int i = 0; i < expected.Length; i++)
        {
            float tolerance = types == "float32" ? 1e-4f * expected[i].Max(Math.Abs) : 0;
            Assert.True(expected[i].Distinct().Count() > 2, "values that are all alike prove nothing");
            Assert.DoesNotContain(expected[i].Zip(scores[i]), pair => !(Math.Abs(pair.First - pair.Second) <= tolerance));
        }

        // The best class needs none of the other results, and finds the same.
        if (plan.Network.EndsInProbabilities)
            Assert.Equal((Array.IndexOf(scores[0], scores[0].Max()), scores[0].Max()), (network.Run(pixels).Index, network.Run(pixels).Probability));
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("uint8")]
    [InlineData("int8")]
    public void Values_of_the_networks_own_type_mean_the_same(string types)
    {
        foreach (string layers in new[] { Layered, Streamed })
        {
            (GeneratedClass network, Plan plan, TrainedNetwork trained) = ExecutionTests.Random($"quantization {types}\noutput middle head\n{layers}");
            byte[] pixels = ExecutionTests.Pixels(plan.Network.Input.Length);
            float[][] expected = Run<byte, float>(network, "Run", plan.Network, pixels);
            float[][] raw = types switch
            {
                "uint8" => Run<byte, byte>(network, "RunRaw", plan.Network, pixels),
                "int8" => Run<sbyte, sbyte>(network, "RunRaw", plan.Network, [.. pixels.Select(p => (sbyte)(p - 128))]),
                _ => Run<float, float>(network, "RunRaw", plan.Network, [.. pixels.Select(p => (p - 127.5f) / 127.5f)]),
            };
            for (int i = 0; i < raw.Length; i++)
            {
                TensorScale? scale = trained.Layers.Single(l => l.Layer.Name == plan.Network.Outputs[i].Layer).Output;
                Assert.Equal(expected[i], scale is { } s ? [.. raw[i].Select(q => s.Scale * (q - s.ZeroPoint))] : raw[i]);
            }
        }
    }

    [Fact]
    public void A_network_may_end_in_a_map()
    {
        string text = "output last\n" + Layered[..Layered.IndexOf("head\n  avgpool", StringComparison.Ordinal)].Replace("  conv 20 kernel 3 linear from stem as head\n", "", StringComparison.Ordinal);
        (GeneratedClass network, Plan plan, TrainedNetwork trained) = ExecutionTests.Random(text);
        Assert.Equal(["last"], plan.Network.Outputs.Select(o => o.Name));
        byte[] pixels = ExecutionTests.Pixels(plan.Network.Input.Length);
        var values = new float[network.Constant("OutputLength")];
        network.RunScores(pixels, values);
        float[] expected = Expected("map", trained, pixels)[0];
        Assert.All(expected.Zip(values), pair => Assert.Equal(pair.First, pair.Second, 1e-4f * expected.Max(Math.Abs)));
    }

    // The packer orders the channels of maps that nobody sees. One that callers get keeps its order.
    [Fact]
    public void Channels_of_a_result_keep_their_order()
    {
        Plan Plan(string output) => Compiler.Mbnet.Compile("own.mbnet", $"quantization int8\n{output}{Layered}").Plans.Single();
        IReadOnlyDictionary<string, int[]> Orders(Plan plan) => NetworkPacker.Pack(plan, PerChannel(plan.Network), new PackingFacts("", [], [])).ChannelOrders;

        Assert.Contains("middle_expand", Orders(Plan("")).Keys);
        Assert.Contains("middle_depthwise", Orders(Plan("")).Keys);
        IReadOnlyDictionary<string, int[]> tapped = Orders(Plan("output middle_depthwise\n"));
        Assert.DoesNotContain("middle_expand", tapped.Keys);
        Assert.DoesNotContain("middle_depthwise", tapped.Keys);

        (GeneratedClass network, Plan plan, TrainedNetwork trained) = ExecutionTests.Random($"quantization int8\noutput middle_depthwise\n{Layered}", t => PerChannel(t.Network));
        byte[] pixels = ExecutionTests.Pixels(plan.Network.Input.Length);
        Assert.Equal(Expected("per channel", trained, pixels), Run<byte, float>(network, "Run", plan.Network, pixels));
    }

    [Fact]
    public void Nothing_is_written_where_one_span_is_wrong_and_nothing_is_allocated_where_all_are_right()
    {
        (GeneratedClass network, Plan plan, TrainedNetwork _) = ExecutionTests.Random($"quantization int8\noutput middle head\n{Streamed}");
        byte[] pixels = ExecutionTests.Pixels(plan.Network.Input.Length);
        float[] scores = new float[5], middle = new float[network.Constant("MiddleLength")], head = new float[network.Constant("HeadLength")];
        byte[] scratch = new byte[network.Constant("ScratchBytes")];
        GeneratedClass.ThreeInScratch<byte, float> run = network.Method<GeneratedClass.ThreeInScratch<byte, float>>("Run");
        ArgumentException error = Assert.Throws<ArgumentException>(() => run(pixels, scores, middle, head.AsSpan(1), scratch));
        Assert.Contains("values of head", error.Message, StringComparison.Ordinal);
        Assert.All(scores.Concat(middle), v => Assert.Equal(0, v));

        run(pixels, scores, middle, head, scratch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        run(pixels, scores, middle, head, scratch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Contains(head, v => v != 0);
    }

    /// <summary>Random int8 weights with a scale for each output, as converters make them.</summary>
    private static TrainedNetwork PerChannel(Network network)
    {
        TrainedNetwork trained = RandomWeights.Create(network);
        return trained with
        {
            Layers =
            [
                .. trained.Layers.Select(l => l.Filter is QuantizedFilter { Scales.Length: 1 } q
                    ? l with { Filter = q with { Scales = [.. Enumerable.Repeat(q.Scales[0], l.Layer.Output.Channels)] } }
                    : l),
            ],
        };
    }

    /// <summary>Every output by the references, as real numbers.</summary>
    private static float[][] Expected(string layers, TrainedNetwork trained, byte[] pixels)
    {
        Network network = trained.Network;
        if (network.Quantization == Quantization.Float32)
        {
            IReadOnlyDictionary<string, float[]> all = References.Real(layers, trained, pixels);
            return [.. network.Outputs.Select(o => all[o.Layer])];
        }

        IReadOnlyDictionary<string, int[]> results = References.Bytes(layers, trained, pixels);
        return
        [
            .. network.Outputs.Select((o, i) =>
            {
                TensorScale scale = i == 0 && trained.OuterOutput is { } outer ? outer : trained.Layers.Single(l => l.Layer.Name == o.Layer).Output!.Value;
                return results[i == 0 ? QuantizedReference.ResultName : o.Layer].Select(q => scale.Scale * (q - scale.ZeroPoint)).ToArray();
            }),
        ];
    }

    private static float[][] Run<TIn, TOut>(GeneratedClass network, string method, Network of, TIn[] input)
        where TOut : INumberBase<TOut>
    {
        TOut[][] results = [.. of.Outputs.Select(o => new TOut[o.Length])];
        if (results.Length == 2)
            network.Method<GeneratedClass.Two<TIn, TOut>>(method)(input, results[0], results[1]);
        else
            network.Method<GeneratedClass.Three<TIn, TOut>>(method)(input, results[0], results[1], results[2]);
        return [.. results.Select(r => r.Select(float.CreateChecked).ToArray())];
    }
}
