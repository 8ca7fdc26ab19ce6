using System;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Weights.Tests.Synthetic;

/// <summary>Networks from the texts that tests have.</summary>
internal static class NetworkText
{
    public static Plan Plan(string text)
    {
        Compilation compilation = Mbnet.Compile("test.mbnet", text);
        Assert.Empty(compilation.Diagnostics);
        return Assert.Single(compilation.Plans);
    }

    public static Network Network(string text) => Plan(text).Network;

    /// <summary>Every kind of layer in a few hundred numbers.</summary>
    public const string Tiny = """
        network    Tiny
        resolution 8
        classes    3
        activation relu
        weights    random 1
        layers
          conv       2 kernel 3 stride 2
          bottleneck 2 expand 2
        head
          avgpool
          dense classes
          softmax
        """;

    /// <summary>Every kind of layer, with channels that fill no block of 16, other kernels than 3 and a branch.</summary>
    public const string OddLayers = """
        layers
          conv       5 kernel 5 stride 2
          depthwise  kernel 5 multiplier 3
          pointwise  19 relu as trunk
          depthwise  kernel 3 stride 2
          pointwise  21 linear
          conv       21 kernel 3 stride 2 from trunk as branch
          add        pointwise1 relu6
          bottleneck 21 expand 2
        head
          avgpool
          dense 18 relu
          dense 7
          softmax
        """;

    /// <summary>What stands in a text at the place that a message is about.</summary>
    public static string At(string text, Place place)
    {
        TextSpan span = Mbnet.Compile("", text).Positions[place];
        return text.Substring(span.Start, span.Length);
    }
}
