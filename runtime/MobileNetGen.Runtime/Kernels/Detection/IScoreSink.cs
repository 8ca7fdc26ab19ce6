namespace MobileNetGen.Runtime.Kernels;

/// <summary>What becomes of an anchor that may have a class that passes.</summary>
internal interface IScoreSink
{
    void Take<TRow>(in ScoreTest test, in TRow row, int anchor) where TRow : struct, IScoreRow;
}

/// <summary>Makes a candidate of an anchor's best class.</summary>
/// <param name="candidates">Room for a key of every anchor.</param>
/// <param name="count">How many there are.</param>
internal readonly unsafe struct BestClass(ulong* candidates, int* count) : IScoreSink
{
    public void Take<TRow>(in ScoreTest test, in TRow row, int anchor) where TRow : struct, IScoreRow
    {
        if (test.Best(row, out float score, out int label))
            candidates[(*count)++] = Candidate.Key(score, anchor, label);
    }
}

/// <summary>Makes candidates of all an anchor's classes that pass, by class.</summary>
/// <param name="candidates">Room for keys.</param>
/// <param name="capacity">How many keys.</param>
/// <param name="count">How many candidates there are, also where they had no room.</param>
internal readonly unsafe struct EveryClass(ulong* candidates, int capacity, int* count) : IScoreSink
{
    public void Take<TRow>(in ScoreTest test, in TRow row, int anchor) where TRow : struct, IScoreRow
    {
        (float, double) sum = test.Sum(row);
        int found = *count;
        for (int column = test.Offset; column < test.Columns && found <= capacity; column++)
        {
            if (!test.Passes(row[column], sum, out float score))
                continue;
            if (found < capacity)
                candidates[found] = Candidate.Grouped(score, anchor, column - test.Offset);
            found++;
        }
        *count = found;
    }
}
