using System.IO;
using System.Reflection;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Tool.Terminal;

namespace MobileNetGen.Tool.New;

/// <summary>The network that comes with the program: models/cifar10 in int8, with a photograph.</summary>
internal static class ShippedNetwork
{
    /// <summary>The photograph.</summary>
    public const string Photograph = "cat.jpg";

    private const string DescriptionFile = "Cifar10_int8.mbnet", Prefix = "new/";

    /// <summary>Writes its files into a folder.</summary>
    public static Network Write(string folder)
    {
        foreach (string file in new[] { DescriptionFile, "Cifar10_int8.tflite", "classes.txt", Photograph })
        {
            using Stream resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + file)!;
            var bytes = new byte[resource.Length];
            resource.ReadExactly(bytes);
            Results.Write(Path.Combine(folder, file), bytes);
        }

        return Networks.Read(Path.Combine(folder, DescriptionFile)).Plans[0].Network;
    }
}
