using System.Collections.Immutable;

namespace MobileNetGen.Tiles;

/// <summary>All tiles of the runtime.</summary>
internal static class TileTexts
{
    /// <summary>Their files, below the runtime's folder, and what is in them.</summary>
    public static ImmutableArray<(string Path, string Text)> All { get; } =
    [
        ("Kernels/Float32/Tiles/Float32Kernels.OneVectorTiles.g.cs", Float32Tiles.Text(Float32Shape.OneVector)),
        ("Kernels/Float32/Tiles/Float32Kernels.TwoVectorsTiles.g.cs", Float32Tiles.Text(Float32Shape.TwoVectors)),
        ("Kernels/Float32/Tiles/Float32Kernels.TwoRunsTiles.g.cs", Float32Tiles.Text(Float32Shape.TwoRuns)),
        ("Kernels/Float32/Tiles/Float32Kernels.ElementTiles.g.cs", Float32ElementTiles.Text),
        ("Kernels/Float32/Tiles/Float32Kernels.StemTiles.g.cs", Float32RowTiles.Stem),
        ("Kernels/Float32/Depthwise/Float32Kernels.DepthwiseTiles.g.cs", Float32RowTiles.Depthwise),
        ("Kernels/Float32/Depthwise/Float32Kernels.SharedTiles.g.cs", Float32RowTiles.DepthwiseShared),
        ("Kernels/Float32/Depthwise/Float32Kernels.WindowTiles.g.cs", Float32RowTiles.DepthwiseOfAnySize),
        ("Kernels/Bytes/Tiles/UInt8Kernels.PlainTiles.g.cs", ByteTiles.Text("PlainTiles", "IByteSums", 1)),
        ("Kernels/Bytes/Tiles/UInt8Kernels.BatchTiles.g.cs", ByteTiles.Text("BatchTiles", "IBatchSums", 4, 2, 1)),
        ("Kernels/Bytes/Tiles/UInt8Kernels.TripleTiles.g.cs", ByteTiles.Text("TripleTiles", "IBatchSums", 4, 3, 2, 1)),
        ("Kernels/Bytes/Tiles/UInt8Kernels.DotTiles.g.cs", ByteTiles.RunText("DotTiles", "IDotSums", entries: 1, most: 5)),
        ("Kernels/Bytes/Tiles/UInt8Kernels.PairTiles.g.cs", ByteTiles.RunText("PairTiles", "IPairSums", entries: 2, most: 4)),
    ];
}
