using System;
using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Runtime;

/// <summary>
/// From a detector's two results to detections: for results that come from elsewhere, or from a generated network's <c>RunRaw</c>. Without clipping, results are in every bit those of
/// TensorFlow Lite's operator <c>TFLite_Detection_PostProcess</c> since 2021, on a single thread: boxes are decoded in double precision, the best of equal values is the first,
/// equal scores leave anchors in their order, and in per-class suppression equal scores have the later class first.
/// Nothing is allocated on the managed heap: working memory is the thread's scratch.
/// </summary>
public static unsafe class PostProcessing
{
    /// <summary>Detections of float results.</summary>
    /// <param name="encodings">[anchors][4], in the order that the rules say.</param>
    /// <param name="scores">[anchors][offset + classes], scores or what the rules make scores of. NaN is no score, and nothing has a score below 0 or an infinite one.</param>
    /// <param name="anchors">[anchors][4]: centre y, centre x, height and width of each anchor, of the image's size.</param>
    /// <param name="rules">How boxes are made and which are kept.</param>
    /// <param name="threshold">The least score. Applied before boxes are decoded, which leaves the same detections as afterwards. NaN finds nothing.</param>
    /// <param name="detections">
    /// Filled from the front, highest score first (the classes of a box together, where there are several). Where it is full, what follows would be worse. Boxes that are not finite are left out.
    /// </param>
    /// <param name="labels">One name a class, or empty.</param>
    /// <returns>How many detections were written.</returns>
    /// <exception cref="ArgumentException">A length does not fit the others, there are 2^20 anchors or more, or fewer labels than classes. Nothing was written.</exception>
    public static int Detect(ReadOnlySpan<float> encodings, ReadOnlySpan<float> scores, ReadOnlySpan<float> anchors, DetectionRules rules, float threshold,
        Span<Detection> detections, ReadOnlySpan<string> labels = default)
    {
        CheckLengths(encodings.Length, scores.Length, anchors.Length, rules, labels);
        fixed (float* encoding = encodings, score = scores, anchor = anchors)
            return Detect(new HeadValues(encoding), new HeadValues(score), anchor, anchors.Length / 4, rules, threshold, detections, labels);
    }

    /// <summary>Detections of quantised results, each byte of which stands for (byte − zero point) · scale.</summary>
    /// <param name="encodings">[anchors][4], in the order that the rules say.</param>
    /// <param name="encodingScale">The encodings' scale, positive.</param>
    /// <param name="encodingZeroPoint">Their zero point.</param>
    /// <param name="scores">[anchors][offset + classes], scores or what the rules make scores of.</param>
    /// <param name="scoreScale">The scores' scale, positive.</param>
    /// <param name="scoreZeroPoint">Their zero point.</param>
    /// <param name="anchors">[anchors][4]: centre y, centre x, height and width of each anchor, of the image's size.</param>
    /// <param name="rules">How boxes are made and which are kept.</param>
    /// <param name="threshold">The least score. NaN finds nothing.</param>
    /// <param name="detections">Filled from the front, highest score first.</param>
    /// <param name="labels">One name a class, or empty.</param>
    /// <returns>How many detections were written.</returns>
    /// <exception cref="ArgumentException">A length does not fit the others, a scale is not a positive number, or there are fewer labels than classes. Nothing was written.</exception>
    public static int Detect(ReadOnlySpan<byte> encodings, float encodingScale, int encodingZeroPoint, ReadOnlySpan<byte> scores, float scoreScale, int scoreZeroPoint,
        ReadOnlySpan<float> anchors, DetectionRules rules, float threshold, Span<Detection> detections, ReadOnlySpan<string> labels = default)
    {
        CheckScale(encodingScale, nameof(encodingScale));
        CheckScale(scoreScale, nameof(scoreScale));
        CheckLengths(encodings.Length, scores.Length, anchors.Length, rules, labels);
        fixed (byte* encoding = encodings, score = scores)
        fixed (float* anchor = anchors)
        {
            return Detect(new HeadValues(encoding, encodingScale, encodingZeroPoint), new HeadValues(score, scoreScale, scoreZeroPoint), anchor, anchors.Length / 4, rules,
                threshold, detections, labels);
        }
    }

