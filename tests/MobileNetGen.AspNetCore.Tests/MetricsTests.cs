using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.Extensions.DependencyInjection;
using MobileNetGen.AspNetCore.Tests.Support;

namespace MobileNetGen.AspNetCore.Tests;

/// <summary>What the meter that docs/service.md names counts.</summary>
[Collection(Support.ServiceCollection.Name)]
public class MetricsTests
{
    [Fact]
    public async Task Requests_are_counted_by_model_and_outcome_and_never_by_what_a_stranger_calls_a_model()
    {
        await using TestService service = await TestService.StartAsync();
        var counted = new ConcurrentQueue<(string Instrument, double Value, string Tags)>();
        using var listener = new MeterListener();
        IMeterFactory meters = service.App.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "MobileNetGen.AspNetCore" && ReferenceEquals(instrument.Meter.Scope, meters))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => counted.Enqueue((instrument.Name, value, Text(tags))));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => counted.Enqueue((instrument.Name, value, Text(tags))));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => counted.Enqueue((instrument.Name, value, Text(tags))));
        listener.Start();

        await service.InferAsync("cifar10", RestClient.Pixels([2, 1, 1, 3], new byte[6]));
        await service.InferAsync("cifar10", "{}");
        await service.InferAsync("stranger", "{}");
        listener.RecordObservableInstruments();

        Assert.Equal(
            [
                ("mobilenetgen.inference.images", "model=cifar10"),
                ("mobilenetgen.inference.queue.length", ""),
                ("mobilenetgen.inference.requests", "model=,outcome=invalid,protocol=http"),
                ("mobilenetgen.inference.requests", "model=cifar10,outcome=invalid,protocol=http"),
                ("mobilenetgen.inference.requests", "model=cifar10,outcome=ok,protocol=http"),
            ],
            counted.Where(one => !one.Instrument.EndsWith("duration", StringComparison.Ordinal)).Select(one => (one.Instrument, one.Tags)).Order());
        Assert.Equal(2, counted.Single(one => one.Instrument == "mobilenetgen.inference.images").Value);
        double duration = counted.Single(one => one.Instrument == "mobilenetgen.inference.duration").Value, waited = counted.Single(one => one.Instrument == "mobilenetgen.inference.queue.duration").Value;
        Assert.InRange(waited, 0, duration);
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));
}
