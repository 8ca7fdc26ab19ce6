using System;
using System.ComponentModel;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// From candidates, or all scores, to detections. Generated code calls these with sizes it has proven; nothing is checked but what depends on a detector's values. Results are
/// those of TensorFlow Lite's <c>TFLite_Detection_PostProcess</c> on a single thread in every bit, where boxes are not clipped.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class DetectionKernels
{
    /// <summary>Bytes of working memory that <see cref="Agnostic"/> takes: 80 for each four anchors or fewer.</summary>
    /// <param name="anchors">Anchors of the network.</param>
    public static int AgnosticBytes(int anchors) => DetectionLayout.AgnosticBytes(anchors);

    /// <summary>Bytes of working memory that <see cref="PerClass"/> takes: 80 for each four anchors or fewer, and 48 for each.</summary>
    /// <param name="anchors">Anchors of the network.</param>
    public static int PerClassBytes(int anchors) => DetectionLayout.PerClassBytes(anchors);

    /// <summary>
    /// Class-agnostic suppression: the best candidate first, then each that no kept one overlaps too much. Only these and those they drop are decoded. Boxes that are not finite are
    /// left out.
    /// </summary>
    /// <param name="candidates">The candidates' keys in any order, which are used up.</param>
    /// <param name="count">How many.</param>
    /// <param name="encodings">[anchors][4].</param>
    /// <param name="anchors">[anchors][4]: centre y, centre x, height, width, of the image's size.</param>
    /// <param name="anchorCount">How many anchors.</param>
    /// <param name="rules">The rules; one class for each box.</param>
    /// <param name="work">Working memory, aligned to 4 bytes.</param>
    /// <param name="detections">Filled from the front, highest score first, as far as it goes.</param>
    /// <param name="labels">The classes' names, or empty.</param>
    /// <returns>How many were written.</returns>
    public static int Agnostic(ulong* candidates, int count, HeadValues encodings, float* anchors, int anchorCount, DetectionRules rules, byte* work,
        Span<Detection> detections, ReadOnlySpan<string> labels)
    {
        int most = Math.Min(Math.Min(rules.Most, detections.Length), anchorCount), found = 0;
        if (most == 0)
            return 0;

        var heap = new CandidateHeap(candidates, count);
        var decoder = new BoxDecoder(encodings, anchors, rules);
        var kept = new KeptBoxes(work, most, rules.Overlap);
        for (int met = 0; met < rules.Top && found < most && heap.TryTake(out ulong key); met++)
        {
            Box box = decoder.Decode(Candidate.Anchor(key));
            if (box.IsBox && kept.TryAdd(box))
                detections[found++] = Make(Candidate.Class(key), Candidate.Score(key), box, rules, labels);
        }
        return found;
    }

    /// <summary>
    /// Suppression class by class: boxes drop only those of their own class. All classes' boxes then come by score, of equal scores the later class first, and within
    /// a class the earlier anchor.
    /// </summary>
    /// <param name="encodings">[anchors][4].</param>
    /// <param name="scores">[anchors][columns].</param>
    /// <param name="anchors">[anchors][4]: centre y, centre x, height, width, of the image's size.</param>
    /// <param name="anchorCount">How many anchors.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="threshold">The least score; NaN for no detection.</param>
    /// <param name="work">Working memory, aligned to 8 bytes.</param>
    /// <param name="detections">Filled from the front, highest score first, as far as it goes.</param>
    /// <param name="labels">The classes' names, or empty.</param>
    /// <returns>How many were written.</returns>
    public static int PerClass(HeadValues encodings, HeadValues scores, float* anchors, int anchorCount, DetectionRules rules, float threshold, byte* work,
        Span<Detection> detections, ReadOnlySpan<string> labels)
    {
        var suppression = new PerClassSuppression(encodings, scores, anchors, anchorCount, rules, work, detections);
        suppression.Run(new ScoreTest(rules.Scores, rules.Columns, rules.LabelOffset, threshold));
        return suppression.Finish(labels);
    }

    /// <summary>The same as <see cref="Agnostic"/> for several classes a box, each of which is a detection: a box's follow each other, best class first.</summary>
    internal static int AgnosticClasses(ulong* candidates, int count, HeadValues encodings, HeadValues scores, float* anchors, int anchorCount, DetectionRules rules, float threshold,
        byte* work, Span<Detection> detections, ReadOnlySpan<string> labels)
    {
        var heap = new CandidateHeap(candidates, count);
        var decoder = new BoxDecoder(encodings, anchors, rules);
        var kept = new KeptBoxes(work, anchorCount, rules.Overlap);
        var test = new ScoreTest(rules.Scores, rules.Columns, rules.LabelOffset, threshold);
        int found = 0;
        for (int met = 0; met < rules.Top && kept.Count < rules.Most && found < detections.Length && heap.TryTake(out ulong key); met++)
        {
            int anchor = Candidate.Anchor(key);
            Box box = decoder.Decode(anchor);
            if (!box.IsBox || !kept.TryAdd(box))
                continue;

            int columns = rules.Columns;
            Span<Detection> room = detections[found..Math.Min(detections.Length, (int)Math.Min(int.MaxValue, (long)found + Math.Min(rules.ClassesPerBox, rules.Classes)))];
            found += scores.Floats != null
                ? Classes(test, scores.FloatRow(anchor, columns), box, rules, room, labels)
                : Classes(test, scores.ByteRow(anchor, columns), box, rules, room, labels);
        }
        return found;
    }

    /// <summary>A detection, with its box clipped where the rules say so.</summary>
    internal static Detection Make(int label, float score, in Box box, DetectionRules rules, ReadOnlySpan<string> labels)
    {
        string name = labels.IsEmpty ? "" : labels[label];
        return rules.IsClipped
            ? new Detection(label, score, Clip(box.Left), Clip(box.Top), Clip(box.Right), Clip(box.Bottom), name)
            : new Detection(label, score, box.Left, box.Top, box.Right, box.Bottom, name);

        static float Clip(float edge) => Math.Clamp(edge, 0, 1);
    }

    /// <summary>The best classes of a box that pass, the first of equals first, as many as there is room for.</summary>
    private static int Classes<TRow>(in ScoreTest test, in TRow row, in Box box, DetectionRules rules, Span<Detection> room, ReadOnlySpan<string> labels) where TRow : struct, IScoreRow
    {
        (float, double) sum = test.Sum(row);
        int found = 0;
        for (int label = 0; label < rules.Classes; label++)
        {
            if (!test.Passes(row[test.Offset + label], sum, out float score))
                continue;

            // From behind, so that equal scores stay in the order of their classes.
            int place = found;
            while (place > 0 && room[place - 1].Score < score)
                place--;
            if (place == room.Length)
                continue;
            found = Math.Min(found + 1, room.Length);
            room[place..(found - 1)].CopyTo(room[(place + 1)..]);
            room[place] = Make(label, score, box, rules, labels);
        }
        return found;
    }
}
