using System;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Which class values become candidates, and with what scores. Only what may pass is computed exactly.</summary>
internal readonly struct ScoreTest
{
    private readonly ScoreFunction _function;
    private readonly float _threshold;

    /// <summary>Where a class passes, its value (less the background's, with a softmax) is at least this.</summary>
    private readonly float _least;

    /// <param name="function">What makes scores of values.</param>
    /// <param name="columns">Values of an anchor.</param>
    /// <param name="offset">Columns before the first class.</param>
    /// <param name="threshold">The least score. No score is below 0.</param>
    public ScoreTest(ScoreFunction function, int columns, int offset, float threshold)
    {
        (_function, Columns, Offset) = (function, columns, offset);
        _threshold = threshold < 0 ? 0 : threshold;
        _least = function == ScoreFunction.None ? _threshold : LeastLogit(_threshold);
    }

    /// <summary>The same for fewer: of at least a score that may be greater.</summary>
    public ScoreTest AtLeast(float score) => score > _threshold ? new ScoreTest(_function, Columns, Offset, score) : this;

    public int Columns { get; }

    public int Offset { get; }

    /// <summary>Whether no class of an anchor can pass.</summary>
    /// <param name="best">The greatest value of a class; NaN where that is not known.</param>
    /// <param name="row">All its values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Rejects<TRow>(float best, in TRow row) where TRow : struct, IScoreRow
    {
        // With a softmax, a class's score is at most what it would be if there were but this class and the background.
        return _function != ScoreFunction.Softmax ? best < _least : Offset != 0 && (double)best - row[0] < _least;
    }

    /// <summary>The class of the greatest value, the first of equals, and its score. NaN is greater than nothing.</summary>
    /// <returns>Whether its score is at least the threshold.</returns>
    public bool Best<TRow>(in TRow row, out float score, out int label) where TRow : struct, IScoreRow
    {
        label = -1;
        float best = float.NegativeInfinity;
        for (int column = Offset; column < Columns; column++)
        {
            float value = row[column];
            if (value > best)
                (best, label) = (value, column - Offset);
        }

        score = 0;
        return label >= 0 && Passes(best, Sum(row), out score);
    }

    /// <summary>What a class's exponential is divided by, with a softmax.</summary>
    public (float Greatest, double Total) Sum<TRow>(in TRow row) where TRow : struct, IScoreRow
    {
        if (_function != ScoreFunction.Softmax)
            return default;

        float greatest = float.NegativeInfinity;
        for (int column = 0; column < Columns; column++)
        {
            if (row[column] > greatest)
                greatest = row[column];
        }

        // Infinity and NaN make this NaN, so that no class passes.
        double total = 0;
        for (int column = 0; column < Columns; column++)
            total += Exponential.Of((double)row[column] - greatest);
        return (greatest, total);
    }

    /// <summary>A value's score, and whether that is at least the threshold.</summary>
    /// <param name="value">The value.</param>
    /// <param name="sum">What <see cref="Sum"/> gives for its anchor.</param>
    /// <param name="score">The score, 0 or more and finite where it passes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Passes(float value, (float Greatest, double Total) sum, out float score)
    {
        score = value;
        if (_function == ScoreFunction.Sigmoid)
        {
            if (!(value >= _least))
                return false;
            score = Exponential.Sigmoid(value);
        }
        else if (_function == ScoreFunction.Softmax)
        {
            score = (float)(Exponential.Of((double)value - sum.Greatest) / sum.Total);
        }

        // There is no −0 in a candidate's key.
        score += 0f;
        return score >= _threshold && score < float.PositiveInfinity;
    }

    /// <summary>A number below every logit whose sigmoid, rounded, is a score of at least the threshold.</summary>
    private static float LeastLogit(float threshold)
    {
        // A part in a million covers every rounding.
        double score = threshold * (1 - 1e-6);
        return score >= 1 ? float.PositiveInfinity : MathF.BitDecrement((float)Math.Log(score / (1 - score)));
    }
}