    /// <summary>Detections of quantised results in signed bytes.</summary>
    /// <inheritdoc cref="Detect(ReadOnlySpan{byte}, float, int, ReadOnlySpan{byte}, float, int, ReadOnlySpan{float}, DetectionRules, float, Span{Detection}, ReadOnlySpan{string})"/>
    public static int Detect(ReadOnlySpan<sbyte> encodings, float encodingScale, int encodingZeroPoint, ReadOnlySpan<sbyte> scores, float scoreScale, int scoreZeroPoint,
        ReadOnlySpan<float> anchors, DetectionRules rules, float threshold, Span<Detection> detections, ReadOnlySpan<string> labels = default)
    {
        CheckScale(encodingScale, nameof(encodingScale));
        CheckScale(scoreScale, nameof(scoreScale));
        CheckLengths(encodings.Length, scores.Length, anchors.Length, rules, labels);
        if ((long)encodings.Length + scores.Length > int.MaxValue)
            throw new ArgumentException($"'scores' has {scores.Length} numbers; with the encodings at most {int.MaxValue} are supported.", nameof(scores));

        // As all kernels have them, q + 128.
        byte* stored = ThreadScratch.Get(encodings.Length + scores.Length);
        fixed (sbyte* encoding = encodings, score = scores)
        fixed (float* anchor = anchors)
        {
            UInt8Kernels.StoreRaw((byte*)encoding, stored, encodings.Length, 0x80);
            UInt8Kernels.StoreRaw((byte*)score, stored + encodings.Length, scores.Length, 0x80);
            return Detect(new HeadValues(stored, encodingScale, encodingZeroPoint + 128), new HeadValues(stored + encodings.Length, scoreScale, scoreZeroPoint + 128),
                anchor, anchors.Length / 4, rules, threshold, detections, labels);
        }
    }

    private static int Detect(HeadValues encodings, HeadValues scores, float* anchors, int anchorCount, DetectionRules rules, float threshold,
        Span<Detection> detections, ReadOnlySpan<string> labels)
    {
        if (anchorCount == 0)
            return 0;
        if (rules.IsPerClass)
        {
            byte* memory = ThreadScratch.GetForKernel(DetectionLayout.PerClassBytes(anchorCount));
            return DetectionKernels.PerClass(encodings, scores, anchors, anchorCount, rules, threshold, memory, detections, labels);
        }

        byte* work = ThreadScratch.GetForKernel((anchorCount * sizeof(ulong)) + DetectionLayout.AgnosticBytes(anchorCount));
        var candidates = (ulong*)work;
        work += (nint)anchorCount * sizeof(ulong);
        int count = 0;
        ScoreScan.Run(scores, anchorCount, new ScoreTest(rules.Scores, rules.Columns, rules.LabelOffset, threshold), new BestClass(candidates, &count));
        return rules.ClassesPerBox == 1
            ? DetectionKernels.Agnostic(candidates, count, encodings, anchors, anchorCount, rules, work, detections, labels)
            : DetectionKernels.AgnosticClasses(candidates, count, encodings, scores, anchors, anchorCount, rules, threshold, work, detections, labels);
    }

    private static void CheckScale(float scale, string parameter)
    {
        if (!(scale > 0 && float.IsFinite(scale)))
            throw new ArgumentOutOfRangeException(parameter, scale, $"'{parameter}' must be a positive number.");
    }

    private static void CheckLengths(int encodings, int scores, int anchors, DetectionRules rules, ReadOnlySpan<string> labels)
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (rules.Classes == 0)
            throw new ArgumentException("'rules' have no classes.", nameof(rules));
        if (anchors % 4 != 0 || anchors / 4 >= DetectionLayout.MostAnchors)
            throw new ArgumentException($"'anchors' has {anchors} numbers; each anchor has 4, and there are fewer than {DetectionLayout.MostAnchors}.", nameof(anchors));
        Require.Length(encodings, anchors, nameof(encodings), "4 for each anchor");
        if (scores != (long)(anchors / 4) * rules.Columns)
            throw new ArgumentException($"'scores' has {scores} numbers; {anchors / 4} anchors with {rules.Columns} columns have {(long)(anchors / 4) * rules.Columns}.", nameof(scores));
        if (!labels.IsEmpty && labels.Length < rules.Classes)
            throw new ArgumentException($"There are {labels.Length} labels for {rules.Classes} classes.", nameof(labels));
    }
}
