using System;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Goes over the class values of anchors and gives a sink those anchors of which a class may pass.</summary>
internal static unsafe class ScoreScan
{
    /// <summary>A row of a map.</summary>
    /// <param name="row">Its first pixel.</param>
    /// <param name="pixelStride">Elements from one pixel to the next.</param>
    /// <param name="blockStride">Elements from one block to the next.</param>
    /// <param name="pixels">How many pixels.</param>
    /// <param name="anchors">Anchors of a pixel.</param>
    /// <param name="firstAnchor">The number of the first.</param>
    /// <param name="test">What passes.</param>
    /// <param name="sink">What takes it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TSink>(float* row, int pixelStride, int blockStride, int pixels, int anchors, int firstAnchor, in ScoreTest test, in TSink sink) where TSink : struct, IScoreSink
        => Float32Machine.Run(new Floats<TSink>(row, pixelStride, blockStride, pixels, anchors, firstAnchor, test, sink));

    /// <summary>The same in bytes, of which each stands for (q − zero point) · scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TSink>(byte* row, float scale, int zeroPoint, int pixelStride, int blockStride, int pixels, int anchors, int firstAnchor, in ScoreTest test, in TSink sink) where TSink : struct, IScoreSink
    {
        int columns = test.Columns, offset = test.Offset;
        for (int pixel = 0; pixel < pixels; pixel++, row += pixelStride)
        {
            for (int first = 0; first < anchors * columns; first += columns, firstAnchor++)
            {
                float best = ((float)Maxima.Of(row, blockStride, first + offset, first + columns) - zeroPoint) * scale;
                var values = new ByteRow(row, blockStride, first, scale, zeroPoint);
                if (!test.Rejects(best, values))
                    sink.Take(test, values, firstAnchor);
            }
        }
    }

    /// <summary>All anchors of an array [anchors][columns].</summary>
    public static void Run<TSink>(in HeadValues scores, int anchors, in ScoreTest test, in TSink sink) where TSink : struct, IScoreSink
    {
        // Whole vectors would be read beyond the last anchors.
        int columns = test.Columns, inVectors = Math.Max(anchors - ((BlobLayout.Lanes + columns - 1) / columns), 0);
        if (scores.Floats != null)
            Run(scores.Floats, columns, BlobLayout.Lanes, inVectors, 1, 0, test, sink);
        else
            Run(scores.Bytes, scores.Scale, scores.ZeroPoint, columns, BlobLayout.Lanes, inVectors, 1, 0, test, sink);
        for (int anchor = inVectors; anchor < anchors; anchor++)
        {
            if (scores.Floats != null)
                sink.Take(test, scores.FloatRow(anchor, columns), anchor);
            else
                sink.Take(test, scores.ByteRow(anchor, columns), anchor);
        }
    }

    /// <summary>The anchors of an array that pass in one class, as candidates of it.</summary>
    /// <returns>How many.</returns>
    public static int OneClass(in HeadValues scores, int anchors, int label, in ScoreTest test, ulong* candidates)
    {
        int count = 0, columns = test.Columns;
        for (int anchor = 0; anchor < anchors; anchor++)
        {
            if (scores.Floats != null ? Passes(scores.FloatRow(anchor, columns), label, test, out float score) : Passes(scores.ByteRow(anchor, columns), label, test, out score))
                candidates[count++] = Candidate.Grouped(score, anchor, label);
        }
        return count;
    }

    private static bool Passes<TRow>(in TRow row, int label, in ScoreTest test, out float score) where TRow : struct, IScoreRow
    {
        float value = row[test.Offset + label];
        score = 0;
        return !test.Rejects(value, row) && test.Passes(value, test.Sum(row), out score);
    }

    private readonly struct Floats<TSink>(float* row, int pixelStride, int blockStride, int pixels, int anchors, int firstAnchor, ScoreTest test, TSink sink) : IFloat32Kernel
        where TSink : struct, IScoreSink
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, THalf, TVector>() where TSimd : struct, IFloat32Vector<TVector> where THalf : struct, IFloat32Sums<TVector> where TVector : unmanaged
        {
            float* at = row;
            int columns = test.Columns, offset = test.Offset, anchor = firstAnchor;
            for (int pixel = 0; pixel < pixels; pixel++, at += pixelStride)
            {
                for (int first = 0; first < anchors * columns; first += columns, anchor++)
                {
                    float best = Maxima.Of<TSimd, TVector>(at, blockStride, first + offset, first + columns);
                    var values = new FloatRow(at, blockStride, first);
                    if (!test.Rejects(best, values))
                        sink.Take(test, values, anchor);
                }
            }
        }
    }
}
