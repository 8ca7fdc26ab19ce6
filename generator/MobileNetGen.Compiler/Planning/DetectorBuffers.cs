using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Compiler.Planning;

/// <summary>
/// What a detector keeps in scratch beside its maps: the boxes of all anchors, and of the scores the best class of each anchor (a candidate for suppression, 8 bytes), or where classes
/// are suppressed each by itself, all of them. Suppression works where the maps lay, which nothing reads any more.
/// </summary>
/// <param name="Boxes">Where the boxes lie: [anchors][4] values.</param>
/// <param name="Scores">Where the candidates or scores lie.</param>
/// <param name="End">Where they end.</param>
/// <param name="Bytes">How many bytes they are.</param>
public sealed record DetectorBuffers(long Boxes, long Scores, long End, long Bytes)
{
    private const int CandidateBytes = 8;

    /// <summary>Those of a network; null where it is no detector.</summary>
    /// <param name="network">The network.</param>
    /// <param name="maps">Bytes that its maps take.</param>
    internal static DetectorBuffers? Of(Network network, long maps)
    {
        if (network.Detector is not { } detector)
            return null;
        int value = network.Quantization == Quantization.Float32 ? sizeof(float) : 1, anchors = detector.AnchorCount;
        bool isPerClass = detector.Suppression.IsPerClass;
        long work = isPerClass ? DetectionLayout.PerClassBytes(anchors) : DetectionLayout.AgnosticBytes(anchors);
        long boxes = Aligned(Math.Max(maps, work)), scores = Aligned(boxes + (4L * anchors * value));
        long end = scores + (isPerClass ? (long)anchors * detector.Columns * value : (long)anchors * CandidateBytes);
        return new DetectorBuffers(boxes, scores, end, end - boxes);
    }

    private static long Aligned(long offset) => (offset + Plan.Alignment - 1) / Plan.Alignment * Plan.Alignment;
}
