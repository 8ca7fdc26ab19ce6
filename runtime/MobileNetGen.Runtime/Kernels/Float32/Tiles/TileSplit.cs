namespace MobileNetGen.Runtime.Kernels;

/// <summary>Where the parts of what a kernel computes at once lie.</summary>
internal enum TileSplit
{
    /// <summary>One tile, of one row.</summary>
    None,

    /// <summary>The second half of a tile is in the row below the first.</summary>
    HalfBelow,

    /// <summary>The second of two tiles is in the row below the first.</summary>
    SecondBelow,

    /// <summary>The second of two tiles follows the first.</summary>
    SecondBeside,
}
