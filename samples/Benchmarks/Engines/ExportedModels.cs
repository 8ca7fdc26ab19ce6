using System.IO;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Samples.Benchmarks.Engines;

/// <summary>A network as files that ONNX Runtime reads.</summary>
/// <param name="Fastest">
/// What it is timed with. A uint8 network with random weights is quantised again for it, with int8 weights per channel, the form it is fastest with.
/// </param>
/// <param name="Same">The very numbers that our class has, to compare results. Often the same file.</param>
/// <param name="Output">What a quantised result means, in the network's own domain.</param>
internal sealed record ExportedModels(string Fastest, string Same, TensorScale Output)
{
    /// <summary>Writes the files.</summary>
    /// <param name="subject">The network.</param>
    /// <param name="folder">Where to; files of another network there are replaced.</param>
    /// <exception cref="BenchmarkException">The network's weights cannot be read.</exception>
    public static ExportedModels Write(Subject subject, string folder)
    {
        Network network = subject.Network;
        (string fastest, string same) = (Path.Combine(folder, "network.onnx"), Path.Combine(folder, "same.onnx"));
        TrainedNetwork trained = Load(network, subject.Folder);
        TensorScale output = trained.Layers[^1].Output ?? default;
        if (network.Quantization == Quantization.Float32)
        {
            File.WriteAllBytes(fastest, OnnxExporter.Export(trained));
            return new ExportedModels(fastest, fastest, output);
        }

        File.WriteAllBytes(same, QdqExporter.Export(trained));
        if (network.Quantization == Quantization.Int8 || !network.Weights.IsRandom)
            return new ExportedModels(same, same, output);
        File.WriteAllBytes(fastest, QdqExporter.Export(Load(network with { Quantization = Quantization.Int8, InputType = Quantization.Int8, OutputType = Quantization.Int8 }, subject.Folder)));
        return new ExportedModels(fastest, same, output);
    }

    /// <summary>A network with its weights.</summary>
    /// <exception cref="BenchmarkException">They cannot be read.</exception>
    public static TrainedNetwork Load(Network network, string folder)
    {
        try
        {
            return TrainedNetworkLoader.Load(network, folder);
        }
        catch (MatchException error)
        {
            throw new BenchmarkException($"{network.ClassName}: {error.Message}");
        }
    }
}
