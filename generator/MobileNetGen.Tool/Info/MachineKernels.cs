using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Tool.Info;

/// <summary>What the runtime's kernels multiply with on a machine: the names that <c>Float32Machine</c> and <c>ByteMachine</c> choose.</summary>
/// <param name="Name">The machine.</param>
/// <param name="Float32">float32 convolutions and dense layers.</param>
/// <param name="Float32Depthwise">float32 depthwise layers.</param>
/// <param name="Plain">Convolutions of bytes whose weights are packed entry by entry.</param>
/// <param name="SixteenBit">Those whose products may be added in 16 bits.</param>
/// <param name="Depthwise">Depthwise layers of bytes with 3×3 windows.</param>
internal sealed record MachineKernels(string Name, string Float32, string Float32Depthwise, string Plain, string SixteenBit, string Depthwise)
{
    /// <summary>All machines, those with most first.</summary>
    public static ImmutableArray<MachineKernels> All { get; } =
    [
        new("avx512-vnni", "Float32Vector512", "Float32Vector512", "PlainSumsAvxVnni", "SixteenBitSums512", "Depthwise3x3AvxVnni"),
        new("avx512-vnni-intel", "Float32Vector512", "Float32Vector512", "PlainSumsAvxVnni", "PlainSumsAvxVnni", "Depthwise3x3AvxVnni"),
        new("avx512", "Float32Vector512", "Float32Vector512", "WideSums512", "SixteenBitSums512", "Int32Vector512"),
        new("avx-vnni", "Float32Vector256", "Float32Vector256", "PlainSumsAvxVnni", "PlainSumsAvxVnni", "Depthwise3x3AvxVnni"),
        new("avx2", "Float32Vector256", "Float32Vector256", "WideSumsAvx2", "SixteenBitSums256", "Int32Vector256"),
        new("arm64-dp", "ElementTiles", "SharedTiles", "DotSumsDp", "DotSumsDp", "WindowColumnDp"),
        new("arm64", "ElementTiles", "SharedTiles", "PairSumsAdvSimd", "PairSumsAdvSimd", "WindowColumnAdvSimd"),
        new("portable", "Float32Vector128", "Float32Vector128", "PlainSums128", "SixteenBitSums128", "Int32Vector128"),
    ];

    /// <summary>A machine by its name.</summary>
    public static MachineKernels Of(string name) => All.Single(machine => machine.Name == name);

    /// <summary>What there is to say of a network, a line each.</summary>
    public ImmutableArray<(string Layers, string Kernel)> Lines(Quantization quantization)
        => quantization == Quantization.Float32
            ? [("convolutions, dense", Float32), ("depthwise 3×3", Float32Depthwise)]
            : [("convolutions, dense", Plain), ("  added in 16 bits", SixteenBit), ("depthwise 3×3", Depthwise)];
}
