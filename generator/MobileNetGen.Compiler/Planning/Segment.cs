using System;
using System.Collections.Generic;

namespace MobileNetGen.Compiler.Planning;

/// <summary>A run of steps that is one stage, or a part of the network that runs map by map.</summary>
/// <param name="first">Its first step.</param>
/// <param name="last">Its last step.</param>
/// <param name="bands">For each step, the most rows that one call computes; null where the part runs map by map.</param>
/// <param name="slice">How many blocks of channels its steps run through at a time; 0 where they are not sliced.</param>
/// <param name="cost">What it spends besides multiplying, in bytes that could be moved meanwhile.</param>
/// <param name="floor">Bytes of scratch of which it needs no fewer.</param>
/// <param name="measure">The most scratch that is live in it.</param>
/// <param name="narrower">The one with fewer rows a call that has to fit for this one to be tried.</param>
internal sealed class Segment(int first, int last, IReadOnlyList<int>? bands, int slice, long cost, long floor, Func<Segment, long> measure, Segment? narrower)
{
    private long? _bytes;

    public int First => first;

    public int Last => last;

    public IReadOnlyList<int>? Bands => bands;

    public int Slice => slice;

    public long Cost => cost;

    /// <summary>The most scratch that is live in it. To know it, rows are played through: it is measured when somebody asks, and of most segments nobody does.</summary>
    public long Bytes => _bytes ??= measure(this);

    /// <summary>Those bytes, or fewer as long as they are not measured.</summary>
    public long KnownBytes => _bytes ?? floor;

    /// <summary>Whether somebody has asked.</summary>
    public bool IsMeasured => _bytes is not null;

    /// <summary>Whether it runs band by band.</summary>
    public bool IsStreamed => Bands is not null;

    /// <summary>Whether its steps run in turns, so that what lives in it lives throughout.</summary>
    public bool IsJoint => IsStreamed || Slice > 0;

    /// <summary>Whether it needs no more than a limit, and those with fewer rows no more than theirs.</summary>
    public bool Fits(long limit, long narrowerLimit) => (narrower is null || narrower.Fits(narrowerLimit, narrowerLimit)) && Bytes <= limit;

    /// <summary>Whether it is known without measuring that it does not fit.</summary>
    public bool IsTooLarge(long limit, long narrowerLimit) => KnownBytes > limit || (narrower is not null && narrower.IsTooLarge(narrowerLimit, narrowerLimit));
}
