namespace MobileNetGen.Runtime.Kernels;

/// <summary>How much working memory suppression takes. In numbers of the network alone, so that generated code can have them as constants.</summary>
internal static class DetectionLayout
{
    /// <summary>The most anchors of a network, for each of which a candidate's key has a number.</summary>
    public const int MostAnchors = 1 << 20;

    /// <summary>Keys of classes that have room before per-class suppression goes class by class, for each anchor.</summary>
    public const int KeysOfAnchor = 4;

    /// <summary>Bytes of working memory for class-agnostic suppression: a box and its area, in groups of four. Candidates are 8 bytes for each anchor besides.</summary>
    public static int AgnosticBytes(int anchors) => Kept(anchors);

    /// <summary>Bytes of working memory for per-class suppression: the same, a box and <see cref="KeysOfAnchor"/> keys for each anchor.</summary>
    public static int PerClassBytes(int anchors) => Kept(anchors) + (anchors * (16 + (KeysOfAnchor * 8)));

    private static int Kept(int anchors) => (anchors + 3) / 4 * 80;
}
