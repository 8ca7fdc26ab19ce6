using System.Linq;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Models;

/// <summary>All that a generated file depends on. Equal models give equal bytes, so nothing here knows where in a file something stands.</summary>
/// <param name="Plan">The planned network, without positions.</param>
/// <param name="Packed">What packing its weights found, or null before the first build.</param>
/// <param name="Namespace">The namespace of the class.</param>
/// <param name="FileName">The <c>.mbnet</c> file, without its folder.</param>
/// <param name="DescriptionHash">What identifies the text.</param>
internal sealed record ClassModel(Plan Plan, PackedNetwork? Packed, string Namespace, string FileName, string DescriptionHash)
{
    /// <summary>The network.</summary>
    public Network Network => Plan.Network;

    /// <summary>Whether activations are bytes.</summary>
    public bool IsQuantized => Network.Quantization != Quantization.Float32;

    /// <summary>The element type of the input of <c>RunRaw</c>.</summary>
    public string RawInput => Element(Network.InputType);

    /// <summary>The element type of its output.</summary>
    public string RawOutput => Element(Network.OutputType);

    private static string Element(Quantization type) => type switch
    {
        Quantization.UInt8 => "byte",
        Quantization.Int8 => "sbyte",
        _ => "float",
    };

    /// <summary>A copy whose value does not change when lines move.</summary>
    public static Plan WithoutPositions(Plan plan)
    {
        Network network = plan.Network;
        return plan with
        {
            Network = network with
            {
                NameSpan = default,
                Written = default,
                Epsilon = network.Epsilon is null ? null : network.Epsilon with { Span = default },
                Weights = network.Weights with { Span = default, Files = network.Weights.Files.Select(f => f with { Span = default }).ToEquatableArray() },
                Labels = network.Labels is null ? null : network.Labels with { Span = default },
                Layers = network.Layers.Select(l => l with { Span = default }).ToEquatableArray(),
            },
            Stages = plan.Stages.Select(stage => stage with
            {
                Steps = stage.Steps.Select(s => s with
            {
                Layer = s.Layer with { Span = default },
                FusedAdd = s.FusedAdd is null ? null : s.FusedAdd with { Span = default },
            }).ToEquatableArray(),
                Branches = stage.Branches.Select(b => b with { Layers = b.Layers.Select(l => l with { Span = default }).ToEquatableArray() }).ToEquatableArray(),
            }).ToEquatableArray(),
        };
    }
}
