using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Compiler.Tests;

/// <summary>Texts compiled for tests.</summary>
internal static class Compiled
{
    public const string Path = "net.mbnet";

    /// <summary>The plan of a text that must describe one network and be free of errors.</summary>
    public static Plan Plan(string text) => Assert.Single(Plans(text));

    /// <summary>The network of such a text.</summary>
    public static Network Network(string text) => Plan(text).Network;

    /// <summary>The plans of a text that must be free of errors.</summary>
    public static EquatableArray<Plan> Plans(string text)
    {
        Compilation compilation = Mbnet.Compile(Path, text);
        Assert.Empty(compilation.Diagnostics);
        return compilation.Plans;
    }

    /// <summary>A layer of a network by name.</summary>
    public static Layer Layer(this Network network, string name) => Assert.Single(network.Layers, l => l.Name == name);
}
