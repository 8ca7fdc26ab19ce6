using System.Linq;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Synthetic;

namespace MobileNetGen.Weights.Tests.PostTraining;

/// <summary>What tests of quantised networks and their files have in common.</summary>
internal static class NetworkNumbers
{
    /// <summary>Noise as images are: bytes of the network's input.</summary>
    public static byte[][] Images(TrainedNetwork trained, int count)
    {
        var random = new SplitMix64(7);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, (int)trained.Network.Input.Length).Select(_ => (byte)random.Next()).ToArray())];
    }

    /// <summary>A network as a <c>.tflite</c> file has it.</summary>
    public static TrainedNetwork Read(TrainedNetwork like, byte[] file) =>
        LayerMatcher.Match(like.Network, Assert.IsType<SourceNetwork>(new TensorFlowLiteReader().Read(new WeightsInput("net.tflite", file))));

    /// <summary>Requires every number of two networks to be the same.</summary>
    public static void AssertSame(TrainedNetwork expected, TrainedNetwork actual)
    {
        Assert.Equal((expected.Input, expected.OuterInput, expected.OuterOutput), (actual.Input, actual.OuterInput, actual.OuterOutput));
        foreach ((TrainedLayer e, TrainedLayer a) in expected.Layers.Zip(actual.Layers))
        {
            Assert.Equal((e.Layer, e.Output, e.PadTop, e.PadLeft, e.Pool, e.StoredAsDepthwise), (a.Layer, a.Output, a.PadTop, a.PadLeft, a.Pool, a.StoredAsDepthwise));
            Assert.Equal((e.Linear, e.Function is null), (a.Linear, a.Function is null));
            if (e.Function is { } function)
                Assert.Equal(function.Table.AsEnumerable(), a.Function!.Table);
            if (e.Filter is not QuantizedFilter filter)
                continue;
            var other = Assert.IsType<QuantizedFilter>(a.Filter);
            Assert.Equal(filter.Weights, other.Weights);
            Assert.Equal(filter.Scales.AsEnumerable(), other.Scales);
            Assert.Equal(filter.Bias, other.Bias);
            Assert.Equal(filter.ZeroPoint, other.ZeroPoint);
        }
    }
}
