using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Models;

/// <summary>All that a generated file depends on. Equal models give equal bytes, so nothing here knows where in a file something stands.</summary>
/// <param name="Plan">The planned network.</param>
/// <param name="Packed">What packing its weights found, or null before the first build.</param>
/// <param name="Namespace">The namespace of the class.</param>
/// <param name="FileName">The <c>.mbnet</c> file, without its folder.</param>
/// <param name="DescriptionHash">What identifies the text.</param>
internal sealed record ClassModel(Plan Plan, PackedNetwork? Packed, string Namespace, string FileName, string DescriptionHash)
{
    /// <summary>The network.</summary>
    public Network Network => Plan.Network;

    /// <summary>Whether threads may share an image.</summary>
    public bool IsShared => Network.Threads > 1;

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
}
