using System;
using System.IO;
using MobileNetGen.Samples.Classify;

namespace MobileNetGen.Samples.Tests;

public sealed class ClassifyTests
{
    [Fact]
    public void The_shipped_network_recognises_the_photograph_that_comes_with_the_sample()
    {
        Assert.Null(Photo.TryDecode(Path.Combine(AppContext.BaseDirectory, "photos", "cat.jpg"), out Photo photo));

        (string Label, float Probability)[] best = Networks.Cifar10.Classify(photo, count: 2, out _);

        Assert.Equal("cat", best[0].Label);
        Assert.InRange(best[0].Probability, 0.5f, 1f);
    }
}
