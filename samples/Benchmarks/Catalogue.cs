using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Samples.Benchmarks;

/// <summary>A network of this program: its class, and the description that class was generated from.</summary>
/// <param name="Network">The network.</param>
/// <param name="Folder">The folder of its description, to which weights files are relative.</param>
/// <param name="Class">The generated class.</param>
internal sealed record Subject(Network Network, string Folder, Type Class);

/// <summary>
/// The networks of this program: every <c>.mbnet</c> file below <c>Networks/</c>, and those of <c>models/cifar10</c>. The build generates their classes, and copies the files beside
/// the program, which reads them again to export the same networks for ONNX Runtime. So a file dropped there and a rebuild add a network.
/// </summary>
internal static class Catalogue
{
    /// <summary>How the names of the networks begin that the language has built in.</summary>
    private const string Published = "MobileNet";

    /// <summary>The networks of one arithmetic, smallest first: those with uniform weights, those that threads may share, or all others.</summary>
    public static IReadOnlyList<Subject> Read(Quantization quantization, bool isUniform, bool isShared)
    {
        string root = Path.Combine(AppContext.BaseDirectory, "Networks");
        return
        [
            .. Directory.EnumerateFiles(root, "*.mbnet", SearchOption.AllDirectories)
                .SelectMany(file => Mbnet.Compile(file, File.ReadAllText(file)).Plans.Select(plan => Subject(plan, file)))
                .Where(subject => subject.Network.Quantization == quantization && subject.Network.Weights.IsUniform == isUniform && subject.Network.Threads > 1 == isShared)
                .OrderBy(subject => subject.Network.Architecture, StringComparer.Ordinal)
                .ThenBy(subject => subject.Network.MultiplyAdds),
        ];
    }

    /// <summary>The subjects with the given names: class names, or short forms such as <c>v2-0.5-160</c>. Where none is given, those of published sizes.</summary>
    /// <exception cref="BenchmarkException">There is none of a name.</exception>
    public static IReadOnlyList<Subject> Select(IReadOnlyList<Subject> subjects, IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (!subjects.Any(subject => HasName(subject, name)))
                throw new BenchmarkException($"There is no network '{name}'. There are {string.Join(", ", subjects.Select(ShortName))}.");
        }

        return names.Count == 0
            ? [.. subjects.Where(subject => subject.Network.Architecture.StartsWith(Published, StringComparison.Ordinal))]
            : [.. subjects.Where(subject => names.Any(name => HasName(subject, name)))];
    }

    /// <summary>The class name as one types it: <c>MobileNetV2_0_5_160</c> as <c>v2-0.5-160</c>.</summary>
    public static string ShortName(Subject subject)
    {
        Network network = subject.Network;
        string architecture = network.Architecture.StartsWith(Published, StringComparison.Ordinal) ? network.Architecture[Published.Length..] : network.Architecture;
        return $"{architecture.ToLowerInvariant()}-{VariantText.Alpha(network.Alpha)}-{VariantText.Resolution(network.Input.Height, network.Input.Width)}";
    }

    private static bool HasName(Subject subject, string name) =>
        name.Equals(subject.Network.ClassName, StringComparison.OrdinalIgnoreCase) || name.Equals(ShortName(subject), StringComparison.OrdinalIgnoreCase);

    private static Subject Subject(Plan plan, string file)
    {
        Network network = plan.Network;
        string name = $"{network.Namespace ?? typeof(Catalogue).Namespace}.{network.ClassName}";
        Type type = typeof(Catalogue).Assembly.GetType(name) ?? throw new BenchmarkException($"{file} describes {name}, which this program was built without: build it again.");
        if (network.InputType != network.Quantization || network.OutputType != network.Quantization)
            throw new BenchmarkException($"{file} gives the network other types at its ends (io {network.InputType.ToString().ToLowerInvariant()} {network.OutputType.ToString().ToLowerInvariant()}); this program compares networks without.");
        return new Subject(network, Path.GetDirectoryName(file)!, type);
    }
}
