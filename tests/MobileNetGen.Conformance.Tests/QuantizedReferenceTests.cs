using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Conformance;

/// <summary>Generated quantised code against TensorFlow Lite's rules as they are written down, where no trained network has the combination.</summary>
public sealed class QuantizedReferenceTests
{
    public static TheoryData<string> Networks => RandomNetwork.Names(n => n.Quantization != Quantization.Float32);

    // Where an end is of real numbers, q stands for scale · (q − zero point) there.
    [Theory]
    [MemberData(nameof(Networks))]
    public void Every_byte_follows_the_rules(string name)
    {
        RandomNetwork network = RandomNetwork.All[name];
        TrainedNetwork trained = network.Train();
        (TensorScale first, TensorScale last) = (trained.Input!.Value, trained.Layers[^1].Output!.Value);
        bool isRealIn = network.Network.InputType == Quantization.Float32, isRealOut = network.Network.OutputType == Quantization.Float32;
        bool isSigned = (isRealIn ? network.Network.Quantization : network.Network.InputType) == Quantization.Int8;
        var seen = new HashSet<int>();
        foreach (byte[] pixels in network.Pictures())
        {
            int[] values = [.. pixels.Select(p => isSigned ? p - 128 : p)];
            int[] expected = QuantizedReference.Run(trained, values)[QuantizedReference.ResultName];

            float[] actual = network.RunRaw(values.Select(q => isRealIn ? first.Scale * (q - first.ZeroPoint) : q));

            Assert.Equal(expected.Select(q => isRealOut ? last.Scale * (q - last.ZeroPoint) : q), actual);
            seen.UnionWith(expected);
        }

        Assert.True(seen.Count > 4, "outputs that are all alike prove nothing");
    }
}
