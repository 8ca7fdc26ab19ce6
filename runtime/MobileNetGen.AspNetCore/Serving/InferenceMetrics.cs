using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MobileNetGen.AspNetCore.Serving;

/// <summary>What a service counts: the meter <c>MobileNetGen.AspNetCore</c>.</summary>
internal sealed class InferenceMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MobileNetGen.AspNetCore";

    // In seconds: networks take from tenths of a millisecond to tenths of a second.
    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    };

    private readonly Counter<long> _requests, _images;
    private readonly Histogram<double> _duration, _waited;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">Makes their meter.</param>
    /// <param name="queue">Whose length is observed.</param>
    public InferenceMetrics(IMeterFactory meters, InferenceQueue queue)
    {
        Meter meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("mobilenetgen.inference.requests", "{request}", "Inference requests, by model, protocol and outcome.");
        _images = meter.CreateCounter<long>("mobilenetgen.inference.images", "{image}", "Images that were computed, by model.");
        _duration = meter.CreateHistogram("mobilenetgen.inference.duration", "s", "Time from the read request to its result, waiting included, by model.", tags: null, s_seconds);
        _waited = meter.CreateHistogram("mobilenetgen.inference.queue.duration", "s", "Time that requests waited for a thread, by model.", tags: null, s_seconds);
        meter.CreateObservableUpDownCounter("mobilenetgen.inference.queue.length", () => queue.Length, "{request}", "Requests that wait for a thread.");
    }

    /// <summary>Counts a request that has a result.</summary>
    public void Succeeded(string model, string protocol, int images, TimeSpan duration, TimeSpan waited)
    {
        var tag = new KeyValuePair<string, object?>("model", model);
        Count(model, protocol, "ok");
        _images.Add(images, tag);
        _duration.Record(duration.TotalSeconds, tag);
        _waited.Record(waited.TotalSeconds, tag);
    }

    /// <summary>Counts a request that has none.</summary>
    /// <param name="model">The model, or empty where there is none of that name: names of strangers would be endless.</param>
    /// <param name="protocol"><c>http</c> or <c>grpc</c>.</param>
    /// <param name="failure">Why.</param>
    public void Failed(string model, string protocol, Exception failure) => Count(model, protocol, failure switch
    {
        InferenceException problem => problem.Problem switch
        {
            Problem.Busy => "busy",
            Problem.TooLarge => "too_large",
            Problem.Slow => "slow",
            _ => "invalid",
        },
        OperationCanceledException => "cancelled",
        _ => "failed",
    });

    private void Count(string model, string protocol, string outcome)
        => _requests.Add(1, new TagList { { "model", model }, { "protocol", protocol }, { "outcome", outcome } });
}
