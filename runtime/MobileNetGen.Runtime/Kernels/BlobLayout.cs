namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// How a network's numbers lie in its blob. The packer, which writes them, the kernels, which read them, and the tests of both compile this file. All is little-endian, and each part of
/// a blob begins at a multiple of <see cref="Alignment"/> bytes: the weights of a layer, its biases or rescaling, a table.
/// </summary>
internal static class BlobLayout
{
    public const int Alignment = 64;

    /// <summary>Channels of a block, for which numbers lie side by side.</summary>
    public const int Lanes = 16;

    /// <summary>Channels of half a block.</summary>
    public const int HalfLanes = Lanes / 2;

    /// <summary>Input channels of a group, whose bytes are multiplied at once.</summary>
    public const int Group = 4;

    /// <summary>Weights of an entry, [16][4]: those of a group for a block of outputs.</summary>
    public const int Entry = Lanes * Group;

    public static int Blocks(int channels) => (channels + Lanes - 1) / Lanes;

    public static int Groups(int inputs) => (inputs + Group - 1) / Group;

    /// <summary>Whether no more than half of the last block is used.</summary>
    public static bool EndsInHalfBlock(int channels) => channels % Lanes is > 0 and <= HalfLanes;
}

/// <summary>
/// The weights of a layer, in panels: those of a block of outputs, for each tap of the window, by groups of inputs: [blocks][taps][inputs / group][16][group]. Where nothing is, they are
/// zero, or the weights' zero point. In float32 groups are of one, in bytes of four; a depthwise layer has one input. A float32 panel of half a block is [taps][inputs, to an even number][8],
/// so that vectors of 16 can hold two inputs' weights.
/// </summary>
/// <param name="taps">Rows · columns of the window.</param>
/// <param name="inputs">Input channels that an output sees.</param>
/// <param name="outputs">Output channels.</param>
/// <param name="group">Inputs of a group.</param>
/// <param name="endsInHalfPanel">Whether the last panel is half a one.</param>
internal readonly struct PanelLayout(int taps, int inputs, int outputs, int group, bool endsInHalfPanel)
{
    private readonly int _groups = (inputs + group - 1) / group;
    private readonly int _wholePanels = BlobLayout.Blocks(outputs) - (endsInHalfPanel ? 1 : 0);

    /// <summary>A float32 layer's.</summary>
    public static PanelLayout Float32(int taps, int inputs, int outputs, bool endsInHalfPanel) => new(taps, inputs, outputs, 1, endsInHalfPanel);

    /// <summary>A quantised layer's, in bytes.</summary>
    public static PanelLayout Bytes(int taps, int inputs, int outputs) => new(taps, inputs, outputs, BlobLayout.Group, false);

    /// <summary>A depthwise layer's: float32, or 16-bit numbers less their zero point.</summary>
    public static PanelLayout Depthwise(int taps, int outputs) => new(taps, 1, outputs, 1, false);

    /// <summary>Weights of a panel.</summary>
    public int Panel => taps * _groups * BlobLayout.Lanes * group;

    /// <summary>Weights of all panels, with what fills them up.</summary>
    public int Length => (_wholePanels * Panel) + (endsInHalfPanel ? taps * EvenInputs * BlobLayout.HalfLanes : 0);

    private int EvenInputs => inputs + (inputs % 2);

    /// <summary>Where a weight is.</summary>
    public int Index(int output, int tap, int input)
    {
        (int block, int lane) = (output / BlobLayout.Lanes, output % BlobLayout.Lanes);
        return block < _wholePanels
            ? (block * Panel) + (((((tap * _groups) + (input / group)) * BlobLayout.Lanes) + lane) * group) + (input % group)
            : (block * Panel) + (((tap * EvenInputs) + input) * BlobLayout.HalfLanes) + lane;
    }
}

/// <summary>
/// A panel whose products are added in 16 bits: the numbers of its batches of four, of three, of two and of one entry; for each entry, in the order of the batches, its group of inputs, all
/// that in words of 16 bits and padded to a multiple of 64 bytes; then each entry's weights, less their zero point. A group may be in several entries, which are then added.
/// </summary>
internal static class SixteenBitLayout
{
    /// <summary>Words in front of the entries' groups.</summary>
    public const int HeaderWords = 4;

    /// <summary>Bytes in front of the weights.</summary>
    public static int Head(int entries) => ((2 * (HeaderWords + entries)) + BlobLayout.Alignment - 1) / BlobLayout.Alignment * BlobLayout.Alignment;
}

/// <summary>
/// What a block of outputs is rescaled with, 16 numbers each: in single precision bias, gain, factor and offset; in integers, for blocks and machines without, bias, multiplier, 0 … 2³¹ − 1,
/// and shift, −31 … 30, positive to the left. Biases have −(input zero point) · Σ (w − weight zero point) folded in.
/// </summary>
internal static class RescalingLayout
{
    /// <summary>Numbers of a block.</summary>
    public const int Length = 7 * BlobLayout.Lanes;

    /// <summary>Where the gains begin; 0 where the block has single precision in one step, NaN where it has none.</summary>
    public const int Gain = BlobLayout.Lanes;

    /// <summary>Where the factors begin.</summary>
    public const int Factor = 2 * BlobLayout.Lanes;

    /// <summary>Where the offsets begin.</summary>
    public const int Offset = 3 * BlobLayout.Lanes;

    /// <summary>Where the biases in integers begin.</summary>
    public const int Integers = 4 * BlobLayout.Lanes;

    /// <summary>Where the multipliers begin.</summary>
    public const int Multiplier = 5 * BlobLayout.Lanes;

    /// <summary>Where the shifts begin.</summary>
    public const int Shift = 6 * BlobLayout.Lanes;
}
