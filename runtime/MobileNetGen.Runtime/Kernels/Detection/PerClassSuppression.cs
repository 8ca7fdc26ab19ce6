using System;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Suppression class by class. Kept boxes are a heap in the caller's span, whose first is the worst and gives way to a better one; so no more memory is needed however many classes
/// there are, and a class ends where its candidates are worse than all that the span holds.
/// </summary>
internal unsafe ref struct PerClassSuppression
{
    private readonly HeadValues _scores;
    private readonly int _anchorCount;
    private readonly DetectionRules _rules;
    private readonly BoxDecoder _decoder;
    private readonly Box* _boxes;
    private readonly ulong* _keys;
    private readonly Span<Detection> _heap;
    private KeptBoxes _kept;
    private int _found;

    public PerClassSuppression(HeadValues encodings, HeadValues scores, float* anchors, int anchorCount, DetectionRules rules, byte* work, Span<Detection> detections)
    {
        (_scores, _anchorCount, _rules) = (scores, anchorCount, rules);
        _decoder = new BoxDecoder(encodings, anchors, rules);
        _keys = (ulong*)work;
        _boxes = (Box*)(_keys + ((nint)anchorCount * DetectionLayout.KeysOfAnchor));
        _kept = new KeptBoxes((byte*)(_boxes + anchorCount), anchorCount, rules.Overlap);
        _heap = detections[..Math.Min(detections.Length, rules.Most)];

        // Not decoded yet.
        new Span<Box>(_boxes, anchorCount).Fill(new Box(float.NaN, 0, 0, 0));
    }

    /// <summary>Suppresses in every class.</summary>
    public void Run(in ScoreTest test)
    {
        if (_heap.IsEmpty)
            return;

        int count = 0, capacity = _anchorCount * DetectionLayout.KeysOfAnchor;
        ScoreScan.Run(_scores, _anchorCount, test, new EveryClass(_keys, capacity, &count));
        if (count <= capacity)
        {
            Suppress(count, _rules.Classes == 1);
            return;
        }

        for (int label = 0; label < _rules.Classes; label++)
        {
            // What is worse than all that the span holds need not be found.
            count = ScoreScan.OneClass(_scores, _anchorCount, label, _found == _heap.Length ? test.AtLeast(_heap[0].Score) : test, _keys);
            Suppress(count, isOneClass: true);
        }
    }

    /// <summary>Puts what was found in order and fills in the boxes.</summary>
    /// <returns>How many there are.</returns>
    public readonly int Finish(ReadOnlySpan<string> labels)
    {
        for (int end = _found - 1; end > 0; end--)
        {
            (_heap[0], _heap[end]) = (_heap[end], _heap[0]);
            SiftDown(end);
        }

        foreach (ref Detection detection in _heap[.._found])
            detection = DetectionKernels.Make(detection.Class, detection.Score, _boxes[AnchorOf(detection)], _rules, labels);
        return _found;
    }

    /// <summary>Suppresses the candidates of each class among the first keys.</summary>
    private void Suppress(int count, bool isOneClass)
    {
        var heap = new CandidateHeap(_keys, count);
        int current = -1, candidates = 0;
        bool isDone = false;
        while (!(isOneClass && isDone) && heap.TryTake(out ulong key))
        {
            (float score, int anchor, int label) = Candidate.OfGrouped(key);
            if (label != current)
            {
                (current, candidates, isDone) = (label, 0, false);
                _kept.Clear();
            }
            if (isDone)
                continue;

            // A box in the heap tells its anchor where later its left edge stands.
            var detection = new Detection(label, score, BitConverter.Int32BitsToSingle(anchor), 0, 0, 0, "");
            isDone = candidates++ == _rules.Top || _kept.Count == _rules.PerClass || (_found == _heap.Length && !IsBetter(detection, _heap[0]));
            if (!isDone && Decode(anchor) is { IsBox: true } box && _kept.TryAdd(box))
                Push(detection);
        }
    }

    private readonly Box Decode(int anchor)
    {
        ref Box box = ref _boxes[anchor];
        if (float.IsNaN(box.Top))
        {
            box = _decoder.Decode(anchor);

            // A box that is none stays so, and need not be decoded again.
            if (!box.IsBox)
                box = new Box(float.PositiveInfinity, 0, 0, 0);
        }
        return box;
    }

    private void Push(in Detection detection)
    {
        if (_found == _heap.Length)
        {
            _heap[0] = detection;
            SiftDown(_found);
            return;
        }

        int place = _found++;
        for (int parent = (place - 1) / 2; place > 0 && IsBetter(_heap[parent], detection); parent = (place - 1) / 2)
        {
            _heap[place] = _heap[parent];
            place = parent;
        }
        _heap[place] = detection;
    }

    /// <summary>Moves the first of so many to where none below it is worse.</summary>
    private readonly void SiftDown(int count)
    {
        Detection moved = _heap[0];
        int place = 0;
        for (int child = 1; child < count; child = (2 * place) + 1)
        {
            if (child + 1 < count && IsBetter(_heap[child], _heap[child + 1]))
                child++;
            if (!IsBetter(moved, _heap[child]))
                break;
            _heap[place] = _heap[child];
            place = child;
        }
        _heap[place] = moved;
    }

    /// <summary>By score; of equal ones the later class, and of one class the earlier anchor.</summary>
    private static bool IsBetter(in Detection left, in Detection right)
        => left.Score != right.Score ? left.Score > right.Score
            : left.Class != right.Class ? left.Class > right.Class
            : AnchorOf(left) < AnchorOf(right);

    private static int AnchorOf(in Detection detection) => BitConverter.SingleToInt32Bits(detection.Left);
}
