using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Weights.Descriptions;

namespace MobileNetGen.Tool.Tests.Support;

/// <summary>Descriptions that tests have in common; all have random weights.</summary>
internal static class Texts
{
    /// <summary>Every kind of layer and option that the built-in networks do not use.</summary>
    public const string Odd = """
        network    Odd
        resolution 38x33
        classes    7
        layers
          conv 24 kernel 5 stride 2
          depthwise kernel 5 relu
          pointwise 24 linear as skip
          separable 24 kernel 5
          add skip relu
          depthwise multiplier 2 stride 2
          bottleneck 40 expand 3
          bottleneck 40 expand 3 kernel 5 repeat 2
        head
          avgpool
          dense 20 relu6
          dense classes
          softmax
        weights random 5
        """;

    /// <summary>A flattened map, and hidden layers of tangents and sigmoids.</summary>
    private const string Flattened = "network Flattened\nresolution 17x22\nclasses 5\nweights random 8\nlayers\n conv 21 kernel 3 stride 2\nhead\n flatten\n dense 40 tanh\n dense 9 sigmoid\n dense classes\nquantization ";

    /// <summary>The largest values of a map, and probabilities that do not exclude each other.</summary>
    private const string Independent = "network MobileNetV2\nalpha 0.1\nresolution 64\nclasses 4\nweights random 9\nhead\n maxpool\n dense classes\n sigmoid\nquantization ";

    /// <summary>Detectors, of V1 and of V2, the latter with a map inside a bottleneck.</summary>
    private const string Detector = "network SSDMobileNetV1\nalpha 0.1\nresolution 64\nclasses 3\nweights random 10\nquantization ", Lite = "network SSDLiteMobileNetV2\nalpha 0.1\nresolution 64x80\nclasses 3\nweights random 11\ndetector\n scores softmax\n nms per-class\nquantization ";

    /// <summary>One network of every arithmetic, small.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["float32 V1"] = "network MobileNetV1\nalpha 0.1\nresolution 64\nclasses 10\nweights random 1",
        ["float32 V2"] = "network MobileNetV2\nalpha 0.1\nresolution 64\nclasses 10\nweights random 2",
        ["float32 layers"] = Odd,
        ["float32 V3"] = "network MobileNetV3Small\nalpha 0.1\nresolution 64\nclasses 10\nweights random 8",
        ["uint8 V3"] = "network MobileNetV3Small\nalpha 0.1\nresolution 64x48\nclasses 10\nquantization uint8\nweights random 9",
        ["int8 V3"] = "network MobileNetV3Small\nalpha 0.1\nresolution 64\nclasses 10\nquantization int8\nweights random 8",
        ["uint8 V1"] = "network MobileNetV1\nalpha 0.1\nresolution 64\nclasses 10\nquantization uint8\nweights random 3",
        ["uint8 V2"] = "network MobileNetV2\nalpha 0.1\nresolution 64\nclasses 10\nquantization uint8\nweights random 4",
        ["int8 V2"] = "network MobileNetV2\nalpha 0.1\nresolution 64\nclasses 10\nquantization int8\nrounding twice\nweights random 5",
        ["int8 layers"] = Odd + "\nquantization int8",
        ["int8 in uint8"] = "network MobileNetV2\nalpha 0.1\nresolution 64\nclasses 10\nquantization int8 io uint8\nweights random 6",
        ["float32 flattened"] = Flattened + "float32",
        ["uint8 flattened"] = Flattened + "uint8",
        ["int8 flattened"] = Flattened + "int8",
        ["float32 independent classes"] = Independent + "float32",
        ["uint8 independent classes"] = Independent + "uint8",
        ["int8 independent classes"] = Independent + "int8",
        ["float32 detector"] = Detector + "float32",
        ["uint8 detector"] = Detector + "uint8",
        ["int8 detector"] = Detector + "int8",
        ["float32 SSDLite"] = Lite + "float32",
        ["uint8 SSDLite"] = Lite + "uint8",
        ["int8 SSDLite"] = Lite + "int8",
        ["int8 in float32"] = "network MobileNetV1\nalpha 0.1\nresolution 64\nclasses 10\nquantization int8 io float32\nweights random 7",
    };

    /// <summary>The names of <see cref="All"/>.</summary>
    public static TheoryData<string> Names => new(All.Keys);

    /// <summary>Compiles a text.</summary>
    public static Description Compile(string text)
    {
        Description description = Description.Compile("net.mbnet", text);
        Assert.Empty(description.Diagnostics);
        return description;
    }

    /// <summary>The one plan of a text.</summary>
    public static Plan Plan(string text) => Assert.Single(Compile(text).Plans);

    /// <summary>Layers without where they stand and how they are called.</summary>
    public static IEnumerable<(Operator, Shape, Shape, int, int, int, Activation)> Structure(Network network) =>
        network.Layers.Select(l => (l.Operator, l.Input, l.Output, l.Kernel, l.Stride, l.Multiplier, l.Activation));
}
