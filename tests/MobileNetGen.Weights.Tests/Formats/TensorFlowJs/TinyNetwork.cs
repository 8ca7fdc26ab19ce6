using System.Linq;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Tests.Formats.TensorFlowJs;

/// <summary>The network that Files/make_tensorflowjs.js and make_keras.py save in their formats, as a text describes it.</summary>
internal static class TinyNetwork
{
    public const string Text = """
        layers
          conv       8 kernel 3 stride 2
          bottleneck 8 expand 1
          bottleneck 12 expand 3 stride 2
          bottleneck 12 expand 3
          pointwise  24
        head
          avgpool
          dense 5
          softmax
        """;

    /// <summary>The same with another head, in models within the model, as Teachable Machine has them.</summary>
    public const string Teachable = """
        layers
          conv       8 kernel 3 stride 2
          bottleneck 8 expand 1
          bottleneck 12 expand 3 stride 2
          bottleneck 12 expand 3
          pointwise  24
        head
          avgpool
          dense 10 relu
          dense 3
          softmax
        """;

    /// <summary>The parameters that TensorFlow.js saved: with ε = 0.001 as "model.json", with another as "epsilon.json".</summary>
    public static TrainedNetwork Saved(string model, string text = Text) => MadeFiles.Load($"tensorflowjs/{model}", text);

    /// <summary>Every parameter of two networks is the same number, and so is all that they compute.</summary>
    public static void AssertSame(TrainedNetwork expected, TrainedNetwork actual)
    {
        Assert.Equal(expected.Layers.Length, actual.Layers.Length);
        foreach ((TrainedLayer one, TrainedLayer other) in expected.Layers.Zip(actual.Layers))
        {
            Assert.Equal((one.PadTop, one.PadLeft), (other.PadTop, other.PadLeft));
            if (one.Filter is not FloatFilter filter)
                continue;
            var same = Assert.IsType<FloatFilter>(other.Filter);
            Assert.Equal(filter.Weights, same.Weights);
            Assert.Equal(filter.Bias, same.Bias);
        }
    }
}
