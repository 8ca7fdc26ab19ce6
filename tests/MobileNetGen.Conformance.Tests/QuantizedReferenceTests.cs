using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Conformance;

/// <summary>Generated quantised code against TensorFlow Lite's rules as they are written down, where no trained network has the combination.</summary>
public sealed class QuantizedReferenceTests
{
    public static TheoryData<string> ByteNetworks => RandomNetwork.Names(n => n.Quantization != Quantization.Float32 && n.InputType != Quantization.Float32);

    public static TheoryData<string> RealNetworks => RandomNetwork.Names(n => n.Quantization != Quantization.Float32 && n.InputType == Quantization.Float32);

    [Theory]
    [MemberData(nameof(ByteNetworks))]
    public void EveryByteFollowsTheRules(string name)
    {
        RandomNetwork network = RandomNetwork.All[name];
        TrainedNetwork trained = network.Train();
        var seen = new HashSet<int>();
        foreach (byte[] pixels in network.Pictures())
        {
            int[] values = [.. pixels.Select(p => network.Network.InputType == Quantization.Int8 ? p - 128 : p)];
            int[] expected = QuantizedReference.Run(trained, values)[QuantizedReference.ResultName];

            Assert.Equal(expected, network.Network.InputType == Quantization.Int8 ? RunRaw<sbyte>(network, values) : RunRaw<byte>(network, values));
            seen.UnionWith(expected);
        }

        Assert.True(seen.Count > 4, "outputs that are all alike prove nothing");
    }

    // The ends convert: q stands for scale · (q − zero point) on both sides.
    [Theory]
    [MemberData(nameof(RealNetworks))]
    public void RealNumbersStandForTheBytesOfTheRules(string name)
    {
        RandomNetwork network = RandomNetwork.All[name];
        TrainedNetwork trained = network.Train();
        (TensorScale first, TensorScale last) = (trained.Input!.Value, trained.Layers[^1].Output!.Value);
        TrainedNetwork inside = trained with { Network = trained.Network with { InputType = trained.Network.Quantization, OutputType = trained.Network.Quantization }, OuterInput = first, OuterOutput = last };
        foreach (byte[] pixels in network.Pictures())
        {
            int[] values = [.. pixels.Select(p => p - 128)];
            int[] expected = QuantizedReference.Run(inside, values)[QuantizedReference.ResultName];
            var output = new float[expected.Length];

            network.Class.RunRaw<float>()([.. values.Select(q => first.Scale * (q - first.ZeroPoint))], output);

            Assert.Equal(expected.Select(q => last.Scale * (q - last.ZeroPoint)), output);
        }
    }

    private static int[] RunRaw<T>(RandomNetwork network, int[] values)
        where T : INumberBase<T>
    {
        var output = new T[network.Network.OutputLength];
        network.Class.RunRaw<T>()([.. values.Select(T.CreateChecked)], output);
        return [.. output.Select(int.CreateChecked)];
    }
}
