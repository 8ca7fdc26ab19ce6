using System;
using System.IO;
using MobileNetGen.Runtime;
using MobileNetGen.Samples.Classify;
using MobileNetGen.SkiaSharp;

namespace MobileNetGen.Samples.Tests;

public sealed class ClassifyTests
{
    [Fact]
    public void The_shipped_network_recognises_the_photograph_that_comes_with_the_sample()
    {
        Prediction[] best = Cifar10_1_0_32_Int8.Classify(Path.Combine(AppContext.BaseDirectory, "photos", "cat.jpg"), count: 2);

        Assert.Equal(2, best.Length);
        Assert.Equal("cat", best[0].Label);
        Assert.InRange(best[0].Probability, 0.5f, 1f);
    }
}
