using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>Files that the scripts in Files/ made with the real tools, and the outputs that those tools computed from them.</summary>
internal static class MadeFiles
{
    private static readonly string s_folder = System.IO.Path.Combine(
        BuildProperty.RepositoryRoot,
        "tests", "MobileNetGen.Weights.Tests", "Files");

    /// <summary>The path of a file: "pytorch/module.pt".</summary>
    public static string Path(string name) => System.IO.Path.Combine(s_folder, name);

    /// <summary>The bytes of a file.</summary>
    public static byte[] Bytes(string name) => File.ReadAllBytes(Path(name));

    /// <summary>Runs a file's network, by its text without the weights, on the scripts' picture, and compares with the outputs beside the file.</summary>
    public static void GivesItsOutputs(string name, string text)
    {
        TrainedNetwork trained = Load(name, text);
        float[] output = FloatReference.Run(trained, Picture(trained.Network.Input))[trained.Network.Layers[^1].Name];
        float[] expected = Expected(name);
        Assert.Equal(expected.Length, output.Length);
        Assert.All(expected.Zip(output), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    /// <summary>The outputs that the tool computed from a file.</summary>
    public static float[] Expected(string name) => [.. File.ReadLines(Path(name + ".expected.txt")).Select(line => float.Parse(line, CultureInfo.InvariantCulture))];

    /// <summary>Reads and matches a file.</summary>
    public static TrainedNetwork Load(string name, string text) =>
        TrainedNetworkLoader.Load(NetworkText.Network($"network N\nresolution 32\nweights \"{name}\"\n{text}"), s_folder);

    /// <summary>The same picture that the scripts make, of numbers that every type holds exactly.</summary>
    public static float[] Picture(Shape shape) =>
    [
        .. from y in Enumerable.Range(0, shape.Height)
           from x in Enumerable.Range(0, shape.Width)
           from c in Enumerable.Range(0, shape.Channels)
           select (((y * 31) + (x * 17) + (c * 7)) % 64 / 32f) - 1,
    ];
}
